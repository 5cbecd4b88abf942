//! `cues history`: the rundowns of the event, in the order in which they were published.

use std::fmt;

use downbeat_core::{Digest, Rev, ServerTime};
use downbeat_wire::{LogEntry, Publication};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::cli::TargetArgs;
use crate::commands::log;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::publish::{look, release};
use crate::server::Server;
use crate::text;
use crate::zone::Zone;

/// A rundown the event was pointed at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Known {
    pub(crate) rundown: Digest,
    /// The revision that first pointed at it.
    pub(crate) rev: Rev,
    at: ServerTime,
    actor: String,
    /// The event has it now.
    pub(crate) present: bool,
}

/// The rundowns of the event.
pub(crate) struct History {
    rundowns: Vec<Known>,
    /// Every revision, where the target is a store; the worker has them in its log.
    revisions: Option<Vec<Publication>>,
    place: Map<String, Value>,
}

/// Asks for the rundowns of the event.
pub(crate) async fn run(context: &Context, args: &TargetArgs) -> Result<History, Error> {
    let event = &context.settings.event;
    if let Some(store) = release::store(context, args)? {
        let look = look::look(&store, event).await?;
        let revisions = look::history(&store, event, &look).await?;
        let rundowns = of_revisions(&revisions);
        return Ok(History { rundowns, revisions: Some(revisions), place: release::place(context, &store) });
    }
    let server = context.operator()?;
    let present = server.state(event).await?.body.rundown;
    Ok(History { rundowns: of_log(context, &server, present).await?, revisions: None, place: context.place() })
}

/// Returns each rundown of a store's revisions once, where it was first published; the last one is the present one.
pub(crate) fn of_revisions(revisions: &[Publication]) -> Vec<Known> {
    let present = revisions.last().map(|last| last.rundown);
    let mut list: Vec<Known> = Vec::new();
    for Publication { rundown, rev, at, actor, .. } in revisions {
        if list.iter().all(|known| known.rundown != *rundown) {
            let present = present == Some(*rundown);
            list.push(Known { rundown: *rundown, rev: *rev, at: *at, actor: actor.clone(), present });
        }
    }
    list
}

/// Reads from the log which rundowns the event was pointed at, the first one first.
pub(crate) async fn of_log(context: &Context, server: &Server, present: Option<Digest>) -> Result<Vec<Known>, Error> {
    let (entries, _) = log::read(context, server, None, None).await?;
    Ok(in_order(&entries, present))
}

/// Returns each rundown once, where it was first published. `entries` have the newest first.
pub(super) fn in_order(entries: &[LogEntry], present: Option<Digest>) -> Vec<Known> {
    let mut list: Vec<Known> = Vec::new();
    for entry in entries.iter().rev().filter(|entry| entry.name == "rundown") {
        let digest = entry.body.get("rundown").and_then(Value::as_str).and_then(|text| text.parse().ok());
        let Some(rundown) = digest.filter(|digest| list.iter().all(|known| known.rundown != *digest)) else { continue };
        list.push(Known {
            rundown,
            rev: entry.rev,
            at: entry.at,
            actor: entry.actor.clone(),
            present: present == Some(rundown),
        });
    }
    list
}

impl Report for History {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(members(json!({ "rundowns": self.rundowns })));
        if let Some(revisions) = &self.revisions {
            json.insert("revisions".to_owned(), json!(revisions));
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rundowns.is_empty() {
            return writeln!(f, "no rundown was ever published; \"downbeat cues publish SHEET\" does it");
        }
        match &self.revisions {
            Some(revisions) => {
                for (index, Publication { rundown, rev, at, actor, reason, .. }) in revisions.iter().enumerate() {
                    let present = index + 1 == revisions.len();
                    let reason = reason.as_ref().map(|reason| format!(", because: {reason}")).unwrap_or_default();
                    write_line(f, present, *rundown, *rev, *at, &format!("{actor}{reason}"))?;
                }
            }
            None => {
                for Known { rundown, rev, at, actor, present } in &self.rundowns {
                    write_line(f, *present, *rundown, *rev, *at, actor)?;
                }
            }
        }
        writeln!(f, "* is the one the event has")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rundowns.iter().try_for_each(|known| writeln!(f, "{}", known.rundown))
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
    let at = text::instant(at, Zone::Local);
    writeln!(f, "{mark} {rundown}  rev {rev}, {at}, by {}", text::tame(by))
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_wire::log::CHAIN_START;

    fn entry(rev: u64, name: &str, rundown: Option<u8>) -> LogEntry {
        let at = ServerTime::from_millis(1_704_067_200_000);
        LogEntry {
            rev: Rev::new(rev),
            at,
            effective_at: at,
            actor: "maria".to_owned(),
            token: "maria".to_owned(),
            name: name.to_owned(),
            body: json!({ "rundown": rundown.map(digest) }),
            prev: CHAIN_START,
            hash: None,
        }
    }

    fn digest(byte: u8) -> Digest {
        Digest::from_bytes([byte; 32])
    }

    #[test]
    fn rundowns_are_listed_once_in_the_order_of_their_first_publication() {
        let entries = [
            entry(6, "rundown", Some(1)),
            entry(5, "rundown", None),
            entry(4, "pause", Some(9)),
            entry(3, "rundown", Some(2)),
            entry(2, "rundown", Some(1)),
            entry(1, "create", None),
        ];
        let list = in_order(&entries, Some(digest(1)));
        let seen: Vec<_> = list.iter().map(|one| (one.rundown, one.rev.number(), one.present)).collect();
        assert_eq!(seen, [(digest(1), 2, true), (digest(2), 3, false)]);
    }
}
