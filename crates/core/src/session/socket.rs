//! The socket through which changes are pushed: when to open it, whether it still answers, and when to try again.

use super::overload::Load;
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

/// The longest wait for a pong from a server that is overloaded: 10 s.
///
/// Reason: a socket that is closed because the server is slow has to be made again by the same server.
const PONG_MAX_HEAVY: Span = Span::from_millis(10_000);

/// The longest wait from opening a socket to the first state through it: 10 s; twice as long after each that had none,
/// to [`OPEN_MAX_HEAVY`].
///
/// Reason: viewers who all return at once are admitted over the same time.
const OPEN_MAX: Span = Span::from_millis(10_000);

/// The longest wait for a socket from a server that is overloaded: 40 s.
///
/// Reason: a socket that is given up while it waits its turn is made all the same, for nobody. If everyone gives up and
/// tries again, nobody gets one, however many the server makes.
const OPEN_MAX_HEAVY: Span = Span::from_millis(40_000);

/// How much longer a viewer waits for a socket each time, while the server seems overloaded: 5 s.
const OPEN_MORE: Span = Span::from_millis(5_000);

/// The jitter of the wait that a server without room asks for: 20 % around 1.25 times that wait.
const ASKED_WAIT_JITTER_PERCENT: u8 = 20;

/// The socket of one viewer.
#[derive(Clone, Debug)]
pub(super) struct Socket {
    seed: Seed,
    backoff: Backoff,
    /// The hub that holds it, or held it last.
    hub: Option<u16>,
    state: State,
    /// When the state began.
    since: LocalTime,
    /// When the state ends.
    until: LocalTime,
    /// The longest wait for the next one to open.
    patience: Span,
    /// Whether one was opened, or tried, since the server pushes.
    was_tried: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The server is not known to push.
    Off,
    Waiting,
    /// Waiting as long as the server asked for.
    Refused,
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
        Self {
            seed,
            backoff: Backoff::new(),
            hub: None,
            state: State::Off,
            since: now,
            until: now,
            patience: OPEN_MAX,
            was_tried: false,
        }
    }

    /// Sets whether the server pushes, and from when a socket may be opened. Returns whether a socket exists that is no
    /// longer needed.
    pub(super) fn set_offered(&mut self, is_offered: bool, from: LocalTime) -> bool {
        if is_offered == self.is_offered() {
            return false;
        }
        let is_there = self.is_opening() || self.is_open();
        self.was_tried = false;
        self.turn(if is_offered { State::Waiting } else { State::Off }, from);
        is_there
    }

    /// Returns what to do at `now`, and assumes that it is done.
    pub(super) fn poll(&mut self, load: Load, now: LocalTime) -> Option<Due> {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return None;
        }
        match self.state {
            State::Off => None,
            State::Waiting | State::Refused => {
                (self.since, self.was_tried) = (now, true);
                self.turn(State::Opening, now + self.patience);
                Some(Due::Open { not: self.hub })
            }
            State::Open => {
                let patience = match load {
                    Load::Normal => PONG_MAX,
                    Load::Heavy => PONG_MAX_HEAVY,
                };
                self.since = now;
                self.turn(State::Pinged { again: false }, now + patience);
                Some(Due::Ping)
            }
            // A tick this late means that the device slept, and the pong may be waiting to be read.
            State::Pinged { again: false } if now - self.until >= PONG_MAX => {
                self.turn(State::Pinged { again: true }, now + PONG_MAX);
                Some(Due::Ping)
            }
            State::Opening if load == Load::Heavy && now - self.since < OPEN_MAX_HEAVY => {
                self.until = now + OPEN_MORE;
                None
            }
            State::Opening => {
                self.patience = (self.patience + self.patience).min(OPEN_MAX_HEAVY);
                self.lose(now);
                Some(Due::Close)
            }
            State::Pinged { .. } => {
                self.lose(now);
                Some(Due::Close)
            }
        }
    }

    /// Handles a state received from `hub`. Returns how long the socket took to open, if this is the first one.
    pub(super) fn handle_push(&mut self, hub: u16, now: LocalTime) -> Option<Span> {
        let took = self.is_opening().then(|| now - self.since);
        if self.state == State::Opening {
            self.backoff.handle_success();
            self.patience = OPEN_MAX;
            let wait = self.seed.span_below(PING_WAIT);
            self.turn(State::Open, now + wait);
        }
        if self.is_open() {
            self.hub = Some(hub);
        }
        took
    }

    /// Handles the answer to a ping. Returns how long it took.
    pub(super) fn handle_pong(&mut self, now: LocalTime) -> Option<Span> {
        let took = matches!(self.state, State::Pinged { .. }).then(|| now - self.since);
        if self.is_open() {
            self.backoff.handle_success();
            self.turn(State::Open, now + PING_WAIT);
        }
        took
    }

    /// Handles that it was closed, or could not be opened.
    pub(super) fn handle_closed(&mut self, now: LocalTime) {
        if self.is_opening() || self.is_open() {
            self.lose(now);
        }
    }

    /// Handles that the server closed it, and asks for a `wait` before the next one. That is no failure: the hub is not
    /// avoided, and later waits are not longer for it.
    pub(super) fn handle_refused(&mut self, wait: Span, now: LocalTime) {
        if self.is_opening() || self.is_open() {
            // At random between the wait and half as long again.
            let middle = Span::from_micros(wait.as_micros() / 4 * 5);
            let wait = self.seed.span_around(middle, ASKED_WAIT_JITTER_PERCENT);
            self.turn(State::Refused, now + wait);
        }
    }

    /// Handles that the server asks for a wait before anything else: the next socket comes after it.
    pub(super) fn handle_wait(&mut self, until: LocalTime) {
        if self.state == State::Waiting {
            self.until = self.until.max(until);
        }
    }

    /// Handles that the server closed it for what this client did: the next one comes after one of the longest waits.
    pub(super) fn handle_fault(&mut self, now: LocalTime) {
        self.backoff.handle_fault();
        self.handle_closed(now);
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

    /// Returns whether it is being opened.
    pub(super) fn is_opening(&self) -> bool {
        self.state == State::Opening
    }

    /// Returns whether it is lost, or could not be opened.
    pub(super) fn is_lost(&self) -> bool {
        self.was_tried && matches!(self.state, State::Waiting | State::Refused)
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
