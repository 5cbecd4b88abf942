//! The evening the golden documents tell of: it starts at 19:00:00, is held at 20:00:00 and is to end at 22:00:00.

use downbeat_core::event::{EmergencyChannel, HubCount};
use downbeat_core::message::{Draft, Words};
use downbeat_core::*;
use downbeat_wire::{Anchor, LogEntry};
use downbeat_wire::{command, log};

pub(crate) const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);
pub(crate) const MADE_AT: ServerTime = at(18, 0, 0);

pub(crate) const fn at(hour: i64, minute: i64, second: i64) -> ServerTime {
    ServerTime::from_millis(1_704_067_200_000 + ((hour - 19) * 3_600 + minute * 60 + second) * 1_000)
}
pub(crate) const fn ms(ms: i64) -> Span {
    Span::from_millis(ms)
}
pub(crate) fn name() -> EventName {
    "main".parse().unwrap()
}

/// Some digest; no rundown lies behind it.
fn rundown() -> Digest {
    "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef".parse().unwrap()
}

fn request(id: &str, command: Command) -> Request {
    Request { id: id.parse().unwrap(), command, actor: "maria".to_owned(), reason: None, if_rev: None, at: None }
}
fn per_locale(severity: Severity, texts: &[(&str, &str)]) -> Draft {
    let texts = texts.iter().map(|(locale, text)| (locale.parse().unwrap(), (*text).to_owned()));
    Draft { words: Words::PerLocale(texts.collect()), severity }
}

/// One of each command.
pub(crate) fn requests() -> Vec<Request> {
    let pause = Command::Pause {
        message: Some(per_locale(Severity::Major, &[("en", "Back in a minute"), ("fr", "On revient tout de suite")])),
    };
    let plain = |words: &str| Draft { words: Words::Plain(words.to_owned()), severity: Severity::Info };
    vec![
        Request { reason: Some("stream is down".to_owned()), ..request("p-0198c7", pause) },
        Request { if_rev: Some(Rev::new(5)), ..request("r-0198c8", Command::Resume) },
        Request {
            at: Some(at(20, 15, 0)),
            ..request("s-1", Command::Seek { position: Position::from_millis(-30_000) })
        },
        request("s-2", Command::Rate { rate: Rate::from_thousandths(1_250).unwrap() }),
        request("a-1", Command::Announce { message: plain("Vote now: \"A\" or \"B\"?") }),
        request("a-2", Command::Clear),
        request("t-1", Command::Reschedule { starts_at: at(19, 30, 0) }),
        Request { at: Some(at(22, 0, 0)), ..request("e-1", Command::End { message: None }) },
        request("e-2", Command::Reopen),
        request("d-1", Command::Rundown { rundown: Some(rundown()), url: None, is_rollback: false }),
        Request { reason: Some("wrong key".to_owned()), ..request("u-1", Command::Undo { rev: None }) },
        request("u-3", Command::Redo { rev: Some(Rev::new(6)) }),
    ]
}

/// What was signed about the newest entry, with the key of [`channel`].
pub(crate) fn anchor() -> Anchor {
    let LogEntry { rev, hash, at, .. } = log().swap_remove(0);
    let signature = "\"Jqa9qFtndMYC90Tq_El2dYo7pEdYbowvxdDJ9XG_Jo272lAXBbJ1-58CED3_4bryNVP5D8jWQdINq3xmSF-wBA\"";
    Anchor {
        event: name(),
        epoch: "k3v9x2m4".parse().unwrap(),
        rev,
        hash: hash.unwrap(),
        at,
        key: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse().unwrap(),
        signature: serde_json::from_str(signature).unwrap(),
    }
}

/// Whose signature counts: the key of the first test of RFC 8032, section 7.1.
pub(crate) fn channel() -> EmergencyChannel {
    EmergencyChannel {
        key: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse().unwrap(),
        url: "https://cdn.example.com/2026/events/main/current.json".parse().unwrap(),
    }
}

pub(crate) fn configuration() -> Configuration {
    Configuration {
        starts_at: Some(START),
        duration: Some(Some(ms(5_400_000))),
        title: Some("Spring gala".to_owned()),
        locale: Some("en".parse().unwrap()),
        hubs: Some(HubCount::Fixed(4)),
        resync: Some(ms(300_000)),
        origins: None,
        emergency: Some(Some(channel())),
        archived: None,
        if_rev: None,
        reason: Some("first set-up".to_owned()),
    }
}

fn apply(event: &mut EventState, index: usize, now: ServerTime) {
    let request = Request { if_rev: None, ..requests()[index].clone() };
    event.handle_command(&request, None, now).unwrap();
}

/// The event with its rundown, at revision 2.
pub(crate) fn begun() -> EventState {
    let mut event = EventState::create(configuration(), "k3v9x2m4".parse().unwrap(), "maria", MADE_AT).unwrap();
    apply(&mut event, 9, at(18, 30, 0));
    event
}

/// The event held at 20:00:00, with its end at 22:00:00 and a faster rate since 19:59:30.
pub(crate) fn paused() -> EventState {
    let mut event = begun();
    apply(&mut event, 7, at(19, 30, 0));
    apply(&mut event, 3, at(19, 59, 28));
    apply(&mut event, 0, at(20, 0, 0));
    event
}

pub(crate) fn stale() -> Refusal {
    Refusal::Stale { if_rev: Rev::new(3), rev: paused().rev() }
}

/// The log of what made [`paused`], the newest entry first.
pub(crate) fn log() -> Vec<LogEntry> {
    let body = downbeat_wire::configuration::body(&configuration(), "maria");
    let mut entries = vec![entry(1, MADE_AT, MADE_AT, "create", body, log::CHAIN_START)];
    for (index, now) in [(9, at(18, 30, 0)), (7, at(19, 30, 0)), (3, at(19, 59, 28)), (0, at(20, 0, 0))] {
        let request = &requests()[index];
        let prev = entries.last().and_then(|entry| entry.hash).unwrap();
        let effective_at = request.at.unwrap_or(now + request.command.lead());
        let rev = entries.len() as u64 + 1;
        entries.push(entry(rev, now, effective_at, request.command.name(), command::body(request), prev));
    }
    entries.reverse();
    entries
}

fn entry(
    rev: u64,
    at: ServerTime,
    effective_at: ServerTime,
    name: &str,
    body: serde_json::Value,
    prev: Digest,
) -> LogEntry {
    let (actor, token, name) = ("maria".to_owned(), "maria-1".to_owned(), name.to_owned());
    LogEntry { rev: Rev::new(rev), at, effective_at, actor, token, name, body, prev, hash: None }.sealed()
}
