use super::*;

#[test]
fn undo_of_a_pause_goes_on_from_the_hold() {
    let mut evening = Evening::new();
    evening.schedule(rate(2.0), at(19, 30, 0), at(19, 20, 0));
    evening.schedule(pause_saying("Back soon"), at(20, 0, 0), at(19, 50, 0));
    assert_eq!(evening.apply(UNDO, at(20, 10, 0)), at(20, 10, 2));
    assert_eq!((evening.status(at(20, 10, 1)), evening.shown(at(20, 10, 1))), (Status::Paused, Some("Back soon")));
    assert_eq!((evening.status(at(20, 10, 2)), evening.shown(at(20, 10, 2))), (Status::Running, None));
    assert_eq!(evening.position(at(20, 10, 2)), pos(1, 30, 0));
    assert_eq!(evening.position(at(20, 10, 3)), pos(1, 30, 2), "at the rate it had");
}

#[test]
fn undo_of_a_pause_that_a_later_plan_was_dropped_for_does_not_move_the_event() {
    let mut evening = Evening::new();
    evening.schedule(seek(Position::START), at(19, 30, 0), at(19, 20, 0));
    evening.schedule(seek(pos(5, 0, 0)), at(21, 0, 0), at(19, 40, 0));
    evening.schedule(PAUSE, at(20, 0, 0), at(19, 50, 0));
    evening.apply(UNDO, at(21, 30, 0));
    assert_eq!(evening.position(at(21, 30, 2)), pos(0, 30, 0));
    assert_eq!(evening.status(at(21, 30, 2)), Status::Running);
}

#[test]
fn undo_of_a_resume_holds_again_with_the_message() {
    let mut evening = Evening::new();
    evening.schedule(pause_saying("Back soon"), at(20, 0, 0), at(19, 50, 0));
    evening.schedule(Command::Resume, at(20, 10, 0), at(20, 5, 0));
    evening.apply(UNDO, at(20, 15, 0));
    assert_eq!((evening.status(at(20, 15, 2)), evening.shown(at(20, 15, 2))), (Status::Paused, Some("Back soon")));
    assert_eq!(evening.position(at(20, 15, 2)), pos(1, 5, 2));
    evening.schedule(Command::Resume, at(20, 20, 0), at(20, 16, 0));
    assert_eq!((evening.position(at(20, 20, 1)), evening.shown(at(20, 20, 1))), (pos(1, 5, 3), None));
}

#[test]
fn undo_of_a_seek_jumps_back_by_the_same_distance() {
    let mut evening = Evening::new();
    evening.schedule(seek(pos(3, 0, 0)), at(20, 0, 0), at(19, 50, 0));
    evening.apply(UNDO, at(20, 10, 0));
    assert_eq!(evening.position(at(20, 10, 2) - ms(1)), pos(3, 10, 2) - ms(1));
    assert_eq!(evening.position(at(20, 10, 2)), pos(1, 10, 2), "as if it had run on all the time");
}

#[test]
fn undo_of_a_seek_during_a_hold_jumps_back_and_stays_held() {
    let mut evening = Evening::new();
    evening.schedule(PAUSE, at(20, 0, 0), at(19, 50, 0));
    evening.schedule(seek(pos(0, 10, 0)), at(20, 5, 0), at(20, 1, 0));
    evening.apply(UNDO, at(20, 10, 0));
    assert_eq!((evening.position(at(20, 11, 0)), evening.status(at(20, 11, 0))), (pos(1, 0, 0), Status::Paused));
}

#[test]
fn undo_of_a_seek_jumps_back_over_a_pause_that_was_undone_in_between() {
    let mut evening = Evening::new();
    evening.schedule(PAUSE, at(20, 20, 0), at(19, 40, 0));
    evening.schedule(Command::Resume, at(20, 30, 0), at(19, 41, 0));
    evening.schedule(seek(pos(3, 0, 0)), at(20, 40, 0), at(19, 50, 0));
    evening.apply(UNDO, at(20, 50, 0));
    // 1 h 20 min before the pause, 20 min after it until 20:50.
    assert_eq!(evening.position(at(20, 50, 2)), pos(1, 40, 2));
}

#[test]
fn undo_of_a_rate_brings_the_former_one_and_keeps_the_place() {
    let mut evening = Evening::new();
    evening.schedule(rate(2.0), at(20, 0, 0), at(19, 50, 0));
    evening.apply(UNDO, at(20, 10, 0));
    assert_eq!(evening.position(at(20, 10, 2)), pos(1, 20, 4));
    assert_eq!(evening.position(at(20, 10, 3)), pos(1, 20, 5));
    evening.schedule(PAUSE, at(20, 20, 0), at(20, 11, 0));
    evening.schedule(Command::Resume, at(20, 30, 0), at(20, 21, 0));
    assert_eq!(evening.position(at(20, 31, 0)) - evening.position(at(20, 30, 0)), ms(60_000));
}

#[test]
fn undo_of_a_rate_set_during_a_hold_resumes_with_the_former_one() {
    let mut evening = Evening::new();
    evening.schedule(PAUSE, at(20, 0, 0), at(19, 50, 0));
    evening.apply(rate(2.0), at(20, 1, 0));
    evening.apply(UNDO, at(20, 2, 0));
    assert_eq!(evening.status(at(20, 9, 0)), Status::Paused);
    evening.schedule(Command::Resume, at(20, 10, 0), at(20, 3, 0));
    assert_eq!(evening.position(at(20, 11, 0)), pos(1, 1, 0));
}

#[test]
fn undo_of_an_announcement_brings_back_what_was_shown() {
    let mut evening = Evening::new();
    evening.apply(announce("Vote now"), at(20, 0, 0));
    evening.apply(announce("Vtoe nwo"), at(20, 5, 0));
    evening.apply(UNDO, at(20, 6, 0));
    assert_eq!(evening.shown(at(20, 6, 2) - ms(1)), Some("Vtoe nwo"));
    assert_eq!(evening.shown(at(20, 6, 2)), Some("Vote now"));
}

#[test]
fn undo_of_a_clear_brings_the_message_back() {
    let mut evening = Evening::new();
    evening.apply(announce("Vote now"), at(20, 0, 0));
    evening.apply(Command::Clear, at(20, 5, 0));
    evening.apply(UNDO, at(20, 6, 0));
    assert_eq!((evening.shown(at(20, 6, 1)), evening.shown(at(20, 6, 2))), (None, Some("Vote now")));
}

#[test]
fn undo_of_an_announcement_leaves_a_scheduled_seek() {
    let mut evening = Evening::new();
    evening.schedule(seek(pos(3, 0, 0)), at(21, 0, 0), at(19, 50, 0));
    evening.apply(announce("Vote now"), at(20, 0, 0));
    evening.apply(UNDO, at(20, 10, 0));
    assert_eq!(evening.position(at(21, 0, 0)), pos(3, 0, 0));
    // Also where the seek came to pass between the announcement and its undo.
    evening.apply(announce("Vote now"), at(20, 58, 0));
    evening.apply(UNDO, at(21, 10, 0));
    assert_eq!(evening.position(at(21, 10, 2)), pos(3, 10, 2));
    assert_eq!(evening.shown(at(21, 10, 2)), None);
}

#[test]
fn undo_of_a_seek_leaves_scheduled_and_newer_messages() {
    let mut evening = Evening::new();
    evening.schedule(announce("Vote now"), at(20, 5, 0), at(19, 50, 0));
    evening.schedule(announce("Voting is over"), at(21, 0, 0), at(19, 51, 0));
    evening.apply(seek(pos(3, 0, 0)), at(20, 0, 0));
    evening.apply(UNDO, at(20, 10, 0));
    assert_eq!(evening.shown(at(20, 10, 2)), Some("Vote now"));
    assert_eq!(evening.shown(at(21, 0, 0)), Some("Voting is over"));
}

#[test]
fn undo_of_a_seek_brings_a_hold_it_had_replaced_back_neither_in_movement_nor_in_words() {
    let mut evening = Evening::new();
    evening.schedule(pause_saying("Interval"), at(21, 0, 0), at(19, 50, 0));
    evening.apply(seek(pos(3, 0, 0)), at(20, 0, 0));
    evening.apply(UNDO, at(20, 10, 0));
    assert_eq!((evening.status(at(21, 0, 0)), evening.shown(at(21, 0, 0))), (Status::Running, None));
}

#[test]
fn undo_of_new_words_for_a_hold_brings_the_old_ones_and_the_planned_resume_back() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("Interval"), at(20, 0, 0));
    evening.schedule(Command::Resume, at(20, 30, 0), at(20, 1, 0));
    evening.apply(pause_saying("Intermission"), at(20, 10, 0));
    evening.apply(UNDO, at(20, 11, 0));
    assert_eq!((evening.status(at(20, 11, 2)), evening.shown(at(20, 11, 2))), (Status::Paused, Some("Interval")));
    assert_eq!((evening.status(at(20, 30, 0)), evening.shown(at(20, 30, 0))), (Status::Running, None));
}

#[test]
fn undo_of_an_end_during_a_hold_leaves_the_hold() {
    let mut evening = Evening::new();
    evening.apply(PAUSE, at(20, 0, 0));
    evening.apply(end_saying("Good night"), at(20, 10, 0));
    evening.apply(UNDO, at(20, 20, 0));
    assert_eq!((evening.status(at(20, 20, 2)), evening.shown(at(20, 20, 2))), (Status::Paused, None));
}

#[test]
fn undo_of_a_reschedule_puts_the_start_back() {
    let mut evening = Evening::new();
    evening.apply(Command::Reschedule { starts_at: at(20, 0, 0) }, at(18, 10, 0));
    evening.apply(UNDO, at(18, 20, 0));
    assert_eq!(evening.event.starts_at(), at(19, 0, 0));
    assert_eq!(evening.position(at(18, 30, 0)), pos(0, -30, 0));
    assert_eq!(evening.status(at(19, 0, 0)), Status::Running);
    assert_eq!(evening.position(at(20, 0, 0)), pos(1, 0, 0));
}

#[test]
fn undo_of_a_reschedule_brings_back_the_hold_of_the_countdown() {
    let mut evening = Evening::new();
    evening.schedule(PAUSE, at(18, 10, 0), at(18, 5, 0));
    evening.apply(Command::Reschedule { starts_at: at(20, 0, 0) }, at(18, 20, 0));
    evening.apply(UNDO, at(18, 30, 0));
    assert_eq!(evening.status(at(18, 30, 2)), Status::Paused);
}

#[test]
fn undo_of_an_end_goes_on_from_where_it_ended() {
    let mut evening = Evening::new();
    evening.schedule(end_saying("Good night"), at(21, 0, 0), at(20, 0, 0));
    evening.apply(UNDO, at(21, 10, 0));
    assert_eq!(evening.event.ended_at(), None);
    assert_eq!((evening.status(at(21, 10, 2)), evening.position(at(21, 10, 2))), (Status::Running, pos(2, 0, 0)));
    assert_eq!(evening.shown(at(21, 10, 2)), None);
}

#[test]
fn undo_of_a_seek_during_a_countdown_that_is_to_end_early_counts_down_again() {
    let mut evening = Evening::new();
    evening.schedule(END, at(18, 50, 0), at(18, 10, 0));
    evening.apply(seek(Position::START), at(18, 20, 0));
    evening.apply(UNDO, at(18, 30, 0));
    assert_eq!(evening.position(at(18, 30, 2)), pos(0, -29, -58));
}

#[test]
fn undo_of_an_early_end_brings_the_planned_end_back() {
    let mut evening = Evening::new();
    evening.schedule(END, at(22, 0, 0), at(20, 0, 0));
    evening.apply(END, at(21, 0, 0));
    evening.apply(UNDO, at(21, 10, 0));
    assert_eq!(evening.status(at(21, 10, 2)), Status::Running);
    assert_eq!(evening.event.ended_at(), Some(at(22, 0, 0)));
}

#[test]
fn undo_of_a_reopen_ends_the_event_again() {
    let mut evening = Evening::new();
    evening.schedule(END, at(21, 0, 0), at(20, 0, 0));
    evening.apply(Command::Reopen, at(21, 10, 0));
    evening.apply(UNDO, at(21, 20, 0));
    assert_eq!((evening.status(at(21, 30, 0)), evening.position(at(21, 30, 0))), (Status::Ended, pos(2, 0, 0)));
}

#[test]
fn undo_of_a_reopen_leaves_no_gap_in_an_end_of_which_the_beginning_is_forgotten() {
    let mut evening = Evening::new();
    evening.schedule(END, at(21, 0, 0), at(20, 0, 0));
    evening.apply(Command::Reopen, at(21, 1, 0));
    evening.apply(UNDO, at(21, 2, 0));
    assert_eq!(evening.event.ended_at(), Some(at(21, 0, 0)));
}

#[test]
fn undo_of_taking_a_planned_end_back_brings_it_back_and_leaves_a_planned_seek() {
    let mut evening = Evening::new();
    evening.schedule(seek(pos(4, 0, 0)), at(21, 30, 0), at(20, 0, 0));
    evening.schedule(end_saying("Good night"), at(22, 0, 0), at(20, 1, 0));
    evening.apply(Command::Reopen, at(20, 30, 0));
    evening.apply(UNDO, at(20, 40, 0));
    assert_eq!(evening.position(at(21, 30, 0)), pos(4, 0, 0));
    assert_eq!((evening.status(at(22, 0, 0)), evening.shown(at(22, 0, 0))), (Status::Ended, Some("Good night")));
}

#[test]
fn undo_of_a_rundown_points_at_the_former_one() {
    let mut evening = Evening::new();
    evening.apply(rundown(1), at(18, 30, 0));
    evening.apply(rundown(2), at(19, 30, 0));
    evening.apply(UNDO, at(19, 40, 0));
    assert_eq!(evening.event.rundown(), Some(Digest::from_bytes([1; 32])));
}

#[test]
fn undo_of_a_configuration_puts_it_back_and_moves_nothing() {
    let mut evening = Evening::new();
    evening.schedule(seek(pos(3, 0, 0)), at(19, 30, 0), at(19, 20, 0));
    let hubs =
        Configuration { hubs: Some(HubCount::Fixed(9)), title: Some("Gala".to_owned()), ..Configuration::default() };
    assert_eq!(evening.event.handle_configuration(hubs, "maria", at(19, 40, 0)), Ok(true));
    evening.apply(UNDO, at(20, 0, 0));
    assert_eq!((evening.event.delivery().hubs, evening.event.title()), (4, ""));
    assert_eq!(evening.position(at(20, 0, 0)), pos(3, 30, 0));
}

#[test]
fn undo_of_a_configured_start_puts_the_start_back() {
    let mut evening = Evening::new();
    let later = Configuration { starts_at: Some(at(20, 0, 0)), ..Configuration::default() };
    assert_eq!(evening.event.handle_configuration(later, "maria", at(18, 10, 0)), Ok(true));
    evening.apply(UNDO, at(18, 20, 0));
    assert_eq!(evening.event.starts_at(), at(19, 0, 0));
    assert_eq!(evening.position(at(19, 30, 0)), pos(0, 30, 0));
}

#[test]
fn what_was_scheduled_beyond_an_undone_end_does_not_come_back_with_the_next_resume() {
    let mut evening = Evening::new();
    evening.schedule(rate(0.25), at(19, 0, 5), at(19, 0, 0));
    evening.apply(END, at(19, 0, 0));
    evening.apply(UNDO, at(19, 0, 4));
    // Before the undo takes effect, somebody pauses and resumes.
    evening.apply(PAUSE, at(19, 0, 4) + ms(600));
    let resumed = evening.apply(Command::Resume, at(19, 0, 4) + ms(700));
    let before = evening.position(resumed);
    assert_eq!(evening.position(resumed + ms(8_000)), before + ms(8_000), "at the rate that it had at its end");
}
