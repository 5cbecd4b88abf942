//! `cues verify`: whether what was published is there as it was written.

use std::fmt;

use downbeat_publish::destination::Destination;
use downbeat_publish::garbage::Rule;
use downbeat_publish::inspection::{Fault, Inspection};
use serde_json::{Map, Value, json};

use super::release::{destination, place};
use crate::anchors;
use crate::cli::KeepArgs;
use crate::commands::log;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Failure, Report, members};
use crate::text;

/// The findings.
pub(crate) struct Verified {
    inspection: Inspection,
    place: Map<String, Value>,
}

/// Inspects what an event has in a store, or on its own server, whose log is the history.
pub(crate) async fn run(context: &Context, args: &KeepArgs) -> Result<Verified, Error> {
    let event = &context.settings.event;
    let rule = Rule { keep: args.keep, older_than: args.older_than };
    let destination = destination(context, &args.to)?;
    let inspection = match &destination {
        Destination::Store(store) => Inspection::of_store(store, event, &rule).await?,
        Destination::Worker(server) => {
            // The event first: an entry written after that may be in the log or not.
            let kept = anchors::recall(server.url(), event);
            let state = server.state(event).await?.body;
            let (entries, _) = server.log_entries(event, None, None).await?;
            let mut inspection = Inspection::of_worker(server, event, &entries, &rule).await?;
            let broken = log::check(&entries, kept, state);
            inspection.faults.extend(broken.map(|finding| Fault { key: "log".to_owned(), what: finding.to_string() }));
            inspection
        }
    };
    Ok(Verified { inspection, place: place(context, &destination) })
}

impl Report for Verified {
    fn json(&self) -> Map<String, Value> {
        let Inspection { revisions, rundowns, deleted, faults, unfinished } = &self.inspection;
        let faults: Vec<Value> = faults.iter().map(|fault| json!({ "key": fault.key, "what": fault.what })).collect();
        let mut json = self.place.clone();
        json.extend(members(json!({
            "intact": faults.is_empty(), "revisions": revisions, "rundowns": rundowns, "deleted": deleted,
            "unfinished": unfinished, "faults": faults,
        })));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inspection { revisions, rundowns, deleted, faults, unfinished } = &self.inspection;
        for fault in faults {
            writeln!(f, "not intact: {}", text::tame(&fault.to_string()))?;
        }
        if let Some(rev) = unfinished {
            writeln!(f, "rev {rev} is not in the history yet: publishing was interrupted, the next one finishes it")?;
        }
        let deleted = match deleted {
            0 => String::new(),
            count => format!("; {} of old revisions deleted", text::count(*count, "rundown")),
        };
        let verdict = match faults.len() {
            0 => "intact".to_owned(),
            count => format!("{} in all", text::count(count, "fault")),
        };
        writeln!(
            f,
            "{verdict}: {}, {} there and right{deleted}",
            text::count(*revisions, "revision"),
            text::count(*rundowns, "rundown"),
        )
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }

    fn failure(&self) -> Option<Failure> {
        let first = self.inspection.faults.first()?;
        Some(Failure { exit: Exit::Different, code: "not-intact", message: first.to_string() })
    }
}
