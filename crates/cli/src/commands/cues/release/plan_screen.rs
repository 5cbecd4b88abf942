//! What a release will do: one screen for people, one object for programs.

use std::fmt;

use downbeat_core::Position;
use downbeat_publish::release::{NotesPlan, Plan, PlanKind, Present, Stored};
use downbeat_publish::{BRIEF, IMMUTABLE};
use downbeat_sheet::rundown::{ChangeKind, Diff, clock};
use downbeat_wire::publication::{history_key, pointer_key, rundown_key};
use serde_json::{Map, Value, json};

use crate::freeze_text;
use crate::output::{Report, members};
use crate::sheets;
use crate::text::{self, Table};

/// What the screen says besides the plan.
pub(super) struct PlanScreen {
    /// Where to, as people write it.
    pub(super) target: String,
    /// The server or the profile.
    pub(super) environment: Option<String>,
    /// Where the rundown comes from, and what is in it.
    pub(super) source: String,
    /// What should be checked before the rundown is released.
    pub(super) warnings: Vec<String>,
    /// How far viewers have got, if the event is under way.
    pub(super) under_way: Option<Position>,
    /// The zone that is purged.
    pub(super) purge: Option<String>,
    /// What happens in the store beside the event's server.
    pub(super) store: Option<StoreLines>,
}

/// What happens in the store beside the event's server.
pub(super) struct StoreLines {
    put: String,
    pointer: String,
    url: Option<String>,
}

/// Returns what happens in the store beside the event's server.
pub(super) fn store_lines(plan: &Plan) -> StoreLines {
    StoreLines { put: put(plan), pointer: pointer(plan), url: plan.public.clone() }
}

/// A plan that is only shown.
pub(crate) struct ShownPlan {
    screen: Table,
    plan: Value,
    /// `--dry-run`, rather than `cues plan`.
    dry_run: bool,
}

impl PlanScreen {
    /// Shows a plan without carrying it out.
    pub(super) fn shown(&self, plan: &Plan, dry_run: bool) -> ShownPlan {
        ShownPlan { screen: self.table(plan), plan: self.json(plan), dry_run }
    }

    /// Returns how many of the changes are behind the event's position, if any are.
    fn behind(&self, plan: &Plan) -> Option<(usize, Position)> {
        let (changes, position) = plan.changes.as_ref().zip(self.under_way)?;
        let behind = changes.behind(position).count();
        (behind > 0).then_some((behind, position))
    }

    /// Returns the screen.
    pub(super) fn table(&self, plan: &Plan) -> Table {
        let mut screen = Table::default();
        if let Some(environment) = &self.environment {
            screen.line("environment", environment.clone());
        }
        screen.line("target", self.target.clone());
        let rev = plan.present.as_ref().map(|present| format!(" (rev {})", present.rev)).unwrap_or_default();
        screen.line("event", format!("{}{rev}", plan.event));
        screen.line("sheet", self.source.clone());
        screen.line("rundown", rundown(plan));
        if let Some(changes) = plan.changes.as_ref().filter(|_| !plan.changes_nothing()) {
            screen.line("changes", summary(changes));
            if let Some((behind, position)) = self.behind(plan) {
                let what = if behind == 1 { "1 change lies".to_owned() } else { format!("{behind} changes lie") };
                let place = text::position(position);
                screen.line(
                    "behind",
                    format!("{what} behind {place}, where the event is: who joins later gets another show"),
                );
            }
        }
        for warning in &self.warnings {
            screen.line("warning", warning.clone());
        }
        screen.line("put", put(plan));
        match plan.notes {
            NotesPlan::Stay => {}
            NotesPlan::Put(cues) => {
                screen.line("notes", format!("about {}, for operators only", text::count(cues, "cue")));
            }
            NotesPlan::Withheld(cues) => {
                let about = text::count(cues, "cue");
                screen.line("notes", format!("those about {about} stay here: what is in a store is public"));
            }
        }
        if let Some(rev) = plan.heals {
            let key = history_key(&plan.event, rev);
            screen.line("history", format!("{key}, which an interrupted run left out"));
        }
        screen.line(if self.store.is_some() { "event at" } else { "pointer" }, pointer(plan));
        if let Some(StoreLines { put, pointer, .. }) = &self.store {
            screen.line("store", put.clone());
            screen.line("pointer", pointer.clone());
        }
        screen.line("freeze", freeze_text::text(&plan.freeze, plan.now));
        screen.line(
            "seen at",
            match self.store.as_ref().map_or(&plan.public, |store| &store.url) {
                Some(url) => url.clone(),
                None if self.store.is_some() => {
                    "the server; nothing says where the store is public (--public-url)".to_owned()
                }
                None => "not checked: nothing says where viewers see it (--public-url)".to_owned(),
            },
        );
        if let Some(zone) = &self.purge {
            screen.line("purge", format!("Cloudflare's copies of the pointer, zone {zone}"));
        }
        if plan.kind == PlanKind::Folder {
            screen.line("headers", format!(
                "a folder keeps none; let its web server send Content-Type {}, and Cache-Control \"{}\" for rundowns/, \"{}\" for current.json",
                IMMUTABLE.content_type, IMMUTABLE.cache_control, BRIEF.cache_control,
            ));
        }
        screen
    }

    /// Returns the plan for programs.
    fn json(&self, plan: &Plan) -> Value {
        let present = plan.present.as_ref().map(|present| {
            let (actor, at) = present.by.clone().unzip();
            json!({ "rundown": present.rundown, "rev": present.rev, "actor": actor, "at": at })
        });
        let stored = match &plan.stored {
            Stored::Missing => json!({ "there": false }),
            Stored::There => json!({ "there": true }),
            Stored::Wrong(why) => json!({ "there": true, "wrong": why }),
        };
        json!({
            "target": self.target,
            "event": plan.event,
            "source": self.source,
            "rundown": plan.rundown,
            "bytes": plan.bytes,
            "cues": plan.cues,
            "present": present,
            "changesNothing": plan.changes_nothing(),
            "rev": plan.next,
            "stored": stored,
            "heals": plan.heals,
            "notes": match plan.notes {
                NotesPlan::Put(cues) => json!({ "cues": cues }),
                NotesPlan::Stay | NotesPlan::Withheld(_) => Value::Null,
            },
            "changes": plan.changes.as_ref().map(changes_json),
            "behind": self.behind(plan).map(|(behind, _)| behind),
            "warnings": self.warnings,
            "freeze": freeze_text::json(&plan.freeze),
            "publicUrl": plan.public,
            "purgeZone": self.purge,
        })
    }
}

fn rundown(plan: &Plan) -> String {
    let short = text::short(plan.rundown);
    if plan.changes_nothing() {
        return format!("{short}, which the event has already");
    }
    let was = plan.present.as_ref().and_then(|present| {
        let digest = text::short(present.rundown?);
        Some(match &present.content {
            Some(content) => format!("{digest} ({})", sheets::summary(content)),
            None => digest,
        })
    });
    format!("{} → {short}", was.unwrap_or_else(|| "none".to_owned()))
}

fn put(plan: &Plan) -> String {
    let (key, size) = (rundown_key(plan.rundown), text::count(plan.bytes, "byte"));
    match (&plan.stored, plan.changes_nothing(), plan.kind) {
        (Stored::Missing, ..) => format!("{key}, {size}"),
        (Stored::Wrong(why), ..) => format!("{key}, {size}, again: {why}"),
        (Stored::There, false, PlanKind::Bucket | PlanKind::Folder) => {
            format!("{key}, {size}, again: it is there, but may be old enough for a gc")
        }
        (Stored::There, ..) => format!("nothing: {key} is there"),
    }
}

fn pointer(plan: &Plan) -> String {
    let key = match plan.kind {
        PlanKind::Worker => "the event".to_owned(),
        PlanKind::Bucket | PlanKind::Folder => pointer_key(&plan.event),
    };
    let was = match &plan.present {
        None => "none".to_owned(),
        Some(Present { rev, by: Some((actor, at)), .. }) => {
            format!("rev {rev} by {actor}, {}", text::relative(*at, plan.now))
        }
        Some(Present { rev, .. }) => format!("rev {rev}"),
    };
    match plan.next {
        Some(next) => format!("{key}: {was} → rev {next}"),
        None => format!("{key}: {was}, stays"),
    }
}

impl Report for ShownPlan {
    fn json(&self) -> Map<String, Value> {
        let mut json = members(json!({ "plan": self.plan }));
        if self.dry_run {
            json.insert("dryRun".to_owned(), json!(true));
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.screen)?;
        if self.dry_run { writeln!(f, "dry run: nothing was sent") } else { Ok(()) }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
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

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_sheet::{Rundown, compile};

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
        let diff = one.diff(&two);
        assert_eq!(summary(&diff), "1 added, 1 removed, 1 moved, 1 changed, the earliest at 00:01:00");
        assert_eq!(changes_json(&diff)["earliest"], json!(60_000));
        assert_eq!(summary(&one.diff(&one)), "none that a viewer sees");
    }
}
