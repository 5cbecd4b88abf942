//! Undo before the change made a difference, redo, and what an undo is about.

use super::*;

#[test]
fn undo_before_the_change_took_effect_is_as_if_it_had_never_been_asked() {
    let mut evening = Evening::new();
    evening.schedule(pause_saying("Interval"), at(22, 0, 0), at(20, 0, 0));
    let planned = evening.event.clone();
    evening.schedule(seek(pos(3, 0, 0)), at(21, 0, 0), at(20, 10, 0));
    assert!(evening.handle(UNDO, None, at(20, 20, 0)).1, "the seek is dropped, and that is said");
    assert_eq!(evening.event.timeline(), planned.timeline());
    assert_eq!(evening.event.notices(), planned.notices());
}

#[test]
fn undo_in_the_very_instant_of_the_change_drops_it() {
    let mut evening = Evening::new();
    evening.apply(seek(pos(3, 0, 0)), at(20, 0, 0));
    assert_eq!(evening.apply(UNDO, at(20, 0, 0)), at(20, 0, 2));
    for when in [at(20, 0, 1), at(20, 0, 2), at(20, 30, 0)] {
        assert_eq!(evening.position(when) - Position::START, when - at(19, 0, 0));
    }
}

#[test]
fn redo_brings_the_change_again() {
    let mut evening = Evening::new();
    evening.schedule(pause_saying("Back soon"), at(20, 0, 0), at(19, 50, 0));
    evening.apply(UNDO, at(20, 10, 0));
    evening.apply(REDO, at(20, 20, 0));
    assert_eq!((evening.status(at(20, 20, 2)), evening.shown(at(20, 20, 2))), (Status::Paused, Some("Back soon")));
    assert_eq!(evening.position(at(20, 20, 2)), pos(1, 10, 0), "1 h before the pause, 10 min after it");
    evening.apply(UNDO, at(20, 30, 0));
    assert_eq!((evening.status(at(20, 30, 2)), evening.shown(at(20, 30, 2))), (Status::Running, None));
}

#[test]
fn redo_brings_a_seek_again() {
    let mut evening = Evening::new();
    evening.schedule(seek(pos(3, 0, 0)), at(20, 0, 0), at(19, 50, 0));
    evening.apply(UNDO, at(20, 10, 0));
    evening.apply(REDO, at(20, 20, 0));
    assert_eq!(evening.position(at(20, 20, 2)), pos(3, 20, 2));
}

#[test]
fn redo_brings_a_scheduled_change_again() {
    let mut evening = Evening::new();
    evening.schedule(pause_saying("Interval"), at(21, 0, 0), at(20, 0, 0));
    evening.apply(UNDO, at(20, 10, 0));
    assert_eq!((evening.status(at(21, 0, 0)), evening.shown(at(21, 0, 0))), (Status::Running, None));
    evening.apply(REDO, at(20, 20, 0));
    assert_eq!((evening.status(at(21, 0, 0)), evening.shown(at(21, 0, 0))), (Status::Paused, Some("Interval")));
}

#[test]
fn an_undo_names_what_it_reverts_and_so_does_the_redo() {
    let mut evening = Evening::new();
    evening.apply(PAUSE, at(20, 0, 0));
    let pause = Reverted { rev: Rev::new(2), name: "pause".to_owned(), actor: "maria".to_owned(), at: at(20, 0, 0) };
    assert_eq!(evening.event.last_change().reverted(), None);
    for (minute, command) in [(1, UNDO), (2, REDO), (3, UNDO), (4, REDO)] {
        evening.apply(command, at(20, minute, 0));
        assert_eq!(evening.event.last_change().reverted(), Some(&pause), "the pause, however often");
    }
    assert_eq!(evening.status(at(20, 5, 0)), Status::Paused);
}

#[test]
fn two_people_who_undo_the_same_mistake_do_not_bring_it_back() {
    let mut evening = Evening::new();
    evening.apply(seek(pos(3, 0, 0)), at(20, 0, 0));
    evening.apply(UNDO, at(20, 1, 0));
    let refusal = evening.refuse(UNDO, at(20, 1, 1));
    assert_eq!(refusal, Refusal::UndoneAlready { rev: Rev::new(2), name: "seek".to_owned(), by: Rev::new(3) });
    assert_eq!(refusal.to_string(), "rev 2 (\"seek\") is undone already, by rev 3; \"redo\" applies it again");
    for named in [2, 3] {
        let again = evening.refuse(Command::Undo { rev: Some(Rev::new(named)) }, at(20, 1, 2));
        assert!(matches!(again, Refusal::UndoneAlready { .. }), "{again:?}");
    }
    assert_eq!(evening.position(at(20, 2, 0)), pos(1, 2, 0));
}

#[test]
fn what_changed_nothing_is_not_what_an_undo_is_about() {
    let mut evening = Evening::new();
    evening.apply(seek(pos(3, 0, 0)), at(20, 0, 0));
    for (second, command) in [(10, Command::Resume), (11, rate(1.0)), (12, Command::Clear), (13, rundown_none())] {
        evening.apply(command, at(20, 0, second));
        assert!(evening.event.is_unchanged());
    }
    assert_eq!((evening.event.rev(), evening.event.undoable().change), (Rev::new(6), "seek"));
    evening.apply(Command::Undo { rev: Some(Rev::new(2)) }, at(20, 10, 0));
    assert_eq!(evening.position(at(20, 10, 2)), pos(1, 10, 2));
    assert!(!evening.event.is_unchanged());
}

#[test]
fn a_pause_of_what_is_paused_already_is_not_undone_in_place_of_the_pause() {
    let mut evening = Evening::new();
    evening.apply(pause_saying("Smoke"), at(20, 0, 0));
    evening.apply(PAUSE, at(20, 0, 30));
    evening.apply(UNDO, at(20, 1, 0));
    assert_eq!((evening.status(at(20, 1, 2)), evening.shown(at(20, 1, 2))), (Status::Running, None));
}

#[test]
fn an_undo_that_is_meant_for_another_revision_is_refused() {
    let mut evening = Evening::new();
    evening.apply(seek(pos(3, 0, 0)), at(20, 0, 0));
    evening.apply(announce("Vote now"), at(20, 1, 0));
    let refusal = evening.refuse(Command::Undo { rev: Some(Rev::new(2)) }, at(20, 2, 0));
    assert_eq!(refusal, Refusal::NotNewest { asked: Rev::new(2), rev: Rev::new(3), name: "announce".to_owned() });
    evening.apply(Command::Undo { rev: Some(Rev::new(3)) }, at(20, 3, 0));
    let refusal = evening.refuse(Command::Redo { rev: Some(Rev::new(2)) }, at(20, 4, 0));
    assert!(matches!(refusal, Refusal::NotNewest { .. }), "{refusal:?}");
    evening.apply(Command::Redo { rev: Some(Rev::new(3)) }, at(20, 5, 0));
    assert_eq!(evening.shown(at(20, 5, 2)), Some("Vote now"));
}

#[test]
fn without_an_undo_there_is_nothing_to_redo() {
    let mut evening = Evening::new();
    assert_eq!(evening.refuse(REDO, at(19, 30, 0)), Refusal::NothingToRedo);
    assert_eq!(evening.refuse(UNDO, at(19, 30, 0)), Refusal::NothingToUndo);
    evening.apply(PAUSE, at(20, 0, 0));
    assert_eq!(evening.refuse(REDO, at(20, 1, 0)), Refusal::NothingToRedo);
    evening.apply(UNDO, at(20, 2, 0));
    evening.apply(announce("Vote now"), at(20, 3, 0));
    assert_eq!(evening.refuse(REDO, at(20, 4, 0)), Refusal::NothingToRedo, "something else came after it");
}
