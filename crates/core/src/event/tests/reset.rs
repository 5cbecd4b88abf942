//! An event that is reset after a rehearsal.

use super::*;

fn reset(starts_at: Option<ServerTime>) -> Reset {
    Reset { starts_at, ..Reset::default() }
}

fn rehearsed() -> Evening {
    let mut evening = Evening::with(Configuration { title: Some("Gala".to_owned()), ..Configuration::default() });
    evening.apply(rundown(3), at(18, 0, 0));
    evening.apply(rate(2.0), at(19, 5, 0));
    evening.apply(seek(pos(1, 0, 0)), at(19, 10, 0));
    evening.apply(pause_saying("Sound check"), at(19, 20, 0));
    evening.apply(announce("This is a rehearsal"), at(19, 25, 0));
    evening.schedule(end_saying("Good night"), at(19, 40, 0), at(19, 30, 0));
    evening
}

#[test]
fn a_reset_event_is_as_before_its_start_in_an_epoch_that_replaces_the_former_one() {
    let mut evening = rehearsed();
    let (epoch, rev) = (evening.event.epoch().clone(), evening.event.rev());
    let now = at(19, 50, 0);
    evening.event.handle_reset(&reset(Some(at(21, 0, 0))), "e2".parse().unwrap(), "joe", now).unwrap();
    let event = &evening.event;
    assert_eq!((event.rev(), event.epoch().as_str(), event.replaces()), (rev.next(), "e2", Some(&epoch)));
    assert_eq!((event.status(now), event.position(now)), (Status::Scheduled, pos(-1, -10, 0)));
    assert_eq!((event.message(now), event.ended_at(), event.starts_at()), (None, None, at(21, 0, 0)));
    assert_eq!(event.timeline().segments().len(), 1);
    assert_eq!((event.title(), event.rundown()), ("Gala", Some(Digest::from_bytes([3; 32]))), "its settings stay");
    assert_eq!((event.last_change().name(), event.last_change().actor()), ("reset", "joe"));
    assert_eq!(evening.position(at(21, 10, 0)), pos(0, 10, 0), "at the normal rate");
    evening.assert_survives_json();
}

#[test]
fn a_start_to_come_is_kept() {
    let mut evening = Evening::new();
    evening.apply(seek(pos(0, 30, 0)), at(18, 10, 0));
    evening.event.handle_reset(&reset(None), "e2".parse().unwrap(), "joe", at(18, 30, 0)).unwrap();
    assert_eq!(evening.position(at(18, 30, 0)), pos(0, -30, 0));
    assert_eq!(evening.status(at(19, 0, 0)), Status::Running);
}

#[test]
fn a_reset_that_would_run_at_once_or_that_is_late_or_archived_changes_nothing() {
    let mut evening = rehearsed();
    let now = at(19, 50, 0);
    let before = evening.event.clone();
    let mut refused = |reset: &Reset| {
        let refusal = evening.event.handle_reset(reset, "e2".parse().unwrap(), "joe", now).unwrap_err();
        assert_eq!(evening.event, before);
        refusal
    };
    assert_eq!(refused(&reset(None)), Refusal::StartsInThePast { starts_at: at(19, 0, 0), now });
    assert_eq!(refused(&reset(Some(now))), Refusal::StartsInThePast { starts_at: now, now });
    let stale = Reset { if_rev: Some(Rev::FIRST), ..reset(Some(at(21, 0, 0))) };
    assert!(matches!(refused(&stale), Refusal::Stale { .. }));
    let mut evening = Evening::archived();
    let archived = evening.event.handle_reset(&reset(Some(at(23, 0, 0))), "e2".parse().unwrap(), "joe", at(20, 2, 0));
    assert_eq!(archived, Err(Refusal::Archived));
}

#[test]
fn a_reset_by_mistake_is_undone() {
    let mut evening = Evening::new();
    evening.event.handle_reset(&reset(Some(at(22, 0, 0))), "e2".parse().unwrap(), "joe", at(20, 0, 0)).unwrap();
    assert_eq!(evening.event.undoable().change, "reset");
    evening.apply(UNDO, at(20, 1, 0));
    assert_eq!((evening.status(at(20, 1, 2)), evening.position(at(20, 1, 2))), (Status::Running, pos(1, 1, 2)));
    assert_eq!(evening.event.starts_at(), at(19, 0, 0));
}
