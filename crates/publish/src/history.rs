//! Which rundown an event has in a store, and which it had.

use downbeat_core::{Digest, Epoch, EventName, Rev};
use downbeat_wire::pointer::split;
use downbeat_wire::publication::{history_key, pointer_key};
use downbeat_wire::{EmergencyDocument, Publication};

use super::store::{Object, Store, StoreError, Swap};
use super::{IMMUTABLE, differs};
use crate::error::Error;

/// How often an entry of the history is put at most, each time it was read back and found missing.
const PUTS_MAX: usize = 5;

/// What one look at an event's pointer found.
#[derive(Debug)]
pub(crate) struct Look {
    /// What is to be swapped over; nothing if nothing lies there.
    pub(crate) pointer: Option<Pointer>,
    /// The publication it names; nothing if there is none.
    pub(crate) present: Option<Present>,
    /// Without one, the newest revision of the history, if there is any: somebody deleted the pointer.
    pub(crate) last: Option<Publication>,
}

/// What lies where an event's pointer is, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Pointer {
    pub(crate) object: Object,
    /// The text of what was published; empty where nothing was and there is only a signed state.
    pub(crate) published: Vec<u8>,
    /// The state that was signed in an emergency.
    pub(crate) emergency: Option<EmergencyDocument>,
}

/// A publication that a pointer names.
#[derive(Debug)]
pub(crate) struct Present {
    pub(crate) publication: Publication,
    /// The history has it too; if not, whoever made it was interrupted.
    pub(crate) in_history: bool,
}

impl Look {
    fn newest(&self) -> Option<&Publication> {
        self.present.as_ref().map(|present| &present.publication).or(self.last.as_ref())
    }

    /// Returns the revision that is there, be it only in the history.
    pub(crate) fn rev(&self) -> Option<Rev> {
        self.newest().map(|newest| newest.rev)
    }

    /// Returns the revision that comes next.
    pub(crate) fn next_rev(&self) -> Rev {
        self.rev().map_or(Rev::FIRST, Rev::next)
    }

    /// Returns the life of the counter, if it has begun.
    pub(crate) fn epoch(&self) -> Option<&Epoch> {
        self.newest().map(|newest| &newest.epoch)
    }

    /// Returns the rundown that is named, be it only in the history.
    pub(crate) fn rundown(&self) -> Option<Digest> {
        self.newest().map(|newest| newest.rundown)
    }
}

/// Looks at the pointer of an event.
///
/// # Errors
/// [`Error`], and [`Error::differs`] if what is there is no pointer.
pub(crate) async fn look(store: &Store, event: &EventName) -> Result<Look, Error> {
    let pointer = pointer(store, event).await?;
    let Some(publication) = pointer.as_ref().map(|pointer| pointer.publication(store, event)).transpose()?.flatten()
    else {
        let newest = store.list(&history_folder(event)).await?.into_iter().next_back();
        let last = match newest {
            Some(newest) => read(store, &newest.key).await?,
            None => None,
        };
        return Ok(Look { pointer, present: None, last });
    };
    let copy = store.read(&history_key(event, publication.rev)).await?;
    if let (Some(copy), Some(pointer)) = (&copy, &pointer)
        && copy.bytes != pointer.published
    {
        let rev = publication.rev;
        return Err(differs(
            format!("the pointer to the rundown of {event} (rev {rev}) is not what {} says", history_key(event, rev)),
            "somebody changed one of them by hand; \"downbeat cues verify\" shows what is wrong",
        ));
    }
    Ok(Look { pointer, present: Some(Present { publication, in_history: copy.is_some() }), last: None })
}

/// Reads what lies where the pointer of an event is; nothing if nothing does.
pub(crate) async fn pointer(store: &Store, event: &EventName) -> Result<Option<Pointer>, StoreError> {
    Ok(store.read(&pointer_key(event)).await?.map(Pointer::of))
}

impl Pointer {
    /// Takes an object apart.
    pub(crate) fn of(object: Object) -> Self {
        let (published, emergency) = split(&object.bytes);
        Self { object, published, emergency }
    }

    /// Returns what was published; nothing if there is only a signed state.
    ///
    /// # Errors
    /// [`Error::differs`] if it is no publication.
    pub(crate) fn publication(&self, store: &Store, event: &EventName) -> Result<Option<Publication>, Error> {
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

/// Reads what a key holds as a publication; nothing if there is no such object.
pub(crate) async fn read(store: &Store, key: &str) -> Result<Option<Publication>, Error> {
    store.read(key).await?.map(|object| parse(store, key, &object.bytes)).transpose()
}

/// Reads the text of a publication.
pub(crate) fn parse(store: &Store, key: &str, bytes: &[u8]) -> Result<Publication, Error> {
    let strange = |why: String| {
        differs(
            format!("{key} in {} is not what Downbeat writes there: {why}", store.name()),
            "check that the target and its prefix are right; \"downbeat cues verify\" shows more",
        )
    };
    let publication: Publication = serde_json::from_slice(bytes).map_err(|error| strange(error.to_string()))?;
    if publication.is_consistent() {
        Ok(publication)
    } else {
        Err(strange("its rundown, url and integrity do not go together".to_owned()))
    }
}

/// Returns every revision there was, the oldest first; the newest is the pointer's, also where the history lacks it.
pub(crate) async fn history(store: &Store, event: &EventName, look: &Look) -> Result<Vec<Publication>, Error> {
    let mut history = Vec::new();
    for entry in store.list(&history_folder(event)).await? {
        history.extend(read(store, &entry.key).await?);
    }
    if let Some(present) = &look.present
        && !present.in_history
    {
        history.push(present.publication.clone());
    }
    Ok(history)
}

/// Puts a revision into the history, where nothing is ever changed.
pub(crate) async fn append(store: &Store, event: &EventName, publication: &Publication) -> Result<(), Error> {
    let (key, bytes) = (history_key(event, publication.rev), to_bytes(publication));
    let mut why = None;
    for _ in 0..PUTS_MAX {
        match store.swap(&key, &bytes, IMMUTABLE, None).await? {
            Swap::Done => return Ok(()),
            Swap::Refused => {}
            Swap::Unknown(error) => why = Some(error),
        }
        // There already: put by whoever found it missing, or by this very call before its answer was lost.
        match store.read(&key).await? {
            Some(object) if object.bytes == bytes => return Ok(()),
            None => {}
            Some(_) => {
                return Err(differs(
                    format!("{key} in {} is there already and says something else", store.name()),
                    "\"downbeat cues verify\" shows what is wrong",
                ));
            }
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
