use super::*;

#[test]
fn nobody_has_to_start_the_event() {
    let evening = Evening::new();
    for (when, status, position) in [
        (at(18, 59, 59), Status::Scheduled, pos(0, 0, -1)),
        (at(19, 0, 0) - Span::from_micros(1), Status::Scheduled, Position::START - Span::from_micros(1)),
        (at(19, 0, 0), Status::Running, Position::START),
        (at(20, 0, 0), Status::Running, pos(1, 0, 0)),
    ] {
        assert_eq!((evening.status(when), evening.position(when)), (status, position), "{when:?}");
    }
}

#[test]
fn a_pause_freezes_everyone_half_a_second_later_and_resume_goes_on_from_there() {
    let mut evening = Evening::new();
    let frozen = Position::from_millis(600_500);

    assert_eq!(evening.apply(PAUSE, at(19, 10, 0)), at(19, 10, 0) + ms(500));
    assert_eq!(evening.position(at(19, 10, 0) + ms(499)), Position::from_millis(600_499));
    for when in [at(19, 10, 0) + ms(500), at(19, 10, 1), at(19, 20, 0), at(23, 59, 59)] {
        assert_eq!((evening.position(when), evening.status(when)), (frozen, Status::Paused));
    }

    assert_eq!(evening.apply(Command::Resume, at(19, 20, 0)), at(19, 20, 2));
    assert_eq!(evening.status(at(19, 20, 2) - ms(1)), Status::Paused);
    assert_eq!((evening.position(at(19, 20, 2)), evening.status(at(19, 20, 2))), (frozen, Status::Running));
    assert_eq!(evening.position(at(19, 20, 3)), frozen + ms(1_000));
}

#[test]
fn a_ten_minute_pause_shifts_every_later_cue_by_ten_minutes() {
    let mut evening = Evening::new();
    let cues = [pos(0, 15, 0), pos(0, 15, 1), pos(1, 30, 0)];
    let planned = cues.map(|cue| evening.reaches(cue, at(19, 0, 0)).unwrap());
    evening.schedule(PAUSE, at(19, 10, 0), at(19, 5, 0));
    assert_eq!(cues.map(|cue| evening.reaches(cue, at(19, 10, 0))), [None; 3]);
    evening.schedule(Command::Resume, at(19, 20, 0), at(19, 15, 0));
    let shifted = cues.map(|cue| evening.reaches(cue, at(19, 10, 0)).unwrap());
    assert_eq!(shifted, planned.map(|instant| instant + ms(600_000)));
    // What had fired before the pause is not reached a second time.
    assert_eq!(evening.reaches(pos(0, 9, 59), at(19, 0, 0)), Some(at(19, 9, 59)));
}

#[test]
fn a_pause_during_the_countdown_holds_the_countdown() {
    let mut evening = Evening::new();
    evening.schedule(PAUSE, at(18, 50, 0), at(18, 40, 0));
    assert_eq!(evening.status(at(18, 50, 0) - ms(1)), Status::Scheduled);
    assert_eq!(evening.status(at(18, 50, 0)), Status::Paused);
    assert_eq!(evening.position(at(19, 30, 0)), pos(0, -10, 0));
    assert_eq!(evening.status(at(19, 30, 0)), Status::Paused, "the start passes without a start");

    evening.schedule(Command::Resume, at(19, 30, 0), at(19, 20, 0));
    assert_eq!(evening.status(at(19, 30, 0)), Status::Scheduled);
    assert_eq!(evening.event.next_change(at(19, 30, 0)), Some(at(19, 40, 0)));
    assert_eq!(evening.status(at(19, 40, 0) - ms(1)), Status::Scheduled);
    assert_eq!(evening.status(at(19, 40, 0)), Status::Running);
}

#[test]
fn a_second_pause_moves_nothing() {
    let mut evening = Evening::new();
    evening.apply(PAUSE, at(19, 10, 0));
    evening.apply(PAUSE, at(19, 15, 0));
    assert_eq!(evening.position(at(19, 30, 0)), Position::from_millis(600_500));
    evening.schedule(Command::Resume, at(19, 30, 0), at(19, 20, 0));
    assert_eq!(evening.position(at(19, 30, 1)), Position::from_millis(601_500));
}

#[test]
fn resume_brings_back_the_rate_the_event_had() {
    let mut evening = Evening::new();
    evening.schedule(rate(1.25), at(19, 10, 0), at(19, 5, 0));
    evening.schedule(PAUSE, at(19, 20, 0), at(19, 15, 0));
    assert_eq!(evening.position(at(19, 25, 0)), pos(0, 22, 30));
    evening.schedule(Command::Resume, at(19, 30, 0), at(19, 25, 0));
    assert_eq!(evening.position(at(19, 34, 0)), pos(0, 27, 30));
}

#[test]
fn a_rate_set_during_a_hold_waits_for_the_resume() {
    let mut evening = Evening::new();
    evening.schedule(PAUSE, at(19, 10, 0), at(19, 5, 0));
    evening.apply(rate(2.0), at(19, 11, 0));
    assert_eq!(evening.status(at(19, 20, 0)), Status::Paused);
    assert_eq!(evening.position(at(19, 20, 0)), pos(0, 10, 0));
    evening.schedule(Command::Resume, at(19, 20, 0), at(19, 15, 0));
    assert_eq!(evening.position(at(19, 21, 0)), pos(0, 12, 0));
}

#[test]
fn resume_knows_nothing_of_a_rate_that_a_pause_replaced() {
    let mut evening = Evening::new();
    evening.schedule(rate(2.0), at(21, 0, 0), at(19, 5, 0));
    assert!(evening.handle(PAUSE, Some(at(19, 10, 0)), at(19, 6, 0)).1, "the rate at 21:00 is replaced");
    evening.schedule(Command::Resume, at(19, 20, 0), at(19, 15, 0));
    assert_eq!(evening.position(at(19, 21, 0)), pos(0, 11, 0));
}

#[test]
fn resume_of_a_running_event_does_not_bring_a_scheduled_rate_forward() {
    let mut evening = Evening::new();
    evening.schedule(rate(2.0), at(21, 0, 0), at(19, 5, 0));
    evening.schedule(Command::Resume, at(19, 10, 0), at(19, 6, 0));
    assert_eq!(evening.position(at(19, 11, 0)), pos(0, 11, 0));
}
