//! Polling the state while it is not pushed: from the server or, while that does not answer, from the pointer.

use crate::seed::Seed;
use crate::time::{LocalTime, Span};

/// The interval of polling the state while there is no socket: 5 s.
///
/// Reason: a pause should be late by seconds, not minutes, and 50,000 viewers cause 10,000 answers a
/// second, which data centres serve from their caches.
const POLL_WAIT: Span = Span::from_millis(5_000);

/// The jitter of waits: 20 % to either side.
const JITTER_PERCENT: u8 = 20;

/// When to ask for the state. A request without an answer by the next turn has failed.
#[derive(Clone, Debug)]
pub(super) struct Polling {
    seed: Seed,
    turn: Option<LocalTime>,
    asked: bool,
}

/// A request to send now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Poll {
    /// Whether the previous request got no answer; the next one replaces it.
    pub(super) previous_timed_out: bool,
}

impl Polling {
    pub(super) const fn new(seed: Seed) -> Self {
        Self { seed, turn: None, asked: false }
    }

    /// Begins polling: the first turn comes at a random time within the first wait, to spread viewers who lost one hub.
    pub(super) fn begin(&mut self, now: LocalTime) {
        if self.turn.is_none() {
            self.turn = Some(now + self.seed.span_below(POLL_WAIT));
        }
    }

    /// Ends polling: states are pushed again.
    pub(super) fn end(&mut self) {
        (self.turn, self.asked) = (None, false);
    }

    /// Returns whether to send a request at `now`, and assumes that it is sent.
    pub(super) fn poll(&mut self, now: LocalTime) -> Option<Poll> {
        self.turn.filter(|turn| *turn <= now)?;
        let previous_timed_out = self.asked;
        self.asked = true;
        self.turn = Some(now + self.seed.span_around(POLL_WAIT, JITTER_PERCENT));
        Some(Poll { previous_timed_out })
    }

    /// Handles that the request was answered, or failed.
    pub(super) fn finish(&mut self) {
        self.asked = false;
    }

    /// Asks now, if polling: the page is shown again, or the network is back.
    pub(super) fn handle_doubt(&mut self, now: LocalTime) {
        self.turn = self.turn.map(|turn| turn.min(now));
    }

    pub(super) fn deadline(&self) -> Option<LocalTime> {
        self.turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> LocalTime {
        LocalTime::from_micros(ms * 1_000)
    }

    fn ms(ms: i64) -> Span {
        Span::from_millis(ms)
    }

    #[test]
    fn it_asks_every_5_seconds_give_or_take_one() {
        let mut polling = Polling::new(Seed::new(1));
        assert_eq!(polling.poll(at(1_000_000)), None);
        polling.begin(at(0));
        let mut now = polling.deadline().unwrap();
        assert!(now < at(5_000), "{now:?}");
        for _ in 0..100 {
            assert_eq!(polling.poll(now), Some(Poll { previous_timed_out: false }));
            assert_eq!(polling.poll(now), None);
            polling.finish();
            let wait = polling.deadline().unwrap() - now;
            assert!((ms(4_000)..=ms(6_000)).contains(&wait), "{wait:?}");
            now += wait;
        }
        polling.begin(now);
        assert!(polling.deadline().unwrap() <= now, "polling that has begun does not begin again");
        polling.end();
        assert_eq!((polling.deadline(), polling.poll(now)), (None, None));
    }

    #[test]
    fn silence_until_the_next_turn_is_a_timeout() {
        let mut polling = Polling::new(Seed::new(2));
        polling.begin(at(0));
        let first = polling.deadline().unwrap();
        assert_eq!(polling.poll(first), Some(Poll { previous_timed_out: false }));
        let second = polling.deadline().unwrap();
        assert_eq!(polling.poll(second), Some(Poll { previous_timed_out: true }));
        polling.finish();
        let third = polling.deadline().unwrap();
        assert_eq!(polling.poll(third), Some(Poll { previous_timed_out: false }));
    }

    #[test]
    fn a_page_that_is_shown_again_asks_at_once() {
        let mut polling = Polling::new(Seed::new(3));
        polling.handle_doubt(at(0));
        assert_eq!(polling.poll(at(0)), None);
        polling.begin(at(0));
        polling.handle_doubt(at(0));
        assert_eq!(polling.poll(at(0)), Some(Poll { previous_timed_out: false }));
    }
}
