//! Viewers without a browser: the session that pages run, over this machine's own sockets.
//!
//! Many of them live on one thread; tokio's timer wheel has all their deadlines. `load` opens thousands, `watch` one.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `endpoint` | where the server is, and connections to it |
//! | `questions` | asking over HTTP, with connections that are kept |
//! | `socket` | the WebSocket that changes come through |
//! | `told` | what the server says, as the session takes it |
//! | `venue` | what all viewers of one event share |
//! | `viewer` | one viewer: does what its session decides |

mod endpoint;
mod questions;
mod socket;
mod told;
mod venue;
mod viewer;

pub(crate) use endpoint::Endpoint;
pub(crate) use socket::Loss;
pub(crate) use venue::Venue;
pub(crate) use viewer::{Act, Seen, Viewer, Witness};
