use super::*;

#[test]
fn what_an_undo_would_revert_is_named_through_undo_and_redo() {
    let undoable = |evening: &Evening| {
        let Undoable { change, rundown, emergency } = evening.event.undoable();
        (change.to_owned(), rundown, emergency)
    };
    let mut evening = Evening::new();
    assert_eq!(undoable(&evening), ("create".to_owned(), false, false));
    evening.apply(PAUSE, at(20, 0, 0));
    assert_eq!(undoable(&evening), ("pause".to_owned(), false, false));
    for minute in 1..4 {
        let command = if minute % 2 == 1 { UNDO } else { REDO };
        evening.apply(command.clone(), at(20, minute, 0));
        assert_eq!(evening.event.last_change().name(), command.name());
        assert_eq!(undoable(&evening), ("pause".to_owned(), false, false), "undone {minute} times");
    }
    evening.apply(rundown(7), at(20, 10, 0));
    assert_eq!(undoable(&evening), ("rundown".to_owned(), true, false));
    evening.apply(UNDO, at(20, 11, 0));
    assert_eq!(undoable(&evening), ("rundown".to_owned(), true, false));
}

#[test]
fn an_undo_saved_by_an_older_version_reverts_what_differs() {
    let mut evening = Evening::new();
    evening.apply(rundown(7), at(20, 0, 0));
    evening.apply(UNDO, at(20, 1, 0));
    let mut saved = serde_json::to_value(&evening.event).unwrap();
    let last = saved["last"].as_object_mut().unwrap();
    last.remove("undoes");
    last.remove("reverted");
    let event: EventState = serde_json::from_value(saved).unwrap();
    let Undoable { change, rundown, .. } = event.undoable();
    assert_eq!((change, rundown), ("undo", true));
}

#[test]
fn an_undo_saved_by_an_older_version_is_applied_again() {
    let mut evening = Evening::new();
    evening.apply(PAUSE, at(20, 0, 0));
    evening.apply(UNDO, at(20, 1, 0));
    let mut saved = serde_json::to_value(&evening.event).unwrap();
    saved["last"].as_object_mut().unwrap().remove("reverted");
    evening.event = serde_json::from_value(saved).unwrap();
    assert!(matches!(evening.refuse(UNDO, at(20, 2, 0)), Refusal::UndoneAlready { .. }));
    evening.apply(REDO, at(20, 2, 0));
    assert_eq!(evening.status(at(20, 2, 2)), Status::Paused);
}
