//! What a shell reads from media and from the page around it.

use crate::correction::Reading;
use crate::time::Span;

/// What holds of media at one instant, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits(pub u32);

impl Traits {
    /// It is paused, has not begun, or has come to its end.
    pub const PAUSED: Self = Self(1);
    /// It has come to its end.
    pub const ENDED: Self = Self(1 << 1);
    /// It cannot say where it is just now: it seeks.
    pub const BUSY: Self = Self(1 << 2);
    /// Its length and its first position are known.
    pub const READY: Self = Self(1 << 3);
    /// It has a source that could be loaded.
    pub const LOADABLE: Self = Self(1 << 4);
    /// It cannot be played.
    pub const FAILED: Self = Self(1 << 5);
    /// It makes no sound.
    pub const MUTED: Self = Self(1 << 6);
    /// It was on the page, and no longer is.
    pub const DETACHED: Self = Self(1 << 7);
    /// The page is hidden.
    pub const HIDDEN: Self = Self(1 << 8);
    /// It has just fired `pause`: it was playing, however briefly.
    pub const WAS_PAUSED: Self = Self(1 << 9);
    /// It is a stream that is made while it is seen, such as a camera's.
    pub const STREAM: Self = Self(1 << 10);
    /// A person has touched the page, so browsers let it sound.
    pub const TOUCHED: Self = Self(1 << 11);
    /// It says that it has no data beyond its position.
    pub const STARVED: Self = Self(1 << 12);
}

/// Media at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// Where it is, from its own beginning.
    pub position: Span,
    /// How long it is, in s; infinite where it has no end or does not know it yet, not a number where nothing is known.
    pub duration: f64,
    /// How far it can be sought, in s; infinite where it does not know, not a number where it cannot.
    pub seekable: f64,
    /// Its playback rate; 1 is normal.
    pub rate: f64,
    /// What else holds.
    pub traits: Traits,
}

impl Observed {
    pub(super) const fn has(&self, traits: Traits) -> bool {
        self.traits.0 & traits.0 != 0
    }

    /// Returns what correction needs; `grows` is whether its duration is none, `moves` whether its position does.
    pub(super) fn reading(&self, grows: bool, moves: bool) -> Reading {
        // A file that was recorded without its length has no end either, but can be sought without limit.
        let is_endless = self.duration == f64::INFINITY && self.seekable != f64::INFINITY;
        let micros = (self.duration * 1e6) as i64;
        Reading {
            position: self.position,
            duration: (self.duration.is_finite() && !grows).then_some(Span::from_micros(micros)),
            rate: self.rate,
            paused: self.has(Traits::PAUSED),
            ended: self.has(Traits::ENDED),
            busy: self.has(Traits::BUSY) || (self.has(Traits::STARVED) && !moves),
            live: is_endless || self.has(Traits::STREAM),
        }
    }
}
