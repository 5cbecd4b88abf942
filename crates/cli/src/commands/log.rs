//! `log`: who changed what, when and why; with `--verify`, whether the log is what it was.

mod restored;
mod verify;

use std::fmt;

use downbeat_wire::LogEntry;
use serde_json::{Map, Value, json};

use crate::cli::LogArgs;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Failure, Report, members};
use crate::text::{self, tame};
use crate::time_zone::TimeZone;

use verify::Verified;

pub(crate) use verify::check;

/// Entries of the log, or what became of its check.
pub(crate) enum Log {
    /// Some entries, the newest first.
    Entries { entries: Vec<LogEntry>, more: bool, place: Map<String, Value> },
    /// The whole log was checked.
    Verified { verified: Box<Verified>, place: Map<String, Value> },
}

/// Asks for the log.
pub(crate) async fn run(context: &Context, args: &LogArgs) -> Result<Log, Error> {
    let server = context.operator()?;
    if args.verify {
        let verified = Box::new(verify::run(context, &server).await?);
        return Ok(Log::Verified { verified, place: context.place() });
    }
    let (entries, more) = server.log_entries(&context.settings.event, args.before, Some(args.limit as usize)).await?;
    Ok(Log::Entries { entries, more, place: context.place() })
}

impl Report for Log {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Entries { entries, more, place } => (place, json!({ "entries": entries, "more": more })),
            Self::Verified { verified, place } => (place, verified.json()),
        };
        let mut json = place.clone();
        json.extend(members(more));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entries { entries, more, .. } => {
                entries.iter().try_for_each(|entry| write_entry(f, entry))?;
                match entries.last().filter(|_| *more) {
                    Some(last) => writeln!(f, "older ones: --before {}", last.rev),
                    None => Ok(()),
                }
            }
            Self::Verified { verified, .. } => write!(f, "{verified}"),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }

    fn failure(&self) -> Option<Failure> {
        let Self::Verified { verified, .. } = self else { return None };
        let finding = verified.finding.as_ref()?;
        Some(Failure { exit: Exit::Different, code: "log-not-intact", message: finding.to_string() })
    }
}

fn write_entry(f: &mut fmt::Formatter<'_>, entry: &LogEntry) -> fmt::Result {
    let bold = anstyle::Style::new().bold();
    let at = text::instant(entry.at, TimeZone::Local);
    let (name, actor) = (text::tame(&entry.name), text::tame(&entry.actor));
    write!(f, "{bold}{:>4}{bold:#}  {at}  {name} by {actor}", entry.rev.number())?;
    if entry.token != entry.actor {
        write!(f, " (token {})", text::tame(&entry.token))?;
    }
    let ahead = entry.effective_at - entry.at;
    if ahead > downbeat_core::command::LEAD {
        write!(f, ", for {}", text::instant(entry.effective_at, TimeZone::Local))?;
    }
    for (name, value) in details(&entry.body) {
        write!(f, ", {name} {}", text::tame(&value))?;
    }
    writeln!(f)
}

/// Returns what a body says besides who and which: positions, messages, a reason.
pub(crate) fn details(body: &Value) -> Vec<(String, String)> {
    let Value::Object(fields) = body else { return Vec::new() };
    let known_elsewhere = ["command", "id", "actor", "ifRev", "at"];
    let detail = |(name, value): (&String, &Value)| {
        let text = match (name.as_str(), value.as_i64()) {
            ("position", Some(ms)) => downbeat_core::Position::from_millis(ms).to_string(),
            ("startsAt", Some(ms)) => text::instant(downbeat_core::ServerTime::from_millis(ms), TimeZone::Local),
            ("duration" | "resync", Some(ms)) => text::span(downbeat_core::Span::from_millis(ms)),
            _ => value.to_string(),
        };
        (tame(name), text)
    };
    fields
        .iter()
        .filter(|(name, value)| !known_elsewhere.contains(&name.as_str()) && !value.is_null())
        .map(detail)
        .collect()
}
