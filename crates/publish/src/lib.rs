//! Publishing to stores: rundowns under the hash of their bytes, one pointer per event, a history nobody rewrites.
//!
//! | file | what it decides or does |
//! | --- | --- |
//! | `target` | where to, as people write it |
//! | `store` | reading, putting, comparing and swapping objects, whatever the store |
//! | `look` | which rundown an event has, and which it had |
//! | `plan` | what will be done, before it is |
//! | `freeze` | whether it may be done this close to the start |
//! | `steps` | doing it, in the order that keeps viewers right at every moment |
//! | `condemned` | how a `gc` and one who publishes get along |
//! | `garbage` | which rundowns nobody needs any more |
//! | `inspection` | whether all is as it was written |
//! | `release` | how a command goes: look, plan, ask, do, see it arrive |
//! | `published` | what became of it |
//! | `public` | what viewers see: CORS, and when a change arrives |
//! | `purge` | telling Cloudflare to forget a pointer |
//! | `worker`, `worker_garbage`, `worker_inspection` | the same with the event's own server as the store |
//!
//! What never happens here: a pointer is written before the rundown it names was read back whole; a pointer is replaced
//! that was not read; an object of the history is changed; anything is written by `--dry-run` or before the yes.

#[path = "tombstone.rs"]
pub(crate) mod condemned;
pub(crate) mod freeze;
pub(crate) mod garbage;
pub(crate) mod inspection;
#[path = "history.rs"]
pub(crate) mod look;
#[path = "../../cli/src/commands/cues/release/plan_screen.rs"]
pub(crate) mod plan;
pub(crate) mod public;
#[path = "../../cli/src/commands/cues/release/published.rs"]
pub(crate) mod published;
pub(crate) mod purge;
pub(crate) mod release;
#[path = "release/store.rs"]
pub(crate) mod steps;
pub(crate) mod store;
pub(crate) mod target;
#[path = "release/worker.rs"]
pub(crate) mod worker;
#[path = "garbage/worker.rs"]
pub(crate) mod worker_garbage;
#[path = "inspection/worker.rs"]
pub(crate) mod worker_inspection;

use downbeat_core::{Digest, Epoch};
use downbeat_wire::publication;

use crate::error::Error;
use store::Headers;

/// What an object that never changes is served with.
pub(crate) const IMMUTABLE: Headers =
    Headers { content_type: publication::CONTENT_TYPE, cache_control: publication::FOREVER };

/// What a pointer is served with.
pub(crate) const BRIEF: Headers =
    Headers { content_type: publication::CONTENT_TYPE, cache_control: publication::MOMENT };

/// Says that something is not as it should be.
pub(crate) fn differs(message: impl Into<String>, hint: impl Into<String>) -> Error {
    Error::differs(message, hint)
}

/// Returns the digest that a key names: `…/<sha256>.json`.
pub(crate) fn digest_in(key: &str) -> Option<Digest> {
    key.rsplit('/').next()?.strip_suffix(".json")?.parse().ok()
}

/// Returns a new life of a counter: 80 random bits.
fn new_epoch() -> Result<Epoch, Error> {
    let bytes: [u8; 32] = downbeat_api::random()?;
    let epoch = &Digest::from_bytes(bytes).to_string()[..20];
    Ok(epoch.parse().expect("hexadecimal digits are an epoch"))
}
