//! Timecode in files: its rate, and how its frames are counted.

use super::exchange::{FormatOptions, Remark};
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

/// Returns whether a text is meant as timecode, not as a clock time: it has four parts, or a semicolon.
pub(super) fn is_timecode(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_digit())
        && (text.contains(';') || text.bytes().filter(|&byte| byte == b':').count() == 3)
}

/// Returns the number of the frame with this timecode. With `;` or `,` in it, it is always drop-frame: some programs write
/// `;` before the frames, others everywhere; `.` and `,` mark the second field of a frame.
pub(super) fn frame_number(text: &str, rate: FrameRate, counting: Counting) -> Result<i64, TimeError> {
    let parts: Vec<&str> = text.split([':', ';', '.', ',']).collect();
    let [hours, minutes, seconds, frames] = parts[..] else { return Err(TimeError::Unknown) };
    let drops = counting == Counting::DropFrame || text.contains([';', ',']);
    let separator = if drops { ';' } else { ':' };
    frame(&format!("{hours}:{minutes}:{seconds}{separator}{frames}"), Some(rate)).map(|(frame, _)| frame)
}

/// Returns the number of frames of a day.
pub(super) fn day_frames(rate: FrameRate, counting: Counting) -> Result<i64, TimeError> {
    frame_number("24:00:00:00", rate, counting)
}
