//! The skew a device is known to have.
//!
//! A crystal is off by tens of ppm, but by the same tens of ppm in the next hour, to within a few. So what was fitted
//! before says where to look, the more firmly the longer it was seen. At the poll interval of 5 minutes, when the
//! window holds a handful of exchanges, this halves the error (`cargo run --release -p downbeat-sim --example
//! estimators`).

use crate::clock::offset::Skew;
use crate::time::Span;

/// The uncertainty of a skew not yet observed: 60 ppm, about the range of crystals.
const WIDTH_PPM: f64 = 60.0;

/// The smallest uncertainty: 5 ppm, more than the temperature moves a crystal in an evening indoors.
const WIDTH_PPM_MIN: f64 = 5.0;

/// The observation time that halves the uncertainty: 300 s.
const HALVED_AFTER_S: f64 = 300.0;

/// The time constant of old observations: half an hour, about as slow as temperatures change.
const MEMORY_S: f64 = 1_800.0;

/// A device's skew so far, and for how long it was observed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habit {
    skew_ppm: f64,
    seen_s: f64,
}

impl Habit {
    pub(super) const fn new() -> Self {
        Self { skew_ppm: 0.0, seen_s: 0.0 }
    }

    /// Records that the skew was `skew` over the last `elapsed`.
    pub(super) fn see(&mut self, skew: Skew, elapsed: Span) {
        let elapsed = elapsed.as_micros() as f64 / 1e6;
        if elapsed > 0.0 {
            self.seen_s += elapsed;
            let share = (elapsed / self.seen_s.min(MEMORY_S)).min(1.0);
            self.skew_ppm += share * (f64::from(skew.as_ppb()) / 1e3 - self.skew_ppm);
        }
    }

    /// Returns the skew to expect, in ppm.
    pub(super) const fn skew_ppm(&self) -> f64 {
        self.skew_ppm
    }

    /// Returns the uncertainty of that, in ppm.
    pub(super) fn width_ppm(&self) -> f64 {
        (WIDTH_PPM * HALVED_AFTER_S / (HALVED_AFTER_S + self.seen_s)).max(WIDTH_PPM_MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_habit_grows_firm_and_follows_slowly() {
        let mut habit = Habit::new();
        assert_eq!((habit.skew_ppm(), habit.width_ppm()), (0.0, 60.0));
        habit.see(Skew::from_ppb(40_000), Span::from_millis(300_000));
        assert_eq!((habit.skew_ppm(), habit.width_ppm()), (40.0, 30.0));
        for _ in 0..100 {
            habit.see(Skew::from_ppb(40_000), Span::from_millis(300_000));
        }
        habit.see(Skew::from_ppb(46_000), Span::from_millis(300_000));
        assert_eq!((habit.skew_ppm(), habit.width_ppm()), (41.0, 5.0));
    }

    #[test]
    fn a_clock_that_runs_back_teaches_nothing() {
        let mut habit = Habit::new();
        habit.see(Skew::from_ppb(40_000), Span::from_millis(-1));
        assert_eq!((habit.skew_ppm(), habit.width_ppm()), (0.0, 60.0));
    }
}
