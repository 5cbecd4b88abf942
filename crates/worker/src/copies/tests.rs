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
    copy.apply(snapshot, at(received));
    copy
}

#[test]
fn a_copy_answers_for_a_second_and_no_longer() {
    let mut copy = copy_of(state(false), 5_000);
    assert!(copy.tail(at(5_999)).unwrap().starts_with(r#","status":"running","message":null"#));
    assert_eq!(copy.tail(at(6_000)), None);
    assert!(copy.last().is_some(), "it is still there, to go along with \"unknown\"");
}

#[test]
fn the_prepared_answer_changes_at_the_instant_the_state_does() {
    let mut copy = copy_of(state(true), 10_000);
    assert!(copy.tail(at(10_499)).unwrap().contains(r#""status":"running""#));
    assert!(copy.tail(at(10_500)).unwrap().contains(r#""status":"paused""#));
}

#[test]
fn a_clock_that_steps_back_makes_a_copy_old_and_a_prepared_answer_unfit() {
    let mut copy = copy_of(state(true), 10_400);
    assert!(copy.tail(at(10_600)).unwrap().contains(r#""status":"paused""#));
    assert!(copy.tail(at(10_450)).unwrap().contains(r#""status":"running""#));
    assert_eq!(copy.tail(at(10_399)), None);
}

#[test]
fn of_many_requests_one_refreshes_the_copy_and_at_most_four_times_a_second() {
    let mut copy = copy_of(state(false), 0);
    let started: Vec<i64> = (0..1_000)
        .filter(|ms| {
            let starts = copy.start_refresh(at(*ms));
            if starts {
                copy.apply(state(false), at(*ms));
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
    copies.apply(&event, Snapshot::Missing, at(0));
    let copy = copies.find("gala").unwrap();
    assert_eq!(copy.fresh(at(9_999)), Some(&Snapshot::Missing));
    assert!(!copy.start_refresh(at(9_999)) && copy.start_refresh(at(10_000)));
    copies.apply(&event, Snapshot::Missing, at(10_000));
    copies.expire(&event);
    assert_eq!(copies.find("gala").unwrap().fresh(at(10_001)), None);
}

#[test]
fn an_older_revision_that_comes_late_is_ignored() {
    let mut copy = copy_of(state(true), 10_001);
    let rev = copy.last().unwrap().rev();
    copy.apply(state(false), at(10_002));
    assert_eq!(copy.last().unwrap().rev(), rev);
}

#[test]
fn a_crowded_hub_is_avoided_for_five_seconds() {
    let mut copy = Copy::default();
    copy.handle_crowded(2, at(0));
    copy.handle_crowded(3, at(1_000));
    assert!(copy.is_crowded(2, at(4_999)) && !copy.is_crowded(2, at(5_000)) && copy.is_crowded(3, at(5_000)));
    assert!(!copy.is_crowded(0, at(1)));
    copy.handle_crowded(3, at(6_000));
    assert_eq!(copy.crowded, [(3, at(6_000))]);
}

#[test]
fn failures_are_counted_until_there_is_an_answer() {
    let mut copies = Copies::default();
    let event: EventName = "main".parse().unwrap();
    copies.handle_failure(&event, at(0));
    copies.handle_failure(&event, at(300));
    assert_eq!(copies.copy(&event).failures(), 2);
    copies.apply(&event, state(false), at(600));
    assert_eq!(copies.copy(&event).failures(), 0);
}

#[test]
fn made_up_names_do_not_displace_events() {
    let mut copies = Copies::default();
    let event: EventName = "main".parse().unwrap();
    copies.apply(&event, state(false), at(0));
    for number in 0..3 * COPIES_MAX {
        copies.apply(&format!("x{number}").parse().unwrap(), Snapshot::Missing, at(1));
    }
    assert!(copies.0.len() <= COPIES_MAX);
    assert!(copies.find("main").is_some());
}
