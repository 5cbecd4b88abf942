//! Publishing Downbeat's rundowns: each under the hash of its bytes, one pointer per event, a history that nobody rewrites.
//!
//! This crate exists because it *forbids* what belongs to the program around it: printing, settings and credentials from
//! the environment, and files outside a folder store and a private key (`clippy.toml` holds it). It runs on whichever tokio
//! runtime calls it, returns values, and reports progress to a [`Reporter`](release::Reporter).
//!
//! ```
//! use downbeat_api::{clock, new_id};
//! use downbeat_core::EventName;
//! use downbeat_publish::destination::Destination;
//! use downbeat_publish::release::{Author, Offer, Options, Outcome, Progress, Release};
//! use downbeat_publish::store::{Credentials, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("downbeat-publish-doctest-{}", std::process::id()));
//! # let target = format!("file:{}", folder.display());
//! # let rundown = downbeat_sheet::compile(r#"[{ "time": 1, "action": "flash" }]"#).rundown.unwrap();
//! # let timeout = downbeat_core::Span::from_millis(10_000);
//! let store = Store::open(&target.parse()?, &Credentials::default(), timeout)?.expect("a folder is a store");
//! let (destination, event) = (Destination::Store(store), "main".parse::<EventName>()?);
//!
//! let survey = destination.survey(&event).await?;
//! let options = Options::new(clock::wall(), timeout);
//! let release = Release::prepare(&destination, &event, survey, Offer::new(rundown), options).await?;
//! assert!(release.plan().writes());
//!
//! let author = Author { id: new_id()?, actor: "maria".to_owned(), reason: None, is_rollback: false };
//! let outcome = release.carry_out(&author, &|_: Progress<'_>| ()).await?;
//! assert!(matches!(outcome, Outcome::Released(_)));
//! # std::fs::remove_dir_all(folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! | start here | for |
//! | --- | --- |
//! | [`target`] | where to, as people write it |
//! | [`store`] | reading, putting, comparing and swapping objects, whatever the store |
//! | [`destination`] | a store or the event's own server: what an event has there, and had |
//! | [`release`] | plan, put, read back, point, append to the history, wait until viewers see it |
//! | [`history`] | the pointer and the history of an event in a store |
//! | [`changes`] | the changes of an event's rundown, and what a rollback goes back to |
//! | [`freeze`] | whether the rundown may be changed this close to the start |
//! | [`garbage`] | which rundowns nobody needs any more; `tombstone` keeps that safe beside a release |
//! | [`inspection`] | whether everything is as it was written |
//! | [`public`] | what viewers get: CORS, and when a change arrives |
//! | `probe` | whether a bucket has the conditional writes on which all of it rests |
//! | [`purge`] | asking Cloudflare to drop a pointer |
//! | [`emergency`] | pausing by a signed state when the server is gone |
//! | [`error`] | why publishing stopped, and what the caller can do about it |
//!
//! What never happens here: a pointer is written before the rundown it names was read back whole; a pointer is replaced
//! that was not read; an object of the history is changed; anything that was published changes because of a signed state.

pub mod changes;
pub mod destination;
pub mod emergency;
pub mod error;
pub mod freeze;
pub mod garbage;
pub mod history;
pub mod inspection;
pub mod offer;
pub mod public;
pub mod purge;
pub mod release;
pub mod store;
pub mod target;

mod headers;
mod log;
mod probe;
mod tombstone;

use downbeat_core::Digest;

pub use headers::{BRIEF, Headers, IMMUTABLE};

/// Returns the digest in a key: `…/<sha256>.json`.
pub(crate) fn digest_in(key: &str) -> Option<Digest> {
    key.rsplit('/').next()?.strip_suffix(".json")?.parse().ok()
}
