//! The steps of publishing to a store, in the order that lets nobody read a pointer to a rundown that is not there.
//!
//! Each step may be the last one before the power fails. What it leaves is found and finished by whoever comes next:
//! a rundown nobody names is harmless, and a pointer that the history lacks is put there before it is replaced.

use downbeat_core::{CommandId, Digest, EventName, Rev, Span};
use downbeat_sheet::digest_of;
use downbeat_wire::Publication;
use downbeat_wire::pointer::join;
use downbeat_wire::publication::{history_key, pointer_key, rundown_key};
use downbeat_wire::rundown::integrity;

use super::condemned;
use super::look::{Look, Pointer, append, pointer, read, to_bytes};
use super::store::{Object, Store, Swap};
use super::{BRIEF, IMMUTABLE, differs};
use crate::clock;
use crate::error::Error;
use crate::text::last_publication;

/// How long after it was put a rundown may be pointed at: 10 min.
///
/// Reason: `gc` deletes nothing younger than an hour, so what was just put is safe for as long as this.
const FRESH: Span = Span::from_millis(10 * 60_000);

/// How often a rundown is put at most: each time it was not there when it was read back, or a `gc` was about to delete it.
const PUTS_MAX: usize = 5;

/// How often the pointer is swapped at most before nobody knows: each time it was read back and found unchanged.
const SWAPS_MAX: usize = 5;

/// A rundown to be published.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) digest: Digest,
    pub(crate) bytes: Vec<u8>,
}

/// What the one who publishes says of themselves.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    pub(crate) nonce: CommandId,
    pub(crate) actor: String,
    pub(crate) reason: Option<String>,
}

/// What was done.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) publication: Publication,
    /// A revision that an interrupted run had left out of the history.
    pub(crate) healed: Option<Rev>,
    /// What ought to be mended, but hinders nobody.
    pub(crate) warnings: Vec<String>,
}

/// Publishes `wanted` over what `look` found. `check` is asked whether viewers can load the rundown, before any is
/// pointed there; it gives warnings.
///
/// # Errors
/// [`Error::refused`] if somebody else moved the pointer meanwhile; [`Error::uncertain`] if nobody knows.
pub(crate) async fn publish(
    store: &Store,
    event: &EventName,
    look: &Look,
    wanted: &Wanted,
    signature: &Signature,
    check: impl AsyncFn() -> Result<Vec<String>, Error>,
) -> Result<Done, Error> {
    let healed = heal(store, event, look).await?;
    let warnings = loop {
        let began = clock::wall();
        put_rundown(store, wanted).await?;
        let warnings = check().await?;
        if clock::wall() - began < FRESH {
            break warnings;
        }
    };
    let publication = Publication {
        epoch: match look.epoch() {
            Some(epoch) => epoch.clone(),
            None => super::new_epoch()?,
        },
        rev: look.next_rev(),
        rundown: wanted.digest,
        url: Publication::relative_url(wanted.digest),
        integrity: integrity(wanted.digest),
        bytes: wanted.bytes.len() as u64,
        nonce: signature.nonce.clone(),
        actor: signature.actor.clone(),
        reason: signature.reason.clone(),
        at: store.now(),
        previous: look.rundown(),
    };
    point(store, event, look, &publication).await?;
    append(store, event, &publication).await?;
    Ok(Done { publication, healed, warnings })
}

/// Finishes what was begun when the pointer names the rundown already. Returns the revision put into the history, and
/// whether the rundown had to be put again.
pub(crate) async fn finish(
    store: &Store,
    event: &EventName,
    look: &Look,
    wanted: &Wanted,
) -> Result<(Option<Rev>, bool), Error> {
    let healed = heal(store, event, look).await?;
    let right = fault(store, store.read(&rundown_key(wanted.digest)).await?.as_ref(), wanted).is_none();
    if !right {
        put_rundown(store, wanted).await?;
    }
    Ok((healed, !right))
}

/// Puts the pointer's revision into the history if it is not there.
async fn heal(store: &Store, event: &EventName, look: &Look) -> Result<Option<Rev>, Error> {
    match &look.present {
        Some(present) if !present.in_history => {
            append(store, event, &present.publication).await?;
            Ok(Some(present.publication.rev))
        }
        _ => Ok(None),
    }
}

/// Puts the rundown, also where it is: what was put just now is not deleted as old. Then it is read back.
///
/// The order (put, no death sentence, read back) is what makes it safe beside a `gc`: see [`condemned`].
async fn put_rundown(store: &Store, wanted: &Wanted) -> Result<(), Error> {
    let key = rundown_key(wanted.digest);
    let mut fault_left = None;
    for _ in 0..PUTS_MAX {
        store.put(&key, &wanted.bytes, IMMUTABLE).await?;
        let sentenced = condemned::wait(store, wanted.digest).await?;
        let found = store.read(&key).await?;
        fault_left = fault(store, found.as_ref(), wanted);
        // While it waited, the rundown was deleted or not; put again, it is there and young.
        if !sentenced && found.is_some() {
            break;
        }
        fault_left.get_or_insert_with(|| "a gc condemns it again and again".to_owned());
    }
    match fault_left {
        None => Ok(()),
        Some(fault) => Err(differs(
            format!("{key} was put into {}, but {fault}; the pointer was not moved", store.name()),
            "something between here and the store alters what passes, or the store does not keep headers",
        )),
    }
}

/// Says what is wrong with a stored rundown, if anything is.
pub(crate) fn fault(store: &Store, found: Option<&Object>, wanted: &Wanted) -> Option<String> {
    let Some(found) = found else { return Some("it is not there".to_owned()) };
    if found.bytes.len() != wanted.bytes.len() {
        return Some(format!("it has {} bytes instead of {}", found.bytes.len(), wanted.bytes.len()));
    }
    if digest_of(&found.bytes) != wanted.digest {
        return Some("its bytes have another SHA-256".to_owned());
    }
    header_fault(store, found)
}

/// Says what is wrong with the headers a rundown is served with, if anything is.
pub(crate) fn header_fault(store: &Store, found: &Object) -> Option<String> {
    if !store.keeps_headers() {
        return None;
    }
    let differs = |name: &str, found: Option<&str>, wanted: &str| match found {
        Some(found) if found == wanted => None,
        Some(found) => Some(format!("its {name} is {found:?} instead of {wanted:?}")),
        None => Some(format!("it has no {name} instead of {wanted:?}")),
    };
    differs("Content-Type", found.content_type.as_deref(), IMMUTABLE.content_type)
        .or_else(|| differs("Cache-Control", found.cache_control.as_deref(), IMMUTABLE.cache_control))
}

/// What reading back told about a swap.
enum Settled {
    /// It is done.
    Ours,
    /// Somebody else was faster.
    Theirs(Box<Publication>),
    /// It did not arrive; what was published is there still.
    Unchanged(Option<Box<Pointer>>),
}

/// Swaps the pointer. What became of a swap whose answer was lost is read back.
async fn point(store: &Store, event: &EventName, look: &Look, publication: &Publication) -> Result<(), Error> {
    let (key, published) = (pointer_key(event), to_bytes(publication));
    let expected = look.pointer.as_ref();
    let mut over = expected.cloned();
    let mut why = "the store refuses it, but nobody else changed anything".to_owned();
    for _ in 0..SWAPS_MAX {
        // A state that was signed in an emergency stays, whoever puts it there and when.
        let bytes = join(&published, over.as_ref().and_then(|over| over.emergency.as_ref()));
        match store.swap(&key, &bytes, BRIEF, over.as_ref().map(|over| &over.object)).await? {
            Swap::Done => return Ok(()),
            Swap::Refused => {}
            Swap::Unknown(error) => why = error.to_string(),
        }
        match settle(store, event, publication, expected)
            .await
            .map_err(|error| uncertain(event, publication, &error.to_string()))?
        {
            Settled::Ours => return Ok(()),
            Settled::Theirs(theirs) => {
                let decided = look.rev().map_or("when there was none".to_owned(), |rev| format!("at rev {rev}"));
                return Err(moved(event, &decided, &theirs));
            }
            Settled::Unchanged(pointer) => over = pointer.map(|pointer| *pointer),
        }
    }
    Err(uncertain(event, publication, &why))
}

/// Reads back whose pointer is there. One's own is known by its nonce; when another revision came after it, by the
/// history, into which everyone puts the pointer they replace.
async fn settle(
    store: &Store,
    event: &EventName,
    ours: &Publication,
    expected: Option<&Pointer>,
) -> Result<Settled, Error> {
    let Some(found) = pointer(store, event).await? else { return Ok(Settled::Unchanged(None)) };
    if expected.map_or(&[][..], |expected| &expected.published) == found.published {
        return Ok(Settled::Unchanged(Some(Box::new(found))));
    }
    let Some(present) = found.publication(store, event)? else { return Ok(Settled::Unchanged(Some(Box::new(found)))) };
    if present.nonce == ours.nonce {
        return Ok(Settled::Ours);
    }
    let copy = read(store, &history_key(event, ours.rev)).await?;
    Ok(match copy {
        Some(copy) if copy.nonce == ours.nonce => Settled::Ours,
        _ => Settled::Theirs(Box::new(present)),
    })
}

/// Says that somebody else moved the pointer.
pub(crate) fn moved(event: &EventName, decided: &str, theirs: &Publication) -> Error {
    Error::refused(
        "stale",
        format!(
            "the rundown of {event} has moved on: this was decided {decided}, it is at rev {} now; the pointer was not moved\n  last change: {}",
            theirs.rev,
            last_publication(theirs),
        ),
        "look at what they did (\"downbeat cues history\"), then run it again",
    )
    .with("present", serde_json::json!(theirs))
}

fn uncertain(event: &EventName, publication: &Publication, why: &str) -> Error {
    Error::uncertain(
        &format!("rev {} of the rundown of {event}", publication.rev),
        why,
        "run the same command again: it finishes, or finds it done",
    )
    .with("id", serde_json::json!(publication.nonce))
}
