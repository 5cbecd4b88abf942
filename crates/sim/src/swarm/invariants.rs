//! What must hold for a viewer after every step.

use std::collections::BTreeSet;

use core::fmt;
use downbeat_core::{LocalTime, ServerTime, Session, Span, Version};

/// How long everything may take to converge once it is calm: 20 s.
pub(super) const CONVERGES: Span = Span::from_millis(20_000);

/// How long it may take until everybody has a socket again: 90 s, since a wait before one is 60 s at most, and the one after it
/// may still have failed.
pub(super) const LIVE: Span = Span::from_millis(90_000);

/// How long after its beginning a clock may still be acquired, and move freely: 10 s, and a page's late timers.
const ACQUIRED_AFTER: Span = Span::from_millis(10_500);

/// What did not hold, for whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The viewer's number.
    pub viewer: u32,
    /// From the beginning of the event.
    pub after: Span,
    /// What did not hold.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "viewer {} after {} ms: {}", self.viewer, self.after.as_millis(), self.what)
    }
}

/// Watches one viewer.
#[derive(Debug, Default)]
pub(super) struct Invariants {
    fired: BTreeSet<usize>,
    version: Option<Version>,
    time: Option<ServerTime>,
    /// From when on the clock is slewed: it has been acquired by then. `None` before its first reading.
    slews_from: Option<ServerTime>,
    /// Whether the device's clock is worse than bounds allow for.
    pub(super) is_unbounded: bool,
}

impl Invariants {
    /// Creates those of a device whose clock is worse than bounds allow for, or is not.
    pub(super) fn new(is_unbounded: bool) -> Self {
        Self { is_unbounded, ..Self::default() }
    }

    /// Notes that a cue fired.
    pub(super) fn fire(&mut self, cue: usize) -> Result<(), String> {
        if self.fired.insert(cue) { Ok(()) } else { Err(format!("cue {cue} fired twice")) }
    }

    /// Notes that the clock starts over at `at`: it moves freely for a while.
    pub(super) fn start_over(&mut self, at: ServerTime) {
        self.time = None;
        self.slews_from = Some(at + ACQUIRED_AFTER);
    }

    /// Checks the session after a step at `at`, when the device's clock showed `now`; without its clock while the device slept and
    /// `doubts` how long.
    pub(super) fn check(
        &mut self,
        session: &Session,
        at: ServerTime,
        now: LocalTime,
        doubts: bool,
    ) -> Result<(), String> {
        if let Some(news) = session.state() {
            let version = Version { epoch: news.epoch.clone(), rev: news.rev };
            if let Some(before) = &self.version
                && before.epoch == version.epoch
                && before.rev > version.rev
            {
                return Err(format!("it went back from {before} to {version}"));
            }
            self.version = Some(version);
        }
        let Some(reading) = session.reading(now).filter(|_| !doubts) else {
            self.time = None;
            return Ok(());
        };
        let error = reading.time - at;
        if error.max(-error) > reading.bound && !self.is_unbounded {
            let (error, bound) = (error.as_micros(), reading.bound.as_micros());
            return Err(format!("its clock is off by {error} µs, and says ±{bound} µs"));
        }
        let slews_from = *self.slews_from.get_or_insert(at + ACQUIRED_AFTER);
        if let Some(before) = self.time.filter(|before| at > slews_from && *before > reading.time) {
            return Err(format!("its time ran back by {} µs", (before - reading.time).as_micros()));
        }
        self.time = Some(reading.time);
        Ok(())
    }
}
