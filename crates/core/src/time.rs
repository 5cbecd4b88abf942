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

/// The last instant on the wire: 9999-12-31T23:59:59.999Z, the end of RFC 3339's four-digit years.
///
/// Unit: milliseconds since the Unix epoch. With it, no difference of two instants can overflow.
pub const SERVER_TIME_MS_MAX: i64 = 253_402_300_799_999;

/// An instant of the server's clock: microseconds since 1970-01-01T00:00:00Z.
///
/// On the wire it is an integer of milliseconds, 0 to [`SERVER_TIME_MS_MAX`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
pub struct ServerTime(i64);

/// An instant of one device's monotonic clock: microseconds since an origin that only that device knows.
///
/// It is never sent over the network.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(i64);

/// A signed length of time within one frame, in microseconds.
///
/// On the wire it is an integer of milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
pub struct Span(i64);

impl ServerTime {
    /// Returns the instant `ms` milliseconds after the Unix epoch.
    ///
    /// Values outside 0 to [`SERVER_TIME_MS_MAX`] are clamped; use [`ServerTime::try_from_millis`]
    /// for what comes from outside.
    pub const fn from_millis(ms: i64) -> Self {
        let ms = if ms < 0 { 0 } else { ms };
        let ms = if ms > SERVER_TIME_MS_MAX { SERVER_TIME_MS_MAX } else { ms };
        Self(ms * 1_000)
    }

    /// Returns the instant `ms` milliseconds after the Unix epoch, or `None` outside 0 to [`SERVER_TIME_MS_MAX`].
    pub const fn try_from_millis(ms: i64) -> Option<Self> {
        if ms < 0 || ms > SERVER_TIME_MS_MAX { None } else { Some(Self(ms * 1_000)) }
    }

    /// Returns whole milliseconds since the Unix epoch, rounded down.
    pub const fn as_millis(self) -> i64 {
        millis(self.0)
    }

    /// Returns microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

impl LocalTime {
    /// Returns the instant `us` microseconds after the device's own origin.
    pub const fn from_micros(us: i64) -> Self {
        Self(us)
    }

    /// Returns microseconds since the device's own origin.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Returns a span of `ms` milliseconds.
    pub const fn from_millis(ms: i64) -> Self {
        Self(micros(ms))
    }

    /// Returns a span of `us` microseconds.
    pub const fn from_micros(us: i64) -> Self {
        Self(us)
    }

    /// Returns whole milliseconds, rounded towards the past.
    pub const fn as_millis(self) -> i64 {
        millis(self.0)
    }

    /// Returns microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

/// Adds, saturating. A call instead of inlined code keeps the browsers' module small.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) const fn sum(one: i64, other: i64) -> i64 {
    one.saturating_add(other)
}

/// Subtracts, saturating.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) const fn difference(one: i64, other: i64) -> i64 {
    one.saturating_sub(other)
}

/// Converts to microseconds, saturating.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) const fn micros(ms: i64) -> i64 {
    ms.saturating_mul(1_000)
}

/// Returns whole milliseconds, rounded towards the past.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) const fn millis(us: i64) -> i64 {
    us.div_euclid(1_000)
}

macro_rules! instant {
    ($frame:ident) => {
        impl Add<Span> for $frame {
            type Output = Self;
            fn add(self, span: Span) -> Self {
                Self(sum(self.0, span.0))
            }
        }
        impl Sub<Span> for $frame {
            type Output = Self;
            fn sub(self, span: Span) -> Self {
                Self(difference(self.0, span.0))
            }
        }
        impl Sub for $frame {
            type Output = Span;
            fn sub(self, earlier: Self) -> Span {
                Span(difference(self.0, earlier.0))
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
        Self(sum(self.0, other.0))
    }
}
impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(difference(self.0, other.0))
    }
}
impl Neg for Span {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl fmt::Display for ServerTime {
    /// Writes the instant as RFC 3339 has it, in UTC: `2024-01-01T00:00:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.as_millis();
        let (year, month, day) = civil(ms.div_euclid(86_400_000));
        let ms = ms.rem_euclid(86_400_000);
        let (hours, minutes, seconds, ms) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{ms:03}Z")
    }
}

/// Returns the year, month and day of the `days`th day after 1970-01-01 in the Gregorian calendar.
///
/// Counted from 1 March of the year 0, leap days come last and every 400 years have 146,097 days, so each step is a
/// division. Holds for all days from that one on.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = 400 * era + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
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
                "{ms} is not a time: use milliseconds since 1970 as an integer, 0 to {SERVER_TIME_MS_MAX} (the year 9999)"
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
                "{ms} ms is too long: at most {SERVER_TIME_MS_MAX} ms either way"
            )));
        }
        Ok(Self::from_millis(ms))
    }
}

#[cfg(test)]
mod tests;
