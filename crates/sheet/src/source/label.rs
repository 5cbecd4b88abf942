//! How messages name the cue they are about.

use core::fmt;
use downbeat_core::Position;

use super::quoted;
use crate::rundown::clock;

/// A cue as its author knows it: `cue "doors" at 00:20:05`, or `cue number 3` where that is all there is.
#[derive(Clone, Copy)]
pub(super) struct Label<'s> {
    pub(super) id: Option<&'s str>,
    pub(super) number: usize,
    /// The included file it stands in.
    pub(super) file: Option<&'s str>,
    pub(super) time: Option<Position>,
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.id, self.file) {
            (Some(id), _) => write!(f, "cue {}", quoted(id))?,
            (None, None) => write!(f, "cue number {}", self.number)?,
            (None, Some(file)) => write!(f, "cue number {} of {}", self.number, quoted(file))?,
        }
        match self.time {
            Some(time) => write!(f, " at {}", clock(time)),
            None => Ok(()),
        }
    }
}
