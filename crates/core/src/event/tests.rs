//! The event starts at 19:00:00; every instant below is the time of that evening.

mod archive;
mod commands;
mod configuration;
mod emergency;
mod messages;
mod pause;
mod refusals;
mod reset;
mod schedule;
mod undo;
mod undo_again;
mod undoable;

use super::*;
use crate::command::{Command, Request};
use crate::message::{Draft, Severity, Words};
use crate::time::Span;

/// The evening's `hour:minute:second`; the event starts at 19:00:00.
const fn at(hour: i64, minute: i64, second: i64) -> ServerTime {
    ServerTime::from_millis(1_704_067_200_000 + ((hour - 19) * 3_600 + minute * 60 + second) * 1_000)
}

const fn ms(ms: i64) -> Span {
    Span::from_millis(ms)
}

/// A position as `hours:minutes:seconds` from the beginning.
const fn pos(hours: i64, minutes: i64, seconds: i64) -> Position {
    Position::from_millis((hours * 3_600 + minutes * 60 + seconds) * 1_000)
}

fn draft(words: &str) -> Draft {
    Draft { words: Words::Plain(words.to_owned()), severity: Severity::Info }
}
fn rate(factor: f64) -> Command {
    Command::Rate { rate: Rate::from_factor(factor).unwrap() }
}
fn seek(position: Position) -> Command {
    Command::Seek { position }
}
fn announce(words: &str) -> Command {
    Command::Announce { message: draft(words) }
}
fn rundown(byte: u8) -> Command {
    Command::Rundown { rundown: Some(Digest::from_bytes([byte; 32])), url: None, is_rollback: false }
}
const fn rundown_none() -> Command {
    Command::Rundown { rundown: None, url: None, is_rollback: false }
}
const PAUSE: Command = Command::Pause { message: None };
const UNDO: Command = Command::Undo { rev: None };
const REDO: Command = Command::Redo { rev: None };
const END: Command = Command::End { message: None };

fn pause_saying(words: &str) -> Command {
    Command::Pause { message: Some(draft(words)) }
}
fn end_saying(words: &str) -> Command {
    Command::End { message: Some(draft(words)) }
}

fn request(id: &str, command: Command) -> Request {
    let id = id.parse().unwrap();
    Request { id, command, actor: "maria".to_owned(), reason: None, if_rev: None, at: None }
}

/// An event and what was done to it. Each step checks what has to hold after every step.
struct Evening {
    event: EventState,
    commands: u32,
}

impl Evening {
    /// Makes the event at 18:00:00.
    fn new() -> Self {
        Self::with(Configuration::default())
    }

    fn with(configuration: Configuration) -> Self {
        let starts_at = configuration.starts_at.or(Some(at(19, 0, 0)));
        let configuration = Configuration { starts_at, ..configuration };
        let event = EventState::create(configuration, "e1".parse().unwrap(), "maria", at(18, 0, 0)).unwrap();
        Self { event, commands: 0 }
    }

    fn request(&mut self, command: Command) -> Request {
        self.commands += 1;
        request(&format!("c{}", self.commands), command)
    }

    /// Applies the command at `now`; gives when it takes effect.
    fn apply(&mut self, command: Command, now: ServerTime) -> ServerTime {
        self.handle(command, None, now).0
    }

    /// Asks for the command to take effect at `when`; says whether it replaced something.
    fn schedule(&mut self, command: Command, when: ServerTime, now: ServerTime) -> bool {
        let (effective_at, replaced) = self.handle(command, Some(when), now);
        assert_eq!(effective_at, when);
        replaced
    }

    fn handle(&mut self, command: Command, when: Option<ServerTime>, now: ServerTime) -> (ServerTime, bool) {
        let request = Request { at: when, ..self.request(command) };
        let before = self.event.rev();
        let lead = request.command.lead();
        let outcome = self.event.handle_command(&request, None, now).expect("the command is not refused");
        let Outcome::Applied { rev, effective_at, replaced } = outcome else { panic!("{outcome:?}") };
        assert_eq!((rev, self.event.rev()), (before.next(), before.next()));
        assert!(effective_at >= now + lead);
        self.assert_survives_json();
        (effective_at, replaced)
    }

    /// Asks for a command that has to be refused, and to leave no trace.
    fn refuse(&mut self, command: Command, now: ServerTime) -> Refusal {
        let request = self.request(command);
        self.refuse_request(&request, now)
    }

    fn refuse_request(&mut self, request: &Request, now: ServerTime) -> Refusal {
        let before = self.event.clone();
        let refusal = self.event.handle_command(request, None, now).expect_err("the command is refused");
        assert_eq!(self.event, before, "a refused command changes nothing");
        refusal
    }

    fn assert_survives_json(&self) {
        let text = serde_json::to_string(&self.event).unwrap();
        assert_eq!(serde_json::from_str::<EventState>(&text).unwrap(), self.event, "{text}");
    }

    fn position(&self, at: ServerTime) -> Position {
        self.event.position(at)
    }
    fn status(&self, at: ServerTime) -> Status {
        self.event.status(at)
    }
    /// The message shown at `at`, in the default locale.
    fn shown(&self, at: ServerTime) -> Option<&str> {
        self.event.message(at).and_then(|message| message.text(self.event.locale()))
    }
    fn reaches(&self, position: Position, since: ServerTime) -> Option<ServerTime> {
        self.event.timeline().reaches(position, since)
    }
}
