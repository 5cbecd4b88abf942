use super::*;

#[test]
fn seek_jumps_and_goes_on_at_the_same_rate() {
    let mut evening = Evening::new();
    assert_eq!(evening.apply(seek(pos(1, 0, 0)), at(19, 10, 0)), at(19, 10, 2));
    assert_eq!(evening.position(at(19, 10, 2) - ms(1)), pos(0, 10, 2) - ms(1));
    assert_eq!(evening.position(at(19, 10, 2)), pos(1, 0, 0));
    assert_eq!(evening.position(at(19, 10, 5)), pos(1, 0, 3));
}

#[test]
fn seek_of_a_held_event_stays_held_there() {
    let mut evening = Evening::new();
    evening.apply(PAUSE, at(19, 10, 0));
    evening.apply(seek(pos(0, 5, 0)), at(19, 11, 0));
    assert_eq!(evening.position(at(20, 0, 0)), pos(0, 5, 0));
    assert_eq!(evening.status(at(20, 0, 0)), Status::Paused);
}

#[test]
fn seek_before_the_beginning_is_a_countdown_again() {
    let mut evening = Evening::new();
    evening.apply(seek(pos(0, 0, -30)), at(19, 10, 0));
    assert_eq!(evening.status(at(19, 10, 2)), Status::Scheduled);
    assert_eq!(evening.status(at(19, 10, 31)), Status::Scheduled);
    assert_eq!(evening.status(at(19, 10, 32)), Status::Running);
}

#[test]
fn seek_during_the_countdown_starts_early() {
    let mut evening = Evening::new();
    evening.apply(seek(Position::START), at(18, 30, 0));
    assert_eq!(evening.status(at(18, 30, 2)), Status::Running);
    assert_eq!(evening.position(at(19, 0, 2)), pos(0, 30, 0), "the former start is no start any more");
}

#[test]
fn rate_changes_the_speed_and_not_the_place() {
    let mut evening = Evening::new();
    assert_eq!(evening.apply(rate(0.5), at(19, 10, 0)), at(19, 10, 2));
    assert_eq!(evening.position(at(19, 10, 2)), pos(0, 10, 2));
    assert_eq!(evening.position(at(19, 10, 12)), pos(0, 10, 7));
    assert_eq!(evening.status(at(19, 10, 12)), Status::Running);
}

#[test]
fn announce_shows_and_clear_takes_away_each_with_two_seconds_of_lead() {
    let mut evening = Evening::new();
    assert_eq!(evening.apply(announce("Doors are open"), at(18, 30, 0)), at(18, 30, 2));
    assert_eq!(evening.shown(at(18, 30, 2) - ms(1)), None);
    assert_eq!(evening.shown(at(18, 30, 2)), Some("Doors are open"));
    assert_eq!(evening.apply(Command::Clear, at(18, 40, 0)), at(18, 40, 2));
    assert_eq!(evening.shown(at(18, 40, 2) - ms(1)), Some("Doors are open"));
    assert_eq!(evening.shown(at(18, 40, 2)), None);
}

#[test]
fn reschedule_moves_the_start_of_an_event_that_has_not_begun() {
    let mut evening = Evening::new();
    evening.apply(Command::Reschedule { starts_at: at(20, 0, 0) }, at(18, 30, 0));
    assert_eq!(evening.event.starts_at(), at(20, 0, 0));
    assert_eq!(evening.status(at(19, 59, 59)), Status::Scheduled);
    assert_eq!(evening.status(at(20, 0, 0)), Status::Running);
    assert_eq!(evening.position(at(20, 1, 0)), pos(0, 1, 0));
}

#[test]
fn reschedule_drops_a_hold_of_the_countdown_with_its_message_and_what_was_scheduled() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("We wait for the train"), at(18, 10, 0));
    evening.schedule(announce("Welcome"), at(19, 30, 0), at(18, 11, 0));
    evening.schedule(end_saying("Good night"), at(22, 0, 0), at(18, 12, 0));
    evening.apply(Command::Reschedule { starts_at: at(20, 0, 0) }, at(18, 30, 0));
    assert_eq!(evening.status(at(18, 30, 2)), Status::Scheduled);
    assert_eq!(evening.shown(at(18, 30, 2)), None, "nothing is held, so nothing says that something is");
    assert_eq!(evening.shown(at(19, 30, 0)), Some("Welcome"));
    assert_eq!(evening.status(at(20, 0, 0)), Status::Running);
    assert_eq!((evening.status(at(22, 0, 0)), evening.shown(at(22, 0, 0))), (Status::Running, Some("Welcome")));
}

#[test]
fn end_stands_still_for_good_and_can_say_so() {
    let mut evening = Evening::new();
    assert_eq!(evening.apply(end_saying("Good night"), at(21, 0, 0)), at(21, 0, 2));
    assert_eq!(evening.status(at(21, 0, 2) - ms(1)), Status::Running);
    for when in [at(21, 0, 2), at(23, 0, 0)] {
        assert_eq!((evening.status(when), evening.position(when)), (Status::Ended, pos(2, 0, 2)));
        assert_eq!(evening.shown(when), Some("Good night"));
    }
    assert_eq!(evening.event.ended_at(), Some(at(21, 0, 2)));
}

#[test]
fn passing_the_duration_does_not_end_the_event() {
    let evening = Evening::with(Configuration { duration: Some(Some(ms(3_600_000))), ..Configuration::default() });
    assert_eq!(evening.status(at(20, 0, 0)), Status::Running);
    assert_eq!(evening.position(at(21, 0, 0)), pos(2, 0, 0));
}

#[test]
fn reopen_holds_where_the_event_had_ended_and_resume_goes_on_at_its_rate() {
    let mut evening = Evening::new();
    evening.schedule(rate(2.0), at(19, 30, 0), at(19, 20, 0));
    evening.schedule(END, at(20, 0, 0), at(19, 40, 0));
    evening.apply(Command::Reopen, at(20, 30, 0));
    assert_eq!(evening.event.ended_at(), None);
    assert_eq!((evening.status(at(20, 30, 2)), evening.position(at(20, 30, 2))), (Status::Paused, pos(1, 30, 0)));
    evening.schedule(Command::Resume, at(20, 40, 0), at(20, 31, 0));
    assert_eq!((evening.status(at(20, 41, 0)), evening.position(at(20, 41, 0))), (Status::Running, pos(1, 32, 0)));
}

#[test]
fn reopen_brings_nothing_back_that_was_scheduled_after_the_end() {
    let mut evening = Evening::new();
    evening.schedule(rate(2.0), at(21, 0, 0), at(19, 30, 0));
    evening.schedule(pause_saying("Interval"), at(22, 0, 0), at(19, 31, 0));
    evening.schedule(END, at(20, 0, 0), at(19, 40, 0));
    evening.apply(Command::Reopen, at(20, 30, 0));
    assert_eq!((evening.status(at(22, 0, 0)), evening.shown(at(22, 0, 0))), (Status::Paused, None));
    evening.schedule(Command::Resume, at(22, 10, 0), at(20, 40, 0));
    assert_eq!(evening.position(at(22, 11, 0)), pos(1, 1, 0));
}

#[test]
fn rundown_points_at_a_rundown_or_at_none() {
    let mut evening = Evening::new();
    evening.apply(rundown(7), at(18, 0, 0));
    assert_eq!(evening.event.rundown(), Some(Digest::from_bytes([7; 32])));
    evening.apply(Command::Rundown { rundown: None, url: None, is_rollback: false }, at(18, 1, 0));
    assert_eq!(evening.event.rundown(), None);
}

#[test]
fn an_ended_event_still_takes_a_message_and_a_rundown() {
    let mut evening = Evening::new();
    evening.apply(END, at(21, 0, 0));
    evening.apply(announce("The film is online tomorrow"), at(21, 30, 0));
    evening.apply(rundown(1), at(21, 31, 0));
    assert_eq!(evening.shown(at(21, 32, 0)), Some("The film is online tomorrow"));
    evening.apply(Command::Clear, at(21, 40, 0));
    assert_eq!(evening.shown(at(21, 41, 0)), None);
    assert_eq!(evening.status(at(21, 41, 0)), Status::Ended);
}

#[test]
fn the_last_change_says_who_what_why_and_when() {
    let mut evening = Evening::new();
    let pause = Request { reason: Some("stream is down".to_owned()), ..request("p-1", PAUSE) };
    evening.event.handle_command(&pause, None, at(19, 10, 0)).unwrap();
    let change = evening.event.last_change();
    assert_eq!((change.id(), change.name(), change.actor()), (Some(&"p-1".parse().unwrap()), "pause", "maria"));
    assert_eq!(change.reason(), Some("stream is down"));
    assert_eq!((change.at(), change.effective_at()), (at(19, 10, 0), at(19, 10, 0) + ms(500)));
    assert!(change.can_be_undone());
}
