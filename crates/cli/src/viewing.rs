//! Viewers without a browser: the session that pages run, over this machine's own sockets.
//!
//! Many of them run on one thread; tokio's timer wheel holds all their deadlines. `load` opens thousands, `watch` one.
//!
//! | file | contents |
//! | --- | --- |
//! | `endpoint` | the server's address, and connections to it |
//! | `requests` | HTTP requests over connections that are kept open |
//! | `socket` | the WebSocket through which the server pushes changes |
//! | `news` | the server's answers and frames, read for the session |
//! | `event_client` | the client that all viewers of one event share |
//! | `observer` | what a viewer reports, and what can be asked of it |
//! | `viewer` | one viewer: carries out what its session decides |
//! | `error` | why viewers cannot be started |

mod endpoint;
mod error;
mod event_client;
mod news;
mod observer;
mod requests;
mod socket;
mod viewer;

pub(crate) use error::ViewerError;
pub(crate) use event_client::EventClient;
pub(crate) use observer::{Instruction, Observation, Observer};
pub(crate) use socket::CloseReason;
pub(crate) use viewer::{Cues, Viewer};
