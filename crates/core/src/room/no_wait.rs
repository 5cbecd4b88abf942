//! Why a room does not wait for a member that buffers.

use core::fmt;

use crate::event::Refusal;
use crate::time::ServerTime;

/// Why a room does not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoWait {
    /// The event is not a room, or its rooms' setting says that it never waits.
    Off,
    /// It waits already.
    Waiting {
        /// Until then.
        until: ServerTime,
    },
    /// It is not playing, so that nobody falls behind.
    NotPlaying,
    /// It has just sought, or got new content: everybody loads.
    Seeking,
    /// It has not played long enough since the last wait.
    TooSoon {
        /// The earliest beginning of the next wait.
        from: ServerTime,
    },
    /// It has waited as long as it may in ten minutes.
    Spent,
    /// There is no revision left.
    NoMoreRevs,
}

impl fmt::Display for NoWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("this room does not wait"),
            Self::Waiting { until } => write!(f, "the room waits already, until {until}"),
            Self::NotPlaying => f.write_str("the room is not playing"),
            Self::Seeking => f.write_str("the room has just sought, and everybody loads"),
            Self::TooSoon { from } => write!(f, "the room may not wait again before {from}"),
            Self::Spent => f.write_str("the room has waited as long as it may in ten minutes"),
            Self::NoMoreRevs => Refusal::NoMoreRevs.fmt(f),
        }
    }
}
impl core::error::Error for NoWait {}
