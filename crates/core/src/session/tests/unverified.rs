//! A session whose server has never answered: what it plays on from, by which clock, and which signed states it accepts.

use super::*;
use crate::cueing::{Needs, Otherwise};

/// How far the device's wall clock is ahead of the server's.
const WALL_AHEAD: Span = Span::from_millis(7_000);

/// A viewer who comes 5 s into the event, and reaches nobody.
fn alone() -> World {
    let mut world = World::joining(5_000);
    world.line_is_up = false;
    world.hubs = Hubs::Down;
    world.wall_begins_ms = (START + WALL_AHEAD).as_millis();
    world.wall_ms = world.wall_begins_ms + 5_000;
    world
}

fn at(ms: i64) -> ServerTime {
    START + Span::from_millis(ms)
}

/// A validity from the event's start on.
fn for_hours(hours: i64) -> Validity {
    Validity { signed_at: START, until: Some(START + Span::from_millis(hours * 3_600_000)) }
}

/// The event held at 3 s, as revision 2.
fn pause(world: &World) -> News {
    let mut signed = world.news.clone();
    signed.timeline.timeline =
        Timeline::from_segments(vec![signed.timeline.segments()[0], held(3_000, 3_000)]).unwrap();
    signed.rev = signed.rev.next();
    signed
}

/// Asserts that the event is at `ms`, or a little before: wall clocks are read to the millisecond.
fn assert_at(world: &World, ms: i64) {
    let position = world.session.position(world.now).unwrap().as_millis();
    assert!((ms - 2..=ms).contains(&position), "{position} for {ms}");
}

fn load_rundown(world: &mut World) {
    let list = CueList::new(world.cues.clone().into_iter(), &Seed::new(1));
    world.session.handle_rundown(RUNDOWN, list, |_, _| true, world.now);
}

#[test]
fn what_was_known_before_plays_on_by_the_devices_clock_without_a_bound() {
    let mut world = alone();
    let needs = |otherwise| Some(Needs { bound: Span::from_millis(10_000), otherwise });
    world.cues = vec![
        moment("plain", 20_000),
        ListedCue { needs: needs(Otherwise::Skip), ..moment("exact", 21_000) },
        ListedCue { needs: needs(Otherwise::Fire), ..moment("anyway", 22_000) },
    ];
    world.run_until(8_000);
    assert_eq!(world.session.connection(), Connection::Acquiring(Wait::Failed(Failure::Unreachable)));
    world.session.handle_known(world.news.clone(), world.now);
    load_rundown(&mut world);
    assert_eq!(world.session.connection(), Connection::Unverified(Failure::Unreachable));
    assert_eq!(world.session.reading(world.now).unwrap().bound, UNBOUNDED);
    assert_at(&world, 15_000);
    world.run_until(30_000);
    // Both 7 s early, as the device's clock is.
    let played = world.played();
    assert_eq!(played.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [key("plain"), key("anyway")]);
    assert!(played.iter().zip([13_000, 15_000]).all(|((_, at), due)| (due..due + 3).contains(at)), "{played:?}");
    let withheld =
        world.effects.iter().any(|(_, effect)| matches!(effect, Effect::Cue(cueing::Effect::Withhold { .. })));
    assert!(withheld, "what needs a bound does not fire");
}

#[test]
fn the_first_answer_ends_it_and_nothing_fires_twice() {
    let mut world = alone();
    world.run_until(8_000);
    world.session.handle_known(world.news.clone(), world.now);
    load_rundown(&mut world);
    world.run_until(14_000);
    assert_eq!(world.played().iter().map(|(key, _)| *key).collect::<Vec<_>>(), [key("song"), key("burst")]);
    world.line_is_up = true;
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    world.run_until(60_000);
    assert_eq!(world.session.connection(), Connection::Polling(NoPush::NoSocket));
    let bound = world.session.reading(world.now).unwrap().bound;
    assert!(bound < Span::from_millis(100), "{bound:?}");
    let bursts = world.played().iter().filter(|(played, _)| *played == key("burst")).count();
    assert_eq!(bursts, 1);
}

#[test]
fn a_source_of_utc_replaces_the_devices_clock_and_is_no_proof_either() {
    let mut world = alone();
    world.run_until(8_000);
    world.session.handle_known(world.news.clone(), world.now);
    world.session.handle_utc(at(7_990), world.now - Span::from_millis(20), world.now, world.now);
    assert_at(&world, 8_000);
    assert_eq!(world.session.reading(world.now).unwrap().bound, UNBOUNDED);
    // Whatever becomes of the wall clock.
    world.wall_begins_ms += 3_600_000;
    world.run_until(40_000);
    assert_at(&world, 40_000);
}

#[test]
fn a_wall_clock_that_is_set_moves_the_event_with_it() {
    let mut world = alone();
    world.run_until(8_000);
    world.session.handle_known(world.news.clone(), world.now);
    world.run_until(10_000);
    world.wall_begins_ms -= WALL_AHEAD.as_millis();
    world.run_until(20_000);
    assert_at(&world, 20_000);
}

#[test]
fn what_the_server_said_is_never_replaced_by_what_was_known_before() {
    let mut world = World::joining(0);
    world.run_until(5_000);
    let old = News { epoch: "old".parse().unwrap(), rev: Rev::new(99), ..world.news.clone() };
    world.session.handle_known(old, world.now);
    assert_eq!(world.session.state().map(|news| &news.epoch), Some(&world.news.epoch));
    world.line_is_up = false;
    world.run_until(600_000);
    assert!(matches!(world.session.connection(), Connection::Holdover(_)), "a clock that was proved stays one");
}

#[test]
fn who_knows_nothing_accepts_a_signed_state_only_while_it_is_valid() {
    for (validity, is_accepted) in [
        (for_hours(24), true),
        (for_hours(1), true),
        (Validity { signed_at: START, until: None }, false),
        // Over, by a clock that is 7 s fast.
        (Validity { signed_at: START, until: Some(at(14_000)) }, false),
        (for_hours(25), false),
        (Validity { signed_at: at(-40 * 86_400_000), until: Some(at(-39 * 86_400_000)) }, false),
    ] {
        let mut world = alone();
        world.run_until(8_000);
        let signed = pause(&world);
        world.session.handle_signed(signed, validity, world.now);
        assert_eq!(world.session.state().is_some(), is_accepted, "{validity:?}");
        if is_accepted {
            world.run_until(9_000);
            assert_eq!(world.session.position(world.now), Some(Position::from_millis(3_000)));
            world.turned(Status::Paused);
            assert_eq!(world.session.connection(), Connection::Unverified(Failure::Unreachable));
        }
    }
}

#[test]
fn who_knows_the_event_only_from_before_is_not_held_by_last_months_pause() {
    let mut world = alone();
    world.run_until(8_000);
    world.session.handle_known(world.news.clone(), world.now);
    let signed = pause(&world);
    for validity in [Validity { signed_at: START, until: None }, Validity { signed_at: START, until: Some(at(1_000)) }]
    {
        world.session.handle_signed(signed.clone(), validity, world.now);
        assert_eq!(world.session.state().map(|news| news.rev), Some(Rev::FIRST), "{validity:?}");
    }
    world.session.handle_signed(signed, for_hours(24), world.now);
    assert_eq!(world.session.state().map(|news| news.rev), Some(Rev::new(2)));
}

#[test]
fn who_knows_nothing_submits_it_when_the_server_is_back_and_behind() {
    let mut world = alone();
    world.run_until(8_000);
    let signed = pause(&world);
    world.session.handle_signed(signed, for_hours(24), world.now);
    world.line_is_up = true;
    world.session.handle_wake(world.now, WallTime::from_millis(world.wall_ms));
    world.run_until(20_000);
    let submitted = world.effects.iter().filter(|(_, effect)| *effect == Effect::SubmitEmergency).count();
    assert_eq!(submitted, 1);
    assert_eq!(world.session.position(world.now), Some(Position::from_millis(3_000)));
}

#[test]
fn nothing_unsigned_outweighs_a_valid_signature() {
    let mut world = alone();
    world.run_until(8_000);
    for known in [
        News { rev: Rev::new(u64::MAX), ..world.news.clone() },
        News { epoch: "other".parse().unwrap(), rev: Rev::new(99), ..world.news.clone() },
    ] {
        let mut viewer = world.session.clone();
        viewer.handle_known(known, world.now);
        viewer.handle_signed(pause(&world), for_hours(24), world.now);
        assert_eq!(viewer.position(world.now), Some(Position::from_millis(3_000)));
        // But of two signed ones the newer counts.
        let older = News { rev: Rev::FIRST, ..pause(&world) };
        viewer.handle_signed(older, for_hours(24), world.now);
        assert_eq!(viewer.state().map(|news| news.rev), Some(Rev::new(2)));
    }
}
