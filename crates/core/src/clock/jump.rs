//! Detects that a clock of the device jumped, or that the device slept.

use crate::time::{LocalTime, Span, difference};

/// The divergence of the two clocks that counts as a jump: 50 ms.
///
/// Reason: both are read to the millisecond at worst, and a wall clock that is slewed (at most 500 ppm) diverges by
/// 30 ms in a minute of throttled timers.
pub const JUMP_MIN: Span = Span::from_millis(50);

/// A reading of a device's wall clock: microseconds since 1970, if the clock is right.
///
/// Only the difference of two readings is ever used, since the clock may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallTime(i64);

impl WallTime {
    /// Returns the reading of `ms` milliseconds, as `Date.now()` returns it.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms.saturating_mul(1_000))
    }

    /// Returns how far the server's time would be ahead of the monotonic clock, which is at `now`, if this clock were right.
    /// Nothing proves that; `session/unverified.rs` is the only user.
    pub(crate) const fn ahead_of(self, now: LocalTime) -> Span {
        Span::from_micros(difference(self.0, now.as_micros()))
    }
}

/// Compares a device's monotonic clock with its wall clock. Browsers' monotonic clocks stop in sleep on some systems;
/// wall clocks are set by people, networks and wrong daylight saving rules. In every case the server is asked.
///
/// ```
/// use downbeat_core::clock::{JumpWatch, WallTime};
/// use downbeat_core::{LocalTime, Span};
/// let mut watch = JumpWatch::new();
/// assert_eq!(watch.handle_readings(LocalTime::from_micros(0), WallTime::from_millis(70_000)), None);
/// // A second later both have moved by a second …
/// assert_eq!(watch.handle_readings(LocalTime::from_micros(1_000_000), WallTime::from_millis(71_000)), None);
/// // … and now the lid was closed for half a minute: ask the server.
/// let doubt = watch.handle_readings(LocalTime::from_micros(2_000_000), WallTime::from_millis(102_000));
/// assert_eq!(doubt, Some(Span::from_millis(30_000)));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct JumpWatch {
    before: Option<(LocalTime, WallTime)>,
}

impl JumpWatch {
    /// Returns a watch without readings.
    pub const fn new() -> Self {
        Self { before: None }
    }

    /// Handles a reading of both clocks, one right after the other: at each tick, and when a page becomes visible
    /// or is shown again.
    ///
    /// Returns by how much more the wall clock moved than the monotonic one since the last readings, if that is
    /// [`JUMP_MIN`] or more: then [`super::DisciplinedClock::handle_doubt`] and [`super::Schedule::handle_doubt`]
    /// must be called. Each jump is reported once.
    pub fn handle_readings(&mut self, now: LocalTime, wall: WallTime) -> Option<Span> {
        let (local_before, wall_before) = self.before.replace((now, wall))?;
        let parted = Span::from_micros(wall.0.saturating_sub(wall_before.0)) - (now - local_before);
        (parted.max(-parted) >= JUMP_MIN).then_some(parted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(watch: &mut JumpWatch, local_ms: i64, wall_ms: i64) -> Option<i64> {
        let doubt = watch.handle_readings(LocalTime::from_micros(local_ms * 1_000), WallTime::from_millis(wall_ms));
        doubt.map(Span::as_millis)
    }

    #[test]
    fn an_hour_back_is_said_once() {
        let mut watch = JumpWatch::new();
        read(&mut watch, 0, 7_200_000);
        assert_eq!(read(&mut watch, 1_000, 3_601_000), Some(-3_600_000));
        assert_eq!(read(&mut watch, 2_000, 3_602_000), None);
    }

    #[test]
    fn less_than_50_ms_is_how_clocks_are() {
        let mut watch = JumpWatch::new();
        read(&mut watch, 0, 0);
        assert_eq!(read(&mut watch, 1_000, 1_049), None);
        assert_eq!(read(&mut watch, 2_000, 2_099), Some(50));
        assert_eq!(read(&mut watch, 2_050, 2_099), Some(-50));
    }

    #[test]
    fn readings_at_the_ends_are_readings() {
        let mut watch = JumpWatch::new();
        read(&mut watch, 0, i64::MIN);
        assert!(read(&mut watch, 1, i64::MAX).is_some());
        let low = LocalTime::from_micros(i64::MIN);
        watch.handle_readings(low, WallTime::from_millis(0));
        watch.handle_readings(LocalTime::from_micros(i64::MAX), WallTime::from_millis(i64::MIN));
    }
}
