//! Why viewers cannot be started.

use std::fmt;

/// Why viewers cannot be started.
///
/// What goes wrong later is not an error: a viewer tries again, as a page does, and its
/// [`Observer`](crate::Observer) sees each failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewerError {
    /// The server's host name cannot be resolved.
    UnknownHost {
        /// The server's URL.
        url: String,
        /// The resolver's answer.
        why: String,
    },
    /// The operating system allows this process fewer open files than the viewers need.
    TooFewDescriptors {
        /// How many viewers were to start.
        viewers: u32,
        /// How many open files they need.
        needed: u64,
        /// The most that this process may have.
        allowed: u64,
        /// How many viewers can start with that.
        viewers_max: u64,
    },
}

impl fmt::Display for ViewerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownHost { url, why } => write!(f, "{url} cannot be reached: {why}"),
            Self::TooFewDescriptors { viewers, needed, allowed, .. } => {
                write!(f, "{viewers} viewers need {needed} open files, and this process may have {allowed}")
            }
        }
    }
}

impl std::error::Error for ViewerError {}
