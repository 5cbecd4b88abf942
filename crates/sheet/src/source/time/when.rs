//! Times that may refer to another cue.

use super::error::TimeError;
use super::frame_rate::FrameRate;
use super::reference::{Reference, reference};
use super::text::{self, Reading};
use crate::source::tree::{Shape, Value};

/// A time, as far as it is known without the other cues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) enum When<'s> {
    /// A time of its own.
    At(Reading),
    /// A time relative to another cue.
    From(Reference<'s>),
}

/// Reads a time without reporting anything; `Err(None)` if the value is neither a number nor a text.
///
/// `rate` is that of timecode that does not name its own.
pub(in crate::source) fn read_when(value: Value<'_>, rate: Option<FrameRate>) -> Result<When<'_>, Option<TimeError>> {
    match value.shape() {
        Shape::Number(number) => text::seconds(number).map(When::At).map_err(Some),
        Shape::Text(written) if written.starts_with('#') => reference(written, rate).map(When::From).map_err(Some),
        Shape::Text(written) => text::text(written, rate).map(When::At).map_err(Some),
        _ => Err(None),
    }
}
