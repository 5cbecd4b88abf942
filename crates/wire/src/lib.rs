//! Everything that crosses the network: paths, bodies, problem details, the log's chain and anchors, tokens.
//!
//! This crate exists because it *forbids* sending anything: it only defines what is sent, and the worker, the terminal
//! and (generated from here) the browser's types agree because they share it. Times are integers of
//! milliseconds. Unknown fields are ignored; a missing or wrong field is refused with its JSON pointer.
//!
//! `fixtures/` holds one golden document per kind; the tests of every language read the same files.

pub mod anchor;
pub mod answer;
pub mod audience;
pub mod command;
pub mod configuration;
pub mod emergency;
mod fields;
pub mod freshness;
pub mod json;
pub mod keyring;
mod last_change;
pub mod live;
pub mod log;
pub mod metrics;
pub mod notes;
pub mod pattern;
pub mod permission;
pub mod pointer;
pub mod preview;
pub mod problem;
pub mod publication;
pub mod refusal;
pub mod room;
pub mod route;
pub mod rundown;
pub mod scope;
pub mod state;
pub mod throttle;
pub mod time;
pub mod token;
mod token_error;
pub mod utc;

pub use anchor::Anchor;
pub use answer::{ClockReport, CommandAnswer, Deletion, DeliveryReport, EventList, HubName, ListedEvent, StateExtras};
pub use audience::Audience;
pub use audience::history::{AudienceHistory, AudienceSample};
pub use emergency::{EmergencyBody, EmergencyDocument};
pub use last_change::LastChange;
pub use live::{Ack, AckLack, StateFrame};
pub use log::{LogEntry, LogPage};
pub use notes::{CueNotes, Notes, StoredNotes};
pub use pattern::EventPattern;
pub use preview::{PreviewError, preview};
pub use problem::{Code, Problem};
pub use publication::{Publication, PublishedEvent};
pub use room::{
    InvitationTexts, MemberBody, MemberCounts, PresenceFrame, Refused, RoomAnswer, RoomAudience, RoomBody,
    RoomCommandAnswer, RoomWait, SignalFrame, SignalRefused, Welcome,
};
pub use route::Route;
pub use rundown::{RundownPage, RundownPointer, RundownStore, StoredRundown};
pub use scope::Scope;
pub use state::{Announcement, AutoHubs, StateBody};
pub use time::{StatusWord, TimeBody};
pub use token::{Grant, Token, TokenEntry, TokenId};
