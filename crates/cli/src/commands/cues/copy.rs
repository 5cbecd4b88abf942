//! `cues copy`: copies rundowns, and their notes, between the two places in which a server stores them.

use std::fmt;

use downbeat_api::EventScope;
use downbeat_wire::{Code, Notes, RundownStore};
use serde_json::{Map, Value, json};

use crate::cli::{CopyArgs, StoreArg};
use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::text;

/// What was copied, or would be.
pub(crate) struct Copied {
    from: RundownStore,
    to: RundownStore,
    rundowns: usize,
    bytes: u64,
    /// How many rundowns have other notes there now.
    notes: usize,
    events: usize,
    dry_run: bool,
    place: Map<String, Value>,
}

/// Copies every rundown of the event, or of all events, that the destination does not have, and the notes that differ.
pub(crate) async fn run(context: &Context, args: &CopyArgs) -> Result<Copied, Error> {
    let server = context.operator()?;
    let (from, to) = match args.to {
        StoreArg::Event => (RundownStore::Bucket, RundownStore::Event),
        StoreArg::Bucket => (RundownStore::Event, RundownStore::Bucket),
    };
    let events = if args.all {
        server.events(EventScope::All).await?.events.into_iter().map(|event| event.name).collect()
    } else {
        vec![context.settings.event.clone()]
    };
    let place = context.place();
    let (events_count, dry_run) = (events.len(), context.dry_run);
    let mut copied = Copied { from, to, rundowns: 0, bytes: 0, notes: 0, events: events_count, dry_run, place };
    for event in &events {
        let without_bucket = |error: downbeat_api::ApiError| {
            let is_unbound = error.is(Code::BadRequest);
            let error = Error::from(error);
            if is_unbound {
                error.with_hint("bind a bucket to the server first; the lines are in wrangler.toml")
            } else {
                error
            }
        };
        let present = server.rundowns_in(to, event).await.map_err(without_bucket)?;
        for stored in server.rundowns_in(from, event).await.map_err(without_bucket)? {
            let digest = stored.rundown;
            let is_there = present.iter().any(|present| present.rundown == digest);
            // What is in the bucket counts, whatever the events' own storage has.
            if is_there && to == RundownStore::Bucket {
                continue;
            }
            let notes = server.notes_in(from, event, digest).await?;
            let before = if is_there { server.notes_in(to, event, digest).await? } else { Notes::default() };
            let differs = notes != before;
            copied.notes += usize::from(differs);
            if !is_there {
                copied.rundowns += 1;
                copied.bytes += stored.bytes;
            }
            if context.dry_run {
                continue;
            }
            if !is_there {
                let bytes = server.rundown(event, digest).await?;
                server.put_rundown_in(to, event, digest, bytes).await?;
            }
            if differs {
                server.put_notes_in(to, event, digest, &notes).await?;
            }
        }
    }
    Ok(copied)
}

impl Report for Copied {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(members(json!({
            "from": self.from.as_str(), "to": self.to.as_str(), "rundowns": self.rundowns, "bytes": self.bytes,
            "notes": self.notes, "events": self.events,
        })));
        if self.dry_run {
            json.insert("dryRun".to_owned(), json!(true));
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = match self.to {
            RundownStore::Event => "the events' own storage",
            RundownStore::Bucket => "the bucket",
        };
        let (rundowns, events) = (text::count(self.rundowns, "rundown"), text::count(self.events, "event"));
        let done = if self.dry_run { "would copy" } else { "copied" };
        writeln!(f, "{done} {rundowns}, {} bytes, of {events} to {to}; the others were there", self.bytes)?;
        if self.notes > 0 {
            writeln!(f, "{done} the notes of {}", text::count(self.notes, "rundown"))?;
        }
        if self.dry_run { writeln!(f, "dry run: nothing was sent") } else { Ok(()) }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }
}
