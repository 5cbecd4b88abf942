//! Everything Downbeat decides: what time it is, where the event is, and what a command does to it.
//!
//! This crate exists because it *forbids* the world: no clock, no socket, no file, no randomness, no JavaScript
//! (`clippy.toml` holds it). Every function takes `now`; state changes only in `handle_*`. The same code therefore
//! runs in the worker, in a browser, in the terminal and in a simulation, and gives the same answer in each.
//!
//! | start here | for |
//! | --- | --- |
//! | [`time`] | [`ServerTime`], [`LocalTime`], [`Span`]: instants that carry their frame |
//! | [`clock`] | [`clock::DisciplinedClock`]: what time it is at the server, and how wrong that may be |
//! | [`timeline`] | [`EventTimeline`]: where the event is at an instant |
//! | [`seed`] | [`Seed`]: randomness that arrives as a number |
//! | [`correction`] | [`Correction`](correction::Correction): keeping a media element on the timeline |
//! | [`media`] | [`Media`](media::Media): one player that follows the event, and whose pause it is |
//! | [`cueing`] | [`Cueing`](cueing::Cueing): which cue a viewer fires when |
//! | [`session`] | [`Session`]: one viewer of one event, the façade over clock and cueing |
//! | [`fanout`] | [`fanout::Tree`]: how a change reaches every viewer's hub |
//! | [`retry`] | how long a client that was refused waits |
//! | [`version`] | [`Version`]: which state somebody has, in a few characters |
//! | [`object_clock`] | [`ObjectClock`](object_clock::ObjectClock): an object's clock, checked against the workers' |
//! | [`event`] | [`EventState`]: the authoritative state and the commands that change it |
//! | [`room`] | rooms: events whose viewers hold the controls |

// Tests and the generator of TypeScript types, which nothing shipped has, are made with the standard library.
#![cfg_attr(not(any(test, feature = "typescript")), no_std)]

extern crate alloc;

pub mod base64url;
pub mod clock;
pub mod command;
pub mod correction;
pub mod cueing;
pub mod event;
pub mod fanout;
mod json;
pub mod media;
pub mod message;
pub mod name;
pub mod object_clock;
pub mod order;
mod queue;
pub mod retry;
pub mod room;
pub mod seed;
pub mod session;
pub mod time;
pub mod timeline;
pub mod version;
#[cfg(any(test, feature = "words"))]
pub mod words;

pub use command::{Command, Request};
pub use event::{Configuration, EventState, Outcome, Receipt, Refusal};
pub use message::{Locale, Message, Severity};
pub use name::{CommandId, Digest, Epoch, EventName, Rev};
pub use seed::Seed;
pub use session::Session;
pub use time::{LocalTime, ServerTime, Span};
pub use timeline::{EventTimeline, Position, Rate, Segment, Status, Timeline};
pub use version::Version;
