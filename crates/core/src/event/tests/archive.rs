use super::*;

fn archived(archived: bool) -> Configuration {
    Configuration { archived: Some(archived), ..Configuration::default() }
}

impl Evening {
    /// Ends the event at 20:00:00 and archives it at 20:01:00.
    pub(super) fn archived() -> Self {
        let mut evening = Self::new();
        evening.schedule(END, at(20, 0, 0), at(19, 59, 0));
        assert_eq!(evening.event.handle_configuration(archived(true), "ines", at(20, 1, 0)), Ok(true));
        evening.assert_survives_json();
        evening
    }
}

#[test]
fn an_event_that_is_over_is_archived_and_taken_out_again() {
    let mut evening = Evening::archived();
    let event = &mut evening.event;
    assert!(event.is_archived());
    assert_eq!(
        (event.rev(), event.last_change().name(), event.last_change().actor()),
        (Rev::new(3), "archive", "ines")
    );
    assert_eq!((event.status(at(20, 2, 0)), event.position(at(20, 2, 0))), (Status::Ended, pos(1, 0, 0)));
    assert_eq!(event.handle_configuration(archived(true), "ines", at(20, 2, 0)), Ok(false), "twice is once");
    assert_eq!(event.handle_configuration(archived(false), "ines", at(20, 3, 0)), Ok(true));
    assert_eq!((event.is_archived(), event.rev(), event.last_change().name()), (false, Rev::new(4), "unarchive"));
    evening.apply(Command::Reopen, at(20, 4, 0));
    assert_eq!(evening.status(at(20, 5, 0)), Status::Paused);
}

#[test]
fn an_event_that_is_not_over_is_not_archived() {
    let mut evening = Evening::new();
    let refusal = |evening: &mut Evening, now| {
        let before = evening.event.clone();
        let refused = evening.event.handle_configuration(archived(true), "ines", now).unwrap_err();
        assert_eq!(evening.event, before);
        refused
    };
    assert_eq!(refusal(&mut evening, at(18, 1, 0)), Refusal::NotOver { ended_at: None });
    assert!(refusal(&mut evening, at(19, 30, 0)).to_string().contains("\"end\" it first"));
    evening.schedule(END, at(20, 0, 0), at(19, 40, 0));
    let scheduled = refusal(&mut evening, at(19, 59, 59));
    assert_eq!(scheduled, Refusal::NotOver { ended_at: Some(at(20, 0, 0)) });
    assert!(scheduled.to_string().contains("wait until then"), "{scheduled}");
    assert_eq!(evening.event.handle_configuration(archived(true), "ines", at(20, 0, 0)), Ok(true));
    let made = Configuration { starts_at: Some(at(19, 0, 0)), ..archived(true) };
    let made = EventState::create(made, "e1".parse().unwrap(), "maria", at(18, 0, 0));
    assert_eq!(made, Err(Refusal::NotOver { ended_at: None }));
}

#[test]
fn nothing_but_its_removal_from_the_archive_changes_an_archived_event() {
    let mut evening = Evening::archived();
    let commands = [
        PAUSE,
        Command::Resume,
        seek(pos(0, 1, 0)),
        rate(1.5),
        announce("Hello"),
        Command::Clear,
        Command::Reschedule { starts_at: at(22, 0, 0) },
        END,
        Command::Reopen,
        rundown(1),
        UNDO,
        REDO,
    ];
    assert_eq!(commands.iter().map(Command::name).collect::<Vec<_>>(), Command::NAMES);
    for command in commands {
        assert_eq!(evening.refuse(command, at(20, 2, 0)), Refusal::Archived);
    }
    // Whoever decided on an older revision learns what matters.
    let stale = Request { if_rev: Some(Rev::FIRST), ..request("stale", Command::Clear) };
    assert_eq!(evening.refuse_request(&stale, at(20, 2, 0)), Refusal::Archived);

    let title = Configuration { title: Some("Gala".to_owned()), ..Configuration::default() };
    let start = Configuration { starts_at: Some(at(22, 0, 0)), ..Configuration::default() };
    let before = evening.event.clone();
    for change in [title.clone(), start, Configuration { archived: Some(true), ..title.clone() }] {
        assert_eq!(evening.event.handle_configuration(change, "ines", at(20, 2, 0)), Err(Refusal::Archived));
    }
    let same = Configuration { title: Some(String::new()), starts_at: Some(at(19, 0, 0)), ..Configuration::default() };
    assert_eq!(evening.event.handle_configuration(same, "ines", at(20, 2, 0)), Ok(false), "it changes nothing");
    assert_eq!(evening.event, before);

    // Both at once is one change.
    let both = Configuration { archived: Some(false), ..title };
    assert_eq!(evening.event.handle_configuration(both, "ines", at(20, 3, 0)), Ok(true));
    assert_eq!((evening.event.title(), evening.event.is_archived(), evening.event.rev()), ("Gala", false, Rev::new(4)));
}

#[test]
fn a_signed_state_does_not_change_an_archived_event_and_a_repeated_command_gets_its_answer() {
    let mut evening = Evening::new();
    // Signed before the end, by somebody who does not know of it.
    let mut signed = EmergencyState::new(&"main".parse().unwrap(), &evening.event, at(19, 30, 0));
    signed.handle_pause(None, at(19, 30, 0)).unwrap();
    signed.rev = Rev::new(9);
    let end = request("end", END);
    let Ok(Outcome::Applied { rev, effective_at, .. }) = evening.event.handle_command(&end, None, at(19, 59, 0)) else {
        panic!("the end is applied");
    };
    evening.event.handle_configuration(archived(true), "ines", at(20, 1, 0)).unwrap();
    let before = evening.event.clone();
    assert_eq!(evening.event.handle_emergency(&signed), Err(Refusal::Archived));
    let receipt = Receipt { id: end.id.clone(), command: END, rev, effective_at };
    assert_eq!(evening.event.handle_command(&end, Some(&receipt), at(20, 2, 0)), Ok(Outcome::Repeated(receipt)));
    assert_eq!(evening.event, before);
}

#[test]
fn undo_archives_an_event_again() {
    let mut evening = Evening::archived();
    evening.event.handle_configuration(archived(false), "ines", at(20, 2, 0)).unwrap();
    assert_eq!(evening.event.undoable().change, "unarchive");
    evening.apply(UNDO, at(20, 3, 0));
    assert!(evening.event.is_archived());
    assert_eq!(evening.refuse(UNDO, at(20, 4, 0)), Refusal::Archived);
}

#[test]
fn a_state_from_before_there_was_an_archive_is_not_in_it() {
    let text = serde_json::to_string(&Evening::new().event).unwrap();
    assert!(!text.contains("archived"), "an older worker reads what this one writes: {text}");
    assert!(serde_json::to_string(&Evening::archived().event).unwrap().contains("\"archived\":true"));
}
