//! `cues gc`: deletes the rundowns that nobody needs any more.

use std::fmt;

use downbeat_publish::destination::Destination;
use downbeat_publish::garbage::{Deleted, Garbage, Rule};
use serde_json::{Map, Value, json};

use super::release::{destination, place};
use crate::cli::KeepArgs;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::output::{Report, members};
use crate::text::{self, Table};

/// What was deleted, or would be.
pub(crate) struct Collected {
    garbage: Garbage,
    /// `None` with `--dry-run`.
    deleted: Option<Deleted>,
    place: Map<String, Value>,
}

/// Finds what may be deleted, asks, and deletes it.
///
/// If nothing may be deleted nobody is asked, but what an interrupted run left is still removed.
pub(crate) async fn run(context: &Context, args: &KeepArgs) -> Result<Collected, Error> {
    let event = &context.settings.event;
    let rule = Rule { keep: args.keep, older_than: args.older_than };
    let destination = destination(context, &args.to)?;
    let garbage = Garbage::find(&destination, event, &rule).await?;
    let place = place(context, &destination);
    if context.dry_run {
        return Ok(Collected { garbage, deleted: None, place });
    }
    if !garbage.deletable.is_empty() {
        let mut screen = Table::default();
        screen.line(
            "target",
            match &destination {
                Destination::Store(store) => store.name().to_owned(),
                Destination::Worker(_) => context.environment(),
            },
        );
        screen.line("deletes", deletes(&garbage));
        screen.line("keeps", keeps(&garbage));
        let gate = Gate::new(context.yes, context.settings.confirm, false, event);
        confirm::pass(&gate, &screen, "Delete them?", context.output)?;
    }
    let deleted = garbage.delete(&destination, event, &context::actor(None)).await?;
    Ok(Collected { garbage, deleted: Some(deleted), place })
}

fn deletes(garbage: &Garbage) -> String {
    let bytes: u64 = garbage.deletable.iter().map(|(_, listed)| listed.bytes).sum();
    let count = text::count(garbage.deletable.len(), "rundown");
    let names: Vec<String> = garbage.deletable.iter().take(5).map(|(digest, _)| text::short(*digest)).collect();
    let more = if garbage.deletable.len() > names.len() { ", …" } else { "" };
    if names.is_empty() { "nothing".to_owned() } else { format!("{count}, {bytes} bytes: {}{more}", names.join(", ")) }
}

fn keeps(garbage: &Garbage) -> String {
    let events = text::count(garbage.events, "event");
    format!("{}, {} bytes, for {events}", text::count(garbage.kept, "rundown"), garbage.kept_bytes)
}

impl Collected {
    /// Writes how much interrupted publishers left, if they did.
    fn write_leftovers(&self, f: &mut fmt::Formatter<'_>, verb: &str) -> fmt::Result {
        match self.garbage.leftovers.len() {
            0 => Ok(()),
            count => writeln!(f, "{verb} {} that interrupted publishers left", text::count(count, "unfinished file")),
        }
    }
}

impl Report for Collected {
    fn json(&self) -> Map<String, Value> {
        let deletable: Vec<Value> = self
            .garbage
            .deletable
            .iter()
            .map(|(digest, listed)| json!({ "rundown": digest, "bytes": listed.bytes, "modified": listed.modified }))
            .collect();
        let deleted = self.deleted.as_ref();
        let mut json = self.place.clone();
        json.extend(members(json!({
            "deletable": deletable,
            "deleted": deleted.map(|deleted| &deleted.rundowns),
            "bytes": deleted.map(|deleted| deleted.bytes),
            "spared": deleted.map(|deleted| &deleted.spared),
            "leftovers": self.garbage.leftovers,
            "kept": self.garbage.kept,
            "keptBytes": self.garbage.kept_bytes,
            "events": self.garbage.events,
        })));
        if self.deleted.is_none() {
            json.insert("dryRun".to_owned(), json!(true));
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(deleted) = &self.deleted else {
            writeln!(f, "would delete {}", deletes(&self.garbage))?;
            self.write_leftovers(f, "would delete")?;
            writeln!(f, "would keep {}", keeps(&self.garbage))?;
            return writeln!(f, "dry run: nothing was sent");
        };
        match deleted.rundowns.len() {
            0 => writeln!(f, "nothing to delete")?,
            count => writeln!(f, "deleted {}, {} bytes", text::count(count, "rundown"), deleted.bytes)?,
        }
        if !deleted.spared.is_empty() {
            let spared: Vec<String> = deleted.spared.iter().map(|digest| text::short(*digest)).collect();
            writeln!(f, "spared {}: published again meanwhile", spared.join(", "))?;
        }
        self.write_leftovers(f, "deleted")?;
        writeln!(f, "kept {}", keeps(&self.garbage))
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.deleted {
            Some(deleted) => deleted.rundowns.iter().try_for_each(|digest| writeln!(f, "{digest}")),
            None => self.human(f),
        }
    }
}
