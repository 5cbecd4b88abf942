//! A cue as far as it can be understood without the others.

use core::num::NonZeroU32;

use super::place::Place;
use super::time::When;

/// A cue whose time may still depend on others. It is small (72 bytes), since a sheet may have 200,000 of them beside the
/// cues they become.
pub(super) struct Draft<'s> {
    pub(super) place: Place<'s>,
    /// When it begins.
    pub(super) begin: Time,
    /// When it ends.
    pub(super) end: Time,
    pub(super) repeat: Option<Repeat>,
    /// Whether it has a valid id that no cue before it has.
    pub(super) named: bool,
    pub(super) disabled: bool,
    /// Whether it has everything required, except perhaps a time.
    pub(super) whole: bool,
    /// Whether the sheet declares the kind of its action.
    pub(super) kind_is_declared: bool,
}

/// The beginning or the end of a cue.
#[derive(Clone, Copy)]
pub(super) enum Time {
    /// The cue does not give it.
    Open,
    /// The cue gives it, but it cannot be determined, which has been reported.
    Unknown,
    /// When the cue before it in its file ends.
    Next,
    /// Milliseconds after the event begins, negative before that.
    At(i64),
    /// Milliseconds after the cue begins.
    After(i64),
    /// It depends on another cue, as the field says.
    Reference,
    /// Its reference is being followed; meeting it again means a circle.
    Followed,
}

/// How often a cue happens.
#[derive(Clone, Copy)]
pub(super) struct Repeat {
    pub(super) every_ms: i64,
    pub(super) count: NonZeroU32,
}

impl Time {
    /// Returns what a draft keeps of a time. What it refers to is read again when it is followed.
    pub(super) fn new(when: When<'_>) -> Self {
        match when {
            When::At(reading) => Self::At(reading.ms),
            When::From(_) => Self::Reference,
        }
    }

    /// Returns the milliseconds after the event begins, once every reference was followed.
    pub(super) fn ms(self) -> Option<i64> {
        if let Self::At(ms) = self { Some(ms) } else { None }
    }
}

impl Repeat {
    /// Returns the milliseconds from the first time to the last.
    pub(super) fn last_ms(self) -> i64 {
        self.every_ms.saturating_mul(i64::from(self.count.get()) - 1)
    }
}

impl<'s> Draft<'s> {
    /// Returns its id, if it has a valid one.
    pub(super) fn id(&self) -> Option<&'s str> {
        if self.named { self.place.written_id() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::Draft;

    #[test]
    fn a_draft_takes_72_bytes() {
        assert_eq!(size_of::<Draft<'_>>(), 72);
    }
}
