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
use crate::log_words;
use crate::output::{Failure, Report, members};
use crate::text::{self, Table, tame};
use crate::time_zone::TimeZone;

use verify::Verified;

pub(crate) use verify::check;

/// The longest name that the others line up with: 24 characters.
const ACTOR_MAX: usize = 24;

/// How entries are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A line each: when, who, and what it did.
    Words,
    /// All that is in them, hashes too.
    Long,
}

/// Entries of the log, or what became of its check.
pub(crate) enum Log {
    /// Some entries, the newest first.
    Entries { entries: Vec<LogEntry>, more: bool, form: Form, place: Map<String, Value> },
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
    let form = if args.long { Form::Long } else { Form::Words };
    Ok(Log::Entries { entries, more, form, place: context.place() })
}

impl Report for Log {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Entries { entries, more, place, .. } => (place, json!({ "entries": entries, "more": more })),
            Self::Verified { verified, place } => (place, verified.json()),
        };
        let mut json = place.clone();
        json.extend(members(more));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entries { entries, more, form, .. } => {
                match form {
                    Form::Words => write_entries(f, entries)?,
                    Form::Long => entries.iter().try_for_each(|entry| write_whole(f, entry))?,
                }
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

/// Writes the entries under the day of each, newest first: when, who, what it did, its revision.
fn write_entries(f: &mut fmt::Formatter<'_>, entries: &[LogEntry]) -> fmt::Result {
    let (bold, dim) = (anstyle::Style::new().bold(), anstyle::Style::new().dimmed());
    let width = entries.iter().map(|entry| tame(&entry.actor).chars().count()).max().unwrap_or(0).min(ACTOR_MAX);
    let mut day = None;
    for entry in entries {
        let at = TimeZone::Local.at(entry.at);
        if day.replace(at.date_naive()) != Some(at.date_naive()) {
            writeln!(f, "{bold}{}{bold:#}", at.format("%A %-d %B %Y"))?;
        }
        let (time, actor, what) = (at.format("%H:%M:%S"), tame(&entry.actor), log_words::what(entry));
        writeln!(f, "  {time}  {bold}{actor:width$}{bold:#}  {what}  {dim}rev {}{dim:#}", entry.rev)?;
    }
    Ok(())
}

/// Writes an entry with all that is in it, a line for each part.
fn write_whole(f: &mut fmt::Formatter<'_>, entry: &LogEntry) -> fmt::Result {
    let mut screen = Table::default();
    let instant = |at| text::instant(at, TimeZone::Local);
    screen
        .line("rev", entry.rev.to_string())
        .line("did", log_words::what(entry))
        .line("by", format!("{} (token {})", entry.actor, entry.token))
        .line("at", instant(entry.at))
        .line("takes effect", instant(entry.effective_at))
        .line("command", entry.name.clone())
        .line("body", entry.body.to_string())
        .line("hash", entry.hash.map_or_else(|| "none".to_owned(), |hash| hash.to_string()))
        .line("before it", entry.prev.to_string());
    writeln!(f, "{screen}")
}
