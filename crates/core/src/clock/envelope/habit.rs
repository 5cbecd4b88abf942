//! The skew a device is known to have.
//!
//! A crystal is off by tens of ppm, but by the same tens of ppm in the next hour, to within a few. So what was fitted
//! before says where to look, the more firmly the longer it was seen. At the poll interval of 5 minutes, when the
//! window holds a handful of exchanges, this halves the error (`cargo run --release -p downbeat-sim --example
//! estimators`).

use crate::clock::offset::Skew;
use crate::time::Span;

/// How wide an open mind is: 60 ppm, about what crystals have.
const WIDTH_PPM: f64 = 60.0;

/// How firm a habit gets: 5 ppm, more than the temperature moves a crystal in an evening indoors.
const WIDTH_PPM_MIN: f64 = 5.0;

/// The time that makes a mind half as open: 300 s.
const HALVED_AFTER_S: f64 = 300.0;

/// How long the past counts: half an hour, as slow as temperatures change.
const MEMORY_S: f64 = 1_800.0;

/// What a device's skew was so far, and for how long it was seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habit {
    skew_ppm: f64,
    seen_s: f64,
}

impl Habit {
    pub(super) const fn new() -> Self {
        Self { skew_ppm: 0.0, seen_s: 0.0 }
    }

    /// Takes in that the skew was `skew` over the last `elapsed`.
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

    /// Returns how far from it to look, in ppm.
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
