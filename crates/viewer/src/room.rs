//! Load tests of one room: members that come, play, stall, use the controls, leave and come back, and what they measure.
//!
//! [`RoomTest::start`] lets the members come. Then they do what the [`RoomPlan`] says until [`RoomTest::finish`], which lets the
//! room settle and returns what they saw ([`RoomSummary`]): who got which change and when, how long the room waited, what
//! members learned of each other, and what was refused. Members speak the room's own protocol over sockets of their own, and
//! share this machine's clock, so that their times can be compared.
//!
//! | file | contents |
//! | --- | --- |
//! | `run` | members that come, act and leave |
//! | `phase` | the phases of that |
//! | `member` | one member: its socket, and what it does when |
//! | `plan` | how often members do what, and the draws |
//! | `shared` | what all members share: the server's clock, and each frame parsed once |
//! | `record` | what one member saw |
//! | `summary` | the figures of all records |
//! | `change` | how one change reached the members |
//! | `waits` | how long the room waited for members |

mod change;
mod member;
mod phase;
mod plan;
mod record;
mod run;
mod shared;
mod summary;
mod waits;

pub use change::RoomChange;
pub use plan::RoomPlan;
pub use run::{RoomRecording, RoomTest};
pub use summary::{PresenceCounts, RoomSummary};
pub use waits::RoomWaits;
