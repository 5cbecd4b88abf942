//! Whether a destination is as it was written: the pointer, the history, and every rundown they name.

mod chain;
mod store;
mod worker;

use std::collections::BTreeMap;
use std::fmt;

use downbeat_api::Client;
use downbeat_core::{Digest, EventName, Rev};
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::LogEntry;
use downbeat_wire::publication::rundown_key;

use crate::error::PublishError;
use crate::garbage::Rule;
use crate::store::Store;

/// What an inspection found.
#[derive(Debug, Default)]
pub struct Inspection {
    /// How many revisions there are.
    pub revisions: usize,
    /// How many rundowns exist and are right.
    pub rundowns: usize,
    /// How many rundowns of old revisions do not exist any more, because a `gc` may delete them.
    pub deleted: usize,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// The revision that an interrupted run left out of the history; the next run appends it.
    pub unfinished: Option<Rev>,
}

/// What is wrong, and with which object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The object's key.
    pub key: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.what)
    }
}

/// Whether a rundown must exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// A `gc` may have deleted it.
    #[default]
    Deletable,
    /// The pointer or a revision that the rule keeps names it.
    Required,
}

/// The rundowns that the revisions of an event name.
type Needed = BTreeMap<Digest, Need>;

/// A rundown as it was read.
struct Stored {
    bytes: Vec<u8>,
    /// What is wrong with the headers it is served with.
    header_fault: Option<String>,
}

impl Inspection {
    /// Inspects everything that an event has in a store. `rule` says what a `gc` may have deleted.
    ///
    /// # Errors
    /// [`PublishError::Store`]. Everything that can be read but is wrong is a fault instead.
    pub async fn of_store(store: &Store, event: &EventName, rule: &Rule) -> Result<Self, PublishError> {
        let (mut inspection, needed) = store::revisions(store, event, rule).await?;
        for (digest, need) in needed {
            let stored = store::read(store, digest).await?;
            inspection.count(digest, need, stored);
        }
        Ok(inspection)
    }

    /// Inspects the rundowns that an event has or had on its own server, by its whole `log`, the newest entry first.
    ///
    /// # Errors
    /// [`PublishError::Server`].
    pub async fn of_worker(
        client: &Client,
        event: &EventName,
        log: &[LogEntry],
        rule: &Rule,
    ) -> Result<Self, PublishError> {
        let (mut inspection, needed) = worker::revisions(client, event, log, rule).await?;
        for (digest, need) in needed {
            let stored = worker::read(client, event, digest).await?;
            inspection.count(digest, need, stored);
        }
        Ok(inspection)
    }

    /// Judges a rundown and counts it.
    fn count(&mut self, digest: Digest, need: Need, stored: Option<Stored>) {
        let what = match stored {
            None if need == Need::Deletable => {
                self.deleted += 1;
                return;
            }
            None => Some("it is named, but not there".to_owned()),
            Some(stored) if digest_of(&stored.bytes) != digest => Some("its bytes have another SHA-256".to_owned()),
            Some(Stored { bytes, header_fault }) => match Rundown::parse(&bytes) {
                Err(error) => Some(error.to_string()),
                Ok(_) => header_fault,
            },
        };
        match what {
            Some(what) => self.faults.push(Fault { key: rundown_key(digest), what }),
            None => self.rundowns += 1,
        }
    }
}
