//! Where the rundowns of an event are published: a store, or the event's own server.

use downbeat_api::{Client, Response};
use downbeat_core::{Digest, EventName, Rev, ServerTime};
use downbeat_sheet::digest_of;
use downbeat_wire::problem::Code;
use downbeat_wire::publication::rundown_key;
use downbeat_wire::{LogEntry, Publication, StateBody};
use serde::Serialize;

use crate::error::PublishError;
use crate::history::Snapshot;
use crate::log::publications_in_log;
use crate::offer::Offer;
use crate::store::Store;

/// Where the rundowns of an event are published.
pub enum Destination {
    /// A bucket or a folder. An object, the pointer, says which rundown viewers run.
    Store(Store),
    /// The event's own server. The event's state says which rundown viewers run.
    Worker(Client),
}

/// What one read of an event found, before anything is decided.
#[derive(Debug)]
pub enum Survey {
    /// The pointer in a store.
    Store(Box<Snapshot>),
    /// The state of the event.
    Worker(Box<Response<StateBody>>),
}

/// A rundown of an event, when it was first published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FirstPublication {
    /// The rundown.
    pub rundown: Digest,
    /// The revision that first pointed at it.
    pub rev: Rev,
    /// When that was.
    pub at: ServerTime,
    /// Who did it.
    pub actor: String,
    /// The event has this rundown now.
    pub present: bool,
}

/// What was published for an event.
#[derive(Debug)]
pub struct History {
    /// Each rundown once, in the order of the first publications.
    pub rundowns: Vec<FirstPublication>,
    /// Every revision of a store, the oldest first. A server has them in its log.
    pub revisions: Option<Vec<Publication>>,
}

impl Destination {
    /// Reads which rundown an event has.
    ///
    /// # Errors
    /// [`PublishError`]
    pub async fn survey(&self, event: &EventName) -> Result<Survey, PublishError> {
        Ok(match self {
            Self::Store(store) => Survey::Store(Box::new(Snapshot::read(store, event).await?)),
            Self::Worker(client) => Survey::Worker(Box::new(client.state(event).await?)),
        })
    }

    /// Reads what was published for an event. `survey` is a result of [`Destination::survey`].
    ///
    /// # Errors
    /// [`PublishError`]
    pub async fn history(&self, event: &EventName, survey: &Survey) -> Result<History, PublishError> {
        match (self, survey) {
            (Self::Store(store), Survey::Store(snapshot)) => {
                let revisions = snapshot.revisions(store, event).await?;
                Ok(History { rundowns: first_publications(&revisions), revisions: Some(revisions) })
            }
            (Self::Worker(client), survey) => {
                let (log, _) = client.log_entries(event, None, None).await?;
                Ok(History { rundowns: first_publications_in_log(&log, survey.rundown()), revisions: None })
            }
            (Self::Store(_), Survey::Worker(_)) => unreachable!("a store is not surveyed through a server"),
        }
    }

    /// Reads the bytes of a rundown; `None` if the destination does not have it.
    ///
    /// # Errors
    /// [`PublishError`]
    pub async fn rundown(&self, event: &EventName, digest: Digest) -> Result<Option<Vec<u8>>, PublishError> {
        match self {
            Self::Store(store) => Ok(store.read(&rundown_key(digest)).await?.map(|object| object.bytes)),
            Self::Worker(client) => match client.rundown(event, digest).await {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.is(Code::UnknownRundown) => Ok(None),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// Reads a rundown in order to publish it again.
    ///
    /// # Errors
    /// [`PublishError::NotRepublishable`] if the destination does not have it, or if it is damaged.
    pub async fn offer(&self, event: &EventName, digest: Digest) -> Result<Offer, PublishError> {
        let refused = |why: String| match self {
            Self::Store(store) => PublishError::NotRepublishable {
                rundown: format!("{} in {}", rundown_key(digest), store.name()),
                why,
                in_store: true,
            },
            Self::Worker(_) => {
                PublishError::NotRepublishable { rundown: format!("rundown {digest}"), why, in_store: false }
            }
        };
        let bytes = match self {
            Self::Store(_) => self.rundown(event, digest).await?,
            // The server says that itself.
            Self::Worker(client) => Some(client.rundown(event, digest).await?),
        };
        let bytes = bytes.ok_or_else(|| refused("it is not there, a gc may have deleted it".to_owned()))?;
        if digest_of(&bytes) != digest {
            return Err(refused("its bytes have another SHA-256".to_owned()));
        }
        Offer::parse(bytes).map_err(|error| refused(error.to_string()))
    }
}

impl Survey {
    /// Returns the revision that the event is at; `None` if nothing was published in the store.
    pub fn rev(&self) -> Option<Rev> {
        match self {
            Self::Store(snapshot) => snapshot.rev(),
            Self::Worker(reading) => Some(reading.body.rev),
        }
    }

    /// Returns the rundown that the event has.
    pub fn rundown(&self) -> Option<Digest> {
        match self {
            Self::Store(snapshot) => snapshot.rundown(),
            Self::Worker(reading) => reading.body.rundown,
        }
    }
}

/// Returns each rundown of a store's revisions once. The last revision is the present one.
pub fn first_publications(revisions: &[Publication]) -> Vec<FirstPublication> {
    let present = revisions.last().map(|last| last.rundown);
    once(revisions.iter().map(|Publication { rundown, rev, at, actor, .. }| FirstPublication {
        rundown: *rundown,
        rev: *rev,
        at: *at,
        actor: actor.clone(),
        present: present == Some(*rundown),
    }))
}

/// Returns each rundown that a log names once. `entries` begin with the newest; `present` is the event's rundown.
pub fn first_publications_in_log(entries: &[LogEntry], present: Option<Digest>) -> Vec<FirstPublication> {
    once(publications_in_log(entries).rev().map(|(entry, rundown)| FirstPublication {
        rundown,
        rev: entry.rev,
        at: entry.at,
        actor: entry.actor.clone(),
        present: present == Some(rundown),
    }))
}

fn once(publications: impl Iterator<Item = FirstPublication>) -> Vec<FirstPublication> {
    let mut list: Vec<FirstPublication> = Vec::new();
    for publication in publications {
        if list.iter().all(|listed| listed.rundown != publication.rundown) {
            list.push(publication);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_wire::log::CHAIN_START;
    use serde_json::json;

    #[test]
    fn rundowns_are_listed_once_in_the_order_of_their_first_publication() {
        let digest = |byte: u8| Digest::from_bytes([byte; 32]);
        let entry = |rev: u64, name: &str, rundown: Option<u8>| LogEntry {
            rev: Rev::new(rev),
            at: ServerTime::from_millis(1_704_067_200_000),
            effective_at: ServerTime::from_millis(1_704_067_200_000),
            actor: "maria".to_owned(),
            token: "maria".to_owned(),
            name: name.to_owned(),
            body: json!({ "rundown": rundown.map(digest) }),
            prev: CHAIN_START,
            hash: None,
        };
        let entries = [
            entry(6, "rundown", Some(1)),
            entry(5, "rundown", None),
            entry(4, "pause", Some(9)),
            entry(3, "rundown", Some(2)),
            entry(2, "rundown", Some(1)),
            entry(1, "create", None),
        ];
        let list = first_publications_in_log(&entries, Some(digest(1)));
        let seen: Vec<_> = list.iter().map(|one| (one.rundown, one.rev.number(), one.present)).collect();
        assert_eq!(seen, [(digest(1), 2, true), (digest(2), 3, false)]);
    }
}
