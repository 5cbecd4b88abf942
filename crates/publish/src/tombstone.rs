//! Death sentences: how a `gc` and somebody who publishes get along without ever waiting for each other's lock.
//!
//! A `gc` that is about to delete a rundown first says so in an object beside it, then looks whether the rundown is
//! still as old as it was, then deletes it, then takes the sentence back. Whoever publishes first puts the rundown,
//! then looks whether it is condemned, then reads it back, then points at it.
//!
//! Suppose the rundown were deleted after it was read back. The sentence was passed before the deletion and taken back
//! after it. If it was passed before the one who publishes looked for it, it was still there, and they waited. If it was
//! passed later, the `gc` looked at the rundown's age after it was put anew, and did not delete it. So it is not deleted.

use downbeat_core::{Digest, ServerTime, Span};
use serde_json::json;

use super::BRIEF;
use super::store::{Listed, Store};
use crate::clock;
use crate::error::Error;

/// The folder of the sentences.
const FOLDER: &str = "condemned";

/// How long a sentence may be carried out: 1 min after it was passed.
pub(crate) const HOLDS: Span = Span::from_millis(60_000);

/// The age at which a sentence is that of a `gc` that died: 5 min, several times [`HOLDS`].
const DEAD: Span = Span::from_millis(5 * 60_000);

/// How long one who publishes waits for a `gc`: 10 s, many times what one deletion takes.
const PATIENCE: Span = Span::from_millis(10_000);

/// The pause between two looks.
const PAUSE: Span = Span::from_millis(200);

fn key(rundown: Digest) -> String {
    format!("{FOLDER}/{rundown}.json")
}

/// Waits until a rundown that was just put is not condemned. Returns whether it was.
///
/// # Errors
/// [`Error::refused`] if that takes longer than a `gc` does.
pub(crate) async fn wait(store: &Store, rundown: Digest) -> Result<bool, Error> {
    let began = clock::monotonic();
    let mut condemned = false;
    while let Some(sentence) = store.look(&key(rundown)).await? {
        let put = store.look(&downbeat_wire::publication::rundown_key(rundown)).await?;
        // Both times are the store's own.
        if put.is_some_and(|put| put.modified - sentence.modified > DEAD) {
            return Ok(condemned);
        }
        condemned = true;
        if clock::monotonic() - began > PATIENCE {
            return Err(Error::refused(
                "condemned",
                format!("a gc is deleting rundown {rundown} right now, or died doing it; the pointer was not moved"),
                "run it again; if a gc was interrupted, run \"downbeat cues gc\" first, which finishes it",
            ));
        }
        clock::sleep(PAUSE).await;
    }
    Ok(condemned)
}

/// Condemns a rundown.
pub(crate) async fn condemn(store: &Store, rundown: Digest, by: &str) -> Result<(), Error> {
    let text = json!({ "rundown": rundown, "actor": by }).to_string();
    Ok(store.put(&key(rundown), text.as_bytes(), BRIEF).await?)
}

/// Takes a sentence back.
pub(crate) async fn release(store: &Store, rundown: Digest) -> Result<(), Error> {
    Ok(store.delete(&key(rundown)).await?)
}

/// Takes back what a `gc` left that died: sentences on what is gone, and those too old to be carried out.
pub(crate) async fn clear(store: &Store, rundowns: &[Listed], now: ServerTime) -> Result<(), Error> {
    for sentence in store.list(FOLDER).await? {
        let Some(rundown) = super::digest_in(&sentence.key) else { continue };
        let there = rundowns.iter().any(|listed| super::digest_in(&listed.key) == Some(rundown));
        if !there || now - sentence.modified > DEAD {
            release(store, rundown).await?;
        }
    }
    Ok(())
}
