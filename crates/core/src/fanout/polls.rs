//! How many viewers poll the status instead of holding a socket: an estimate, from how often isolates answered them.

use super::recent::is_recent;
use crate::session::POLL_WAIT;
use crate::time::{ServerTime, Span};

/// The time over which polls are counted: 10 s, in which a viewer polls twice.
const WINDOW: Span = Span::from_millis(10_000);

/// The polls of the last 10 s.
///
/// ```
/// use downbeat_core::{ServerTime, Span, fanout::Polls};
/// let at = |ms: i64| ServerTime::from_millis(1_704_067_200_000 + ms);
/// let mut polls = Polls::default();
/// (0..20_i64).for_each(|second| polls.add(40, at(second * 1_000)));
/// assert_eq!(polls.lately(at(20_000)), 400);
/// // Somebody who polls does so every 5 s or so.
/// assert_eq!(Polls::viewers(400), 200);
/// assert_eq!((polls.lately(at(25_000)), polls.lately(at(40_000))), (200, 0));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Polls {
    /// When the current window began.
    since: Option<ServerTime>,
    current: u32,
    /// How many the window before it had.
    former: u32,
}

impl Polls {
    /// Counts polls that were answered by `now`.
    pub fn add(&mut self, polls: u32, now: ServerTime) {
        if !is_recent(self.since, WINDOW, now) {
            let is_next = self.since.is_some_and(|since| is_recent(Some(since + WINDOW), WINDOW, now));
            self.former = if is_next { self.current } else { 0 };
            self.since = Some(self.since.filter(|_| is_next).map_or(now, |since| since + WINDOW));
            self.current = 0;
        }
        self.current = self.current.saturating_add(polls);
    }

    /// Returns how many polls the last 10 s had, as if those of the window before the current one were spread evenly.
    pub fn lately(&self, now: ServerTime) -> u32 {
        let mut polls = *self;
        polls.add(0, now);
        let Some(since) = polls.since else { return 0 };
        let left = (WINDOW - (now - since)).max(Span::ZERO).as_millis().unsigned_abs();
        let former = u64::from(polls.former) * left / WINDOW.as_millis().unsigned_abs();
        polls.current.saturating_add(former as u32)
    }

    /// Returns about how many viewers poll, if isolates answered `polls` polls in 10 s. What a cache answered is not in it, nor
    /// who asks for the time instead because the server is overloaded.
    pub const fn viewers(polls: u64) -> u64 {
        let viewers = polls.saturating_mul(POLL_WAIT.as_millis().unsigned_abs()) / WINDOW.as_millis().unsigned_abs();
        // Whoever has just begun has polled once.
        if viewers == 0 && polls > 0 { 1 } else { viewers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    #[test]
    fn a_steady_crowd_is_estimated_within_a_tenth_at_any_moment() {
        let mut polls = Polls::default();
        // 300 viewers, each every 5 s: 60 a second.
        for tenth in 0..600 {
            polls.add(6, at(tenth * 100));
            let viewers = Polls::viewers(polls.lately(at(tenth * 100)).into());
            assert!(tenth < 100 || (290..=310).contains(&viewers), "{viewers} after {tenth} tenths");
        }
    }

    #[test]
    fn one_who_polls_is_one() {
        let mut polls = Polls::default();
        for turn in 0..20 {
            polls.add(1, at(turn * 5_000));
            assert_eq!(Polls::viewers(polls.lately(at(turn * 5_000)).into()), 1, "turn {turn}");
        }
    }

    #[test]
    fn nobody_is_counted_who_stopped_long_ago_and_a_clock_that_steps_back_is_no_crowd() {
        let mut polls = Polls::default();
        polls.add(100, at(0));
        assert_eq!((polls.lately(at(9_999)), polls.lately(at(19_999)), polls.lately(at(20_000))), (100, 0, 0));
        polls.add(100, at(50_000));
        polls.add(1, at(1_000));
        assert_eq!(polls.lately(at(1_000)), 1);
        polls.add(u32::MAX, at(1_500));
        assert_eq!(polls.lately(at(2_000)), u32::MAX);
    }
}
