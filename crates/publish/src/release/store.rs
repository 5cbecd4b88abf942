//! The steps of a release to a store.

use downbeat_api::random;
use downbeat_core::{Digest, Epoch, EventName, Rev};
use downbeat_sheet::digest_of;
use downbeat_wire::Publication;
use downbeat_wire::pointer::join;
use downbeat_wire::publication::{history_key, pointer_key, rundown_key};
use downbeat_wire::rundown::integrity;

use super::{Author, Offer, Stored};
use crate::error::PublishError;
use crate::headers::{BRIEF, IMMUTABLE};
use crate::history::{Pointer, Snapshot, append, read_entry, to_bytes};
use crate::store::{Object, Store, Swap};
use crate::tombstone::{self, Waited};

/// Attempts to put a rundown before giving up: 5; after each one it was missing when it was read back, or a `gc` was about
/// to delete it.
const PUTS_MAX: usize = 5;

/// Attempts to swap the pointer before its state counts as unknown: 5; after each one it was read back unchanged.
const SWAPS_MAX: usize = 5;

/// Refuses a release that was decided at another revision than the present one.
pub(super) fn refuse_stale(event: &EventName, snapshot: &Snapshot, if_rev: Option<Rev>) -> Result<(), PublishError> {
    let Some(if_rev) = if_rev.filter(|if_rev| snapshot.rev() != Some(*if_rev)) else { return Ok(()) };
    Err(match &snapshot.present {
        Some(present) => PublishError::Moved {
            event: event.clone(),
            decided_at: Some(if_rev),
            theirs: Box::new(present.publication.clone()),
        },
        None => PublishError::NoPointer { event: event.clone(), if_rev },
    })
}

/// Reads whether the store has a rundown, and whether it is right.
pub(super) async fn stored(store: &Store, offer: &Offer) -> Result<Stored, PublishError> {
    let found = store.read(&rundown_key(offer.digest)).await?;
    Ok(match (fault(store, found.as_ref(), offer), found) {
        (None, _) => Stored::There,
        (Some(_), None) => Stored::Missing,
        (Some(why), Some(_)) => Stored::Wrong(why),
    })
}

/// Appends the pointer's revision to the history if it is missing there.
pub(super) async fn heal(store: &Store, event: &EventName, snapshot: &Snapshot) -> Result<Option<Rev>, PublishError> {
    let Some(unfinished) = snapshot.unfinished() else { return Ok(None) };
    append(store, event, unfinished).await?;
    Ok(Some(unfinished.rev))
}

/// Puts a rundown and reads it back.
///
/// The order (put, no deletion mark, read back) makes it safe beside a `gc`: see [`tombstone`].
pub(super) async fn put(store: &Store, offer: &Offer) -> Result<(), PublishError> {
    let key = rundown_key(offer.digest);
    let mut fault_left = None;
    for _ in 0..PUTS_MAX {
        store.put(&key, &offer.bytes, IMMUTABLE).await?;
        let waited = tombstone::wait(store, offer.digest).await?;
        let found = store.read(&key).await?;
        fault_left = fault(store, found.as_ref(), offer);
        // With a mark, the rundown may have been deleted meanwhile. Put again, it exists and is young.
        if waited == Waited::Unmarked && found.is_some() {
            break;
        }
        fault_left.get_or_insert_with(|| "a gc condemns it again and again".to_owned());
    }
    match fault_left {
        None => Ok(()),
        Some(fault) => Err(PublishError::Altered { key, store: store.name().to_owned(), fault }),
    }
}

/// Returns what is wrong with a stored rundown.
fn fault(store: &Store, found: Option<&Object>, offer: &Offer) -> Option<String> {
    let Some(found) = found else { return Some("it is not there".to_owned()) };
    if found.bytes.len() != offer.bytes.len() {
        return Some(format!("it has {} bytes instead of {}", found.bytes.len(), offer.bytes.len()));
    }
    if digest_of(&found.bytes) != offer.digest {
        return Some("its bytes have another SHA-256".to_owned());
    }
    store.header_fault(found)
}

/// Points the event at a rundown and appends that to the history.
pub(super) async fn point(
    store: &Store,
    event: &EventName,
    snapshot: &Snapshot,
    offer: &Offer,
    author: &Author,
) -> Result<Publication, PublishError> {
    let publication = Publication {
        epoch: match snapshot.epoch() {
            Some(epoch) => epoch.clone(),
            None => new_epoch()?,
        },
        rev: snapshot.next_rev(),
        rundown: offer.digest,
        url: Publication::relative_url(offer.digest),
        integrity: integrity(offer.digest),
        bytes: offer.bytes.len() as u64,
        nonce: author.id.clone(),
        actor: author.actor.clone(),
        reason: author.reason.clone(),
        at: store.now(),
        previous: snapshot.rundown(),
        is_rollback: author.is_rollback,
    };
    swap_pointer(store, event, snapshot, &publication).await?;
    append(store, event, &publication).await?;
    Ok(publication)
}

/// Returns a new epoch for a counter: 80 random bits.
fn new_epoch() -> Result<Epoch, PublishError> {
    let bytes: [u8; 32] = random()?;
    let epoch = &Digest::from_bytes(bytes).to_string()[..20];
    Ok(epoch.parse().expect("hexadecimal digits are an epoch"))
}

/// What reading the pointer back showed.
enum Settled {
    /// The swap is done.
    Ours,
    /// Somebody else was faster.
    Theirs(Box<Publication>),
    /// The swap did not arrive: the publication is unchanged.
    Unchanged(Option<Box<Pointer>>),
}

/// Swaps the pointer. A swap whose answer was lost is read back.
async fn swap_pointer(
    store: &Store,
    event: &EventName,
    snapshot: &Snapshot,
    publication: &Publication,
) -> Result<(), PublishError> {
    let (key, published) = (pointer_key(event), to_bytes(publication));
    let expected = snapshot.pointer.as_ref();
    let mut over = expected.cloned();
    let mut why = "the store refuses it, but nobody else changed anything".to_owned();
    for _ in 0..SWAPS_MAX {
        // A state that was signed in an emergency stays, whoever put it there and when.
        let bytes = join(&published, over.as_ref().and_then(|over| over.emergency.as_ref()));
        match store.swap(&key, &bytes, BRIEF, over.as_ref().map(|over| &over.object)).await? {
            Swap::Done => return Ok(()),
            Swap::Refused => {}
            Swap::Unknown(error) => why = error.to_string(),
        }
        let settled = settle(store, event, publication, expected).await;
        match settled.map_err(|error| uncertain(event, publication, error.to_string()))? {
            Settled::Ours => return Ok(()),
            Settled::Theirs(theirs) => {
                return Err(PublishError::Moved { event: event.clone(), decided_at: snapshot.rev(), theirs });
            }
            Settled::Unchanged(pointer) => over = pointer.map(|pointer| *pointer),
        }
    }
    Err(uncertain(event, publication, why))
}

/// Reads back whose pointer the store has. Our own is known by its nonce. If another revision followed it, the history has
/// it, because everyone appends the pointer that they replace.
async fn settle(
    store: &Store,
    event: &EventName,
    ours: &Publication,
    expected: Option<&Pointer>,
) -> Result<Settled, PublishError> {
    let Some(found) = Pointer::read(store, event).await? else { return Ok(Settled::Unchanged(None)) };
    if expected.map_or(&[][..], |expected| &expected.published) == found.published {
        return Ok(Settled::Unchanged(Some(Box::new(found))));
    }
    let Some(present) = found.publication(store, event)? else { return Ok(Settled::Unchanged(Some(Box::new(found)))) };
    if present.nonce == ours.nonce {
        return Ok(Settled::Ours);
    }
    let entry = read_entry(store, &history_key(event, ours.rev)).await?;
    Ok(match entry {
        Some(entry) if entry.nonce == ours.nonce => Settled::Ours,
        _ => Settled::Theirs(Box::new(present)),
    })
}

fn uncertain(event: &EventName, publication: &Publication, why: String) -> PublishError {
    let what = format!("rev {} of the rundown of {event}", publication.rev);
    PublishError::Uncertain { what, why, id: Some(publication.nonce.clone()) }
}
