//! What a shell reads from a media element, and what it does to it.

use super::goal::Goal;
use crate::time::Span;

/// A media element at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Where it is, from its own beginning.
    pub position: Span,
    /// How long it is; nothing where that is not known or has no end.
    pub duration: Option<Span>,
    /// Its playback rate; 1 is normal.
    pub rate: f64,
    /// Whether it is paused, has not begun, or has come to its end.
    pub paused: bool,
    /// Whether it has come to its end.
    pub ended: bool,
    /// Whether it cannot say where it is just now: it seeks, or waits for data.
    pub busy: bool,
    /// Whether it is a live stream: its drift is measured, and nothing is done about it.
    pub live: bool,
}

impl Reading {
    /// Returns where the media has ended, if the event is there or beyond.
    pub(super) fn place_of_end(&self, goal: &Goal) -> Option<Span> {
        (self.ended && goal.drift(self.position) <= super::ENGAGES).then_some(self.position)
    }
}

/// Whether media starts again from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loops {
    /// It ends.
    No,
    /// At its end, where it goes back by itself.
    Itself,
    /// After this time, which is shorter than the media: it is sent back.
    After(Span),
}

/// What is to be done to a media element. Positions are from its own beginning, rates are for its `playbackRate`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Load it: its page wants that late, and its time is near.
    Load,
    /// Pause it; then go there, if it says where.
    Pause {
        /// Where to stand.
        seek: Option<Span>,
    },
    /// Go there, if it says where; then play.
    Play {
        /// Where to begin.
        seek: Option<Span>,
        /// How fast to play.
        rate: f64,
    },
    /// Go there while it plays.
    Seek {
        /// Where to; what the element takes to get there is already added.
        to: Span,
        /// How fast to play from there.
        rate: f64,
    },
    /// Play at another rate.
    Rate {
        /// How fast to play.
        rate: f64,
    },
}

/// How a media element may be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// By playing a little faster or slower; by seeking only where that would take too long.
    Rates,
    /// By seeking alone: rates other than normal stutter (Safari), or do nothing.
    Seeks,
}

/// What the correction is doing, for those who show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Nothing: the media is where it should be, or too little is known yet.
    Watching,
    /// The media plays a little faster or slower.
    Pacing,
    /// Nothing for now: the media has just been moved, or the event is about to be.
    Resting,
    /// Nothing: the event stands, or is outside the media, and the media stands with it.
    Standing {
        /// Whether the event is past the media's end.
        ended: bool,
    },
    /// Nothing: the media is a live stream. Its drift is told.
    Live,
}
