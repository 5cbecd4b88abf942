//! Viewers without a browser: the session that pages run, over this machine's own sockets.
//!
//! Many of them live on one thread; tokio's timer wheel has all their deadlines. `load` opens thousands, `watch` one.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `endpoint` | where the server is, and connections to it |
//! | `requests` | asking over HTTP, with connections that are kept |
//! | `socket` | the WebSocket that changes come through |
//! | `news` | what the server says, as the session takes it |
//! | `event_client` | what all viewers of one event share |
//! | `viewer` | one viewer: does what its session decides |

mod endpoint;
mod event_client;
mod news;
mod requests;
mod socket;
mod viewer;

pub(crate) use endpoint::Endpoint;
pub(crate) use event_client::Venue;
pub(crate) use socket::Loss;
pub(crate) use viewer::{Act, Seen, Viewer, Witness};
