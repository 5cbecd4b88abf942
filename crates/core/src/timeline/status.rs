//! Whether an event has yet to begin, runs, is held, or is over.

use core::fmt;
use serde::{Deserialize, Serialize};

/// Whether the event has yet to begin, runs, is held, or is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The event counts down.
    Scheduled,
    /// Its position moves.
    Running,
    /// An operator holds it.
    Paused,
    /// An operator ended it.
    Ended,
}

impl Status {
    /// Returns its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
