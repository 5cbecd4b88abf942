//! Native viewers of an event, one or many thousand: the session that pages run, over this machine's own sockets.
//!
//! A viewer needs no browser, no thread of its own and about 15 KiB: it runs on the tokio runtime that calls it. Its
//! observer sees what it sees.
//!
//! ```no_run
//! use downbeat_core::{LocalTime, Seed, Session, session::Effect};
//! use downbeat_viewer::{Cues, EventClient, Observation, Observer, Viewer};
//!
//! struct Statuses(tokio::sync::mpsc::UnboundedSender<String>);
//! impl Observer for Statuses {
//!     fn observe(&mut self, observation: Observation<'_>, _: &Session, _: LocalTime) {
//!         if let Observation::Effect(Effect::Status { status, .. }) = observation {
//!             let _ = self.0.send(status.as_str().to_owned());
//!         }
//!     }
//! }
//!
//! # async fn watch() -> Result<(), Box<dyn std::error::Error>> {
//! let url = "https://downbeat.example.com".parse()?;
//! let client = EventClient::connect(&url, "gala".parse()?).await?;
//! let (sender, mut statuses) = tokio::sync::mpsc::unbounded_channel();
//! let viewer = Viewer::new(client.into(), Seed::new(17), Cues::Ignored);
//! tokio::spawn(async move { viewer.run(&mut Statuses(sender)).await });
//! assert_eq!(statuses.recv().await.as_deref(), Some("running"));
//! # Ok(())
//! # }
//! ```
//!
//! Its acks say nothing of the event's emergency key: it does not look for signed states, so whether a page in its place could check
//! one is unknown, which is not counted as lacking it.
//!
//! [`load`] opens thousands and measures them:
//!
//! ```no_run
//! # use downbeat_core::{Seed, Span};
//! # use downbeat_viewer::{EventClient, load::{LoadTest, Plan}};
//! # async fn load(client: std::sync::Arc<EventClient>) -> Result<(), Box<dyn std::error::Error>> {
//! let arrival = Span::from_millis(8_000);
//! let (settle, seed) = (Plan::SETTLE, Seed::new(17));
//! let plan = Plan { viewers: 8_000, arrival, settle, drops_per_second: 0.0, cues: 0, seed };
//! let test = LoadTest::start(&client, &plan).await?;
//! // Pause the event here, or just wait.
//! let summary = test.finish().await.summary();
//! assert_eq!((summary.open_sockets(), summary.missed()), (8_000, 0));
//! # Ok(())
//! # }
//! ```
//!
//! The crate exists because it *forbids* printing, the environment, files, threads and runtimes of its own
//! (`clippy.toml` holds it): a program may run it beside anything else. What goes wrong while a viewer watches is no
//! error. It tries again, as a page does, and its observer sees that.
//!
//! | file | contents |
//! | --- | --- |
//! | `viewer` | one viewer: carries out what its session decides |
//! | `observer` | what a viewer reports, and what can be asked of it |
//! | `event_client` | the client that all viewers of one event share |
//! | `requests` | HTTP requests over connections that are kept open |
//! | `socket` | the WebSocket through which the server pushes changes |
//! | `endpoint` | the server's address, and connections to it |
//! | `news` | the server's answers and frames, read for the session |
//! | `error` | why viewers cannot be started |
//! | [`load`] | load tests: many viewers at once, and what they measure |
//! | [`room`] | load tests of one room: members that come, stall and use the controls |

pub mod load;
pub mod room;

mod endpoint;
mod error;
mod event_client;
mod news;
mod observer;
mod requests;
mod socket;
mod viewer;

pub use error::ViewerError;
pub use event_client::EventClient;
pub use news::FullState;
pub use observer::{Instruction, Observation, Observer};
pub use socket::CloseReason;
pub use viewer::{Cues, Viewer};
