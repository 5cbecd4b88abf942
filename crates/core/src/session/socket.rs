//! The socket through which changes are pushed: when to open it, whether it still answers, and when to try again.

use crate::clock::Backoff;
use crate::seed::Seed;
use crate::time::{LocalTime, Span};

/// The interval between pings: 15 s.
///
/// Reason: nothing else shows that a socket is dead, or that a push got lost in a hub; a ping costs the server
/// nothing, since the runtime answers it without waking the hub. The first one comes after a random part of it, so
/// viewers who joined together do not ping together.
const PING_WAIT: Span = Span::from_millis(15_000);

/// The longest wait for a pong: 3 s.
///
/// Reason: the slowest working networks need 2 s, and a viewer who is cut off should notice soon.
const PONG_MAX: Span = Span::from_millis(3_000);

/// The longest wait from opening a socket to the first state through it: 10 s.
///
/// Reason: viewers who all return at once are admitted over the same time.
const OPEN_MAX: Span = Span::from_millis(10_000);

/// The socket of one viewer.
#[derive(Clone, Debug)]
pub(super) struct Socket {
    seed: Seed,
    backoff: Backoff,
    /// The hub that holds it, or held it last.
    hub: Option<u16>,
    state: State,
    /// When the state ends.
    until: LocalTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The server is not known to push.
    Off,
    Waiting,
    Opening,
    Open,
    Pinged {
        again: bool,
    },
}

/// What to do to the socket now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Open {
        not: Option<u16>,
    },
    Ping,
    /// Close it: it does not answer. Another one is opened later.
    Close,
}

impl Socket {
    pub(super) fn new(seed: Seed, now: LocalTime) -> Self {
        Self { seed, backoff: Backoff::new(), hub: None, state: State::Off, until: now }
    }

    /// Sets whether the server pushes. Returns whether a socket exists that is no longer needed.
    pub(super) fn set_offered(&mut self, is_offered: bool, now: LocalTime) -> bool {
        if is_offered == self.is_offered() {
            return false;
        }
        let is_there = !matches!(self.state, State::Off | State::Waiting);
        self.turn(if is_offered { State::Waiting } else { State::Off }, now);
        is_there
    }

    /// Returns what to do at `now`, and assumes that it is done.
    pub(super) fn poll(&mut self, now: LocalTime) -> Option<Due> {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return None;
        }
        match self.state {
            State::Off => None,
            State::Waiting => {
                self.turn(State::Opening, now + OPEN_MAX);
                Some(Due::Open { not: self.hub })
            }
            State::Open => {
                self.turn(State::Pinged { again: false }, now + PONG_MAX);
                Some(Due::Ping)
            }
            // A tick this late means that the device slept, and the pong may be waiting to be read.
            State::Pinged { again: false } if now - self.until >= PONG_MAX => {
                self.turn(State::Pinged { again: true }, now + PONG_MAX);
                Some(Due::Ping)
            }
            State::Opening | State::Pinged { .. } => {
                self.lose(now);
                Some(Due::Close)
            }
        }
    }

    /// Handles a state received from `hub`.
    pub(super) fn handle_push(&mut self, hub: u16, now: LocalTime) {
        if self.state == State::Opening {
            self.backoff = Backoff::new();
            let wait = self.seed.span_below(PING_WAIT);
            self.turn(State::Open, now + wait);
        }
        if self.is_open() {
            self.hub = Some(hub);
        }
    }

    /// Handles the answer to a ping.
    pub(super) fn handle_pong(&mut self, now: LocalTime) {
        if self.is_open() {
            self.turn(State::Open, now + PING_WAIT);
        }
    }

    /// Handles that it was closed, or could not be opened.
    pub(super) fn handle_closed(&mut self, now: LocalTime) {
        if matches!(self.state, State::Opening | State::Open | State::Pinged { .. }) {
            self.lose(now);
        }
    }

    /// Handles that the device slept, or the network is back: pings or opens now.
    pub(super) fn handle_doubt(&mut self, now: LocalTime) {
        if matches!(self.state, State::Waiting | State::Open) {
            self.until = self.until.min(now);
        }
    }

    /// Handles that the server answers again: long waits are no longer needed.
    pub(super) fn handle_return(&mut self, now: LocalTime) {
        if self.state == State::Waiting {
            self.backoff = Backoff::new();
            self.until = self.until.min(now + self.backoff.next_wait(&mut self.seed));
        }
    }

    /// Returns whether the server pushes.
    pub(super) fn is_offered(&self) -> bool {
        self.state != State::Off
    }

    /// Returns whether it is open, as far as known.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open | State::Pinged { .. })
    }

    /// Returns whether it is lost, or could not be opened.
    pub(super) fn is_waiting(&self) -> bool {
        self.state == State::Waiting
    }

    pub(super) fn deadline(&self) -> Option<LocalTime> {
        self.is_offered().then_some(self.until)
    }

    fn lose(&mut self, now: LocalTime) {
        let wait = self.backoff.next_wait(&mut self.seed);
        self.turn(State::Waiting, now + wait);
    }

    fn turn(&mut self, state: State, until: LocalTime) {
        (self.state, self.until) = (state, until);
    }
}

#[cfg(test)]
mod tests;
