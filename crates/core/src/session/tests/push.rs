//! A session whose server pushes: the socket, what is done without it, and what changes are told how late.

use super::*;

/// A viewer who comes at the start of an event that pushes.
fn world() -> World {
    let mut world = World::joining(0);
    world.news.details.as_mut().unwrap().pushes = true;
    world
}

fn ms(ms: i64) -> Span {
    Span::from_millis(ms)
}

impl World {
    /// When each of the effects came, in ms from the start.
    fn times(&self, wanted: impl Fn(&Effect) -> bool) -> Vec<i64> {
        self.effects.iter().filter(|(_, effect)| wanted(effect)).map(|(at, _)| *at).collect()
    }

    fn effects_of(&self, wanted: impl Fn(&Effect) -> bool) -> Vec<Effect> {
        self.effects.iter().filter(|(_, effect)| wanted(effect)).map(|(_, effect)| *effect).collect()
    }

    fn opened(&self) -> Vec<Option<u16>> {
        let opened = self.effects.iter().filter_map(|(_, effect)| match effect {
            Effect::OpenSocket { not } => Some(*not),
            _ => None,
        });
        opened.collect()
    }

    /// How late the changes of the state were received.
    fn lateness(&self) -> Vec<i64> {
        let told = self.effects.iter().filter_map(|(_, effect)| match effect {
            Effect::State { lateness } => Some(lateness.as_millis()),
            _ => None,
        });
        told.collect()
    }

    fn acks(&self) -> Vec<(i64, u64, i64)> {
        let acks = self.effects.iter().filter_map(|(at, effect)| match effect {
            Effect::Ack { rev, applied_at, .. } => Some((*at, rev.number(), (*applied_at - START).as_millis())),
            _ => None,
        });
        acks.collect()
    }
}

#[test]
fn the_first_state_opens_the_socket_and_the_first_push_makes_it_live() {
    let mut world = world();
    world.run_until(1_000);
    assert_eq!(world.opened(), [None]);
    assert_eq!(world.connections(), [Connection::Polling(NoPush::NoSocket), Connection::Live]);
    world.run_until(600_000);
    assert_eq!(world.opened(), [None]);
    assert_eq!(world.requests(Request::Status), 0);
    let pings = world.times(|effect| *effect == Effect::Ping);
    assert!(pings[0] < 15_600 && (39..=40).contains(&pings.len()), "{pings:?}");
    assert!(pings.windows(2).all(|pair| pair[1] - pair[0] == 15_000), "{pings:?}");
}

#[test]
fn a_server_that_does_not_push_is_not_asked_for_it() {
    let mut world = World::joining(0);
    world.run_until(60_000);
    assert_eq!((world.opened(), world.requests(Request::Status)), (vec![], 0));
}

#[test]
fn a_change_by_push_takes_effect_with_everybody_elses() {
    let mut world = world();
    world.run_until(11_000);
    world.change(held(11_500, 11_500));
    world.session.handle_push(world.pushed(0), world.now);
    world.run_until(30_000);
    let (at, lateness) = world.turned(Status::Paused);
    assert!((at - 11_500).abs() <= 1 && lateness <= ms(1), "{at} {lateness:?}");
    assert_eq!(world.lateness(), [0, 0]);
}

#[test]
fn a_change_that_is_received_late_is_applied_at_once_and_says_so() {
    let mut world = world();
    world.run_until(11_000);
    world.change(held(8_500, 8_500));
    world.session.handle_push(world.pushed(0), world.now);
    world.run_until(12_000);
    let (at, lateness) = world.turned(Status::Paused);
    assert_eq!(at, 11_000);
    assert!((lateness.as_millis() - 2_500).abs() <= 1, "{lateness:?}");
    assert!((world.lateness()[1] - 2_500).abs() <= 1, "{:?}", world.lateness());
}

#[test]
fn who_joins_a_paused_event_is_not_late() {
    let mut world = World::joining(20_000);
    world.change(held(5_000, 5_000));
    world.run_until(22_000);
    assert_eq!(world.lateness(), [0]);
    assert_eq!(world.turned(Status::Paused).1, Span::ZERO);
}

#[test]
fn a_pushed_state_wins_by_its_revision_and_an_older_one_is_ignored() {
    let mut world = world();
    world.run_until(1_000);
    let old = world.pushed(0);
    world.change(held(5_000, 5_000));
    world.session.handle_push(world.pushed(0), world.now);
    let told = world.session.state().cloned();
    world.session.handle_push(old, world.now);
    assert_eq!(world.session.state(), told.as_ref());
    world.run_until(6_000);
    assert_eq!(world.session.status(), Some(Status::Paused));
}

#[test]
fn a_change_is_acknowledged_when_it_has_taken_effect() {
    let mut world = world();
    world.run_until(11_000);
    world.change(held(12_000, 12_000));
    world.session.handle_push(Push { ack: true, ..world.pushed(0) }, world.now);
    world.run_until(20_000);
    let [(at, 2, applied_at)] = world.acks()[..] else { panic!("{:?}", world.acks()) };
    assert!((at - 12_000).abs() <= 1 && (12_000..=12_001).contains(&applied_at), "{at} {applied_at}");
    // One that came too late was applied when it was received; one known already is acknowledged all the same.
    world.change(Segment { rate: Rate::NORMAL, ..held(19_000, 12_000) });
    world.session.handle_news(world.news.clone(), world.now);
    world.session.handle_push(Push { ack: true, ..world.pushed(0) }, world.now);
    world.run_until(21_000);
    let [_, (20_000, 3, applied_at)] = world.acks()[..] else { panic!("{:?}", world.acks()) };
    assert!((applied_at - 20_000).abs() <= 1, "{applied_at}");
}

#[test]
fn a_change_that_was_overtaken_is_not_acknowledged() {
    let mut world = world();
    world.run_until(1_000);
    world.change(held(12_000, 12_000));
    world.session.handle_push(Push { ack: true, ..world.pushed(0) }, world.now);
    world.news.timeline = EventTimeline::starting_at(START);
    world.news.rev = world.news.rev.next();
    world.session.handle_push(world.pushed(0), world.now);
    world.run_until(13_000);
    assert_eq!(world.acks(), []);
}

#[test]
fn an_ack_says_how_exact_the_clock_is_and_lacks_no_rundown_that_is_still_being_loaded() {
    let mut world = world();
    world.run_until(11_000);
    world.news.rundown = Some(Digest::from_bytes([9; 32]));
    world.news.rev = world.news.rev.next();
    world.session.handle_push(Push { ack: true, ..world.pushed(0) }, world.now);
    world.run_until(11_001);
    let [Effect::Ack { bound, lacks_rundown: false, .. }] =
        world.effects_of(|effect| matches!(effect, Effect::Ack { .. }))[..]
    else {
        panic!("{:?}", world.effects)
    };
    assert_eq!(Some(bound), world.session.reading(world.now).map(|reading| reading.bound));
}

#[test]
fn a_lost_socket_is_followed_by_one_to_another_hub_and_meanwhile_the_status_is_asked_for() {
    let mut world = world();
    world.run_until(30_000);
    world.hubs = Hubs::Down;
    world.session.handle_closed(world.now);
    assert_eq!(world.session.connection(), Connection::Polling(NoPush::Lost));
    world.run_until(40_000);
    world.change(held(41_000, 41_000));
    world.run_until(90_000);
    let asked = world.times(|effect| *effect == Effect::Request(Request::Status));
    assert!(asked[0] < 35_000, "{asked:?}");
    assert!(asked.windows(2).all(|pair| (4_000..=6_000).contains(&(pair[1] - pair[0]))), "{asked:?}");
    assert!(world.turned(Status::Paused).0 < 46_001, "{:?}", world.turned(Status::Paused));
    world.hubs = Hubs::Up;
    world.run_until(180_000);
    assert_eq!(world.session.connection(), Connection::Live);
    assert!(world.opened()[1..].iter().all(|not| *not == Some(0)), "{:?}", world.opened());
    let asked = world.requests(Request::Status);
    world.run_until(400_000);
    assert_eq!(world.requests(Request::Status), asked, "a viewer who gets pushes does not poll");
}

#[test]
fn a_socket_that_falls_silent_is_found_out_within_18_seconds() {
    let mut world = world();
    world.run_until(60_000);
    world.hubs = Hubs::Dumb;
    world.run_until(78_001);
    assert!(world.connections().ends_with(&[Connection::Live, Connection::Polling(NoPush::Lost)]));
    assert_eq!(world.times(|effect| *effect == Effect::CloseSocket).len(), 1);
}

#[test]
fn a_pong_that_tells_of_a_missed_change_has_the_whole_state_asked_for_at_once() {
    let mut world = world();
    world.run_until(60_000);
    let before = world.requests(Request::State);
    world.change(held(61_000, 61_000));
    world.run_until(76_000);
    assert_eq!(world.requests(Request::State), before + 1);
    let (at, _) = world.turned(Status::Paused);
    assert!(at < 75_001, "{at}");
    assert_eq!(world.session.connection(), Connection::Live);
}

#[test]
fn a_change_known_in_part_is_asked_for_if_its_push_does_not_come() {
    let mut world = world();
    world.run_until(60_000);
    world.change(held(61_000, 61_000));
    let server = START + (world.now - START_HERE);
    let exchange = Exchange::new(world.now, server, server, world.now).unwrap();
    let news = News { details: None, ..world.news.clone() };
    world.session.handle_answer(&exchange, Some(news), None, world.now);
    // The server does not know the state for a second, and its next answer is not due for half a minute.
    world.state_is_known = false;
    world.run_until(61_000);
    assert_eq!(world.session.state().unwrap().details, None);
    world.state_is_known = true;
    world.run_until(76_000);
    assert_eq!(world.session.state(), Some(&world.news));
}

#[test]
fn a_new_life_of_the_event_is_believed_from_the_server_alone() {
    let mut world = world();
    world.run_until(60_000);
    let (state, asked) = (world.session.state().cloned(), world.requests(Request::State));
    world.session.handle_pong(&"b.9".parse().unwrap(), world.now);
    assert_eq!(world.session.state(), state.as_ref(), "a pong only has it asked");
    world.run_until(65_000);
    assert!(world.requests(Request::State) > asked);
    let asked = world.requests(Request::State);
    world.run_until(120_000);
    assert_eq!((world.session.state(), world.requests(Request::State)), (state.as_ref(), asked), "it is settled");
}

#[test]
fn without_socket_and_server_it_is_holdover_and_an_error_is_an_unknown_state() {
    let mut world = world();
    world.run_until(60_000);
    (world.hubs, world.state_is_known) = (Hubs::Down, false);
    world.session.handle_closed(world.now);
    world.run_until(70_000);
    assert_eq!(world.session.connection(), Connection::Polling(NoPush::StateUnknown));
    world.line_is_up = false;
    world.run_until(80_000);
    assert_eq!(world.session.connection(), Connection::Holdover(Failure::Unreachable));
    (world.hubs, world.state_is_known, world.line_is_up) = (Hubs::Up, true, true);
    world.run_until(145_000);
    assert_eq!(world.session.connection(), Connection::Live);
}

#[test]
fn after_an_outage_of_minutes_everything_is_back_within_seconds() {
    for back in [300_000, 320_000, 340_000, 360_000, 380_000, 400_000] {
        let mut world = world();
        world.run_until(60_000);
        (world.hubs, world.line_is_up) = (Hubs::Down, false);
        world.session.handle_closed(world.now);
        world.run_until(back);
        let asked = world.requests(Request::Time);
        (world.hubs, world.line_is_up) = (Hubs::Up, true);
        // 6 s to the next request for the status, then 10 s for the socket and 6 s for the time.
        world.run_until(back + 16_001);
        assert_eq!(world.session.connection(), Connection::Live, "back at {back}");
        assert!(world.requests(Request::Time) > asked, "back at {back}");
    }
}

#[test]
fn a_page_that_is_shown_again_pings_and_one_without_a_socket_opens_it() {
    let mut world = world();
    world.run_until(60_000);
    let pings = world.times(|effect| *effect == Effect::Ping).len();
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    world.run_until(60_001);
    assert_eq!(world.times(|effect| *effect == Effect::Ping).len(), pings + 1);
    world.session.handle_closed(world.now);
    world.run_until(60_003);
    world.hubs = Hubs::Up;
    world.pass(ms(2_000));
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    world.run_until(62_100);
    assert_eq!(world.session.connection(), Connection::Live);
}

#[test]
fn a_server_that_cannot_tell_the_state_is_asked_again_within_seconds() {
    let mut world = World::joining(0);
    world.state_is_known = false;
    world.run_until(30_000);
    world.state_is_known = true;
    world.run_until(36_001);
    assert_eq!(world.session.connection(), Connection::Polling(NoPush::NoSocket));
}

#[test]
fn a_rundown_that_cannot_be_loaded_is_told_to_page_and_operator_and_asked_for_past_caches() {
    let mut world = world();
    world.rundowns_fail = true;
    world.run_until(20_000);
    assert_eq!(world.session.connection(), Connection::Lacking(Via::Push, Lack::Rundown));
    let failures: Vec<u32> = world
        .effects
        .iter()
        .filter_map(|(_, effect)| match effect {
            Effect::LoadRundown { failures, .. } => Some(*failures),
            _ => None,
        })
        .collect();
    assert!(failures.len() >= 2 && failures.iter().copied().eq(0..failures.len() as u32), "{failures:?}");
    world.change(held(25_000, 25_000));
    world.session.handle_push(Push { news: world.news.clone(), hub: 0, ack: true }, world.now);
    world.run_until(26_000);
    let lacks = world.effects.iter().filter_map(|(_, effect)| match effect {
        Effect::Ack { lacks_rundown, .. } => Some(*lacks_rundown),
        _ => None,
    });
    assert_eq!(lacks.collect::<Vec<_>>(), [true]);
    world.rundowns_fail = false;
    world.run_until(200_000);
    assert_eq!(world.session.connection(), Connection::Live);
}
