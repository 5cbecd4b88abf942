//! Garbage on the event's own server, whose log is the history.

use std::collections::BTreeSet;

use downbeat_api::Client;
use downbeat_core::{Digest, EventName, ServerTime};
use downbeat_wire::problem::Code;
use downbeat_wire::{LogEntry, StoredRundown};

use super::{Candidate, Fate, Garbage, Rule};
use crate::error::PublishError;
use crate::log::publications_in_log;

/// Finds the rundowns that the event does not need.
pub(super) async fn find(client: &Client, event: &EventName, rule: &Rule) -> Result<Garbage, PublishError> {
    let (log, _) = client.log_entries(event, None, None).await?;
    let reading = client.state(event).await?;
    let mut named = named_in_log(&log, rule, reading.clock.now());
    named.extend(reading.body.rundown);
    // Listed after the names were read: anything put in between is young.
    let candidate = |stored: StoredRundown| Candidate {
        rundown: Some(stored.rundown),
        id: stored.version,
        bytes: stored.bytes,
        modified: stored.stored_at,
    };
    let all = client.rundowns(event).await?.into_iter().map(candidate).collect();
    Ok(Garbage::of(all, &named, rule, reading.clock.now(), 1))
}

/// Deletes a rundown, unless it was published again since it was listed: the server checks its version.
pub(super) async fn delete(
    client: &Client,
    event: &EventName,
    digest: Digest,
    candidate: &Candidate,
) -> Result<Fate, PublishError> {
    let Candidate { id, bytes, modified, .. } = candidate.clone();
    let stored = StoredRundown { rundown: digest, version: id, bytes, stored_at: modified };
    match client.delete_rundown(event, &stored).await {
        Ok(()) => Ok(Fate::Deleted),
        Err(error) if error.is(Code::Changed) || error.is(Code::RundownInUse) => Ok(Fate::Spared),
        Err(error) => Err(error.into()),
    }
}

/// Returns the rundowns that the newest and the young revisions of a log name. `entries` begin with the newest.
pub(crate) fn named_in_log(entries: &[LogEntry], rule: &Rule, now: ServerTime) -> BTreeSet<Digest> {
    let oldest_kept = now - rule.older_than;
    let keeps = |(index, (entry, _)): &(usize, (&LogEntry, Digest))| *index < rule.keep || entry.at > oldest_kept;
    publications_in_log(entries).enumerate().filter(keeps).map(|(_, (_, digest))| digest).collect()
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
            named_in_log(&log, &rule, now).into_iter().map(|digest| digest.as_bytes()[0]).collect::<Vec<_>>()
        };
        assert_eq!(named(1, 1), [4]);
        assert_eq!(named(2, 1), [3, 4]);
        assert_eq!(named(0, 10), [3, 4]);
        assert_eq!(named(0, 1), Vec::<u8>::new());
    }
}
