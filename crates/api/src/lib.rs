//! A client of Downbeat's API: typed calls that are repeated until they are answered, and the server's clock.
//!
//! This crate exists because it *forbids* what belongs to the program around it: printing, settings from the
//! environment, files, and threads of its own (`clippy.toml` holds it). It runs on whichever tokio runtime calls it and
//! returns values; what goes wrong is an [`ApiError`].
//!
//! ```no_run
//! use downbeat_api::{ApiError, Client, ServerUrl};
//! use downbeat_core::{EventName, Span};
//!
//! # async fn example() -> Result<(), ApiError> {
//! let url: ServerUrl = "https://downbeat.example.com".parse().expect("an address");
//! let client = Client::new(url).with_timeout(Span::from_millis(5_000));
//! let event: EventName = "main".parse().expect("an event's name");
//! match client.state(&event).await {
//!     Ok(response) => println!("rev {} at {:?}", response.body.rev, response.clock.now()),
//!     Err(ApiError::Problem { problem, .. }) => println!("refused: {}", problem.detail),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | start here | for |
//! | --- | --- |
//! | [`Client`] | one method per call of the API |
//! | [`ApiError`] | why a call failed, and whether it may have been carried out |
//! | [`Client::wait_until_visible`] | waiting until viewers can see a change |
//! | [`Polling`] | the pauses between any other requests that are repeated |
//! | [`measurement`] | how far this machine's clock is from the server's |
//! | [`http`] | plain HTTP with the same TLS, for anything else |
//! | [`clock`] | the only place that reads a clock |
//!
//! Like every program that uses reqwest, it honours the variables `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.

pub mod clock;
pub mod http;
pub mod measurement;
pub mod tls;
mod tokens;

mod address;
mod attempts;
mod client;
mod error;
mod log;
mod notes;
mod polling;
mod random;
mod rooms;
mod timed;
mod visible;

pub use address::ServerUrl;
pub use client::{Client, DeletionGuard, EventScope, Response};
pub use error::ApiError;
pub use log::LOG_ENTRIES_MAX;
pub use polling::Polling;
pub use random::{RandomError, new_id, random};
pub use visible::{Expected, Visibility};
