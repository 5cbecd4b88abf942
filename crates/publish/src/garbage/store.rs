//! Garbage in a store, which all of its events share.

use std::collections::BTreeSet;

use downbeat_api::clock;
use downbeat_core::{Digest, EventName, ServerTime};

use super::{AGE_MIN, Candidate, Fate, Garbage, Rule};
use crate::digest_in;
use crate::error::PublishError;
use crate::history::{Pointer, history_folder, read_entry};
use crate::probe;
use crate::store::{Listed, Store};
use crate::tombstone;

/// Returns the keys of the revisions that a rule keeps, of an event's whole history in order.
pub(crate) fn kept<'a>(history: &'a [Listed], rule: &Rule, now: ServerTime) -> impl Iterator<Item = &'a str> {
    let newest = history.len().saturating_sub(rule.keep);
    let oldest_kept = now - rule.older_than;
    let keeps = move |(index, listed): &(usize, &Listed)| *index >= newest || listed.modified > oldest_kept;
    history.iter().enumerate().filter(keeps).map(|(_, listed)| &*listed.key)
}

/// Finds the rundowns that no event of the store needs.
///
/// A rundown whose event is not listed would count as unneeded. So the listing counts as incomplete if it lacks `event`
/// although its pointer exists, or if it has rundowns to delete and no event at all.
pub(super) async fn find(store: &Store, event: &EventName, rule: &Rule) -> Result<Garbage, PublishError> {
    let incomplete = |event| PublishError::Incomplete { store: store.name().to_owned(), event };
    let events: Vec<EventName> = store.folders("events").await?.iter().filter_map(|name| name.parse().ok()).collect();
    if !events.contains(event) && Pointer::read(store, event).await?.is_some() {
        return Err(incomplete(Some(event.clone())));
    }
    let mut named = BTreeSet::new();
    for event in &events {
        if let Some(pointer) = Pointer::read(store, event).await? {
            named.extend(pointer.publication(store, event)?.map(|publication| publication.rundown));
        }
        let history = store.list(&history_folder(event)).await?;
        for key in kept(&history, rule, store.now()) {
            named.extend(read_entry(store, key).await?.map(|entry| entry.rundown));
        }
    }
    // Listed after the names were read: anything put in between is young.
    let candidate = |listed: Listed| Candidate {
        rundown: digest_in(&listed.key),
        id: listed.key,
        bytes: listed.bytes,
        modified: listed.modified,
    };
    let all = store.list("rundowns").await?.into_iter().map(candidate).collect();
    let garbage = Garbage::of(all, &named, rule, store.now(), events.len());
    if events.is_empty() && !garbage.deletable.is_empty() {
        return Err(incomplete(None));
    }
    Ok(Garbage { leftovers: leftovers(store).await?, ..garbage })
}

/// Finds what interrupted publishers left. What is younger than an hour may be that of one that is running.
async fn leftovers(store: &Store) -> Result<Vec<String>, PublishError> {
    let mut found = store.staging_files()?;
    found.extend(probe::list(store).await?);
    let oldest_kept = store.now() - AGE_MIN;
    Ok(found.into_iter().filter(|listed| listed.modified <= oldest_kept).map(|listed| listed.key).collect())
}

/// Deletes what interrupted publishers left.
pub(super) async fn delete_leftovers(store: &Store, keys: &[String]) -> Result<(), PublishError> {
    for key in keys {
        if store.is_folder() { store.delete_staging_file(key)? } else { store.delete(key).await? }
    }
    Ok(())
}

/// Removes the deletion marks that an interrupted run left.
pub(super) async fn sweep(store: &Store, all: &[Candidate]) -> Result<(), PublishError> {
    let rundowns: Vec<Digest> = all.iter().filter_map(|candidate| candidate.rundown).collect();
    Ok(tombstone::sweep(store, &rundowns, store.now()).await?)
}

/// Deletes a rundown, unless it was put again since it was listed.
pub(super) async fn delete(
    store: &Store,
    digest: Digest,
    candidate: &Candidate,
    actor: &str,
) -> Result<Fate, PublishError> {
    let began = clock::wall();
    tombstone::put(store, digest, actor).await?;
    let present = store.head(&candidate.id).await?;
    // Some stores list fractions of a second and answer with whole ones. A rundown put again is at least an hour younger.
    let second = |at: ServerTime| at.as_millis().div_euclid(1_000);
    let is_untouched = present.as_ref().is_some_and(|present| second(present.modified) == second(candidate.modified));
    let fate = if is_untouched && clock::wall() - began < tombstone::VALID {
        store.delete(&candidate.id).await?;
        Fate::Deleted
    } else if present.is_some() {
        Fate::Spared
    } else {
        Fate::Gone
    };
    tombstone::remove(store, digest).await?;
    Ok(fate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::Span;

    #[test]
    fn the_newest_revisions_and_the_young_ones_are_kept() {
        const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);
        let days = |days: i64| Span::from_millis(days * 86_400_000);
        let listed = |age: i64| Listed { key: age.to_string(), bytes: 10, modified: NOW - days(age) };
        let history: Vec<Listed> = [40, 30, 20, 2, 1].map(listed).into();
        let keys = |keep, older_than| {
            let rule = Rule { keep, older_than: days(older_than) };
            kept(&history, &rule, NOW).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(keys(2, 1), ["2", "1"]);
        assert_eq!(keys(0, 25), ["20", "2", "1"]);
        assert_eq!(keys(100, 1).len(), 5);
        assert_eq!(keys(0, 1), Vec::<String>::new());
    }
}
