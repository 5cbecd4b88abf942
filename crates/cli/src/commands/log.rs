//! `log`: who changed what, when and why; with `--verify`, whether the log is what it was.

use std::fmt;

use downbeat_core::Rev;
use downbeat_wire::LogEntry;
use downbeat_wire::log::first_broken;
use serde_json::{Map, Value, json};

use crate::cli::LogArgs;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Failure, Report, members};
use crate::text::{self, tame};
use crate::time_zone::TimeZone;

/// Entries of the log, or what became of its check.
pub(crate) enum Log {
    /// Some entries, the newest first.
    Entries { entries: Vec<LogEntry>, more: bool, place: Map<String, Value> },
    /// The whole log was checked.
    Verified { entries: usize, finding: Option<Finding>, place: Map<String, Value> },
}

/// What is wrong with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// This entry is not what was written, or the one before it is gone.
    Broken(Rev),
    /// The beginning is missing.
    NoBeginning(Rev),
    /// The end is missing: the event is further than its log.
    NoEnd { log: Option<Rev>, event: Rev },
}

/// Asks for the log.
pub(crate) async fn run(context: &Context, args: &LogArgs) -> Result<Log, Error> {
    let server = context.operator()?;
    if args.verify {
        // The event first: what is written after that may be in the log or not.
        let rev = server.state(&context.settings.event).await?.body.rev;
        let (entries, _) = server.log_entries(&context.settings.event, None, None).await?;
        return Ok(Log::Verified { entries: entries.len(), finding: check(&entries, rev), place: context.place() });
    }
    let (entries, more) = server.log_entries(&context.settings.event, args.before, Some(args.limit as usize)).await?;
    Ok(Log::Entries { entries, more, place: context.place() })
}

/// Checks a whole log, the newest entry first, of an event that was at `rev` before it was read.
pub(crate) fn check(entries: &[LogEntry], rev: Rev) -> Option<Finding> {
    if let Some(broken) = first_broken(entries) {
        return Some(Finding::Broken(broken));
    }
    match (entries.first(), entries.last()) {
        (Some(newest), _) if newest.rev < rev => Some(Finding::NoEnd { log: Some(newest.rev), event: rev }),
        (Some(_), Some(oldest)) if oldest.rev != Rev::FIRST => Some(Finding::NoBeginning(oldest.rev)),
        (Some(_), _) => None,
        (None, _) => Some(Finding::NoEnd { log: None, event: rev }),
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(rev) => write!(f, "the entry of rev {rev} was changed, or what came before it is gone"),
            Self::NoBeginning(rev) => write!(f, "the beginning is missing: the oldest entry is rev {rev}"),
            Self::NoEnd { log: Some(log), event } => {
                write!(f, "the end is missing: the event is at rev {event}, the log ends with rev {log}")
            }
            Self::NoEnd { log: None, event } => write!(f, "the log is empty, but the event is at rev {event}"),
        }
    }
}

impl Report for Log {
    fn json(&self) -> Map<String, Value> {
        let (place, more) = match self {
            Self::Entries { entries, more, place } => (place, json!({ "entries": entries, "more": more })),
            Self::Verified { entries, finding, place } => {
                let finding = finding.as_ref().map(ToString::to_string);
                (place, json!({ "entries": entries, "intact": finding.is_none(), "finding": finding }))
            }
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
            Self::Verified { entries, finding: None, .. } => {
                writeln!(f, "intact: {}, each as it was written", text::count(*entries, "change"))
            }
            Self::Verified { finding: Some(finding), .. } => writeln!(f, "not intact: {finding}"),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }

    fn failure(&self) -> Option<Failure> {
        let Self::Verified { finding: Some(finding), .. } = self else { return None };
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

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{Digest, ServerTime};
    use downbeat_wire::log::CHAIN_START;

    /// A log of `count` entries, the newest first.
    fn log(count: u64) -> Vec<LogEntry> {
        let mut prev = CHAIN_START;
        let mut entries: Vec<LogEntry> = (1..=count)
            .map(|rev| {
                let at = ServerTime::from_millis(1_704_067_200_000);
                let entry = LogEntry {
                    rev: Rev::new(rev),
                    at,
                    effective_at: at,
                    actor: "maria".to_owned(),
                    token: "maria".to_owned(),
                    name: "pause".to_owned(),
                    body: json!({ "command": "pause" }),
                    prev,
                    hash: None,
                }
                .sealed();
                prev = entry.hash.unwrap();
                entry
            })
            .collect();
        entries.reverse();
        entries
    }

    #[test]
    fn an_honest_log_is_intact() {
        assert_eq!(check(&log(5), Rev::new(5)), None);
        // One more was written while the log was read.
        assert_eq!(check(&log(6), Rev::new(5)), None);
    }

    #[test]
    fn a_changed_entry_a_missing_one_and_missing_ends_are_found() {
        let mut changed = log(5);
        changed[2].actor = "mallory".to_owned();
        assert_eq!(check(&changed, Rev::new(5)), Some(Finding::Broken(Rev::new(3))));
        let mut forged = log(5);
        forged[2].actor = "mallory".to_owned();
        forged[2] = forged[2].clone().sealed();
        assert_eq!(check(&forged, Rev::new(5)), Some(Finding::Broken(Rev::new(4))));
        let mut without = log(5);
        without.remove(2);
        assert_eq!(check(&without, Rev::new(5)), Some(Finding::Broken(Rev::new(4))));
        assert_eq!(check(&log(5)[..3], Rev::new(5)), Some(Finding::NoBeginning(Rev::new(3))));
        assert_eq!(
            check(&log(5)[1..], Rev::new(5)),
            Some(Finding::NoEnd { log: Some(Rev::new(4)), event: Rev::new(5) })
        );
        assert_eq!(check(&[], Rev::new(5)), Some(Finding::NoEnd { log: None, event: Rev::new(5) }));
        let mut elsewhere = log(1);
        elsewhere[0].prev = Digest::from_bytes([1; 32]);
        elsewhere[0] = elsewhere[0].clone().sealed();
        assert_eq!(check(&elsewhere, Rev::new(1)), Some(Finding::Broken(Rev::new(1))));
    }
}
