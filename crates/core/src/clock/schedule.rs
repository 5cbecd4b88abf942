//! When to ask the server for the time.
//!
//! | pace | how long |
//! | --- | --- |
//! | every 100 ms | 5 answers |
//! | every second | 5 answers |
//! | every 30 s ± 20 % | until 5 minutes have passed since the beginning |
//! | the server's `resync` ± 20 %, 5 minutes unless it says otherwise | from then on |
//!
//! It starts over after a jump, and asks within 5 s ± 20 % if an answer left something open. A wait counts from the
//! answer and is at least twice as long as the answer took, so a slow server gets few requests. The first wait
//! of the two slow paces is random between zero and the whole, so viewers who joined together do not ask together.

use super::backoff::Backoff;
use super::estimator::ClockChange;
use crate::event::{Delivery, RESYNC_MAX, RESYNC_MIN};
use crate::seed::Seed;
use crate::time::{LocalTime, Span};

/// The time over which first requests are spread: 500 ms.
///
/// Reason: 10,000 people open a page at the full hour; it costs a viewer a quarter of a second on average.
const FIRST_SPREAD: Span = Span::from_millis(500);

/// The number of answers at each of the two quick paces: 5.
const QUICK: u32 = 5;

const QUICKEST_WAIT: Span = Span::from_millis(100);
const QUICK_WAIT: Span = Span::from_millis(1_000);

/// The wait while the skew is still unknown: 30 s.
const SETTLING_WAIT: Span = Span::from_millis(30_000);

/// The time until the skew is known: 5 minutes.
const SETTLED_AFTER: Span = Span::from_millis(300_000);

/// The wait for something that an answer left open: 5 s.
///
/// Reason: the server always answers, also while it does not know the state; that is over within seconds.
const OPEN_WAIT: Span = Span::from_millis(5_000);

/// The jitter of waits: 20 % to either side.
const JITTER_PERCENT: u8 = 20;

/// The longest wait for an answer: 5 s; twice as long after each that did not come, to 20 s.
///
/// Reason: the server answers within 300 ms; a bound of 2.5 s is worth nothing, and a lost packet is asked for again.
pub const ANSWER_MAX: Span = Span::from_millis(5_000);

/// The longest wait for an answer from a server that was slow before: 20 s.
///
/// Reason: a request that is given up while it waits its turn is served all the same. If everyone gives up and asks
/// again, nobody is served in time any more, however much the server does.
const PATIENCE_MAX: Span = Span::from_millis(20_000);

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Request the time from the server.
    ///
    /// If the connection is likely `cold`, the request may have waited for DNS, TCP and TLS before it left. The
    /// exchange is still honest: its upper bound is loose, its lower bound as good as any. [`super::Envelope`]
    /// therefore uses it, and the next one is better within 100 ms; a method that uses the middle must not see
    /// it. It does not count towards the answers of the first pace: it only warms up the connection.
    RequestTime {
        /// Whether it is the first request, or the first after a failure.
        cold: bool,
    },
    /// Abort the request: it had no answer for [`ANSWER_MAX`] or, after others that had none, longer. The next deadline
    /// is set.
    AbortRequest,
}

/// Decides when to ask. It reads no clock and does not wait: it returns the next deadline.
///
/// ```
/// use downbeat_core::clock::{ClockChange, Due, Schedule};
/// use downbeat_core::{LocalTime, Seed, Span};
/// let mut schedule = Schedule::new(LocalTime::from_micros(0), Seed::from_parts(&[b"gala", b"viewer 17"]));
/// let first = schedule.deadline();
/// assert!(first < LocalTime::from_micros(500_000));
/// assert_eq!(schedule.poll(first), Some(Due::RequestTime { cold: true }));
/// let answered = first + Span::from_millis(40);
/// schedule.handle_answer(ClockChange::None, answered);
/// assert!(schedule.deadline() - answered <= Span::from_millis(120));
/// ```
#[derive(Clone, Debug)]
pub struct Schedule {
    seed: Seed,
    resync: Span,
    backoff: Backoff,
    began: LocalTime,
    answers: u32,
    pace: Pace,
    state: State,
    cold: bool,
    /// The longest wait for the next answer.
    patience: Span,
}

/// A request that has no answer yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InFlight {
    /// When it was sent.
    pub(crate) at: LocalTime,
    /// Whether the connection was likely cold.
    pub(crate) cold: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Quickest,
    Quick,
    Settling,
    Settled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting { until: LocalTime },
    Asked { at: LocalTime, again: bool },
}

impl Schedule {
    /// Creates the schedule of a viewer who begins at `now`. The same seed asks at the same times.
    pub fn new(now: LocalTime, seed: Seed) -> Self {
        let mut seed = seed;
        let until = now + seed.span_below(FIRST_SPREAD);
        Self {
            seed,
            resync: Delivery::default().resync,
            backoff: Backoff::new(),
            began: now,
            answers: 0,
            pace: Pace::Quickest,
            state: State::Waiting { until },
            cold: true,
            patience: ANSWER_MAX,
        }
    }

    /// Returns when to [`Schedule::poll`] next.
    pub fn deadline(&self) -> LocalTime {
        match self.state {
            State::Waiting { until } => until,
            State::Asked { at, .. } => at + self.patience,
        }
    }

    /// Returns what to do at `now`, and assumes that it is done; `None` before the deadline.
    pub fn poll(&mut self, now: LocalTime) -> Option<Due> {
        if now < self.deadline() {
            return None;
        }
        match self.state {
            State::Waiting { .. } => {
                self.state = State::Asked { at: now, again: false };
                Some(Due::RequestTime { cold: self.cold })
            }
            State::Asked { .. } => {
                self.patience = (self.patience + self.patience).min(PATIENCE_MAX);
                self.handle_failure(now);
                Some(Due::AbortRequest)
            }
        }
    }

    /// Handles an answer that came at `now`, and what it changed. Answers to aborted requests are accepted too.
    pub fn handle_answer(&mut self, change: ClockChange, now: LocalTime) {
        let again = matches!(self.state, State::Asked { again: true, .. });
        self.backoff.handle_success();
        let mut least = Span::ZERO;
        // A late answer to a request that was aborted does not say how long the next one will take.
        if let Some(InFlight { at, cold }) = self.in_flight() {
            let twice = (now - at) + (now - at);
            self.patience = twice.max(ANSWER_MAX).min(PATIENCE_MAX);
            if !cold {
                least = twice;
            }
        }
        if change == ClockChange::Flush {
            self.begin(now);
        }
        if !self.cold {
            self.answers = self.answers.saturating_add(1);
        }
        self.cold = false;
        let wait = if again { Span::ZERO } else { self.next_wait(now).max(least) };
        self.state = State::Waiting { until: now + wait };
    }

    /// Handles that a request failed at `now`: it is retried after a [`Backoff`].
    pub fn handle_failure(&mut self, now: LocalTime) {
        self.cold = true;
        let wait = self.backoff.next_wait(&mut self.seed);
        self.state = State::Waiting { until: now + wait };
    }

    /// Handles that a clock may have jumped, that the page was hidden for long, or that the network is back: asks now.
    /// A request in flight is followed by another one.
    pub fn handle_doubt(&mut self, now: LocalTime) {
        self.state = match self.state {
            State::Waiting { until } => State::Waiting { until: until.min(now) },
            State::Asked { at, .. } => State::Asked { at, again: true },
        };
    }

    /// Handles that the answer left something open: the next request comes within 5 s ± 20 %.
    pub fn handle_gap(&mut self, now: LocalTime) {
        if let State::Waiting { until } = self.state {
            let soon = now + self.seed.span_around(OPEN_WAIT, JITTER_PERCENT);
            self.state = State::Waiting { until: until.min(soon) };
        }
    }

    /// Handles that there is something more important than a better clock until `later`: the next request comes after it.
    pub(crate) fn handle_load(&mut self, later: LocalTime) {
        if let State::Waiting { until } = self.state {
            self.state = State::Waiting { until: until.max(later) };
        }
    }

    /// Handles that nothing is more important any more: the quick paces go on.
    pub(crate) fn handle_relief(&mut self, now: LocalTime) {
        let wait = match self.pace {
            Pace::Quickest => QUICKEST_WAIT,
            Pace::Quick => QUICK_WAIT,
            Pace::Settling | Pace::Settled => return,
        };
        if let State::Waiting { until } = self.state {
            let soon = now + self.seed.span_around(wait, JITTER_PERCENT);
            self.state = State::Waiting { until: until.min(soon) };
        }
    }

    /// Returns the request that has no answer yet.
    pub(crate) fn in_flight(&self) -> Option<InFlight> {
        match self.state {
            State::Asked { at, .. } => Some(InFlight { at, cold: self.cold }),
            State::Waiting { .. } => None,
        }
    }

    /// Sets the interval of requests that the server asks for, clamped to [`RESYNC_MIN`] to
    /// [`RESYNC_MAX`]. It applies from the next wait on.
    pub fn handle_resync(&mut self, resync: Span) {
        self.resync = resync.max(RESYNC_MIN).min(RESYNC_MAX);
    }

    fn begin(&mut self, now: LocalTime) {
        (self.began, self.answers, self.pace) = (now, 0, Pace::Quickest);
    }

    fn next_wait(&mut self, now: LocalTime) -> Span {
        let before = self.pace;
        self.pace = match self.answers {
            0..QUICK => Pace::Quickest,
            QUICK..TWICE_QUICK => Pace::Quick,
            _ if now - self.began < SETTLED_AFTER => Pace::Settling,
            _ => Pace::Settled,
        };
        let wait = match self.pace {
            Pace::Quickest => QUICKEST_WAIT,
            Pace::Quick => QUICK_WAIT,
            Pace::Settling => SETTLING_WAIT,
            Pace::Settled => self.resync,
        };
        let first = self.pace != before && matches!(self.pace, Pace::Settling | Pace::Settled);
        if first { self.seed.span_below(wait) } else { self.seed.span_around(wait, JITTER_PERCENT) }
    }
}

const TWICE_QUICK: u32 = 2 * QUICK;

#[cfg(test)]
mod tests;
