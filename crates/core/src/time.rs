//! Instants and spans that carry the frame they were read in.
//!
//! A [`ServerTime`] and a [`LocalTime`] are both microseconds in an `i64`, and mixing them is the classic mistake of
//! clock code. Here it does not compile; only an estimate of the offset crosses from one frame to the other:
//!
//! ```compile_fail
//! use downbeat_core::{LocalTime, ServerTime};
//! let server = ServerTime::from_millis(1_704_067_200_000);
//! let local = LocalTime::from_micros(5_000_000);
//! let wrong = server - local; // two frames: no such operator
//! ```
//!
//! Differences within one frame are a [`Span`]:
//!
//! ```
//! use downbeat_core::{ServerTime, Span};
//! let doors = ServerTime::from_millis(1_704_067_200_000);
//! let start = doors + Span::from_millis(30_000);
//! assert_eq!(start - doors, Span::from_millis(30_000));
//! ```

use core::fmt;
use core::ops::{Add, AddAssign, Neg, Sub};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Gives the last instant the wire may name: 9999-12-31T23:59:59.999Z, the end of RFC 3339's four-digit years.
///
/// Unit: milliseconds since the Unix epoch. With it, no difference of two instants can overflow.
pub const SERVER_TIME_MS_MAX: i64 = 253_402_300_799_999;

/// An instant of the server's clock: microseconds since 1970-01-01T00:00:00Z.
///
/// On the wire it is an integer of milliseconds, 0 to [`SERVER_TIME_MS_MAX`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerTime(i64);

/// An instant of one device's monotonic clock: microseconds since an origin only that device knows.
///
/// It never crosses the network as it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(i64);

/// A signed length of time within one frame, in microseconds.
///
/// On the wire it is an integer of milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(i64);

impl ServerTime {
    /// Gives the instant `ms` milliseconds after the Unix epoch.
    ///
    /// Values outside 0 to [`SERVER_TIME_MS_MAX`] are brought to the nearest end; use [`ServerTime::try_from_millis`]
    /// for what comes from outside.
    pub const fn from_millis(ms: i64) -> Self {
        let ms = if ms < 0 { 0 } else { ms };
        let ms = if ms > SERVER_TIME_MS_MAX { SERVER_TIME_MS_MAX } else { ms };
        Self(ms * 1_000)
    }

    /// Gives the instant `ms` milliseconds after the Unix epoch, or nothing outside 0 to [`SERVER_TIME_MS_MAX`].
    pub const fn try_from_millis(ms: i64) -> Option<Self> {
        if ms < 0 || ms > SERVER_TIME_MS_MAX { None } else { Some(Self(ms * 1_000)) }
    }

    /// Gives whole milliseconds since the Unix epoch, rounded down.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Gives microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

impl LocalTime {
    /// Gives the instant `us` microseconds after the device's own origin.
    pub const fn from_micros(us: i64) -> Self {
        Self(us)
    }

    /// Gives microseconds since the device's own origin.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Gives a span of `ms` milliseconds.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms.saturating_mul(1_000))
    }

    /// Gives a span of `us` microseconds.
    pub const fn from_micros(us: i64) -> Self {
        Self(us)
    }

    /// Gives whole milliseconds, rounded towards the past.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Gives microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

macro_rules! instant {
    ($frame:ident) => {
        impl Add<Span> for $frame {
            type Output = Self;
            fn add(self, span: Span) -> Self {
                Self(self.0.saturating_add(span.0))
            }
        }
        impl Sub<Span> for $frame {
            type Output = Self;
            fn sub(self, span: Span) -> Self {
                Self(self.0.saturating_sub(span.0))
            }
        }
        impl Sub for $frame {
            type Output = Span;
            fn sub(self, earlier: Self) -> Span {
                Span(self.0.saturating_sub(earlier.0))
            }
        }
        impl AddAssign<Span> for $frame {
            fn add_assign(&mut self, span: Span) {
                *self = *self + span;
            }
        }
    };
}
instant!(ServerTime);
instant!(LocalTime);

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl Neg for Span {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl fmt::Debug for ServerTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "server {} µs", self.0)
    }
}
impl fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "local {} µs", self.0)
    }
}
impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} µs", self.0)
    }
}

impl Serialize for ServerTime {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_i64(self.as_millis())
    }
}
impl<'de> Deserialize<'de> for ServerTime {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let ms = i64::deserialize(input)?;
        Self::try_from_millis(ms).ok_or_else(|| {
            de::Error::custom(format_args!(
                "{ms} is no instant: give milliseconds since 1970 as an integer, 0 to {SERVER_TIME_MS_MAX} (the year 9999)"
            ))
        })
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_i64(self.as_millis())
    }
}
impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let ms = i64::deserialize(input)?;
        if ms.unsigned_abs() > SERVER_TIME_MS_MAX.unsigned_abs() {
            return Err(de::Error::custom(format_args!(
                "{ms} ms is too long a time: at most {SERVER_TIME_MS_MAX} ms either way"
            )));
        }
        Ok(Self::from_millis(ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_whole_milliseconds_on_the_wire() {
        let at: ServerTime = serde_json::from_str("1704067200000").unwrap();
        assert_eq!(at, ServerTime::from_millis(1_704_067_200_000));
        assert_eq!(serde_json::to_string(&(at + Span::from_micros(999))).unwrap(), "1704067200000");
    }

    #[test]
    fn an_instant_outside_four_digit_years_is_refused_with_its_range() {
        for text in ["-1", "253402300800000", "9223372036854775807"] {
            let error = serde_json::from_str::<ServerTime>(text).unwrap_err().to_string();
            assert!(error.contains("0 to 253402300799999"), "{error}");
        }
        assert!(serde_json::from_str::<ServerTime>("1704067200000.5").is_err());
    }

    #[test]
    fn spans_before_zero_round_towards_the_past() {
        assert_eq!(Span::from_micros(-1).as_millis(), -1);
        assert_eq!(Span::from_micros(999).as_millis(), 0);
    }

    #[test]
    fn arithmetic_at_the_ends_saturates_instead_of_wrapping() {
        let last = ServerTime::from_millis(i64::MAX);
        assert_eq!(last.as_millis(), SERVER_TIME_MS_MAX);
        assert!(last + Span::from_micros(i64::MAX) >= last);
    }
}
