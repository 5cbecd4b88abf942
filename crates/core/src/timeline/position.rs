//! A place in the event.

use core::fmt;
use core::ops::{Add, Sub};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::time::{SERVER_TIME_MS_MAX, Span, difference, micros, millis, sum};

/// A place in the event: microseconds from its beginning; before it, negative (the countdown).
///
/// On the wire it is an integer of milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
pub struct Position(i64);

impl Position {
    /// The beginning of the event.
    pub const START: Self = Self(0);

    /// Returns the position `ms` milliseconds from the beginning.
    pub const fn from_millis(ms: i64) -> Self {
        Self(micros(ms))
    }

    /// Returns whole milliseconds from the beginning, rounded towards the past.
    pub const fn as_millis(self) -> i64 {
        millis(self.0)
    }

    /// Returns microseconds from the beginning.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the same position without its fraction of a millisecond.
    #[must_use]
    pub const fn whole_millis(self) -> Self {
        Self::from_millis(self.as_millis())
    }
}

impl Add<Span> for Position {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(sum(self.0, span.as_micros()))
    }
}
impl Sub<Span> for Position {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(difference(self.0, span.as_micros()))
    }
}
impl Sub for Position {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span::from_micros(difference(self.0, earlier.0))
    }
}

impl fmt::Display for Position {
    /// Writes hours, minutes, seconds and milliseconds: `1:02:03.004`, in the countdown `-0:00:30.000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.as_millis();
        let sign = if ms < 0 { "-" } else { "" };
        let ms = ms.unsigned_abs();
        let (hours, minutes, seconds, ms) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000);
        write!(f, "{sign}{hours}:{minutes:02}:{seconds:02}.{ms:03}")
    }
}
impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {} µs", self.0)
    }
}
impl Serialize for Position {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_i64(self.as_millis())
    }
}
impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let ms = i64::deserialize(input)?;
        if ms.unsigned_abs() > SERVER_TIME_MS_MAX.unsigned_abs() {
            return Err(de::Error::custom(format_args!(
                "{ms} is not a position: use milliseconds from the event's beginning, at most {SERVER_TIME_MS_MAX} either way"
            )));
        }
        Ok(Self::from_millis(ms))
    }
}
