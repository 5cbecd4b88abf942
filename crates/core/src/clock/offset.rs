//! The offset between two clocks, and how fast it changes.

use core::ops::{Add, Sub};

use crate::time::{LocalTime, ServerTime, Span, difference, sum};

/// The largest skew of a device's clock for which bounds hold: 100 ppm.
///
/// Reason: crystals in phones and laptops are within ±50 ppm (a second in 5.5 h), warm or cold; twice that is allowed.
pub const SKEW_MAX: Skew = Skew::from_ppb(100_000);

/// The difference between server and local clock at one instant: server minus local, in microseconds.
///
/// Only an offset converts between the two frames:
///
/// ```
/// use downbeat_core::clock::Offset;
/// use downbeat_core::{LocalTime, ServerTime};
/// let (server, local) = (ServerTime::from_millis(1_704_067_200_000), LocalTime::from_micros(5_000_000));
/// let offset = Offset::between(server, local);
/// assert_eq!(offset.server_time(local), server);
/// assert_eq!(offset.local_time(server), local);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(i64);

impl Offset {
    /// The clocks agree.
    pub const ZERO: Self = Self(0);

    /// Returns the offset of a device whose clock shows `local` when the server's shows `server`.
    pub const fn between(server: ServerTime, local: LocalTime) -> Self {
        Self(difference(server.as_micros(), local.as_micros()))
    }

    /// Returns the offset halfway between two.
    #[must_use]
    pub const fn midpoint(self, other: Self) -> Self {
        Self(i64::midpoint(self.0, other.0))
    }

    /// Returns microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the server's time at `local`.
    pub fn server_time(self, local: LocalTime) -> ServerTime {
        ServerTime::from_millis(0) + Span::from_micros(sum(local.as_micros(), self.0))
    }

    /// Returns the local time at `server`.
    pub const fn local_time(self, server: ServerTime) -> LocalTime {
        LocalTime::from_micros(difference(server.as_micros(), self.0))
    }
}

impl Add<Span> for Offset {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(sum(self.0, span.as_micros()))
    }
}
impl Sub<Span> for Offset {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(difference(self.0, span.as_micros()))
    }
}
impl Sub for Offset {
    type Output = Span;
    fn sub(self, other: Self) -> Span {
        Span::from_micros(difference(self.0, other.0))
    }
}

/// How fast an offset changes: how much faster the server's clock runs than the local one, in parts per billion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Skew(i32);

impl Skew {
    /// Both clocks run equally fast.
    pub const ZERO: Self = Self(0);

    /// Returns the skew of `ppb` parts per billion; 1,000 are one part per million (ppm).
    pub const fn from_ppb(ppb: i32) -> Self {
        Self(ppb)
    }

    /// Returns parts per billion.
    pub const fn as_ppb(self) -> i32 {
        self.0
    }

    /// Returns how far the offset moves in `elapsed`, exact to the microsecond for times up to a century.
    pub fn drift(self, elapsed: Span) -> Span {
        // The products need more than 53 bits; floats yield the same result everywhere, and saturate at the ends.
        Span::from_micros((elapsed.as_micros() as f64 * (f64::from(self.0) / 1e9)) as i64)
    }
}

/// Returns how far a bound must be widened for `elapsed`, backwards or forwards: [`SKEW_MAX`] of it, rounded up.
pub(crate) const fn wander(elapsed: Span) -> Span {
    let elapsed = elapsed.as_micros().saturating_abs();
    let per = 1_000_000_000 / SKEW_MAX.0 as i64;
    Span::from_micros(elapsed / per + (elapsed % per != 0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_is_its_share_of_the_time() {
        let hour = Span::from_millis(3_600_000);
        assert_eq!(Skew::from_ppb(50_000).drift(hour), Span::from_millis(180));
        assert_eq!(Skew::from_ppb(-50_000).drift(hour), Span::from_millis(-180));
        assert_eq!(SKEW_MAX.drift(hour), Span::from_millis(360));
    }

    #[test]
    fn a_bound_widens_in_both_directions_and_never_too_little() {
        assert_eq!(wander(Span::from_millis(10_000)), Span::from_millis(1));
        assert_eq!(wander(Span::from_micros(-10_001)), Span::from_micros(2));
        assert_eq!(wander(Span::ZERO), Span::ZERO);
    }
}
