//! What messages call a cue.

use core::fmt;
use downbeat_core::Position;

use super::words::quoted;
use crate::rundown::clock;

/// A cue as its author knows it: `cue "doors" at 00:20:05`, or `cue number 3` if it has neither id nor time.
#[derive(Clone, Copy)]
pub(super) struct CueLabel<'s> {
    pub(super) id: Option<&'s str>,
    pub(super) number: usize,
    /// The included file that has it; `None` for the sheet itself.
    pub(super) file: Option<&'s str>,
    pub(super) time: Option<Position>,
}

impl fmt::Display for CueLabel<'_> {
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
