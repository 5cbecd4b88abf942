//! Where the rundowns of an event are published: a store, or the event's own server.

use downbeat_api::{Client, Response};
use downbeat_core::{Digest, EventName, Rev};
use downbeat_sheet::digest_of;
use downbeat_wire::StateBody;
use downbeat_wire::problem::Code;
use downbeat_wire::publication::rundown_key;

use crate::changes::{LiveStack, RundownChange, changes_in_log, changes_in_store};
use crate::error::PublishError;
use crate::history::Snapshot;
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

/// What was published for an event.
#[derive(Debug)]
pub struct History {
    /// The changes of the event's rundown, the oldest first.
    pub changes: Vec<RundownChange>,
    /// What was live.
    pub live: LiveStack,
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
                Ok(History { changes: changes_in_store(&revisions), live: LiveStack::of_revisions(&revisions) })
            }
            (Self::Worker(client), survey) => {
                let (log, _) = client.log_entries(event, None, None).await?;
                let (changes, live) = changes_in_log(&log, survey.rundown());
                Ok(History { changes, live })
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
