//! A session whose server is gone: when it checks for a signed state, which ones it applies, and when it submits them.

use super::*;

/// As documents of older versions are.
const UNDATED: Validity = Validity { signed_at: START, until: None };

/// A viewer of an event that pushes, 20 s into it, and then its server is gone.
fn cut_off() -> World {
    let mut world = World::joining(0);
    world.news.details.as_mut().unwrap().pushes = true;
    world.run_until(20_000);
    assert!(checks(&world).is_empty());
    world.line_is_up = false;
    world.hubs = Hubs::Down;
    world.session.handle_closed(world.now);
    world
}

/// When it checked, in ms from the start.
fn checks(world: &World) -> Vec<i64> {
    let checks = world.effects.iter().filter(|(_, effect)| *effect == Effect::CheckEmergency);
    checks.map(|(at, _)| *at).collect()
}

fn submissions(world: &World) -> usize {
    world.effects.iter().filter(|(_, effect)| *effect == Effect::SubmitEmergency).count()
}

/// The signed state: the event held from `at_ms` on, one revision on.
fn signed(world: &World, at_ms: i64) -> News {
    let mut signed = world.news.clone();
    let mut segments = signed.timeline.segments().to_vec();
    segments.push(held(at_ms, at_ms));
    signed.timeline.timeline = Timeline::from_segments(segments).unwrap();
    signed.rev = signed.rev.next();
    signed
}

#[test]
fn it_checks_for_an_emergency_every_5_seconds_while_neither_socket_nor_server_answers() {
    let mut world = cut_off();
    world.run_until(120_000);
    let checked = checks(&world);
    assert!((15..=25).contains(&checked.len()), "{checked:?}");
    assert!(checked.windows(2).all(|pair| (4_000..=6_000).contains(&(pair[1] - pair[0]))), "{checked:?}");
    world.line_is_up = true;
    world.run_until(130_000);
    let count = checks(&world).len();
    world.run_until(200_000);
    assert_eq!(checks(&world).len(), count, "the server answers again");
}

#[test]
fn it_checks_for_an_emergency_while_the_server_cannot_tell_the_state() {
    let mut world = World::joining(0);
    world.run_until(20_000);
    world.state_is_known = false;
    world.run_until(600_000);
    assert!(checks(&world).len() >= 90, "{:?}", checks(&world));
}

#[test]
fn while_the_socket_is_open_it_checks_nowhere_else() {
    let mut world = World::joining(0);
    world.news.details.as_mut().unwrap().pushes = true;
    world.run_until(20_000);
    world.line_is_up = false;
    world.run_until(600_000);
    assert_eq!((world.session.connection(), checks(&world)), (Connection::Live, vec![]));
}

#[test]
fn a_signed_revision_that_the_event_would_refuse_is_not_believed_however_it_is_reached() {
    let mut world = cut_off();
    world.run_until(40_000);
    let of_server = world.news.rev.number();
    let mut signed = signed(&world, 35_000);
    for ahead in [1_001, 1 << 40, 1 << 53, u64::MAX - of_server] {
        signed.rev = Rev::new(of_server + ahead);
        world.session.handle_signed(signed.clone(), UNDATED, world.now);
    }
    world.run_until(41_000);
    assert_ne!(world.session.position(world.now), Some(Position::from_millis(35_000)));
    signed.rev = Rev::new(of_server + 1_000);
    world.session.handle_signed(signed.clone(), UNDATED, world.now);
    world.run_until(42_000);
    assert_eq!(world.session.position(world.now), Some(Position::from_millis(35_000)));
    // One upon the other: what counts is the server's last revision.
    let mut next = signed.clone();
    next.rev = Rev::new(of_server + 1_001);
    next.timeline = world.news.timeline.clone();
    world.session.handle_signed(next, UNDATED, world.now);
    world.run_until(43_000);
    assert_eq!(world.session.position(world.now), Some(Position::from_millis(35_000)));
}

#[test]
fn a_signed_pause_holds_the_event_where_it_says_and_says_how_late() {
    let mut world = cut_off();
    world.run_until(40_000);
    let signed = signed(&world, 35_000);
    world.session.handle_signed(signed, UNDATED, world.now);
    world.run_until(41_000);
    assert_eq!(world.session.position(world.now), Some(Position::from_millis(35_000)));
    let (at, lateness) = world.turned(Status::Paused);
    assert_eq!(at, 40_000);
    assert!((4_979..=5_021).contains(&lateness.as_millis()), "{lateness:?}");
}

#[test]
fn what_is_signed_for_another_life_or_is_no_newer_is_ignored() {
    let mut world = cut_off();
    world.run_until(40_000);
    let right = signed(&world, 35_000);
    let other_life = News { epoch: "b".parse().unwrap(), rev: Rev::new(99), ..right.clone() };
    let old = News { rev: world.news.rev, ..right.clone() };
    for wrong in [other_life, old] {
        world.session.handle_signed(wrong, UNDATED, world.now);
        assert_eq!(world.session.state(), Some(&world.news));
    }
    // Nor is anything believed by one who knows nothing yet.
    let mut fresh = World::joining(0);
    fresh.session.handle_signed(right, UNDATED, fresh.now);
    assert_eq!(fresh.session.state(), None);
}

#[test]
fn it_is_submitted_once_the_server_is_back_and_behind() {
    let mut world = cut_off();
    world.run_until(40_000);
    let signed = signed(&world, 35_000);
    world.session.handle_signed(signed.clone(), UNDATED, world.now);
    world.run_until(60_000);
    assert_eq!(submissions(&world), 0, "nobody is there to take it");
    world.line_is_up = true;
    world.run_until(75_000);
    assert_eq!(submissions(&world), 1);
    assert_eq!(world.session.position(world.now), Some(Position::from_millis(35_000)), "the older state is ignored");
    // The server has applied it.
    world.news = signed;
    world.hubs = Hubs::Up;
    world.run_until(600_000);
    assert_eq!((submissions(&world), world.session.connection()), (1, Connection::Live));
    assert_eq!(world.session.position(world.now), Some(Position::from_millis(35_000)));
}

#[test]
fn it_is_submitted_again_after_a_minute_if_the_server_stays_behind() {
    let mut world = cut_off();
    world.run_until(40_000);
    let signed = signed(&world, 35_000);
    world.session.handle_signed(signed, UNDATED, world.now);
    world.line_is_up = true;
    world.run_until(40_000 + 180_000);
    assert!((2..=3).contains(&submissions(&world)), "{}", submissions(&world));
}

#[test]
fn the_servers_own_state_of_the_same_revision_replaces_the_signed_one() {
    let mut world = cut_off();
    world.run_until(40_000);
    let signed = signed(&world, 35_000);
    world.session.handle_signed(signed, UNDATED, world.now);
    // Somebody changed the event at the server before the server received the signed state.
    world.change(held(50_000, 50_000));
    world.line_is_up = true;
    world.hubs = Hubs::Up;
    world.run_until(120_000);
    assert_eq!(world.session.state(), Some(&world.news));
    assert_eq!((world.session.position(world.now), submissions(&world)), (Some(Position::from_millis(50_000)), 0));
}

#[test]
fn a_signed_hold_stays_until_the_object_of_another_epoch_refuses_it() {
    let mut world = cut_off();
    world.run_until(40_000);
    let signed = signed(&world, 35_000);
    world.session.handle_signed(signed, UNDATED, world.now);
    // The name leads to another deployment now.
    world.news.epoch = "b".parse().unwrap();
    (world.line_is_up, world.hubs, world.confirms) = (true, Hubs::Up, true);
    world.run_until(100_000);
    assert_eq!(world.session.position(world.now), Some(Position::from_millis(35_000)));
    assert_eq!(world.session.connection(), Connection::Polling(NoPush::Disputed));
    assert!(submissions(&world) >= 1);
    world.session.handle_signed_refused(world.now);
    world.run_until(120_000);
    assert_eq!(world.session.state().map(|news| news.epoch.as_str()), Some("b"));
    assert_eq!(world.session.connection(), Connection::Live);
}
