//! Which rundown an event has in a store, and which it had before.

use downbeat_core::{Digest, Epoch, EventName, Rev};
use downbeat_wire::pointer::split;
use downbeat_wire::publication::{history_key, pointer_key};
use downbeat_wire::{EmergencyDocument, Publication};

use crate::error::{Foreign, PublishError};
use crate::headers::IMMUTABLE;
use crate::store::{Object, Store, StoreError, Swap};

/// Attempts to put an entry of the history before giving up: 5; after each one the entry was read back and missing.
const PUTS_MAX: usize = 5;

/// What one read of an event's pointer found.
#[derive(Debug)]
pub struct Snapshot {
    /// The object that the next pointer replaces; `None` if the store has no pointer.
    pub pointer: Option<Pointer>,
    /// The publication that the pointer names.
    pub present: Option<Present>,
    /// The newest revision of the history when the pointer names no publication: somebody deleted the pointer.
    pub last: Option<Publication>,
}

/// An event's pointer, split into what was published and what was signed.
#[derive(Clone, Debug)]
pub struct Pointer {
    /// The object as it was read.
    pub object: Object,
    /// The text of the publication; empty if the object has only a signed state.
    pub published: Vec<u8>,
    /// The state that was signed in an emergency.
    pub emergency: Option<EmergencyDocument>,
}

/// A publication that a pointer names.
#[derive(Debug)]
pub struct Present {
    /// The publication.
    pub publication: Publication,
    /// The history has it too. If not, the run that published it was interrupted.
    pub in_history: bool,
}

impl Snapshot {
    /// Reads the pointer of an event.
    ///
    /// # Errors
    /// [`PublishError::Foreign`] if the object is not a pointer, [`PublishError::HistoryDiffers`] if the history
    /// contradicts it.
    pub async fn read(store: &Store, event: &EventName) -> Result<Self, PublishError> {
        let pointer = Pointer::read(store, event).await?;
        let publication = pointer.as_ref().map(|pointer| pointer.publication(store, event)).transpose()?.flatten();
        let (Some(pointer), Some(publication)) = (&pointer, publication) else {
            let last = match store.list(&history_folder(event)).await?.pop() {
                Some(newest) => read_entry(store, &newest.key).await?,
                None => None,
            };
            return Ok(Self { pointer, present: None, last });
        };
        let key = history_key(event, publication.rev);
        let entry = store.read(&key).await?;
        if entry.as_ref().is_some_and(|entry| entry.bytes != pointer.published) {
            return Err(PublishError::HistoryDiffers { event: event.clone(), rev: publication.rev, key });
        }
        let present = Present { publication, in_history: entry.is_some() };
        Ok(Self { pointer: Some(pointer.clone()), present: Some(present), last: None })
    }

    fn newest(&self) -> Option<&Publication> {
        self.present.as_ref().map(|present| &present.publication).or(self.last.as_ref())
    }

    /// Returns the newest revision, even if only the history has it.
    pub fn rev(&self) -> Option<Rev> {
        self.newest().map(|newest| newest.rev)
    }

    /// Returns the revision that the next publication gets.
    pub fn next_rev(&self) -> Rev {
        self.rev().map_or(Rev::FIRST, Rev::next)
    }

    /// Returns the epoch of the revisions; `None` if nothing was published yet.
    pub fn epoch(&self) -> Option<&Epoch> {
        self.newest().map(|newest| &newest.epoch)
    }

    /// Returns the newest rundown, even if only the history names it.
    pub fn rundown(&self) -> Option<Digest> {
        self.newest().map(|newest| newest.rundown)
    }

    /// Returns the revision that the history lacks because the run that published it was interrupted.
    pub fn unfinished(&self) -> Option<&Publication> {
        self.present.as_ref().filter(|present| !present.in_history).map(|present| &present.publication)
    }

    /// Reads every revision, the oldest first. The last one is the pointer's, even where the history lacks it.
    pub async fn revisions(&self, store: &Store, event: &EventName) -> Result<Vec<Publication>, PublishError> {
        let mut revisions = Vec::new();
        for entry in store.list(&history_folder(event)).await? {
            revisions.extend(read_entry(store, &entry.key).await?);
        }
        revisions.extend(self.unfinished().cloned());
        Ok(revisions)
    }
}

impl Pointer {
    /// Reads the pointer of an event; `None` if the store has none.
    pub async fn read(store: &Store, event: &EventName) -> Result<Option<Self>, StoreError> {
        let object = store.read(&pointer_key(event)).await?;
        Ok(object.map(|object| {
            let (published, emergency) = split(&object.bytes);
            Self { object, published, emergency }
        }))
    }

    /// Returns the publication; `None` if there is only a signed state.
    ///
    /// # Errors
    /// [`PublishError::Foreign`] if the text is not a publication.
    pub fn publication(&self, store: &Store, event: &EventName) -> Result<Option<Publication>, PublishError> {
        if self.published.is_empty() {
            return Ok(None);
        }
        parse(store, &pointer_key(event), &self.published).map(Some)
    }
}

/// Returns the folder of an event's history.
pub(crate) fn history_folder(event: &EventName) -> String {
    format!("events/{event}/history")
}

/// Reads a publication by its key; `None` if the store has no such object.
pub(crate) async fn read_entry(store: &Store, key: &str) -> Result<Option<Publication>, PublishError> {
    store.read(key).await?.map(|object| parse(store, key, &object.bytes)).transpose()
}

/// Parses the text of a publication.
pub(crate) fn parse(store: &Store, key: &str, bytes: &[u8]) -> Result<Publication, PublishError> {
    let foreign = |fault| PublishError::Foreign { key: key.to_owned(), store: store.name().to_owned(), fault };
    let publication: Publication =
        serde_json::from_slice(bytes).map_err(|error| foreign(Foreign::Unreadable(error.to_string())))?;
    if publication.is_consistent() { Ok(publication) } else { Err(foreign(Foreign::Inconsistent)) }
}

/// Appends a revision to the history, where nothing is ever changed.
pub(crate) async fn append(store: &Store, event: &EventName, publication: &Publication) -> Result<(), PublishError> {
    let (key, bytes) = (history_key(event, publication.rev), to_bytes(publication));
    let mut why = None;
    for _ in 0..PUTS_MAX {
        match store.swap(&key, &bytes, IMMUTABLE, None).await? {
            Swap::Done => return Ok(()),
            Swap::Refused => {}
            Swap::Unknown(error) => why = Some(error),
        }
        // Somebody else may have found the entry missing and put it, or this call did before its answer was lost.
        match store.read(&key).await? {
            Some(object) if object.bytes == bytes => return Ok(()),
            None => {}
            Some(_) => return Err(PublishError::HistoryTaken { key, store: store.name().to_owned() }),
        }
    }
    let strange = || StoreError::Strange {
        store: store.name().to_owned(),
        what: format!("put {key}"),
        why: "it says that it is there, but it is not".to_owned(),
    };
    Err(why.unwrap_or_else(strange).into())
}

/// Returns the text of a publication.
pub(crate) fn to_bytes(publication: &Publication) -> Vec<u8> {
    serde_json::to_vec(publication).expect("a Publication has only text for keys")
}
