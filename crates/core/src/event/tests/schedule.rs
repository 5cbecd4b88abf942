use super::*;
use crate::timeline::SEGMENTS_MAX;

#[test]
fn the_status_turns_at_each_boundary_and_next_change_names_it() {
    let mut evening = Evening::new();
    evening.schedule(PAUSE, at(20, 0, 0), at(18, 0, 0));
    evening.schedule(Command::Resume, at(20, 15, 0), at(18, 1, 0));
    evening.schedule(END, at(22, 0, 0), at(18, 2, 0));
    let turns = [
        (at(19, 0, 0), Status::Scheduled, Status::Running),
        (at(20, 0, 0), Status::Running, Status::Paused),
        (at(20, 15, 0), Status::Paused, Status::Running),
        (at(22, 0, 0), Status::Running, Status::Ended),
    ];
    let mut now = at(18, 3, 0);
    for (turn, before, after) in turns {
        assert_eq!(evening.event.next_change(now), Some(turn));
        assert_eq!((evening.status(turn - Span::from_micros(1)), evening.status(turn)), (before, after));
        now = turn;
    }
    assert_eq!(evening.event.next_change(now), None);
}

#[test]
fn a_scheduled_pause_is_replaced_by_a_later_decision() {
    let mut evening = Evening::new();
    assert!(!evening.schedule(PAUSE, at(21, 0, 0), at(19, 30, 0)));
    assert!(evening.handle(Command::Resume, None, at(20, 0, 0)).1, "and that is said");
    assert_eq!(evening.status(at(21, 0, 0)), Status::Running);
}

#[test]
fn a_decision_for_later_keeps_what_comes_before_it() {
    let mut evening = Evening::new();
    evening.schedule(PAUSE, at(20, 0, 0), at(19, 30, 0));
    assert!(!evening.schedule(Command::Resume, at(20, 15, 0), at(19, 31, 0)));
    assert_eq!(evening.status(at(20, 14, 59)), Status::Paused);
    assert_eq!(evening.position(at(20, 16, 0)), pos(1, 1, 0));
}

#[test]
fn an_end_at_22_survives_a_pause_at_21() {
    let mut evening = Evening::new();
    evening.schedule(END, at(22, 0, 0), at(19, 30, 0));
    evening.schedule(PAUSE, at(21, 0, 0), at(20, 30, 0));
    assert_eq!(evening.status(at(21, 0, 0)), Status::Paused);
    assert_eq!((evening.status(at(22, 0, 0)), evening.position(at(22, 0, 0))), (Status::Ended, pos(2, 0, 0)));
    assert_eq!(evening.event.ended_at(), Some(at(22, 0, 0)));
}

#[test]
fn an_end_that_has_not_come_moves_earlier_and_later() {
    let mut evening = Evening::new();
    evening.schedule(end_saying("Good night"), at(22, 0, 0), at(19, 30, 0));
    assert!(evening.schedule(END, at(21, 30, 0), at(19, 31, 0)));
    assert_eq!(evening.status(at(21, 30, 0)), Status::Ended);
    assert_eq!(evening.shown(at(22, 0, 0)), None, "the words went with the end they belong to");
    assert!(evening.schedule(END, at(23, 0, 0), at(19, 32, 0)));
    assert_eq!(evening.status(at(22, 59, 59)), Status::Running);
    assert_eq!(evening.status(at(23, 0, 0)), Status::Ended);
}

#[test]
fn an_end_too_near_for_anyone_to_learn_otherwise_is_not_moved() {
    let mut evening = Evening::new();
    evening.schedule(END, at(22, 0, 0), at(19, 30, 0));
    let later = Request { at: Some(at(23, 0, 0)), ..request("later", END) };
    let now = at(21, 59, 58) + ms(1);
    assert_eq!(evening.refuse_request(&later, now), Refusal::Ended { ended_at: at(22, 0, 0) });
    evening.schedule(END, at(23, 0, 0), now - ms(1));
}

#[test]
fn an_end_that_has_not_come_is_taken_back_without_a_hold() {
    let mut evening = Evening::new();
    evening.schedule(END, at(22, 0, 0), at(19, 30, 0));
    assert!(evening.handle(Command::Reopen, None, at(20, 0, 0)).1);
    assert_eq!((evening.status(at(22, 0, 0)), evening.position(at(22, 0, 0))), (Status::Running, pos(3, 0, 0)));
}

#[test]
fn nothing_moves_an_event_after_its_scheduled_end() {
    let mut evening = Evening::new();
    evening.schedule(END, at(22, 0, 0), at(19, 30, 0));
    let late = Request { at: Some(at(22, 0, 0)), ..request("late", PAUSE) };
    assert_eq!(evening.refuse_request(&late, at(20, 0, 0)), Refusal::Ended { ended_at: at(22, 0, 0) });
    evening.schedule(seek(pos(0, 0, 0)), at(22, 0, 0) - ms(1), at(20, 0, 0));
}

#[test]
fn an_end_during_the_countdown_ends_it_and_reopen_holds_the_countdown() {
    let mut evening = Evening::new();
    evening.schedule(END, at(18, 30, 0), at(18, 10, 0));
    assert_eq!((evening.status(at(19, 30, 0)), evening.position(at(19, 30, 0))), (Status::Ended, pos(0, -30, 0)));
    evening.apply(Command::Reopen, at(19, 30, 0));
    assert_eq!((evening.status(at(19, 31, 0)), evening.position(at(19, 31, 0))), (Status::Paused, pos(0, -30, 0)));
    evening.apply(Command::Reschedule { starts_at: at(20, 0, 0) }, at(19, 32, 0));
    assert_eq!(evening.status(at(20, 0, 0)), Status::Running);
}

#[test]
fn an_ended_event_stays_where_it_ended_whatever_had_been_scheduled_for_later() {
    let mut evening = Evening::new();
    evening.schedule(seek(pos(1, 0, 0)), at(19, 10, 0), at(19, 5, 0));
    evening.schedule(seek(pos(5, 0, 0)), at(21, 0, 0), at(19, 20, 0));
    evening.schedule(END, at(20, 0, 0), at(19, 30, 0));
    evening.apply(Command::Clear, at(21, 30, 0));
    assert_eq!((evening.status(at(21, 30, 0)), evening.position(at(21, 30, 0))), (Status::Ended, pos(1, 50, 0)));
}

#[test]
fn however_much_is_scheduled_the_present_is_not_forgotten() {
    let mut evening = Evening::new();
    evening.schedule(seek(pos(1, 0, 0)), at(19, 10, 0), at(19, 5, 0));
    let now = at(19, 20, 0);
    for step in 0..2 * SEGMENTS_MAX as i64 {
        let command = if step % 2 == 0 { PAUSE } else { Command::Resume };
        let request = Request { at: Some(at(20, 0, step)), ..evening.request(command) };
        let planned = evening.event.clone();
        if let Err(refusal) = evening.event.handle_command(&request, None, now) {
            assert_eq!(refusal, Refusal::TooMuchScheduled);
            assert_eq!(evening.event, planned);
        }
        assert_eq!(evening.position(now), pos(1, 10, 0), "after {step} scheduled changes");
    }
    let undone = evening.event.rev();
    evening.apply(Command::Resume, now);
    assert!(evening.event.rev() > undone && evening.event.timeline().segments().len() == 1, "and there is a way out");
}
