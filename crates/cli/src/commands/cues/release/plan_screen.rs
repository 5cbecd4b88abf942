//! What will be done, before it is: one screen for people, one object for programs.

use std::fmt;

use downbeat_core::{Digest, EventName, Position, Rev, ServerTime};
use downbeat_sheet::Rundown;
use downbeat_sheet::rundown::{ChangeKind, Diff, clock};
use downbeat_wire::publication::{history_key, pointer_key, rundown_key};
use serde_json::{Map, Value, json};

use super::freeze::Freeze;
use super::{BRIEF, IMMUTABLE};
use crate::output::{Report, members};
use crate::text::{self, Table};

/// What publishing will do.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Where to, as people write it.
    pub(crate) target: String,
    /// The server or the profile, for people.
    pub(crate) environment: Option<String>,
    pub(crate) event: EventName,
    /// Where the rundown comes from, and what is in it.
    pub(crate) source: String,
    pub(crate) rundown: Digest,
    pub(crate) bytes: usize,
    pub(crate) cues: usize,
    /// What the event has now.
    pub(crate) present: Option<Present>,
    /// The revision the pointer will have; nothing if it stays as it is.
    pub(crate) next: Option<Rev>,
    pub(crate) stored: Stored,
    /// A revision that an interrupted run left out of the history.
    pub(crate) heals: Option<Rev>,
    /// What differs from what the event has, if that can be read.
    pub(crate) changes: Option<Diff>,
    /// How far viewers have got, if that is known and the event is under way.
    pub(crate) under_way: Option<Position>,
    pub(crate) freeze: Freeze,
    /// When the plan was made.
    pub(crate) now: ServerTime,
    /// Where viewers see the pointer, if anything says so.
    pub(crate) public: Option<String>,
    /// The zone that is purged.
    pub(crate) purge: Option<String>,
    pub(crate) kind: PlanKind,
}

/// What differs between plans for different targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlanKind {
    Worker,
    Bucket,
    /// Its web server has the headers.
    Folder,
}

/// What the event has now.
#[derive(Debug)]
pub(crate) struct Present {
    pub(crate) rundown: Option<Digest>,
    /// What is in it, if that can be read.
    pub(crate) summary: Option<String>,
    pub(crate) rev: Rev,
    /// Who made this revision, and when; the worker tells that in its log.
    pub(crate) by: Option<(String, ServerTime)>,
}

/// Whether the rundown is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Missing,
    There,
    /// It is there, and something is wrong with it.
    Wrong(String),
}

impl Plan {
    /// Returns whether the event has the rundown already.
    pub(crate) const fn changes_nothing(&self) -> bool {
        self.next.is_none()
    }

    /// Returns how many of the changes lie behind where the event is, if any do.
    fn behind(&self) -> Option<(usize, Position)> {
        let (changes, position) = self.changes.as_ref().zip(self.under_way)?;
        let behind = changes.behind(position).count();
        (behind > 0).then_some((behind, position))
    }

    /// Returns the screen.
    pub(crate) fn screen(&self) -> Table {
        let mut screen = Table::default();
        if let Some(environment) = &self.environment {
            screen.line("environment", environment.clone());
        }
        screen.line("target", self.target.clone());
        let rev = self.present.as_ref().map(|present| format!(" (rev {})", present.rev)).unwrap_or_default();
        screen.line("event", format!("{}{rev}", self.event));
        screen.line("sheet", self.source.clone());
        let short = text::short(self.rundown);
        let was = self.present.as_ref().and_then(|present| {
            let digest = text::short(present.rundown?);
            Some(present.summary.as_ref().map_or(digest.clone(), |summary| format!("{digest} ({summary})")))
        });
        screen.line(
            "rundown",
            match self.changes_nothing() {
                true => format!("{short}, which the event has already"),
                false => format!("{} → {short}", was.unwrap_or_else(|| "none".to_owned())),
            },
        );
        if let Some(changes) = self.changes.as_ref().filter(|_| !self.changes_nothing()) {
            screen.line("changes", summary(changes));
            if let Some((behind, position)) = self.behind() {
                let what = if behind == 1 { "1 change lies".to_owned() } else { format!("{behind} changes lie") };
                let place = text::position(position);
                screen.line(
                    "behind",
                    format!("{what} behind {place}, where the event is: who joins later gets another show"),
                );
            }
        }
        let size = text::count(self.bytes, "byte");
        let key = rundown_key(self.rundown);
        screen.line(
            "put",
            match (&self.stored, self.changes_nothing(), self.kind) {
                (Stored::Missing, ..) => format!("{key}, {size}"),
                (Stored::Wrong(why), ..) => format!("{key}, {size}, again: {why}"),
                (Stored::There, false, PlanKind::Bucket | PlanKind::Folder) => {
                    format!("{key}, {size}, again: it is there, but may be old enough for a gc")
                }
                (Stored::There, ..) => format!("nothing: {key} is there"),
            },
        );
        if let Some(rev) = self.heals {
            let key = history_key(&self.event, rev);
            screen.line("history", format!("{key}, which an interrupted run left out"));
        }
        screen.line("pointer", self.pointer());
        screen.line("freeze", self.freeze.told(self.now).to_string());
        screen.line(
            "seen at",
            match &self.public {
                Some(url) => url.clone(),
                None => "not checked: nothing says where viewers see it (--public-url)".to_owned(),
            },
        );
        if let Some(zone) = &self.purge {
            screen.line("purge", format!("Cloudflare's copies of the pointer, zone {zone}"));
        }
        if self.kind == PlanKind::Folder {
            screen.line("headers", format!(
                "a folder keeps none; let its web server send Content-Type {}, and Cache-Control \"{}\" for rundowns/, \"{}\" for current.json",
                IMMUTABLE.content_type, IMMUTABLE.cache_control, BRIEF.cache_control,
            ));
        }
        screen
    }

    fn pointer(&self) -> String {
        let key = match self.kind {
            PlanKind::Worker => "the event".to_owned(),
            PlanKind::Bucket | PlanKind::Folder => pointer_key(&self.event),
        };
        let was = match &self.present {
            None => "none".to_owned(),
            Some(Present { rev, by: Some((actor, at)), .. }) => {
                format!("rev {rev} by {actor}, {}", text::relative(*at, self.now))
            }
            Some(Present { rev, .. }) => format!("rev {rev}"),
        };
        match self.next {
            Some(next) => format!("{key}: {was} → rev {next}"),
            None => format!("{key}: {was}, stays"),
        }
    }

    /// Returns it for programs.
    pub(crate) fn to_json(&self) -> Value {
        let present = self.present.as_ref().map(|present| {
            let (actor, at) = present.by.clone().unzip();
            json!({ "rundown": present.rundown, "rev": present.rev, "actor": actor, "at": at })
        });
        let stored = match &self.stored {
            Stored::Missing => json!({ "there": false }),
            Stored::There => json!({ "there": true }),
            Stored::Wrong(why) => json!({ "there": true, "wrong": why }),
        };
        json!({
            "target": self.target,
            "event": self.event,
            "source": self.source,
            "rundown": self.rundown,
            "bytes": self.bytes,
            "cues": self.cues,
            "present": present,
            "changesNothing": self.changes_nothing(),
            "rev": self.next,
            "stored": stored,
            "heals": self.heals,
            "changes": self.changes.as_ref().map(changes_json),
            "behind": self.behind().map(|(behind, _)| behind),
            "freeze": self.freeze.json(),
            "publicUrl": self.public,
            "purgeZone": self.purge,
        })
    }
}

/// Counts the kinds of changes: added, removed, moved, changed.
fn counts(diff: &Diff) -> [(usize, &'static str); 4] {
    let count = |is: fn(&ChangeKind) -> bool| diff.cues.iter().filter(|change| is(&change.kind)).count();
    [
        (count(|kind| matches!(kind, ChangeKind::Added(_))), "added"),
        (count(|kind| matches!(kind, ChangeKind::Removed(_))), "removed"),
        (count(|kind| matches!(kind, ChangeKind::Moved { .. })), "moved"),
        (count(|kind| matches!(kind, ChangeKind::Changed(_))), "changed"),
    ]
}

fn summary(diff: &Diff) -> String {
    let mut parts: Vec<String> =
        counts(diff).iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if let Some(earliest) = diff.cues.iter().map(|change| change.earliest).min() {
        parts.push(format!("the earliest at {}", clock(earliest)));
    }
    if !diff.event.is_empty() {
        parts.push(format!("the event's {}", diff.event.join(", ")));
    }
    if parts.is_empty() { "none that a viewer sees".to_owned() } else { parts.join(", ") }
}

fn changes_json(diff: &Diff) -> Value {
    let mut json: Map<String, Value> =
        counts(diff).iter().map(|(count, what)| ((*what).to_owned(), json!(count))).collect();
    json.insert("event".to_owned(), json!(diff.event));
    json.insert("earliest".to_owned(), json!(diff.cues.iter().map(|change| change.earliest).min()));
    Value::Object(json)
}

/// Returns what differs between what the event has and what it will have.
pub(crate) fn changes(present: Option<&Rundown>, wanted: &Rundown) -> Option<Diff> {
    present.map(|present| present.diff(wanted))
}

/// A plan that is only shown.
pub(crate) struct Shown {
    pub(crate) plan: Plan,
    /// `--dry-run`, rather than `cues plan`.
    pub(crate) dry_run: bool,
}

impl Report for Shown {
    fn json(&self) -> Map<String, Value> {
        let mut json = members(json!({ "plan": self.plan.to_json() }));
        if self.dry_run {
            json.insert("dryRun".to_owned(), json!(true));
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.plan.screen())?;
        if self.dry_run { writeln!(f, "dry run: nothing was sent") } else { Ok(()) }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_sheet::compile;

    fn rundown(cues: &str) -> Rundown {
        compile(&format!("[{cues}]")).rundown.unwrap()
    }

    #[test]
    fn changes_are_counted_with_the_earliest() {
        let one = rundown(
            r#"{"id":"a","time":60,"action":"x"},{"id":"b","time":90,"action":"x"},{"id":"c","time":95,"action":"x"}"#,
        );
        let two = rundown(
            r#"{"id":"a","time":70,"action":"x"},{"id":"b","time":90,"action":"y"},{"id":"d","time":99,"action":"x"}"#,
        );
        let diff = changes(Some(&one), &two).unwrap();
        assert_eq!(summary(&diff), "1 added, 1 removed, 1 moved, 1 changed, the earliest at 00:01:00");
        assert_eq!(changes_json(&diff)["earliest"], json!(60_000));
        assert_eq!(summary(&one.diff(&one)), "none that a viewer sees");
    }
}
