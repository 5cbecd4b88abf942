//! Whether a bucket has conditional writes, on which publishing rests: of two publishers at once, one must be refused.
//!
//! A bucket that ignores `If-None-Match` and `If-Match` accepts both, and one publication is lost without a trace: its
//! answers look like those of any other. So it is tried out with an object of its own before anything else is written. A
//! mark in the bucket remembers that it passed, for everyone who reaches it by the same target.

use downbeat_api::new_id;
use serde_json::json;

use downbeat_sheet::digest_of;

use crate::error::{Lack, PublishError};
use crate::headers::BRIEF;
use crate::store::{Listed, Object, Store, StoreError, Swap};

/// The folder of the objects with which a bucket is tried out. Its name is part of the format of the store.
const FOLDER: &str = "probes";

/// Attempts before it counts as unknown whether the bucket has conditional writes: 3; each was without an answer.
const TRIES_MAX: usize = 3;

/// Why an attempt stopped.
enum Stop {
    /// The bucket cannot be published to.
    Lacks(Lack),
    /// An answer was lost, so that nothing is known about the write.
    Unclear(StoreError),
    /// The bucket failed.
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Returns the key of the mark of a bucket that passed. Another way to the same bucket has another mark: a proxy may drop
/// headers.
fn mark(store: &Store) -> String {
    let name = digest_of(store.name().as_bytes()).to_string();
    format!("{FOLDER}/passed/{}.json", &name[..16])
}

/// Checks that a store has conditional writes. A folder has a lock.
///
/// # Errors
/// [`PublishError::NoConditionalWrites`] if it lacks them; nothing but the probe was written, and that is deleted.
pub(crate) async fn check(store: &Store) -> Result<(), PublishError> {
    if store.is_folder() || store.head(&mark(store)).await?.is_some() {
        return Ok(());
    }
    let mut unclear = None;
    for _ in 0..TRIES_MAX {
        let key = format!("{FOLDER}/probe-{}.json", new_id()?);
        let tried = attempt(store, &key).await;
        // Without the right to delete, it stays until somebody else's gc.
        let _ = store.delete(&key).await;
        match tried {
            Ok(()) => {
                let text = json!({ "target": store.name(), "conditionalWrites": true }).to_string();
                return Ok(store.put(&mark(store), text.as_bytes(), BRIEF).await?);
            }
            Err(Stop::Lacks(lack)) => {
                return Err(PublishError::NoConditionalWrites { store: store.name().to_owned(), lack });
            }
            Err(Stop::Failed(error)) => return Err(error.into()),
            Err(Stop::Unclear(error)) => unclear = Some(error),
        }
    }
    Err(unclear.expect("every attempt ended without an answer").into())
}

/// Lists the probes that are there: those of publishers that were interrupted, or are running.
pub(crate) async fn list(store: &Store) -> Result<Vec<Listed>, StoreError> {
    let mut found = store.list(FOLDER).await?;
    found.retain(|listed| {
        listed.key.rsplit('/').next().is_some_and(|name| name.starts_with("probe-") && name.ends_with(".json"))
    });
    Ok(found)
}

/// Tries each condition twice: where it holds, and where it does not.
async fn attempt(store: &Store, key: &str) -> Result<(), Stop> {
    if !writes(store, key, b"1", None).await? {
        return Err(Stop::Lacks(Lack::NeverAbsent));
    }
    if writes(store, key, b"2", None).await? {
        return Err(Stop::Lacks(Lack::IgnoresAbsent));
    }
    let first = store.read(key).await?.ok_or_else(|| {
        Stop::Failed(StoreError::Strange {
            store: store.name().to_owned(),
            what: format!("read {key}"),
            why: "it was put, but it is not there".to_owned(),
        })
    })?;
    if !writes(store, key, b"3", Some(&first)).await? {
        return Err(Stop::Lacks(Lack::NeverUnchanged));
    }
    if writes(store, key, b"4", Some(&first)).await? {
        return Err(Stop::Lacks(Lack::IgnoresUnchanged));
    }
    Ok(())
}

/// Writes over `over`, or where there is no object. Returns whether the bucket did it.
async fn writes(store: &Store, key: &str, text: &[u8], over: Option<&Object>) -> Result<bool, Stop> {
    match store.swap(key, text, BRIEF, over).await {
        Ok(Swap::Done) => Ok(true),
        // An earlier attempt of the same call may have done it, and its answer may have been lost.
        Ok(Swap::Refused) => Ok(store.read(key).await?.is_some_and(|object| object.bytes == text)),
        Ok(Swap::Unknown(error)) => Err(Stop::Unclear(error)),
        // Stores that do not know a condition refuse it in many ways. What they refuse is the condition if they accept the
        // same write without it.
        Err(StoreError::NotImplemented { why, .. } | StoreError::Strange { why, .. }) => {
            store.put(key, text, BRIEF).await?;
            Err(Stop::Lacks(if over.is_some() { Lack::RefusesUnchanged(why) } else { Lack::RefusesAbsent(why) }))
        }
        Err(error) => Err(Stop::Failed(error)),
    }
}
