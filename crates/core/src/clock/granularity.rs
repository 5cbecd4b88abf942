//! How coarse a device's clock is, measured from its readings.
//!
//! Browsers round their clocks, against fingerprinting and timing attacks: to 5 µs, 0.1 or 1 ms, and on request to 16.7 or
//! 100 ms, some of them up or down at random. All readings are then a whole number of steps apart. So the coarsest step of
//! which all differences are multiples is an upper limit of how wrong a single reading is, whatever the browser does; and
//! after a few readings of a fine clock it is short.

use crate::time::{LocalTime, Span};

/// The step that is assumed while the clock has not moved yet between two readings: 1 s.
const UNMOVED: f64 = 1e6;

/// The shortest step that matters: 20 µs. Bounds are a hundred times as long.
const FINEST: f64 = 20.0;

/// Readings are whole microseconds, each half of one from where the clock was at most.
const ROUNDING: f64 = 1.0;

/// Measures the step of a clock.
///
/// ```
/// use downbeat_core::clock::Granularity;
/// use downbeat_core::LocalTime;
/// let mut granularity = Granularity::new();
/// // The differences are 200, 300 and 100 ms: it may move in steps of 100 ms.
/// for ms in [400, 600, 900, 1_000] {
///     granularity.handle_reading(LocalTime::from_micros(ms * 1_000));
/// }
/// assert_eq!(granularity.step().as_millis(), 100);
/// // 40 ms later, it cannot: now 20 ms is the longest that fits all.
/// granularity.handle_reading(LocalTime::from_micros(1_040_000));
/// assert_eq!(granularity.step().as_millis(), 20);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Granularity {
    last: Option<LocalTime>,
    step: Option<Length>,
}

/// A length in µs, and by how much it may be wrong.
#[derive(Clone, Copy, Debug)]
struct Length {
    us: f64,
    error: f64,
}

impl Granularity {
    /// Returns the granularity of a clock that was not read yet.
    pub const fn new() -> Self {
        Self { last: None, step: None }
    }

    /// Handles that the clock shows `now`.
    pub fn handle_reading(&mut self, now: LocalTime) {
        let Some(last) = self.last.replace(now) else { return };
        let passed = (now - last).as_micros() as f64;
        let passed = Length { us: if passed < 0.0 { -passed } else { passed }, error: ROUNDING };
        if passed.us <= ROUNDING {
            return;
        }
        let Some(step) = self.step else {
            self.step = Some(passed);
            return;
        };
        // The greatest common divisor, by Euclid, of lengths that are not exact.
        let (mut longer, mut shorter) = (passed, step);
        while shorter.us > FINEST {
            let times = rounded(longer.us / shorter.us);
            let rest = longer.us - times * shorter.us;
            let rest =
                Length { us: if rest < 0.0 { -rest } else { rest }, error: longer.error + times * shorter.error };
            // A multiple, or a quotient so large that the errors hide the remainder.
            if rest.us <= rest.error || rest.error > shorter.us / 4.0 {
                break;
            }
            (longer, shorter) = (shorter, rest);
        }
        self.step = Some(shorter);
    }

    /// Returns how wrong a reading is at most: this much early, or late. [`Span::ZERO`] before the first reading.
    pub fn step(&self) -> Span {
        let us = match (self.last, self.step) {
            (None, _) => 0.0,
            (_, None) => UNMOVED,
            (_, Some(step)) => step.us + step.error,
        };
        Span::from_micros(us as i64)
    }
}

/// Rounds a positive number. (The function of the standard library is not in `core`.)
fn rounded(number: f64) -> f64 {
    (number + 0.5) as u64 as f64
}
