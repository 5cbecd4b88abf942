//! `cues gc`: deletes the rundowns that nobody needs any more.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::cli::KeepArgs;
use crate::commands::log;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::output::{Report, members};
use crate::publish::garbage::{self, Deleted, Garbage, Rule};
use crate::publish::{release, worker_garbage};
use crate::text::{self, Table};

/// What was deleted, or would be.
pub(crate) struct Collected {
    garbage: Garbage,
    /// Nothing with `--dry-run`, and where there is nothing to delete.
    deleted: Option<Deleted>,
    dry_run: bool,
    place: Map<String, Value>,
}

/// Looks what may be deleted, asks, and deletes it.
pub(crate) async fn run(context: &Context, args: &KeepArgs) -> Result<Collected, Error> {
    let rule = Rule { keep: args.keep, older_than: args.older_than };
    if let Some(store) = release::store(context, &args.to)? {
        let garbage = garbage::look(&store, &context.settings.event, &rule).await?;
        let delete = async |garbage: &Garbage| garbage::delete(&store, garbage, &context::actor(None)).await;
        return collect(context, garbage, store.name(), release::place(context, &store), delete).await;
    }
    let server = context.operator()?;
    let (entries, _) = log::read(context, &server, None, None).await?;
    let (garbage, stored) = worker_garbage::look(&server, &context.settings.event, &entries, &rule).await?;
    let delete =
        async |garbage: &Garbage| worker_garbage::delete(&server, &context.settings.event, garbage, &stored).await;
    collect(context, garbage, &context.environment(), context.place(), delete).await
}

/// Asks, and deletes. Without anything to delete nobody is asked, but what an interrupted run left is finished.
async fn collect(
    context: &Context,
    garbage: Garbage,
    from: &str,
    place: Map<String, Value>,
    delete: impl AsyncFn(&Garbage) -> Result<Deleted, Error>,
) -> Result<Collected, Error> {
    if context.dry_run {
        return Ok(Collected { garbage, deleted: None, dry_run: true, place });
    }
    if !garbage.deletable.is_empty() {
        let mut screen = Table::default();
        screen.line("target", from);
        screen.line("deletes", deletes(&garbage));
        screen.line("keeps", keeps(&garbage));
        let gate = Gate::new(context.yes, context.settings.confirm, false, &context.settings.event);
        confirm::pass(&gate, &screen, "Delete them?", context.output)?;
    }
    let deleted = delete(&garbage).await?;
    Ok(Collected { garbage, deleted: Some(deleted), dry_run: false, place })
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
            "kept": self.garbage.kept,
            "keptBytes": self.garbage.kept_bytes,
            "events": self.garbage.events,
        })));
        if self.dry_run {
            json.insert("dryRun".to_owned(), json!(true));
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(deleted) = &self.deleted else {
            writeln!(f, "would delete {}", deletes(&self.garbage))?;
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
        writeln!(f, "kept {}", keeps(&self.garbage))
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.deleted {
            Some(deleted) => deleted.rundowns.iter().try_for_each(|digest| writeln!(f, "{digest}")),
            None => self.human(f),
        }
    }
}
