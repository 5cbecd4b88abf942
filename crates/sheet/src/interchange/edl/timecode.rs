//! The timecode of a list: its rate, and how its frames are counted.

use crate::interchange::exchange::{FormatOptions, Remark};
use crate::source::{FrameRate, TimeError, frame};

/// How timecode with `:` before the frames is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    /// Every frame number is used.
    NonDrop,
    /// Some numbers are left out, so that timecode follows the clock.
    DropFrame,
}

impl Counting {
    /// Returns drop-frame at the rates that have it.
    pub(super) fn of_rate(rate: FrameRate) -> Self {
        if rate.drops() { Self::DropFrame } else { Self::NonDrop }
    }
}

/// Returns the frame rate, which a list does not say.
pub(super) fn frame_rate(options: &FormatOptions) -> Result<FrameRate, Remark> {
    options.frame_rate.ok_or_else(|| {
        let problem = "edit lists count frames, and do not say how many make a second";
        Remark::file(problem, "give the rate (--fps), such as 25, 29.97 or 30")
    })
}

/// Returns the frame at which the event begins, counted like the list.
pub(super) fn start(options: &FormatOptions, rate: FrameRate, counting: Counting) -> Result<i64, Remark> {
    let Some(start) = options.start.as_deref() else { return Ok(0) };
    frame_number(start, rate, counting).map_err(|error| {
        let problem = format!("the timecode {start:?}, at which the event begins, {}", error.problem());
        Remark::file(problem, error.remedy())
    })
}

/// Returns the number of the frame with this timecode. With `;` before the frames it is always drop-frame.
pub(super) fn frame_number(text: &str, rate: FrameRate, counting: Counting) -> Result<i64, TimeError> {
    let colon = text.rsplit_once(':').filter(|_| counting == Counting::DropFrame && !text.contains(';'));
    let dropping = colon.map(|(clock, frames)| format!("{clock};{frames}"));
    frame(dropping.as_deref().unwrap_or(text), Some(rate)).map(|(frame, _)| frame)
}
