use super::*;
use downbeat_core::{Command, Configuration, Request};

const START: i64 = 1_704_067_200_000;

fn at(ms: i64) -> ServerTime {
    ServerTime::from_millis(START + ms)
}

/// An event that starts at 0 ms, with a pause at 10,500 ms if `paused`.
fn state(paused: bool) -> Snapshot {
    let configuration = Configuration { starts_at: Some(at(0)), ..Configuration::default() };
    let mut state = EventState::create(configuration, "e1".parse().unwrap(), "maria", at(-1_000)).unwrap();
    if paused {
        let request = Request {
            id: "p1".parse().unwrap(),
            command: Command::Pause { message: None },
            actor: "maria".to_owned(),
            reason: None,
            if_rev: None,
            at: None,
        };
        state.handle_command(&request, None, at(10_000)).unwrap();
    }
    Snapshot::State(Box::new(state))
}

fn copy_of(snapshot: Snapshot, received: i64) -> Copy {
    let mut copy = Copy::default();
    copy.apply(snapshot, at(0), at(received));
    copy
}

/// Returns the answer about the time at `ms`, without the digits.
fn tail(copy: &mut Copy, ms: i64) -> Option<&str> {
    copy.tail(Prepared::Time, "main", None, at(ms))
}

#[test]
fn a_copy_answers_for_a_second_and_no_longer() {
    let mut copy = copy_of(state(false), 5_000);
    assert!(tail(&mut copy, 5_999).unwrap().starts_with(r#","status":"running","message":null"#));
    assert_eq!(tail(&mut copy, 6_000), None);
    assert!(copy.last().is_some(), "it is still there, to go along with \"unknown\"");
}

#[test]
fn the_prepared_answer_changes_at_the_instant_the_state_does() {
    let mut copy = copy_of(state(true), 10_000);
    assert!(tail(&mut copy, 10_499).unwrap().contains(r#""status":"running""#));
    assert!(tail(&mut copy, 10_500).unwrap().contains(r#""status":"paused""#));
}

#[test]
fn a_clock_that_steps_back_makes_a_copy_old_and_a_prepared_answer_unfit() {
    let mut copy = copy_of(state(true), 10_400);
    assert!(tail(&mut copy, 10_600).unwrap().contains(r#""status":"paused""#));
    assert!(tail(&mut copy, 10_450).unwrap().contains(r#""status":"running""#));
    assert_eq!(tail(&mut copy, 10_399), None);
}

#[test]
fn of_many_requests_one_refreshes_the_copy_and_at_most_four_times_a_second() {
    let mut copy = copy_of(state(false), 0);
    let started: Vec<i64> = (0..1_000)
        .filter(|ms| {
            let starts = copy.start_refresh(at(*ms));
            if starts {
                copy.apply(state(false), at(0), at(*ms));
            }
            starts
        })
        .collect();
    assert_eq!(started.len(), 3, "at {started:?}");
}

#[test]
fn a_request_without_an_answer_is_repeated_after_300_ms() {
    let mut copy = Copy::default();
    let started: Vec<i64> = (0..1_000).filter(|ms| copy.start_refresh(at(*ms))).collect();
    assert_eq!(started, [0, 300, 600, 900]);
}

#[test]
fn after_a_failure_nobody_waits_for_a_second_and_the_request_is_repeated_meanwhile() {
    let mut copies = Copies::default();
    let event: EventName = "main".parse().unwrap();
    copies.handle_failure(&event, at(0));
    let copy = copies.find("main").unwrap();
    assert!(copy.failed_lately(at(999)) && !copy.failed_lately(at(1_000)));
    assert!(!copy.start_refresh(at(249)) && copy.start_refresh(at(250)));
}

#[test]
fn a_missing_event_counts_as_missing_for_ten_seconds_or_until_it_is_created() {
    let mut copies = Copies::default();
    let event: EventName = "gala".parse().unwrap();
    copies.apply(&event, Snapshot::Missing, at(0), at(0));
    let copy = copies.find("gala").unwrap();
    assert_eq!(copy.fresh(at(9_999)), Some(&Snapshot::Missing));
    assert!(!copy.start_refresh(at(9_999)) && copy.start_refresh(at(10_000)));
    copies.apply(&event, Snapshot::Missing, at(0), at(10_000));
    copies.expire(&event);
    assert_eq!(copies.find("gala").unwrap().fresh(at(10_001)), None);
}

#[test]
fn an_older_revision_that_comes_late_is_ignored() {
    let mut copy = copy_of(state(true), 10_001);
    let rev = copy.last().unwrap().rev();
    copy.apply(state(false), at(0), at(10_002));
    assert_eq!(copy.last().unwrap().rev(), rev);
}

#[test]
fn the_answers_say_how_slow_the_isolate_is_and_what_each_is_about() {
    let mut copies = Copies::default();
    let event: EventName = "gala".parse().unwrap();
    copies.apply(&event, state(false), at(0), at(5_000));
    let answer = |copies: &mut Copies, prepared, ms| copies.answer(prepared, "gala", at(ms), str::to_owned).unwrap().0;
    for prepared in [Prepared::Time, Prepared::Status] {
        assert!(!answer(&mut copies, prepared, 5_001).contains("retryAfter"));
    }
    for (took, ms) in [(3, 5_000), (900, 5_500)] {
        copies.pressure.handle_call(Span::from_millis(took), at(ms));
    }
    for prepared in [Prepared::Time, Prepared::Status] {
        let text = answer(&mut copies, prepared, 5_600);
        assert!(text.contains(r#""resync":300000,"retryAfter":1000"#), "{text}");
        assert_eq!(text.contains(r#""event":"gala""#), prepared == Prepared::Status);
    }
    copies.pressure.handle_call(Span::from_millis(3), at(5_900));
    copies.pressure.handle_call(Span::from_millis(3), at(6_000));
    copies.apply(&event, state(false), at(0), at(6_000));
    assert!(!answer(&mut copies, Prepared::Time, 6_001).contains("retryAfter"));
    assert!(copies.answer(Prepared::Time, "other", at(6_001), |_| ()).is_none());
}

#[test]
fn a_hub_that_took_nobody_is_avoided_for_a_while() {
    let mut copy = Copy::default();
    copy.handle_refusal(2, Refusal::Crowded, at(0));
    copy.handle_refusal(3, Refusal::Full, at(0));
    copy.handle_refusal(4, Refusal::Busy, at(0));
    let avoided = |limit, ms| [0, 2, 3, 4].map(|hub| copy.refusal(hub, limit, at(ms)).is_some());
    assert_eq!(avoided(Limit::Crowded, 49), [false, true, true, true]);
    assert_eq!(avoided(Limit::Full, 49), [false, false, true, true]);
    assert_eq!(avoided(Limit::Crowded, 999), [false, true, true, false]);
    assert_eq!(avoided(Limit::Crowded, 4_999), [false, true, false, false]);
    assert_eq!(avoided(Limit::Crowded, 5_000), [false; 4]);
    (0..1_000).for_each(|ms| copy.handle_refusal(3, Refusal::Busy, at(6_000 + ms)));
    assert_eq!(copy.refusals.len(), 1);
}

#[test]
fn failures_are_counted_until_there_is_an_answer() {
    let mut copies = Copies::default();
    let event: EventName = "main".parse().unwrap();
    copies.handle_failure(&event, at(0));
    copies.handle_failure(&event, at(300));
    assert_eq!(copies.copy(&event).failures(), 2);
    copies.apply(&event, state(false), at(0), at(600));
    assert_eq!(copies.copy(&event).failures(), 0);
}

#[test]
fn made_up_names_do_not_displace_events() {
    let mut copies = Copies::default();
    let event: EventName = "main".parse().unwrap();
    copies.apply(&event, state(false), at(0), at(0));
    for number in 0..3 * COPIES_MAX {
        copies.apply(&format!("x{number}").parse().unwrap(), Snapshot::Missing, at(0), at(1));
    }
    assert!(copies.copies.len() <= COPIES_MAX);
    assert!(copies.find("main").is_some());
}

#[test]
fn an_older_state_replaces_the_copy_only_if_the_object_had_it_after_this_isolate_learned_of_the_other() {
    let mut copy = copy_of(state(true), 10_000);
    copy.apply(state(false), at(9_000), at(11_000));
    assert_eq!(copy.last().map(|state| state.rev().number()), Some(2), "a hub that is behind");
    copy.apply(state(false), at(10_500), at(12_000));
    assert_eq!(copy.last().map(|state| state.rev().number()), Some(1), "storage was restored");
    assert_eq!(copy.confirmed(), Some(at(10_500)));
}
