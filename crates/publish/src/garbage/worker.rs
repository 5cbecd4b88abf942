//! Which rundowns the event's own server has that nobody needs any more, and deleting them.

use std::collections::BTreeSet;

use downbeat_core::{Digest, EventName, ServerTime};
use downbeat_wire::problem::Code;
use downbeat_wire::{LogEntry, StoredRundown};
use serde_json::Value;

use super::garbage::{Deleted, Garbage, Rule};
use super::store::Listed;
use crate::error::Error;
use crate::server::Server;

/// Looks which rundowns of the event may be deleted, beside those its `log` names; gives them as the server names them,
/// too. The log has the newest first.
pub(crate) async fn look(
    server: &Server,
    event: &EventName,
    log: &[LogEntry],
    rule: &Rule,
) -> Result<(Garbage, Vec<StoredRundown>), Error> {
    let reading = server.state(event).await?;
    let mut named = named(log, rule, reading.clock.now());
    named.extend(reading.body.rundown);
    // Listed after the names were read: what was put in between is young.
    let stored = server.rundowns(event).await?;
    let listed = |stored: &StoredRundown| Listed {
        key: downbeat_wire::publication::rundown_key(stored.rundown),
        bytes: stored.bytes,
        modified: stored.stored_at,
    };
    let garbage = Garbage::of(stored.iter().map(listed).collect(), &named, rule, reading.clock.now(), 1);
    Ok((garbage, stored))
}

/// Returns the rundowns that the newest and the young revisions name. `entries` have the newest first.
pub(super) fn named(entries: &[LogEntry], rule: &Rule, now: ServerTime) -> BTreeSet<Digest> {
    let young = now - rule.older_than;
    let kept = revisions(entries).enumerate().filter(|(index, (entry, _))| *index < rule.keep || entry.at > young);
    kept.map(|(_, (_, digest))| digest).collect()
}

/// Returns the entries of a log that point the event at a rundown, with that rundown.
pub(super) fn revisions(entries: &[LogEntry]) -> impl Iterator<Item = (&LogEntry, Digest)> {
    let digest = |entry: &LogEntry| entry.body.get("rundown").and_then(Value::as_str)?.parse().ok();
    entries.iter().filter(|entry| entry.name == "rundown").filter_map(move |entry| Some((entry, digest(entry)?)))
}

/// Deletes what may be deleted. What was published again since it was listed is spared: the server sees to it.
pub(crate) async fn delete(
    server: &Server,
    event: &EventName,
    garbage: &Garbage,
    stored: &[StoredRundown],
) -> Result<Deleted, Error> {
    let mut deleted = Deleted::default();
    for (digest, listed) in &garbage.deletable {
        let Some(stored) = stored.iter().find(|stored| stored.rundown == *digest) else { continue };
        match server.delete_rundown(event, stored).await {
            Ok(()) => {
                deleted.rundowns.push(*digest);
                deleted.bytes += listed.bytes;
            }
            Err(error) if error.is(Code::Changed) || error.is(Code::RundownInUse) => deleted.spared.push(*digest),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{Rev, Span};
    use downbeat_wire::log::CHAIN_START;
    use serde_json::json;

    #[test]
    fn the_newest_revisions_and_the_young_ones_name_their_rundowns() {
        let now = ServerTime::from_millis(1_704_067_200_000);
        let day = Span::from_millis(86_400_000);
        let entry = |byte: u8, name: &str, days: i64| LogEntry {
            rev: Rev::new(1),
            at: now - Span::from_millis(days * day.as_millis()),
            effective_at: now,
            actor: String::new(),
            token: String::new(),
            name: name.to_owned(),
            body: json!({ "rundown": Digest::from_bytes([byte; 32]) }),
            prev: CHAIN_START,
            hash: None,
        };
        let log = [entry(5, "pause", 0), entry(4, "rundown", 2), entry(3, "rundown", 9), entry(2, "rundown", 10)];
        let named = |keep, days| {
            let rule = Rule { keep, older_than: Span::from_millis(days * day.as_millis()) };
            named(&log, &rule, now).into_iter().map(|digest| digest.as_bytes()[0]).collect::<Vec<_>>()
        };
        assert_eq!(named(1, 1), [4]);
        assert_eq!(named(2, 1), [3, 4]);
        assert_eq!(named(0, 10), [3, 4]);
        assert_eq!(named(0, 1), Vec::<u8>::new());
    }
}
