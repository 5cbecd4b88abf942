//! What cueing asks of the shell.

use super::cue::CueKey;
use crate::time::Span;
use crate::timeline::Rate;

/// A cue, as an effect names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CueRef {
    /// Which one it is.
    pub key: CueKey,
    /// Its index in the rundown that was handed over last. For a state that is left because the rundown changed, its
    /// index in the one before: tell that one by its key.
    pub index: usize,
}

/// How well a cue is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How late it is: the time since its instant for a viewer who was there, the distance from it in the event for
    /// one who joined or was taken here by a seek.
    pub lateness: Span,
    /// How wrong the server's time may be at this viewer's, and with it the instant.
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
    /// Do the moment. It comes once for a cue, whatever happens.
    Fire {
        /// Which one.
        cue: CueRef,
        /// Where in it to begin; zero is its beginning.
        into: Span,
        /// How well it is timed.
        timing: Timing,
    },
    /// Do nothing: the cue's time has come, but the clock is less certain than it needs. For those who wonder why.
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
        /// How fast it goes on from there; held means that it stands.
        rate: Rate,
        /// How well it is timed.
        timing: Timing,
    },
    /// Go on with an active state from elsewhere, or at another rate: the event was held, resumed, sought or paced,
    /// the rundown moved the state, or the clock stepped.
    Adjust {
        /// Which one.
        cue: CueRef,
        /// Where in it the event is by now.
        into: Span,
        /// How fast it goes on from there.
        rate: Rate,
    },
    /// End the state.
    Leave {
        /// Which one.
        cue: CueRef,
    },
}
