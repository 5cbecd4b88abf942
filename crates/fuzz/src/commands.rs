//! An operator's evening: each line is the body of a command or of a configuration, a second after the one before.

use downbeat_core::message::{Draft, Words};
use downbeat_core::{Command, Configuration, EventState, Outcome, Refusal, Request, ServerTime, Severity, Span};
use downbeat_wire::{PreviewError, StateBody, command, configuration, preview};

/// The most lines: 40.
const LINES_MAX: usize = 40;

/// When the evening begins: 2024-01-01.
const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// Sends each line to one event.
///
/// # Panics
/// If a refusal changed something, a change did not add one revision, the preview showed something else, the state cannot be
/// stored, or a pause is refused.
pub fn run(bytes: &[u8]) {
    let mut event = event();
    for (second, line) in (0..).zip(bytes.split(|byte| *byte == b'\n').take(LINES_MAX)) {
        let now = START + Span::from_millis(1_000 * second);
        if let Ok(request) = command::parse(line, "maria") {
            let body = command::body(&request).to_string();
            assert_eq!(command::parse(body.as_bytes(), "somebody").as_ref(), Ok(&request), "a command is read back");
            send(&mut event, &request, now);
        } else if let Ok((configuration, _)) = configuration::parse(line) {
            configure(&mut event, configuration, now);
        }
        check(&event, now);
    }
}

/// Returns an event that began a second ago.
pub(crate) fn event() -> EventState {
    let start = Configuration { starts_at: Some(START), ..Configuration::default() };
    EventState::create(start, "k3v9x2m4".parse().expect("an epoch"), "maria", START).expect("a start is enough")
}

fn send(event: &mut EventState, request: &Request, now: ServerTime) {
    let before = event.clone();
    let shown = preview(&StateBody::new(&"main".parse().expect("a name"), &before, now), request, now);
    match event.handle_command(request, None, now) {
        Err(refusal) => {
            assert_eq!(*event, before, "a refusal changes nothing: {refusal}");
            assert!(!refusal.to_string().is_empty());
        }
        Ok(Outcome::Applied { rev, effective_at, replaced }) => {
            assert_eq!((rev, event.rev()), (before.rev().next(), rev), "one revision a change");
            assert!(effective_at > now);
            match shown {
                Ok(shown) => assert_eq!(
                    (shown.rev, shown.effective_at, shown.replaced),
                    (rev, effective_at, replaced),
                    "what was shown before is what happened: {request:?}"
                ),
                Err(PreviewError::Undo) => {}
                Err(error) => panic!("{request:?} was applied, but before: {error}"),
            }
        }
        Ok(Outcome::Repeated(receipt)) => panic!("{receipt:?} of a command that was never sent"),
    }
}

fn configure(event: &mut EventState, configuration: Configuration, now: ServerTime) {
    let before = event.clone();
    match event.handle_configuration(configuration, "maria", now) {
        Err(_) => assert_eq!(*event, before, "a refusal changes nothing"),
        Ok(_) => assert!(event.rev() == before.rev() || event.rev() == before.rev().next()),
    }
}

/// Checks what must hold for the state of an event at any time.
///
/// # Panics
/// If it does not.
pub(crate) fn check(event: &EventState, now: ServerTime) {
    let stored = serde_json::to_string(event).expect("a state can be stored");
    assert_eq!(serde_json::from_str::<EventState>(&stored).as_ref().ok(), Some(event), "it is loaded as it was stored");
    let body = StateBody::new(&"main".parse().expect("a name"), event, now);
    let sent = serde_json::to_string(&body).expect("a state can be sent");
    assert_eq!(serde_json::from_str::<StateBody>(&sent).as_ref().ok(), Some(&body), "viewers can read it");
    body.timeline().expect("its timeline is valid");
    let pause = Request {
        id: "last-resort".parse().expect("an id"),
        command: Command::Pause { message: Some(longest_message()) },
        actor: "maria".to_owned(),
        reason: None,
        if_rev: None,
        at: None,
    };
    let mut paused = event.clone();
    match paused.handle_command(&pause, None, now) {
        Ok(Outcome::Applied { effective_at, .. }) => {
            let later = effective_at + Span::from_millis(60_000);
            assert!(paused.timeline().is_held(effective_at), "a pause holds");
            assert!(paused.timeline().is_held(later) || event.ended_at().is_some(), "and nothing ends it by itself");
        }
        Err(Refusal::Ended { .. }) => {}
        other => panic!("a pause is not refused: {other:?}"),
    }
}

fn longest_message() -> Draft {
    Draft { words: Words::Plain("p".repeat(500)), severity: Severity::Critical }
}
