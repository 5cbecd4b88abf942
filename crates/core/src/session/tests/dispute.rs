//! A server that reports another epoch or an older revision: when that is believed, and what the connection says meanwhile.

use super::*;

/// A viewer of an event that pushes, 60 s into it, at revision 4 of epoch `a`.
fn live() -> World {
    let mut world = World::joining(0);
    world.news.details.as_mut().unwrap().pushes = true;
    world.news.rev = Rev::new(4);
    world.run_until(60_000);
    assert_eq!(world.session.connection(), Connection::Live);
    world
}

impl World {
    /// From now on everything at the server says this, confirmed at each answer.
    fn becomes(&mut self, epoch: &str, rev: u64) {
        self.news.epoch = epoch.parse().unwrap();
        self.news.rev = Rev::new(rev);
        self.news.timeline.timeline =
            Timeline::from_segments(vec![self.news.timeline.segments()[0], held(30_000, 30_000)]).unwrap();
        self.confirms = true;
    }

    /// The revisions that were acknowledged; 0 where another state was followed.
    fn acknowledged(&self) -> Vec<u64> {
        let acks = self.effects.iter().filter_map(|(_, effect)| match effect {
            Effect::Ack { rev, .. } => Some(rev.number()),
            _ => None,
        });
        acks.collect()
    }

    fn version(&self) -> String {
        self.session.state().map(|news| format!("{}.{}", news.epoch, news.rev)).unwrap()
    }

    /// When the session followed `epoch` and `rev`, running at most until `ms`.
    fn follows(&mut self, version: &str, ms: i64) -> Option<i64> {
        let from = (self.now - START_HERE).as_millis();
        (from..ms).step_by(100).find(|ms| {
            self.run_until(*ms);
            self.version() == version
        })
    }
}

#[test]
fn storage_that_was_restored_under_open_sockets_is_followed_after_10_seconds_and_not_live_before() {
    let mut world = live();
    world.becomes("a", 1);
    // The hub sends it, and at least one answer says the same.
    world.session.handle_push(world.pushed(0), world.now);
    world.run_until(61_000);
    assert_eq!((world.version().as_str(), world.session.connection()), ("a.4", Connection::Polling(NoPush::Disputed)));
    let followed = world.follows("a.1", 90_000).unwrap();
    assert!((70_000..76_000).contains(&followed), "{followed}");
    assert_eq!(world.session.connection(), Connection::Live);
    assert_eq!(world.session.position(world.now), Some(Position::from_millis(30_000)), "it holds as the server says");
}

#[test]
fn a_hub_that_asks_learns_that_another_state_is_followed_and_then_that_its_own_is() {
    let mut world = live();
    world.becomes("a", 1);
    world.session.handle_push(Push { ack: true, ..world.pushed(0) }, world.now);
    world.run_until(64_000);
    assert_eq!(world.acknowledged(), [0]);
    world.run_until(90_000);
    assert_eq!((world.acknowledged(), world.version().as_str()), (vec![0, 1], "a.1"));
}

#[test]
fn a_hub_that_is_behind_for_a_moment_is_told_nothing() {
    let mut world = live();
    let old = world.pushed(0);
    world.change(held(61_000, 61_000));
    world.session.handle_news(world.news.clone(), world.now);
    world.session.handle_push(Push { ack: true, ..old }, world.now);
    world.run_until(62_000);
    assert!(world.acknowledged().is_empty());
    world.session.handle_push(Push { ack: true, ..world.pushed(0) }, world.now);
    world.run_until(90_000);
    assert_eq!(world.acknowledged(), [5]);
}

#[test]
fn what_pongs_alone_name_is_asked_for_and_followed() {
    let mut world = live();
    world.becomes("b", 1);
    let followed = world.follows("b.1", 120_000).unwrap();
    assert!((70_000..95_000).contains(&followed), "{followed}");
    assert_eq!(world.session.connection(), Connection::Live);
}

#[test]
fn one_odd_answer_is_asked_about_and_changes_nothing() {
    let mut world = live();
    let right = world.news.clone();
    world.becomes("b", 9);
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    let request = world.session.poll_effect().unwrap();
    world.serve(request);
    world.news = right;
    world.run_until(60_100);
    assert_eq!(world.session.connection(), Connection::Polling(NoPush::Disputed));
    let before = world.requests(Request::State);
    world.run_until(66_000);
    assert_eq!((world.version().as_str(), world.session.connection()), ("a.4", Connection::Live));
    assert_eq!(world.requests(Request::State), before + 1);
    world.run_until(600_000);
    assert_eq!(world.requests(Request::State), before + 1, "it is settled");
}

#[test]
fn a_failover_and_back_within_seconds_leaves_viewers_where_they_were() {
    let mut world = live();
    let right = world.news.clone();
    world.becomes("b", 9);
    world.session.handle_push(world.pushed(0), world.now);
    world.run_until(68_000);
    assert_eq!((world.version().as_str(), world.session.connection()), ("a.4", Connection::Polling(NoPush::Disputed)));
    world.news = right;
    world.session.handle_push(world.pushed(0), world.now);
    world.run_until(80_000);
    assert_eq!((world.version().as_str(), world.session.connection()), ("a.4", Connection::Live));
}

#[test]
fn a_failover_that_stays_is_followed_and_so_is_the_way_back() {
    let mut world = live();
    let right = world.news.clone();
    world.becomes("b", 9);
    assert!(world.follows("b.9", 100_000).is_some());
    world.news = right;
    let back = world.follows("a.4", 200_000).unwrap();
    assert_eq!(world.session.connection(), Connection::Live, "{back}");
}

#[test]
fn what_the_object_said_before_this_viewer_learned_of_a_change_confirms_nothing() {
    let mut world = live();
    let old = world.news.clone();
    world.change(held(61_000, 61_000));
    world.session.handle_push(world.pushed(0), world.now);
    // A hub that missed the change, and had asked the object before it.
    world.news = old;
    world.news.details.as_mut().unwrap().confirmed = Some(START + Span::from_millis(59_000));
    world.session.handle_push(world.pushed(1), world.now);
    world.run_until(600_000);
    assert_eq!((world.version().as_str(), world.session.connection()), ("a.5", Connection::Polling(NoPush::Disputed)));
}

#[test]
fn right_after_a_change_an_answer_with_the_state_before_is_no_news() {
    let mut world = live();
    let old = world.news.clone();
    world.change(held(61_000, 61_000));
    world.session.handle_push(world.pushed(0), world.now);
    let new = std::mem::replace(&mut world.news, old);
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    world.session.handle_tick(world.now, WallTime::from_millis(world.wall_ms));
    world.run_until(60_050);
    world.news = new;
    let shown = world.connections().len();
    world.run_until(120_000);
    assert_eq!(world.connections().len(), shown, "live throughout");
}

#[test]
fn a_viewer_who_polls_follows_a_restored_event_too() {
    let mut world = World::joining(0);
    world.news.rev = Rev::new(4);
    world.run_until(60_000);
    world.becomes("a", 1);
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    let followed = world.follows("a.1", 90_000).unwrap();
    assert!((70_000..76_000).contains(&followed), "{followed}");
    assert_eq!(world.session.connection(), Connection::Polling(NoPush::NoSocket));
}

#[test]
fn an_event_that_the_server_no_longer_has_is_not_live_and_plays_on() {
    let mut world = live();
    world.session.handle_failure(Request::Time, Failure::UnknownEvent, world.now);
    world.session.handle_tick(world.now, WallTime::from_millis(world.wall_ms));
    assert_eq!(world.session.connection(), Connection::Polling(NoPush::Disputed));
    world.run_until(75_000);
    assert_eq!((world.version().as_str(), world.session.connection()), ("a.4", Connection::Live), "it is back");
}

#[test]
fn moments_that_fired_do_not_fire_again_when_an_older_revision_is_followed() {
    let mut world = live();
    let fired = world.played().len();
    world.becomes("a", 1);
    world.news.timeline = EventTimeline::starting_at(START + Span::from_millis(55_000));
    assert!(world.follows("a.1", 120_000).is_some());
    world.run_until(180_000);
    let again = world.played().into_iter().skip(fired).filter(|(played, _)| *played == key("burst")).count();
    assert_eq!(again, 0);
}
