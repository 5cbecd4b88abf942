//! What goes wrong in a run: each fault draws from its own seed, so that switching one off leaves the others as they were.

use core::fmt;
use downbeat_core::{Seed, ServerTime, Span};

use crate::Dice;
use crate::world::BEGIN;

/// Something that can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Crystals off by 5, 50 or 95 ppm, either way.
    Skew,
    /// Crystals off by 200 ppm, which is more than bounds allow for.
    WildSkew,
    /// Devices sleep: their monotonic clocks stop.
    Sleep,
    /// Wall clocks are set.
    WallStep,
    /// Clocks in steps of 0.1, 1, 16.7 or 100 ms.
    CoarseClock,
    /// Requests and frames wait for retransmissions.
    Loss,
    /// One of the two ways becomes longer, and stays so.
    RouteChange,
    /// Something else than the server answers, and sockets are silent.
    CaptivePortal,
    /// Frames of a socket queue behind one that was lost.
    HeadOfLine,
    /// Timers of background pages run once a second, or once a minute.
    Throttling,
    /// Pages stand still while their clocks run.
    Freezing,
    /// Timers are late by half a second on average.
    LateTimers,
    /// The operator pauses, resumes and seeks.
    Operator,
    /// Hubs restart: all sockets close.
    HubRestart,
    /// A region is lost: sockets close, and none opens.
    RegionLost,
    /// Requests fail.
    WorkerDown,
    /// A cache answers with an old state.
    StaleCache,
}

impl Fault {
    /// All of them, in the order in which they are tried when a failure is shrunk.
    pub const ALL: [Self; 17] = [
        Self::Skew,
        Self::WildSkew,
        Self::Sleep,
        Self::WallStep,
        Self::CoarseClock,
        Self::Loss,
        Self::RouteChange,
        Self::CaptivePortal,
        Self::HeadOfLine,
        Self::Throttling,
        Self::Freezing,
        Self::LateTimers,
        Self::Operator,
        Self::HubRestart,
        Self::RegionLost,
        Self::WorkerDown,
        Self::StaleCache,
    ];

    /// Returns its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skew => "skew",
            Self::WildSkew => "wild-skew",
            Self::Sleep => "sleep",
            Self::WallStep => "wall-step",
            Self::CoarseClock => "coarse-clock",
            Self::Loss => "loss",
            Self::RouteChange => "route-change",
            Self::CaptivePortal => "captive-portal",
            Self::HeadOfLine => "head-of-line",
            Self::Throttling => "throttling",
            Self::Freezing => "freezing",
            Self::LateTimers => "late-timers",
            Self::Operator => "operator",
            Self::HubRestart => "hub-restart",
            Self::RegionLost => "region-lost",
            Self::WorkerDown => "worker-down",
            Self::StaleCache => "stale-cache",
        }
    }

    /// Returns the fault with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A run: its seed, what goes wrong in it, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The seed of everything.
    pub seed: u64,
    /// What goes wrong, in order.
    pub faults: Vec<Fault>,
    /// When the calm begins, from the beginning of the event.
    pub calm_after: Span,
}

/// When the calm begins unless a run is shortened: half an hour.
pub const CALM_AFTER: Span = Span::from_millis(1_800_000);

impl Case {
    /// Draws which of `faults` are on in the run of this seed: each with an even chance.
    pub fn draw(seed: u64, faults: &[Fault]) -> Self {
        let is_on = |fault: &Fault| {
            Dice::new(Seed::from_parts(&[b"on", fault.name().as_bytes(), &seed.to_le_bytes()])).chance(0.5)
        };
        Self::with(seed, faults.iter().copied().filter(is_on).collect())
    }

    /// Creates the run of this seed with exactly these faults.
    pub const fn with(seed: u64, faults: Vec<Fault>) -> Self {
        Self { seed, faults, calm_after: CALM_AFTER }
    }

    /// When the calm begins.
    pub(super) fn calm_at(&self) -> ServerTime {
        BEGIN + self.calm_after
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Returns the dice of a fault for the viewer with this number, or for the server; `None` if it is off.
    pub(super) fn dice(&self, fault: Fault, of: u32) -> Option<Dice> {
        let parts = [fault.name().as_bytes(), &self.seed.to_le_bytes(), &of.to_le_bytes()];
        self.has(fault).then(|| Dice::new(Seed::from_parts(&parts)))
    }

    /// Returns when a fault that comes and goes is there: up to three times, for `least` to `most`, never in the calm.
    pub(super) fn windows(&self, fault: Fault, of: u32, least: Span, most: Span) -> Windows {
        let mut windows = Vec::new();
        if let Some(mut dice) = self.dice(fault, of) {
            let third = Span::from_micros(CALM_AFTER.as_micros() / 3);
            for number in 0..3 {
                let from =
                    BEGIN + Span::from_micros(third.as_micros() * number) + dice.between(Span::ZERO, third - most);
                let until = from + dice.between(least, most);
                if until < self.calm_at() {
                    windows.push((from, until));
                }
            }
        }
        Windows(windows)
    }
}

/// The times at which a fault is there, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Windows(pub(super) Vec<(ServerTime, ServerTime)>);

impl Windows {
    /// Returns when the one ends that is open at `at`.
    pub(super) fn ends(&self, at: ServerTime) -> Option<ServerTime> {
        self.0.iter().find(|(from, until)| (*from..*until).contains(&at)).map(|(_, until)| *until)
    }

    /// Returns when the one began that is open at `at`.
    pub(super) fn began(&self, at: ServerTime) -> Option<ServerTime> {
        self.0.iter().find(|(from, until)| (*from..*until).contains(&at)).map(|(from, _)| *from)
    }

    /// Returns the next beginning after `at`.
    pub(super) fn next(&self, at: ServerTime) -> Option<ServerTime> {
        self.0.iter().map(|(from, _)| *from).find(|from| *from > at)
    }
}
