//! Deletion marks: how a `gc` and a concurrent publish work side by side without locks.
//!
//! Before a `gc` deletes a rundown it puts a mark beside it, checks that the rundown is still as old as it was listed,
//! deletes it, and removes the mark. A publish puts the rundown, waits until it has no mark, reads it back, and only then
//! points at it.
//!
//! Suppose that a rundown were deleted after it was read back. The mark was put before the deletion and removed after it.
//! If it was put before the publish looked for marks, it was still there, and the publish waited. If it was put later,
//! the `gc` checked the rundown's age after it had been put anew, and did not delete it. So it is not deleted.

use downbeat_api::clock;
use downbeat_core::{Digest, ServerTime, Span};
use downbeat_wire::publication::rundown_key;
use serde_json::json;

use crate::digest_in;
use crate::error::PublishError;
use crate::headers::BRIEF;
use crate::store::{Store, StoreError};

/// The folder of the marks. Its name is part of the format of the store.
const FOLDER: &str = "condemned";

/// How long a mark permits the deletion: 1 min after it was put.
pub(crate) const VALID: Span = Span::from_millis(60_000);

/// The age at which a mark was left by a `gc` that died: 5 min, several times [`VALID`].
const ABANDONED: Span = Span::from_millis(5 * 60_000);

/// How long a publish waits for a `gc`: 10 s, many times what one deletion takes.
const PATIENCE: Span = Span::from_millis(10_000);

/// The pause between two polls.
const PAUSE: Span = Span::from_millis(200);

/// What a publish found when it waited for a mark to go away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// The rundown had no mark.
    Unmarked,
    /// The rundown had a mark, so it may be deleted by now.
    Marked,
}

fn key(rundown: Digest) -> String {
    format!("{FOLDER}/{rundown}.json")
}

/// Waits until a rundown that was just put has no mark.
///
/// # Errors
/// [`PublishError::Tombstone`] if that takes longer than a `gc` does.
pub(crate) async fn wait(store: &Store, rundown: Digest) -> Result<Waited, PublishError> {
    let began = clock::monotonic();
    let mut waited = Waited::Unmarked;
    while let Some(mark) = store.head(&key(rundown)).await? {
        let put = store.head(&rundown_key(rundown)).await?;
        // The store's clock dates both.
        if put.is_some_and(|put| put.modified - mark.modified > ABANDONED) {
            return Ok(waited);
        }
        waited = Waited::Marked;
        if clock::monotonic() - began > PATIENCE {
            return Err(PublishError::Tombstone { rundown });
        }
        clock::sleep(PAUSE).await;
    }
    Ok(waited)
}

/// Puts a mark on a rundown.
pub(crate) async fn put(store: &Store, rundown: Digest, actor: &str) -> Result<(), StoreError> {
    let text = json!({ "rundown": rundown, "actor": actor }).to_string();
    store.put(&key(rundown), text.as_bytes(), BRIEF).await
}

/// Removes the mark from a rundown.
pub(crate) async fn remove(store: &Store, rundown: Digest) -> Result<(), StoreError> {
    store.delete(&key(rundown)).await
}

/// Removes the marks that an interrupted `gc` left: those on rundowns that no longer exist, and those too old to be valid.
pub(crate) async fn sweep(store: &Store, rundowns: &[Digest], now: ServerTime) -> Result<(), StoreError> {
    for mark in store.list(FOLDER).await? {
        let Some(rundown) = digest_in(&mark.key) else { continue };
        if !rundowns.contains(&rundown) || now - mark.modified > ABANDONED {
            remove(store, rundown).await?;
        }
    }
    Ok(())
}
