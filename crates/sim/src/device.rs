//! A viewer's device: its crystal is a little off, its wall clock is set, it sleeps.

use downbeat_core::{LocalTime, Seed, ServerTime, Span};

use crate::Dice;

/// A device whose monotonic clock is a function of true time.
#[derive(Clone, Debug)]
pub struct Device {
    born: ServerTime,
    /// What the monotonic clock shows at birth.
    origin: LocalTime,
    /// How much faster than true time it runs, as a share.
    skew: f64,
    /// How far the temperature changes that, as a share, and how long one swing takes.
    wander: f64,
    swing: Span,
    /// When the device slept, and for how long; its monotonic clock stopped.
    naps: Vec<(ServerTime, Span)>,
    /// When the wall clock was set, and by how much.
    settings: Vec<(ServerTime, Span)>,
    coarseness: Option<Coarseness>,
}

/// How a browser rounds the monotonic clock before a page reads it.
#[derive(Clone, Copy, Debug)]
pub struct Coarseness {
    /// Readings are whole numbers of this, plus the phase.
    pub step_us: f64,
    /// Where the steps begin.
    pub phase: Span,
    /// Whether each step comes early or late by a random part of itself, as in Chromium and Firefox; otherwise all readings are
    /// rounded down.
    pub jitters: bool,
}

impl Coarseness {
    fn rounded(self, local: LocalTime) -> LocalTime {
        let exact = (local.as_micros() - self.phase.as_micros()) as f64 / self.step_us;
        let whole = exact.floor();
        // The same step always comes at the same moment.
        let comes_at = Dice::new(Seed::new(whole.to_bits())).unit();
        let steps = if self.jitters && exact - whole >= comes_at { whole + 1.0 } else { whole };
        LocalTime::from_micros((steps * self.step_us).round() as i64 + self.phase.as_micros())
    }

    /// Returns the first exact reading that is rounded to `local` or more.
    fn shows(self, local: LocalTime) -> LocalTime {
        let steps = ((local.as_micros() - self.phase.as_micros()) as f64 / self.step_us).ceil();
        let early = if self.jitters { 1.0 - Dice::new(Seed::new((steps - 1.0).to_bits())).unit() } else { 0.0 };
        let mut exact = LocalTime::from_micros(((steps - early) * self.step_us).ceil() as i64 + self.phase.as_micros());
        // A step of 16.7 ms is no whole number of microseconds.
        while self.rounded(exact) < local {
            exact += Span::from_micros(1);
        }
        exact
    }
}

/// Returns the integral, from 0 to `swings`, of a triangle wave between -1 and 1 that begins at 0 and rises.
///
/// A sine would be no truer, and each platform's has other last digits.
fn gained(swings: f64) -> f64 {
    let phase = swings - swings.floor();
    let nearer = phase.min(1.0 - phase);
    if nearer < 0.25 { 2.0 * nearer * nearer } else { 2.0 * nearer * (1.0 - nearer) - 0.25 }
}

impl Device {
    /// Creates a device, switched on at `born`, whose clock is within ±50 ppm and wanders by up to 3 ppm with the
    /// temperature, in swings of 20 to 60 minutes.
    pub fn ordinary(born: ServerTime, dice: &mut Dice) -> Self {
        Self {
            born,
            origin: LocalTime::from_micros(dice.between(Span::ZERO, Span::from_millis(100_000_000)).as_micros()),
            skew: dice.around_zero(50e-6),
            wander: dice.unit() * 3e-6,
            swing: dice.between(Span::from_millis(1_200_000), Span::from_millis(3_600_000)),
            naps: Vec::new(),
            settings: Vec::new(),
            coarseness: None,
        }
    }

    /// Makes the clock run faster (below zero: slower) than true time by `ppm`, without wander.
    #[must_use]
    pub fn with_skew_ppm(self, ppm: f64) -> Self {
        Self { skew: ppm * 1e-6, wander: 0.0, ..self }
    }

    /// Makes pages read the monotonic clock as a browser rounds it.
    #[must_use]
    pub fn with_coarseness(self, coarseness: Coarseness) -> Self {
        Self { coarseness: Some(coarseness), ..self }
    }

    /// Makes it sleep at `at` for `nap`: its monotonic clock stops meanwhile, as Chrome's does on macOS and Linux. Naps are
    /// in order and do not overlap.
    #[must_use]
    pub fn with_nap(mut self, at: ServerTime, nap: Span) -> Self {
        self.naps.push((at, nap));
        self
    }

    /// Sets its wall clock forward (below zero: back) by `by` at `at`. The monotonic clock is not affected.
    #[must_use]
    pub fn with_wall_set(mut self, at: ServerTime, by: Span) -> Self {
        self.settings.push((at, by));
        self
    }

    /// Returns what the monotonic clock shows at `at`: to the microsecond, unless it is coarse.
    pub fn local(&self, at: ServerTime) -> LocalTime {
        let exact = self.exact_local(at);
        self.coarseness.map_or(exact, |coarseness| coarseness.rounded(exact))
    }

    fn exact_local(&self, at: ServerTime) -> LocalTime {
        let asleep = self.naps.iter().map(|(from, nap)| (at - *from).max(Span::ZERO).min(*nap));
        let awake = asleep.fold(at - self.born, |awake, nap| awake - nap);
        let elapsed = awake.as_micros() as f64;
        let swing = self.swing.as_micros() as f64;
        let swung = self.wander * swing * gained(elapsed / swing);
        self.origin + awake + Span::from_micros((elapsed * self.skew + swung).round() as i64)
    }

    /// Returns what the wall clock shows at `at`, in the server's frame; it was right at `born`.
    pub fn wall(&self, at: ServerTime) -> ServerTime {
        let set = self.settings.iter().filter(|(from, _)| *from <= at);
        set.fold(at, |wall, (_, by)| wall + *by)
    }

    /// Returns the first instant at which the monotonic clock shows `local` or more.
    pub fn when(&self, local: LocalTime) -> ServerTime {
        if self.naps.is_empty() {
            return self.when_awake(self.coarseness.map_or(local, |coarseness| coarseness.shows(local)));
        }
        let elapsed = local - self.origin;
        let step = self.coarseness.map_or(0, |coarseness| coarseness.step_us as i64);
        let slack = Span::from_micros(elapsed.as_micros().abs() / 1_000 + 1_000 + 2 * step);
        let asleep = self.naps.iter().fold(Span::ZERO, |sum, (_, nap)| sum + *nap);
        let (mut before, mut after) = (self.born + elapsed - slack, self.born + elapsed + slack + asleep);
        while after - before > Span::from_micros(1) {
            let middle = before + Span::from_micros((after - before).as_micros() / 2);
            if self.local(middle) >= local { after = middle } else { before = middle }
        }
        after
    }

    /// Returns the first instant at which the monotonic clock is `local` or more before it is rounded, on a device that never
    /// sleeps: its clock is so nearly as fast as true time that adding what is missing gets there.
    fn when_awake(&self, local: LocalTime) -> ServerTime {
        let step = Span::from_micros(1);
        let mut at = self.born + (local - self.origin);
        // Each round leaves less than a thousandth of what was missing.
        for _ in 0..3 {
            at += local - self.exact_local(at);
        }
        while self.exact_local(at) < local {
            at += step;
        }
        while self.exact_local(at - step) >= local {
            at = at - step;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BORN: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn after(seconds: i64) -> ServerTime {
        BORN + Span::from_millis(seconds * 1_000)
    }
    fn device() -> Device {
        Device::ordinary(BORN, &mut Dice::new(Seed::new(4)))
    }

    #[test]
    fn a_fast_crystal_gains() {
        let device = device().with_skew_ppm(50.0);
        assert_eq!(device.local(after(3_600)) - device.local(BORN), Span::from_micros(3_600_180_000));
    }

    #[test]
    fn what_a_swing_gains_it_loses_again() {
        for (swings, expected) in [(0.0, 0.0), (0.25, 0.125), (0.5, 0.25), (0.75, 0.125), (1.0, 0.0), (7.5, 0.25)] {
            assert_eq!(gained(swings).to_bits(), f64::to_bits(expected), "{swings}");
        }
        // Its slope is the wave: 1 at a quarter.
        assert!((gained(0.2501) - gained(0.2499) - 0.0002).abs() < 1e-6);
    }

    #[test]
    fn the_monotonic_clock_stands_still_in_sleep_and_the_wall_clock_does_not() {
        let device = device().with_skew_ppm(0.0).with_nap(after(10), Span::from_millis(30_000));
        assert_eq!(device.local(after(25)), device.local(after(10)));
        assert_eq!(device.local(after(50)) - device.local(BORN), Span::from_millis(20_000));
        assert_eq!(device.wall(after(50)), after(50));
    }

    #[test]
    fn setting_the_wall_clock_leaves_the_monotonic_one() {
        let (plain, set) = (device(), device().with_wall_set(after(60), Span::from_millis(-3_600_000)));
        assert_eq!(plain.local(after(100)), set.local(after(100)));
        assert_eq!(set.wall(after(100)), after(100) - Span::from_millis(3_600_000));
    }

    #[test]
    fn when_undoes_local() {
        let slept = device().with_nap(after(100), Span::from_millis(5_000));
        for second in [1, 99, 106, 5_000] {
            let shown = slept.local(after(second));
            let when = slept.when(shown);
            assert!(slept.local(when) >= shown && (after(second) - when) < Span::from_micros(2), "{second}: {when}");
        }
        let coarse =
            |step_us, jitters| device().with_coarseness(Coarseness { step_us, phase: Span::from_micros(321), jitters });
        let devices = [device(), device().with_skew_ppm(200.0), device().with_skew_ppm(-200.0)];
        for device in devices.into_iter().chain([coarse(100.0, true), coarse(1_000.0, false), coarse(16_700.0, true)]) {
            for us in (0..40_000_000).step_by(370_013) {
                let local = device.origin + Span::from_micros(us);
                let when = device.when(local);
                assert!(device.local(when) >= local, "{device:?} {us}");
                assert!(device.local(when - Span::from_micros(1)) < local, "{device:?} {us}");
            }
        }
    }
}
