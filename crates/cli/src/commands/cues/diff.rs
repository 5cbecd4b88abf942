//! `cues diff`: what an author changed, and what that means for viewers of an event that is under way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use downbeat_core::Position;
use downbeat_sheet::{ChangeKind, Cue, CueChange, Diff, Late, Needs, Preload, Rundown};
use serde_json::{Map, Value, json};

use super::live::Live;
use crate::cli::DiffArgs;
use crate::columns::Columns;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Failure, Output, Report, members};
use crate::profile::ProfileError;
use crate::sheets;
use crate::text;

/// The most changes that are shown to people.
const SHOWN_MAX: usize = 200;

/// The differences between two rundowns.
pub(crate) struct Differences {
    before: Side,
    after: Side,
    diff: Diff,
    live: Option<Live>,
}

/// One of the two.
struct Side {
    name: String,
    rundown: Rundown,
}

/// Compares two sheets, or the event's rundown and a sheet.
pub(crate) async fn run(
    args: &DiffArgs,
    context: &dyn Fn() -> Result<Context, ProfileError>,
    output: Output,
) -> Result<Differences, Error> {
    let first = side(&args.first, output)?;
    let (before, after, live) = match &args.second {
        Some(second) => (first, side(second, output)?, None),
        None => {
            let live = Live::read(&context()?).await?;
            (live_side(&live)?, first, Some(live))
        }
    };
    let diff = before.rundown.diff(&after.rundown);
    Ok(Differences { before, after, diff, live })
}

fn side(path: &Path, output: Output) -> Result<Side, Error> {
    let (name, rundown) = sheets::rundown(path, output)?;
    Ok(Side { name, rundown })
}

fn live_side(live: &Live) -> Result<Side, Error> {
    let rundown = live.rundown()?.clone();
    Ok(Side { name: format!("{}, {}", live.name, live.standing), rundown })
}

impl Differences {
    /// Returns the event's position, if it has begun and not ended.
    fn under_way(&self) -> Option<Position> {
        self.live.as_ref().and_then(Live::under_way)
    }

    fn is_behind(&self, change: &CueChange) -> bool {
        self.under_way().is_some_and(|position| change.earliest <= position)
    }

    fn behind(&self) -> usize {
        self.under_way().map_or(0, |position| self.diff.behind(position).count())
    }

    /// Writes the number of differences: `1 moved, 2 added`.
    fn counted(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for change in &self.diff.cues {
            *counts.entry(word(&change.kind)).or_default() += 1;
        }
        let mut parts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
        if !self.diff.event.is_empty() {
            parts.push(format!("the event's {}", self.diff.event.join(", ")));
        }
        if parts.is_empty() { "no difference".to_owned() } else { parts.join(", ") }
    }

    fn lines(&self) -> Columns {
        let (before, after) = (by_id(&self.before.rundown), by_id(&self.after.rundown));
        let mut lines = Columns::default();
        for change in self.diff.cues.iter().take(SHOWN_MAX) {
            let (old, new) = (before.get(&*change.id).copied(), after.get(&*change.id).copied());
            let (at, detail) = match &change.kind {
                ChangeKind::Added(at) => (*at, new.map_or("", Cue::action).to_owned()),
                ChangeKind::Removed(at) => (*at, old.map_or("", Cue::action).to_owned()),
                ChangeKind::Moved { from, to, fields } => (*from, moved(*from, *to, fields)),
                ChangeKind::Changed(fields) => {
                    let from_to = |name: &&str| match (old, new) {
                        (Some(old), Some(new)) => changed(old, new, name),
                        _ => (*name).to_owned(),
                    };
                    let at = new.map_or(change.earliest, Cue::time);
                    (at, fields.iter().map(from_to).collect::<Vec<_>>().join("; "))
                }
            };
            let behind = if self.is_behind(change) { "behind" } else { "" };
            lines.line([
                text::position(at),
                word(&change.kind).to_owned(),
                change.id.clone(),
                behind.to_owned(),
                detail,
            ]);
        }
        lines
    }
}

impl Report for Differences {
    fn json(&self) -> Map<String, Value> {
        let one = |change: &CueChange| {
            let mut json = json!({
                "id": change.id,
                "change": word(&change.kind),
                "earliest": change.earliest,
                "behind": self.is_behind(change),
            });
            match &change.kind {
                ChangeKind::Added(at) => json["to"] = json!(at),
                ChangeKind::Removed(at) => json["from"] = json!(at),
                ChangeKind::Moved { from, to, fields } => {
                    json["from"] = json!(from);
                    json["to"] = json!(to);
                    json["fields"] = json!(fields);
                }
                ChangeKind::Changed(fields) => json["fields"] = json!(fields),
            }
            json
        };
        let side = |side: &Side| json!({ "name": side.name, "rundown": side.rundown.digest() });
        members(json!({
            "before": side(&self.before),
            "after": side(&self.after),
            "same": self.diff.is_empty(),
            "event": self.diff.event,
            "cues": self.diff.cues.iter().map(one).collect::<Vec<_>>(),
            "behind": self.behind(),
            "live": self.live.as_ref().map(Live::json),
        }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = (text::tame(&self.before.name), text::tame(&self.after.name));
        let bold = anstyle::Style::new().bold();
        writeln!(f, "{bold}{before} → {after}{bold:#}: {}", self.counted())?;
        if !self.diff.cues.is_empty() {
            write!(f, "\n{}", self.lines())?;
        }
        if let more @ 1.. = self.diff.cues.len().saturating_sub(SHOWN_MAX) {
            writeln!(f, "  … and {more} more (--json has all)")?;
        }
        match self.under_way() {
            Some(position) if self.behind() > 0 => writeln!(
                f,
                "\n{} behind {}, where the event is, so viewers have been past it. Leave what is behind as it is, or publish knowing that who joins later gets another show than who was there.",
                lie(self.behind()),
                text::position(position)
            ),
            _ => Ok(()),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diff.cues.iter().try_for_each(|change| writeln!(f, "{} {}", word(&change.kind), text::tame(&change.id)))
    }

    fn failure(&self) -> Option<Failure> {
        if self.behind() > 0 {
            let message = format!("{} behind where the event is", lie(self.behind()));
            return Some(Failure { exit: Exit::Conflict, code: "behind", message });
        }
        let failure = Failure { exit: Exit::Different, code: "different", message: self.counted() };
        (!self.diff.is_empty()).then_some(failure)
    }
}

fn by_id(rundown: &Rundown) -> BTreeMap<&str, &Cue> {
    rundown.cues().iter().map(|cue| (cue.id(), cue)).collect()
}

/// Writes a number of changes, with its verb.
fn lie(count: usize) -> String {
    format!("{} {}", text::count(count, "change"), if count == 1 { "lies" } else { "lie" })
}

fn word(kind: &ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added(_) => "added",
        ChangeKind::Removed(_) => "removed",
        ChangeKind::Moved { .. } => "moved",
        ChangeKind::Changed(_) => "changed",
    }
}

fn moved(from: Position, to: Position, fields: &[&str]) -> String {
    let by = to - from;
    let direction = if to > from { "later" } else { "earlier" };
    let also = if fields.is_empty() { String::new() } else { format!("; also {}", fields.join(", ")) };
    format!("to {}, {} {direction}{also}", text::position(to), text::span(by))
}

/// Writes how a field changed; of params and messages only the members that differ.
fn changed(old: &Cue, new: &Cue, name: &str) -> String {
    let within = |old: &Map<String, Value>, new: &Map<String, Value>| {
        let keys: BTreeSet<&String> =
            old.keys().chain(new.keys()).filter(|key| old.get(*key) != new.get(*key)).collect();
        let written = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), Value::to_string);
        let one = |key: &String| format!("{name}.{key} {} → {}", written(old.get(key)), written(new.get(key)));
        keys.into_iter().map(one).collect::<Vec<_>>().join("; ")
    };
    match name {
        "params" => within(&cue_params(old), &cue_params(new)),
        "message" => within(&members(json!(old.message())), &members(json!(new.message()))),
        _ => format!("{name} {} → {}", field(old, name), field(new, name)),
    }
}

fn cue_params(cue: &Cue) -> Map<String, Value> {
    cue.params().unwrap_or_default()
}

/// Writes the value of a cue's field, on one line.
fn field(cue: &Cue, name: &str) -> String {
    let none = || "none".to_owned();
    match name {
        "end" => cue.end().map_or_else(none, text::position),
        "action" => cue.action().to_owned(),
        "kind" => cue.kind().as_str().to_owned(),
        "track" => cue.track().map_or_else(none, str::to_owned),
        "late" => late(cue.late()),
        "jitter" => text::span(cue.jitter()),
        "needs" => cue.needs().map_or_else(none, needs),
        "preload" => cue.preload().map_or_else(none, preload),
        _ => String::new(),
    }
}

fn preload(preload: &Preload) -> String {
    format!("{} from {} before", preload.assets().join(" "), text::span(preload.lead()))
}

fn needs(needs: Needs) -> String {
    format!("{} or {}", text::span(needs.bound), needs.otherwise.as_str())
}

fn late(late: Late) -> String {
    match late {
        Late::Skip => "skip".to_owned(),
        Late::Resume => "resume".to_owned(),
        Late::Latest => "latest".to_owned(),
        Late::Within(window) => format!("within {}", text::span(window)),
    }
}
