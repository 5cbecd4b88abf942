//! Whether the server seems to have more to do than it can.
//!
//! When it is likely, a viewer does less: first it leaves out requests that only make its clock more exact, then it
//! opens sockets less often, and last it polls the state a little less often. A server that says so is believed; one
//! that does not is measured.

use crate::seed::Seed;
use crate::time::{LocalTime, Span};

/// An answer that takes longer shows an overload: 1 s.
///
/// Reason: of the networks that work, few are so slow, and on those a further request at once gains the clock nothing.
const ANSWER_SLOW: Span = Span::from_millis(1_000);

/// An answer over a connection that is likely cold takes longer without an overload: 3 s.
///
/// Reason: DNS, TCP and TLS come first, at least three round trips.
const COLD_ANSWER_SLOW: Span = Span::from_millis(3_000);

/// The time for which an overload is assumed after the last sign of it: 20 s, and a quarter more or less, so that
/// viewers do not all return to their usual pace at once.
///
/// Reason: it outlasts the 15 s between two pings, so a viewer who has a socket meets the next sign in time.
const MEMORY: Span = Span::from_millis(20_000);

const MEMORY_JITTER_PERCENT: u8 = 25;

/// The jitter of waits: 20 % to either side.
const JITTER_PERCENT: u8 = 20;

/// What a viewer believes about the server's load.
#[derive(Clone, Debug)]
pub(super) struct Overload {
    seed: Seed,
    until: Option<LocalTime>,
    /// When the wait that the server asked for ends.
    waits_until: Option<LocalTime>,
}

/// Whether the server seems to be overloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Load {
    Normal,
    Heavy,
}

/// Over which connection a request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Warmth {
    Cold,
    Warm,
}

impl Overload {
    pub(super) const fn new(seed: Seed) -> Self {
        Self { seed, until: None, waits_until: None }
    }

    pub(super) fn load(&self, now: LocalTime) -> Load {
        if self.until.is_some_and(|until| now < until) { Load::Heavy } else { Load::Normal }
    }

    /// Handles a sign of an overload: something timed out.
    pub(super) fn handle_sign(&mut self, now: LocalTime) {
        let memory = self.seed.span_around(MEMORY, MEMORY_JITTER_PERCENT);
        self.until = self.until.max(Some(now + memory));
    }

    /// Handles that an answer took so long.
    pub(super) fn handle_answer(&mut self, took: Span, warmth: Warmth, now: LocalTime) {
        let slow = match warmth {
            Warmth::Cold => COLD_ANSWER_SLOW,
            Warmth::Warm => ANSWER_SLOW,
        };
        if took > slow {
            self.handle_sign(now);
        }
    }

    /// Handles that the server has no room for a socket for so long.
    pub(super) fn handle_refusal(&mut self, wait: Span, now: LocalTime) {
        self.handle_sign(now + wait);
    }

    /// Handles that the server asks for a `wait` before the next request. Returns when that ends: at random between the
    /// wait and half as long again.
    pub(super) fn handle_wait(&mut self, wait: Span, now: LocalTime) -> LocalTime {
        self.handle_sign(now + wait);
        let until = now + self.spread(Span::from_micros(wait.as_micros() / 4 * 5));
        self.waits_until = Some(until);
        until
    }

    /// Returns when the wait ends that the server asked for; `now` if that is over, or it asked for none.
    pub(super) fn waits_until(&self, now: LocalTime) -> LocalTime {
        self.waits_until.map_or(now, |until| until.max(now))
    }

    /// Returns a wait, spread by ±20 %.
    pub(super) const fn spread(&mut self, wait: Span) -> Span {
        self.seed.span_around(wait, JITTER_PERCENT)
    }
}
