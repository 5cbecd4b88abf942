//! `cues history`: the rundowns of the event, in the order in which they were published.

use std::fmt;

use downbeat_core::{Digest, Rev, ServerTime};
use downbeat_publish::destination::{self, FirstPublication};
use downbeat_wire::Publication;
use serde_json::{Map, Value, json};

use super::release::{destination, place};
use crate::cli::TargetArgs;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::text;
use crate::time_zone::TimeZone;

/// The rundowns of the event.
pub(crate) struct History {
    history: destination::History,
    place: Map<String, Value>,
}

/// Requests the rundowns of the event.
pub(crate) async fn run(context: &Context, args: &TargetArgs) -> Result<History, Error> {
    let event = &context.settings.event;
    let destination = destination(context, args)?;
    let survey = destination.survey(event).await?;
    let history = destination.history(event, &survey).await?;
    Ok(History { history, place: place(context, &destination) })
}

impl Report for History {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(members(json!({ "rundowns": self.history.rundowns })));
        if let Some(revisions) = &self.history.revisions {
            json.insert("revisions".to_owned(), json!(revisions));
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.history.rundowns.is_empty() {
            return writeln!(f, "no rundown was ever published; \"downbeat cues publish SHEET\" does it");
        }
        match &self.history.revisions {
            Some(revisions) => {
                for (index, Publication { rundown, rev, at, actor, reason, .. }) in revisions.iter().enumerate() {
                    let present = index + 1 == revisions.len();
                    let reason = reason.as_ref().map(|reason| format!(", because: {reason}")).unwrap_or_default();
                    write_line(f, present, *rundown, *rev, *at, &format!("{actor}{reason}"))?;
                }
            }
            None => {
                for FirstPublication { rundown, rev, at, actor, present } in &self.history.rundowns {
                    write_line(f, *present, *rundown, *rev, *at, actor)?;
                }
            }
        }
        writeln!(f, "* is the one the event has")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.history.rundowns.iter().try_for_each(|published| writeln!(f, "{}", published.rundown))
    }
}

fn write_line(
    f: &mut fmt::Formatter<'_>,
    present: bool,
    rundown: Digest,
    rev: Rev,
    at: ServerTime,
    by: &str,
) -> fmt::Result {
    let mark = if present { "*" } else { " " };
    let at = text::instant(at, TimeZone::Local);
    writeln!(f, "{mark} {rundown}  rev {rev}, {at}, by {}", text::tame(by))
}
