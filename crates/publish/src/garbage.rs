//! Which rundowns nobody needs any more, and deleting them.

mod store;
mod worker;

use std::collections::BTreeSet;

use downbeat_core::{Digest, EventName, ServerTime, Span};

use crate::destination::Destination;
use crate::error::PublishError;

pub(crate) use store::kept;
pub(crate) use worker::named_in_log;

/// The youngest age of a rundown that may be deleted: 1 h, many times what passes between putting it and pointing at it.
pub const AGE_MIN: Span = Span::from_millis(3_600_000);

/// What is kept, besides what a pointer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// How many of the newest revisions of each event.
    pub keep: usize,
    /// Revisions and rundowns younger than this.
    pub older_than: Span,
}

/// A stored rundown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The rundown; `None` if the object's name is not that of a rundown.
    pub rundown: Option<Digest>,
    /// Its key, or on a server its version.
    id: String,
    /// Its size.
    pub bytes: u64,
    /// When it was put last, by the clock of the store or the server.
    pub modified: ServerTime,
}

/// What a destination has, and what of it may be deleted.
#[derive(Debug)]
pub struct Garbage {
    /// Rundowns that nothing names and that are old enough.
    pub deletable: Vec<(Digest, Candidate)>,
    /// How many rundowns stay.
    pub kept: usize,
    /// The bytes of those that stay.
    pub kept_bytes: u64,
    /// How many events share the destination.
    pub events: usize,
    /// What interrupted publishers left in a store, by its key: staging files in a folder, probes in a bucket.
    pub leftovers: Vec<String>,
    /// Everything that was listed.
    all: Vec<Candidate>,
}

/// What was deleted.
#[derive(Debug, Default)]
pub struct Deleted {
    /// The deleted rundowns.
    pub rundowns: Vec<Digest>,
    /// Their bytes.
    pub bytes: u64,
    /// Rundowns that somebody published again meanwhile, and that were therefore kept.
    pub spared: Vec<Digest>,
}

/// What became of one rundown.
enum Fate {
    Deleted,
    /// It was published again.
    Spared,
    /// It did not exist any more.
    Gone,
}

impl Garbage {
    /// Finds what may be deleted.
    ///
    /// All events of a store are read, because they share its rundowns. A server has the rundowns of one event.
    ///
    /// # Errors
    /// [`PublishError::Incomplete`] if the listing of a store cannot be complete; [`PublishError::Foreign`] if a pointer
    /// or an entry of a history cannot be read, because then nobody knows what it names.
    pub async fn find(destination: &Destination, event: &EventName, rule: &Rule) -> Result<Self, PublishError> {
        match destination {
            Destination::Store(store) => store::find(store, event, rule).await,
            Destination::Worker(client) => worker::find(client, event, rule).await,
        }
    }

    /// Separates what may be deleted of `all` from what stays. Rundowns that are `named` stay.
    fn of(all: Vec<Candidate>, named: &BTreeSet<Digest>, rule: &Rule, now: ServerTime, events: usize) -> Self {
        let oldest_kept = now - rule.older_than;
        let is_deletable = |candidate: &Candidate| {
            candidate.rundown.filter(|digest| !named.contains(digest) && candidate.modified <= oldest_kept)
        };
        let deletable: Vec<(Digest, Candidate)> =
            all.iter().filter_map(|candidate| Some((is_deletable(candidate)?, candidate.clone()))).collect();
        let kept_bytes = all.iter().filter(|candidate| is_deletable(candidate).is_none()).map(|kept| kept.bytes).sum();
        Self { kept: all.len() - deletable.len(), kept_bytes, deletable, events, leftovers: Vec::new(), all }
    }

    /// Deletes what may be deleted, and what interrupted runs left. `actor` signs the deletion marks.
    ///
    /// # Errors
    /// [`PublishError::Store`] and [`PublishError::Server`]. Every rundown deleted until then stays deleted.
    pub async fn delete(
        &self,
        destination: &Destination,
        event: &EventName,
        actor: &str,
    ) -> Result<Deleted, PublishError> {
        if let Destination::Store(store) = destination {
            store::sweep(store, &self.all).await?;
            store::delete_leftovers(store, &self.leftovers).await?;
        }
        let mut deleted = Deleted::default();
        for (digest, candidate) in &self.deletable {
            let fate = match destination {
                Destination::Store(store) => store::delete(store, *digest, candidate, actor).await?,
                Destination::Worker(client) => worker::delete(client, event, *digest, candidate).await?,
            };
            match fate {
                Fate::Deleted => {
                    deleted.rundowns.push(*digest);
                    deleted.bytes += candidate.bytes;
                }
                Fate::Spared => deleted.spared.push(*digest),
                Fate::Gone => {}
            }
        }
        Ok(deleted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_rundowns_that_nobody_names_are_deletable() {
        const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);
        let digest = |byte| Digest::from_bytes([byte; 32]);
        let candidate = |rundown, days: i64| Candidate {
            rundown,
            id: String::new(),
            bytes: 10,
            modified: NOW - Span::from_millis(days * 86_400_000),
        };
        let all = vec![
            candidate(Some(digest(1)), 40),
            candidate(Some(digest(2)), 40),
            candidate(Some(digest(3)), 0),
            candidate(None, 90),
        ];
        let rule = Rule { keep: 10, older_than: Span::from_millis(86_400_000) };
        let garbage = Garbage::of(all, &BTreeSet::from([digest(1)]), &rule, NOW, 1);
        assert_eq!(garbage.deletable.iter().map(|(digest, _)| *digest).collect::<Vec<_>>(), [digest(2)]);
        assert_eq!((garbage.kept, garbage.kept_bytes), (3, 30));
    }
}
