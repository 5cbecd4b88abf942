//! Undo before the change made a difference, and undo of an undo.

use super::*;

#[test]
fn undo_before_the_change_took_effect_is_as_if_it_had_never_been_asked() {
    let mut evening = Evening::new();
    evening.schedule(pause_saying("Interval"), at(22, 0, 0), at(20, 0, 0));
    let planned = evening.event.clone();
    evening.schedule(seek(pos(3, 0, 0)), at(21, 0, 0), at(20, 10, 0));
    assert!(evening.handle(Command::Undo, None, at(20, 20, 0)).1, "the seek is dropped, and that is said");
    assert_eq!(evening.event.timeline(), planned.timeline());
    assert_eq!(evening.event.notices(), planned.notices());
}

#[test]
fn undo_in_the_very_instant_of_the_change_drops_it() {
    let mut evening = Evening::new();
    evening.apply(seek(pos(3, 0, 0)), at(20, 0, 0));
    assert_eq!(evening.apply(Command::Undo, at(20, 0, 0)), at(20, 0, 2));
    for when in [at(20, 0, 1), at(20, 0, 2), at(20, 30, 0)] {
        assert_eq!(evening.position(when) - Position::START, when - at(19, 0, 0));
    }
}

#[test]
fn undo_twice_brings_the_change_again() {
    let mut evening = Evening::new();
    evening.schedule(pause_saying("Back soon"), at(20, 0, 0), at(19, 50, 0));
    evening.apply(Command::Undo, at(20, 10, 0));
    evening.apply(Command::Undo, at(20, 20, 0));
    assert_eq!((evening.status(at(20, 20, 2)), evening.shown(at(20, 20, 2))), (Status::Paused, Some("Back soon")));
    assert_eq!(evening.position(at(20, 20, 2)), pos(1, 10, 0), "1 h before the pause, 10 min after it");
    evening.apply(Command::Undo, at(20, 30, 0));
    assert_eq!((evening.status(at(20, 30, 2)), evening.shown(at(20, 30, 2))), (Status::Running, None));
}

#[test]
fn undo_twice_brings_a_seek_again() {
    let mut evening = Evening::new();
    evening.schedule(seek(pos(3, 0, 0)), at(20, 0, 0), at(19, 50, 0));
    evening.apply(Command::Undo, at(20, 10, 0));
    evening.apply(Command::Undo, at(20, 20, 0));
    assert_eq!(evening.position(at(20, 20, 2)), pos(3, 20, 2));
}

#[test]
fn undo_twice_brings_a_scheduled_change_again() {
    let mut evening = Evening::new();
    evening.schedule(pause_saying("Interval"), at(21, 0, 0), at(20, 0, 0));
    evening.apply(Command::Undo, at(20, 10, 0));
    assert_eq!((evening.status(at(21, 0, 0)), evening.shown(at(21, 0, 0))), (Status::Running, None));
    evening.apply(Command::Undo, at(20, 20, 0));
    assert_eq!((evening.status(at(21, 0, 0)), evening.shown(at(21, 0, 0))), (Status::Paused, Some("Interval")));
}
