//! `cues history`: the rundowns that the event has had, and who changed it how and why.

use std::collections::HashMap;
use std::fmt;

use downbeat_core::Digest;
use downbeat_publish::changes::{ChangeKind, RundownChange};
use downbeat_publish::destination::Destination;
use downbeat_sheet::Rundown;
use serde_json::{Map, Value, json};

use super::release::{destination, place};
use crate::cli::TargetArgs;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::text;
use crate::time_zone::TimeZone;

/// The most rundowns whose titles are read: 30, the newest. Each is a request.
const TITLES_MAX: usize = 30;

/// The rundowns that the event has had.
pub(crate) struct History {
    changes: Vec<RundownChange>,
    /// The titles of rundowns that can still be read and have one.
    titles: HashMap<Digest, String>,
    place: Map<String, Value>,
}

/// Requests the rundowns that the event has had: from its server, unless a store is named or no server is known.
pub(crate) async fn run(context: &Context, args: &TargetArgs) -> Result<History, Error> {
    let event = &context.settings.event;
    let destination = if args.target.is_none() && context.settings.server().is_ok() {
        Destination::Worker(context.operator()?)
    } else {
        destination(context, args)?
    };
    let survey = destination.survey(event).await?;
    let changes = destination.history(event, &survey).await?.changes;
    let mut titles = HashMap::new();
    for rundown in distinct(&changes).into_iter().rev().take(TITLES_MAX) {
        let bytes = destination.rundown(event, rundown).await.ok().flatten();
        let title = bytes.and_then(|bytes| Some(Rundown::parse(&bytes).ok()?.title().to_owned()));
        titles.extend(title.filter(|title| !title.is_empty()).map(|title| (rundown, title)));
    }
    Ok(History { changes, titles, place: place(context, &destination) })
}

/// Returns each rundown once, in the order of the first publications.
fn distinct(changes: &[RundownChange]) -> Vec<Digest> {
    let mut list = Vec::new();
    for rundown in changes.iter().filter_map(|change| change.rundown) {
        if !list.contains(&rundown) {
            list.push(rundown);
        }
    }
    list
}

impl History {
    fn present(&self) -> Option<Digest> {
        self.changes.last()?.rundown
    }

    fn title(&self, rundown: Digest) -> Option<&String> {
        self.titles.get(&rundown)
    }
}

impl Report for History {
    fn json(&self) -> Map<String, Value> {
        let first = |rundown: Digest| {
            let change = self.changes.iter().find(|change| change.rundown == Some(rundown)).expect("it is one of them");
            json!({
                "rundown": rundown, "rev": change.rev, "at": change.at, "actor": change.actor,
                "title": self.title(rundown), "present": self.present() == Some(rundown),
            })
        };
        let rundowns: Vec<Value> = distinct(&self.changes).into_iter().map(first).collect();
        let mut json = self.place.clone();
        json.extend(members(json!({ "rundowns": rundowns, "revisions": self.changes })));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return writeln!(f, "no rundown was ever published; \"downbeat cues publish SHEET\" does it");
        }
        for (index, change) in self.changes.iter().enumerate() {
            let mark = if index + 1 == self.changes.len() { "*" } else { " " };
            let how = match change.kind {
                ChangeKind::Published => "published",
                ChangeKind::RolledBack => "rolled back to",
                ChangeKind::Undone => "undone, back to",
            };
            let at = text::instant(change.at, TimeZone::Local);
            let rundown = change.rundown.map_or_else(|| "none".to_owned(), text::short);
            write!(f, "{mark} {at}  {how:<15} {rundown:<12}")?;
            if let Some(title) = change.rundown.and_then(|rundown| self.title(rundown)) {
                write!(f, "  \u{201c}{}\u{201d}", text::tame(title))?;
            }
            write!(f, "  by {} (rev {})", text::tame(&change.actor), change.rev)?;
            match &change.reason {
                Some(reason) => writeln!(f, ", because: {}", text::tame(reason))?,
                None => writeln!(f)?,
            }
        }
        writeln!(f, "* is the one the event has; --json has whole digests")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        distinct(&self.changes).into_iter().try_for_each(|rundown| writeln!(f, "{rundown}"))
    }
}
