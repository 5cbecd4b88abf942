//! Polling the state while it is not pushed: from the server or, while that does not answer, from the pointer.

use super::overload::Load;
use crate::seed::Seed;
use crate::time::{LocalTime, Span};

/// The interval of polling the state while there is no socket: 5 s.
///
/// Reason: a pause should be late by seconds, not minutes, and 50,000 viewers cause 10,000 answers a
/// second, which data centres serve from their caches.
pub const POLL_WAIT: Span = Span::from_millis(5_000);

/// The interval of polling while the server is overloaded: 6 s.
///
/// Reason: with the jitter, the longest is 7.2 s, so that everyone knows of a pause within 10 s of it even if an answer
/// takes 3 s.
const POLL_WAIT_HEAVY: Span = Span::from_millis(6_000);

/// The longest wait that a server may ask for between two polls: 7 s. Reason: as before; it counts from an answer, which
/// took a while itself.
const ASKED_WAIT_MAX: Span = Span::from_millis(7_000);

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

    /// Begins polling one wait after the state was received another way; `from` is when the server wants to be asked again.
    pub(super) fn begin_later(&mut self, from: LocalTime, now: LocalTime) {
        if self.turn.is_none() {
            let wait = self.next_wait(Load::Normal);
            self.turn = Some(now + wait);
            self.handle_wait(from, now);
        }
    }

    /// Handles that the state was received another way: it need not be polled so soon.
    pub(super) fn handle_state(&mut self, now: LocalTime) {
        let later = now + self.next_wait(Load::Normal);
        self.turn = self.turn.map(|turn| turn.max(later));
    }

    /// Handles that the server asks for a wait until the next poll.
    pub(super) fn handle_wait(&mut self, until: LocalTime, now: LocalTime) {
        let later = until.min(now + ASKED_WAIT_MAX);
        self.turn = self.turn.map(|turn| turn.max(later));
    }

    /// Ends polling: states are pushed again.
    pub(super) fn end(&mut self) {
        (self.turn, self.asked) = (None, false);
    }

    /// Returns whether to send a request at `now`, and assumes that it is sent.
    pub(super) fn poll(&mut self, load: Load, now: LocalTime) -> Option<Poll> {
        self.turn.filter(|turn| *turn <= now)?;
        let previous_timed_out = self.asked;
        self.asked = true;
        self.turn = Some(now + self.next_wait(load));
        Some(Poll { previous_timed_out })
    }

    fn next_wait(&mut self, load: Load) -> Span {
        let wait = match load {
            Load::Normal => POLL_WAIT,
            Load::Heavy => POLL_WAIT_HEAVY,
        };
        self.seed.span_around(wait, JITTER_PERCENT)
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
        assert_eq!(polling.poll(Load::Normal, at(1_000_000)), None);
        polling.begin(at(0));
        let mut now = polling.deadline().unwrap();
        assert!(now < at(5_000), "{now:?}");
        for _ in 0..100 {
            assert_eq!(polling.poll(Load::Normal, now), Some(Poll { previous_timed_out: false }));
            assert_eq!(polling.poll(Load::Normal, now), None);
            polling.finish();
            let wait = polling.deadline().unwrap() - now;
            assert!((ms(4_000)..=ms(6_000)).contains(&wait), "{wait:?}");
            now += wait;
        }
        polling.begin(now);
        assert!(polling.deadline().unwrap() <= now, "polling that has begun does not begin again");
        polling.end();
        assert_eq!((polling.deadline(), polling.poll(Load::Normal, now)), (None, None));
    }

    #[test]
    fn under_load_it_asks_a_little_less_often_and_within_8_seconds() {
        let mut polling = Polling::new(Seed::new(1));
        polling.begin_later(at(0), at(0));
        let mut now = polling.deadline().unwrap();
        assert!((at(4_000)..=at(6_000)).contains(&now), "{now:?}");
        for _ in 0..100 {
            assert!(polling.poll(Load::Heavy, now).is_some());
            let wait = polling.deadline().unwrap() - now;
            assert!((ms(4_800)..=ms(7_200)).contains(&wait), "{wait:?}");
            now += wait;
        }
        let turn = polling.deadline().unwrap();
        polling.handle_wait(turn, turn - ms(1_000));
        assert_eq!(polling.deadline(), Some(turn), "a wait that is over anyway");
        polling.handle_wait(turn + ms(9_000), turn);
        assert_eq!(polling.deadline(), Some(turn + ms(7_000)));
    }

    #[test]
    fn a_state_that_was_received_another_way_is_not_polled_so_soon() {
        let mut polling = Polling::new(Seed::new(1));
        polling.handle_state(at(0));
        assert_eq!(polling.deadline(), None, "polling has not begun");
        polling.begin_later(at(0), at(0));
        for second in 0..30 {
            polling.handle_state(at(second * 1_000));
        }
        let turn = polling.deadline().unwrap();
        assert!((at(33_000)..=at(35_000)).contains(&turn), "{turn:?}");
    }

    #[test]
    fn silence_until_the_next_turn_is_a_timeout() {
        let mut polling = Polling::new(Seed::new(2));
        polling.begin(at(0));
        let first = polling.deadline().unwrap();
        assert_eq!(polling.poll(Load::Normal, first), Some(Poll { previous_timed_out: false }));
        let second = polling.deadline().unwrap();
        assert_eq!(polling.poll(Load::Normal, second), Some(Poll { previous_timed_out: true }));
        polling.finish();
        let third = polling.deadline().unwrap();
        assert_eq!(polling.poll(Load::Normal, third), Some(Poll { previous_timed_out: false }));
    }

    #[test]
    fn a_page_that_is_shown_again_asks_at_once() {
        let mut polling = Polling::new(Seed::new(3));
        polling.handle_doubt(at(0));
        assert_eq!(polling.poll(Load::Normal, at(0)), None);
        polling.begin(at(0));
        polling.handle_doubt(at(0));
        assert_eq!(polling.poll(Load::Normal, at(0)), Some(Poll { previous_timed_out: false }));
    }
}
