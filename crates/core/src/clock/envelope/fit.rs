//! The best guess between the bounds: the line with the widest gap, and its slope.
//!
//! For a skew `b`, every bound of the window is carried to now, and the tightest count: `U(b)` and `L(b)`. Both sides
//! of the gap `U(b) − L(b)` are made of straight pieces and bend one way only, so there is one best `b`, and the sign
//! of the gap's slope says on which side of it one is: bisection finds it. A wider gap has to be worth it, though: what
//! departs from the habit costs gap, with the square. Floats are exact enough (they hold differences within the window)
//! and, without transcendental functions, the same on every machine.

use super::bounds::{Bound, Bounds};
use super::habit::Habit;
use crate::clock::offset::{Offset, SKEW_MAX, Skew};
use crate::time::{LocalTime, Span};

/// The largest skew searched: 180 ppm, so that the best line is not at the end of the range.
const SEARCHED_PPM: f64 = 180.0;

/// The gap that a deviation from the habit by its whole width must gain: 1 ms.
const DEPARTURE_US: f64 = 1_000.0;

/// The shortest stretch of time that says anything about skew: 60 s.
const STRETCH_MIN: Span = Span::from_millis(60_000);

/// The line at the instant it was fitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub(super) offset: Offset,
    pub(super) skew: Skew,
    /// The age of the oldest bound used.
    pub(super) stretch: Span,
}

/// Returns the line with the widest gap at `now`. Neither side is empty.
pub(super) fn widest_gap(uppers: &Bounds, lowers: &Bounds, habit: &Habit, now: LocalTime) -> Fit {
    let stretch = uppers.iter().chain(lowers.iter()).map(|bound| now - bound.at).max().unwrap_or(Span::ZERO);
    let origin = lowers.iter().last().map_or(Offset::ZERO, |bound| bound.offset);
    let gap = Gap { uppers, lowers, origin, now };
    let skew_ppm = if stretch < STRETCH_MIN { habit.skew_ppm() } else { widest(&gap, habit) };
    let limit_ppb = f64::from(SKEW_MAX.as_ppb());
    Fit {
        offset: origin + Span::from_micros(gap.middle_us(skew_ppm) as i64),
        skew: Skew::from_ppb((skew_ppm * 1e3).clamp(-limit_ppb, limit_ppb) as i32),
        stretch,
    }
}

fn widest(gap: &Gap<'_>, habit: &Habit) -> f64 {
    let (usual, width) = (habit.skew_ppm(), habit.width_ppm());
    let (mut low, mut high) = (-SEARCHED_PPM, SEARCHED_PPM);
    // 30 halvings leave less than a millionth of a ppm.
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        let departure = 2.0 * DEPARTURE_US * (middle - usual) / (width * width);
        if gap.slope(middle) > departure { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// The gap as a function of the skew.
struct Gap<'a> {
    uppers: &'a Bounds,
    lowers: &'a Bounds,
    /// What offsets are measured from, so that they are small.
    origin: Offset,
    now: LocalTime,
}

/// A bound carried to now: µs above the origin, and its age in s, by which 1 ppm moves it by 1 µs.
#[derive(Clone, Copy)]
struct Carried {
    us: f64,
    age_s: f64,
}

impl Gap<'_> {
    /// Returns the lowest upper and the highest lower bound.
    fn tightest(&self, skew_ppm: f64) -> (Carried, Carried) {
        let carried = |bound: &Bound| {
            let age_s = (self.now - bound.at).as_micros() as f64 / 1e6;
            Carried { us: (bound.offset - self.origin).as_micros() as f64 + skew_ppm * age_s, age_s }
        };
        let lower = |one: Carried, other: Carried| if other.us < one.us { other } else { one };
        let higher = |one: Carried, other: Carried| if other.us > one.us { other } else { one };
        let (above, below) = (Carried { us: f64::INFINITY, age_s: 0.0 }, Carried { us: f64::NEG_INFINITY, age_s: 0.0 });
        (self.uppers.iter().map(carried).fold(above, lower), self.lowers.iter().map(carried).fold(below, higher))
    }

    /// Returns how much wider the gap gets, in µs per ppm.
    fn slope(&self, skew_ppm: f64) -> f64 {
        let (upper, lower) = self.tightest(skew_ppm);
        upper.age_s - lower.age_s
    }

    /// Returns its middle in µs above the origin.
    fn middle_us(&self, skew_ppm: f64) -> f64 {
        let (upper, lower) = self.tightest(skew_ppm);
        (upper.us + lower.us) / 2.0
    }
}
