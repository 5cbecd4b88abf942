//! The effects that cueing requests from the shell.

use super::cue::CueKey;
use crate::time::Span;
use crate::timeline::Rate;

/// A cue, as an effect names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CueRef {
    /// Which one it is.
    pub key: CueKey,
    /// Its index in the latest rundown. For a state that ends because the rundown changed, its
    /// index in the previous one: identify that one by its key.
    pub index: usize,
}

/// How well a cue is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How late it is: for a viewer who was present, the time since its instant; the distance in the event for
    /// a viewer who joined or jumped here.
    pub lateness: Span,
    /// The bound of the server's time at this viewer, and so of the instant.
    pub bound: Span,
    /// Whether that is as certain as the cue needs.
    pub certain: bool,
}

/// One thing for the shell to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Fetch what the cue needs.
    Standby {
        /// Which one.
        cue: CueRef,
    },
    /// Do the moment. It comes once for each cue.
    Fire {
        /// Which one.
        cue: CueRef,
        /// Where in it to begin; zero is its beginning.
        into: Span,
        /// How well it is timed.
        timing: Timing,
    },
    /// Do nothing: the cue is due, but the clock is less certain than it needs. For diagnostics.
    Withhold {
        /// Which one.
        cue: CueRef,
        /// How wrong the server's time may be.
        bound: Span,
    },
    /// Begin the state.
    Enter {
        /// Which one.
        cue: CueRef,
        /// Where in it to begin; zero is its beginning.
        into: Span,
        /// The rate from there on; held means that it stands still.
        rate: Rate,
        /// How well it is timed.
        timing: Timing,
    },
    /// Continue an active state from another place, or at another rate: the event was held, resumed, sought or paced,
    /// the rundown moved the state, or the clock stepped.
    Adjust {
        /// Which one.
        cue: CueRef,
        /// Where in it the event is now.
        into: Span,
        /// The rate from there on.
        rate: Rate,
    },
    /// End the state.
    Leave {
        /// Which one.
        cue: CueRef,
    },
}
