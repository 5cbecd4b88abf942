//! Which rundowns nobody needs any more, and deleting them.

use std::collections::BTreeSet;

use downbeat_core::{Digest, EventName, ServerTime, Span};

use super::look::{history_folder, pointer, read};
use super::store::{Listed, Store};
use super::{condemned, differs, digest_in};
use crate::clock;
use crate::error::Error;

/// The least age of what may be deleted: 1 h, many times what lies between putting a rundown and pointing at it.
pub(crate) const AGE_MIN: Span = Span::from_millis(3_600_000);

/// What is kept, besides what a pointer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The newest so many revisions of each event.
    pub(crate) keep: usize,
    /// Revisions and rundowns younger than this.
    pub(crate) older_than: Span,
}

/// What a look at the whole store found.
#[derive(Debug)]
pub(crate) struct Garbage {
    /// Rundowns that nobody names and that are old enough.
    pub(crate) deletable: Vec<(Digest, Listed)>,
    /// How many rundowns stay, and their bytes.
    pub(crate) kept: usize,
    pub(crate) kept_bytes: u64,
    pub(crate) events: usize,
    /// All there is, as it was listed.
    all: Vec<Listed>,
}

impl Garbage {
    /// Tells what may be deleted of `all` from what stays, when `named` must stay.
    pub(crate) fn of(all: Vec<Listed>, named: &BTreeSet<Digest>, rule: &Rule, now: ServerTime, events: usize) -> Self {
        let (deletable, kept) = sort(&all, named, rule, now);
        let kept_bytes = kept.iter().map(|listed| listed.bytes).sum();
        Self { deletable, kept: kept.len(), kept_bytes, events, all }
    }
}

/// What was deleted.
#[derive(Debug, Default)]
pub(crate) struct Deleted {
    pub(crate) rundowns: Vec<Digest>,
    pub(crate) bytes: u64,
    /// Put anew by somebody meanwhile, and therefore spared.
    pub(crate) spared: Vec<Digest>,
}

/// Returns the keys of the revisions that a rule keeps, of an event's whole history in order.
pub(crate) fn kept<'a>(history: &'a [Listed], rule: &Rule, now: ServerTime) -> impl Iterator<Item = &'a str> {
    let newest = history.len().saturating_sub(rule.keep);
    let young = now - rule.older_than;
    let keeps = move |(index, listed): &(usize, &Listed)| *index >= newest || listed.modified > young;
    history.iter().enumerate().filter(keeps).map(|(_, listed)| &*listed.key)
}

/// Returns the events of a store.
pub(crate) async fn events(store: &Store) -> Result<Vec<EventName>, Error> {
    Ok(store.folders("events").await?.iter().filter_map(|name| name.parse().ok()).collect())
}

/// Looks which rundowns may be deleted. All events of the store are asked: they share its rundowns.
///
/// What the store does not list counts as needed by nobody, so a listing without `event`, whose pointer is there, or
/// without any event, is not believed.
///
/// # Errors
/// [`Error::differs`] if the listing is not believed, or if a pointer or an entry of a history cannot be read: then
/// nobody knows what it names.
pub(crate) async fn look(store: &Store, event: &EventName, rule: &Rule) -> Result<Garbage, Error> {
    let events = events(store).await?;
    let incomplete = |what: String| {
        let message = format!("{what}, so nobody knows which rundowns are needed; nothing was deleted");
        differs(
            message,
            "check that the credentials may list all of it, and that the store knows delimiters in listings",
        )
    };
    if !events.contains(event) && pointer(store, event).await?.is_some() {
        return Err(incomplete(format!("{} does not list the event {event}, whose pointer is there", store.name())));
    }
    let mut named = BTreeSet::new();
    for event in &events {
        let present =
            pointer(store, event).await?.map(|pointer| pointer.publication(store, event)).transpose()?.flatten();
        named.extend(present.map(|present| present.rundown));
        let history = store.list(&history_folder(event)).await?;
        for key in kept(&history, rule, store.now()) {
            named.extend(read(store, key).await?.map(|entry| entry.rundown));
        }
    }
    // Listed after the names were read: what was put in between is young.
    let garbage = Garbage::of(store.list("rundowns").await?, &named, rule, store.now(), events.len());
    if events.is_empty() && !garbage.deletable.is_empty() {
        return Err(incomplete(format!("{} lists rundowns and no event", store.name())));
    }
    Ok(garbage)
}

/// Tells what may be deleted from what stays. What is no rundown by its name stays.
fn sort(
    all: &[Listed],
    named: &BTreeSet<Digest>,
    rule: &Rule,
    now: ServerTime,
) -> (Vec<(Digest, Listed)>, Vec<Listed>) {
    let young = now - rule.older_than;
    let (mut deletable, mut kept) = (Vec::new(), Vec::new());
    for listed in all {
        match digest_in(&listed.key) {
            Some(digest) if !named.contains(&digest) && listed.modified <= young => {
                deletable.push((digest, listed.clone()));
            }
            _ => kept.push(listed.clone()),
        }
    }
    (deletable, kept)
}

/// Deletes what may be deleted, and what an interrupted run left.
pub(crate) async fn delete(store: &Store, garbage: &Garbage, by: &str) -> Result<Deleted, Error> {
    condemned::clear(store, &garbage.all, store.now()).await?;
    let mut deleted = Deleted::default();
    for (digest, listed) in &garbage.deletable {
        let began = clock::wall();
        condemned::condemn(store, *digest, by).await?;
        let present = store.look(&listed.key).await?;
        // Some stores list fractions of a second and answer whole ones. What is put anew is an hour younger at least.
        let second = |at: ServerTime| at.as_millis().div_euclid(1_000);
        let untouched = present.as_ref().is_some_and(|present| second(present.modified) == second(listed.modified));
        if untouched && clock::wall() - began < condemned::HOLDS {
            store.delete(&listed.key).await?;
            deleted.rundowns.push(*digest);
            deleted.bytes += listed.bytes;
        } else if present.is_some() {
            deleted.spared.push(*digest);
        }
        condemned::release(store, *digest).await?;
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);
    const DAY: Span = Span::from_millis(86_400_000);

    fn days_ago(days: i64) -> ServerTime {
        NOW - Span::from_millis(days * 86_400_000)
    }
    fn digest(byte: u8) -> Digest {
        Digest::from_bytes([byte; 32])
    }
    fn listed(key: String, modified: ServerTime) -> Listed {
        Listed { key, bytes: 10, modified }
    }

    #[test]
    fn the_newest_revisions_and_the_young_ones_are_kept() {
        let history: Vec<Listed> =
            [40, 30, 20, 2, 1].iter().map(|&days| listed(days.to_string(), days_ago(days))).collect();
        let keys = |keep, days| {
            let rule = Rule { keep, older_than: Span::from_millis(DAY.as_millis() * days) };
            kept(&history, &rule, NOW).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(keys(2, 1), ["2", "1"]);
        assert_eq!(keys(0, 25), ["20", "2", "1"]);
        assert_eq!(keys(100, 1).len(), 5);
        assert_eq!(keys(0, 1), Vec::<String>::new());
    }

    #[test]
    fn only_old_rundowns_that_nobody_names_are_deletable() {
        let rundown = |byte, days| listed(format!("rundowns/{}.json", digest(byte)), days_ago(days));
        let all =
            [rundown(1, 40), rundown(2, 40), rundown(3, 0), listed("rundowns/README.md".to_owned(), days_ago(90))];
        let rule = Rule { keep: 10, older_than: DAY };
        let (deletable, kept) = sort(&all, &BTreeSet::from([digest(1)]), &rule, NOW);
        assert_eq!(deletable.iter().map(|(digest, _)| *digest).collect::<Vec<_>>(), [digest(2)]);
        assert_eq!(kept.len(), 3);
    }
}
