//! What a viewer's session runs in: the device, the browser and the network, each with its faults.

use downbeat_core::{LocalTime, Seed, ServerTime, Span};

use super::faults::{Case, Fault, Windows};
use crate::device::Coarseness;
use crate::network::Kind;
use crate::{Device, Dice, Network};

/// The device, browser and network of one viewer.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) device: Device,
    network: Network,
    naps: Windows,
    frozen: Windows,
    hidden: Windows,
    /// How often timers run while the page is hidden.
    throttle: Span,
    captive: Windows,
    blocked: Windows,
    loss: Option<Dice>,
    late: Option<Dice>,
    calm_at: ServerTime,
    /// When the ways become longer, and by how much there and back.
    reroute: Option<(ServerTime, Span, Span)>,
}

const fn ms(ms: i64) -> Span {
    Span::from_millis(ms)
}

/// Draws one of some values.
fn one_of<T: Copy>(dice: &mut Dice, values: &[T]) -> T {
    values[(dice.unit() * values.len() as f64) as usize]
}

impl Surroundings {
    pub(super) fn new(case: &Case, number: u32, arrived_at: ServerTime, seed: &mut Seed) -> Self {
        let mut dice = Dice::new(Seed::new(seed.next_u64()));
        let kind = one_of(&mut dice, &Kind::ALL);
        let naps = case.windows(Fault::Sleep, number, ms(10_000), ms(180_000));
        let mut device = Device::ordinary(arrived_at, &mut dice);
        if let Some(mut dice) = case.dice(Fault::Skew, number) {
            device = device.with_skew_ppm(one_of(&mut dice, &[-95.0, -50.0, -5.0, 5.0, 50.0, 95.0]));
        }
        if let Some(mut dice) = case.dice(Fault::WildSkew, number) {
            device = device.with_skew_ppm(one_of(&mut dice, &[-200.0, 200.0]));
        }
        if let Some(mut dice) = case.dice(Fault::CoarseClock, number) {
            let step_us = one_of(&mut dice, &[100.0, 1_000.0, 16_700.0, 100_000.0]);
            let phase = dice.between(Span::ZERO, ms(1));
            device = device.with_coarseness(Coarseness { step_us, phase, jitters: dice.chance(0.5) });
        }
        for (at, until) in naps.0.iter().filter(|(at, _)| *at > arrived_at) {
            device = device.with_nap(*at, *until - *at);
        }
        if let Some(mut dice) = case.dice(Fault::WallStep, number) {
            let at = arrived_at + dice.between(Span::ZERO, case.calm_at() - arrived_at);
            device =
                device.with_wall_set(at, one_of(&mut dice, &[ms(-3_600_000), ms(-2_000), ms(2_000), ms(86_400_000)]));
        }
        let reroute = case.dice(Fault::RouteChange, number).map(|mut dice| {
            let at = arrived_at + dice.between(Span::ZERO, case.calm_at() - arrived_at);
            let longer = dice.between(ms(1), ms(40));
            if dice.chance(0.5) { (at, longer, Span::ZERO) } else { (at, Span::ZERO, longer) }
        });
        let throttle = case.dice(Fault::Throttling, number).map(|mut dice| one_of(&mut dice, &[ms(1_000), ms(60_000)]));
        Self {
            device,
            network: Network::new(kind, arrived_at, Dice::new(Seed::new(seed.next_u64()))),
            naps,
            frozen: case.windows(Fault::Freezing, number, ms(1_000), ms(180_000)),
            hidden: case.windows(Fault::Throttling, number, ms(5_000), ms(300_000)),
            throttle: throttle.unwrap_or(Span::ZERO),
            captive: case.windows(Fault::CaptivePortal, number, ms(5_000), ms(120_000)),
            blocked: case.windows(Fault::HeadOfLine, number, ms(5_000), ms(60_000)),
            loss: case.dice(Fault::Loss, number),
            late: case.dice(Fault::LateTimers, number),
            calm_at: case.calm_at(),
            reroute,
        }
    }

    /// Returns when a page that is to run at `at` does: once the device is awake and the page is not frozen.
    pub(super) fn runs_at(&self, mut at: ServerTime) -> ServerTime {
        while let Some(until) = self.naps.ends(at).or_else(|| self.frozen.ends(at)) {
            at = until;
        }
        at
    }

    /// Returns whether the device slept at any time from `from` to `until`.
    pub(super) fn slept(&self, from: ServerTime, until: ServerTime) -> bool {
        self.naps.0.iter().any(|(at, _)| (from..=until).contains(at))
    }

    /// Returns when the browser runs a timer that is set for `deadline` of the device's clock, and has not run by `now`.
    pub(super) fn timer(&mut self, deadline: LocalTime, now: ServerTime) -> ServerTime {
        let at = self.device.when(deadline);
        let late = self.late.as_mut().filter(|_| at < self.calm_at).map(|dice| dice.exponential(ms(500)));
        let at = at + late.unwrap_or(Span::ZERO);
        let at = match self.hidden.ends(at) {
            Some(shown_at) => {
                let (us, every) = (at.as_micros(), self.throttle.as_micros());
                (at + Span::from_micros(every - us.rem_euclid(every))).min(shown_at)
            }
            None => at,
        };
        self.runs_at(at.max(now))
    }

    /// Returns when a hidden page is shown again.
    pub(super) fn shown(&self) -> impl Iterator<Item = ServerTime> + '_ {
        self.hidden.0.iter().map(|(_, until)| *until)
    }

    /// Returns whether something else answers in the server's place.
    pub(super) fn is_captive(&self, at: ServerTime) -> bool {
        self.captive.ends(at).is_some()
    }

    fn retransmission(&mut self, at: ServerTime) -> Span {
        let Some(dice) = self.loss.as_mut().filter(|_| at < self.calm_at) else { return Span::ZERO };
        if dice.chance(0.05) { dice.between(ms(200), ms(3_000)) } else { Span::ZERO }
    }

    /// Returns the delay of what leaves the device at `at`.
    pub(super) fn there(&mut self, at: ServerTime) -> Span {
        let longer = self.reroute.filter(|(from, ..)| *from <= at).map_or(Span::ZERO, |(_, there, _)| there);
        self.network.there(at) + longer + self.retransmission(at)
    }

    /// Returns the delay of what leaves the server at `at`.
    pub(super) fn back(&mut self, at: ServerTime) -> Span {
        let longer = self.reroute.filter(|(from, ..)| *from <= at).map_or(Span::ZERO, |(.., back)| back);
        self.network.back(at) + longer + self.retransmission(at)
    }

    /// Returns the delay of a frame that leaves the hub at `at`: those behind a lost one wait until that has come.
    pub(super) fn frame(&mut self, at: ServerTime) -> Span {
        let blocked = self.blocked.ends(at).map_or(Span::ZERO, |until| (until - at).min(ms(2_500)));
        self.back(at) + blocked
    }
}
