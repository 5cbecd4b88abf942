//! Waiting for members that buffer: how long, how often, and never without an end.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::no_wait::NoWait;
use crate::time::{ServerTime, Span};

/// The longest `max` of a wait, and the default: 10 s.
pub const WAIT_MAX: Span = Span::from_millis(10_000);

/// The shortest `max` of a wait, and the least that a wait counts in the budget: 1 s. A room therefore has at most 30 in ten
/// minutes, however short they are.
pub const WAIT_MIN: Span = Span::from_millis(1_000);

/// How long a room waits in [`WAIT_WINDOW`] at most, all waits together: 30 s.
pub const WAIT_BUDGET: Span = Span::from_millis(30_000);

/// The time over which waits are added up: any ten minutes.
pub const WAIT_WINDOW: Span = Span::from_millis(600_000);

/// How long a room plays between two waits at least: 10 s.
pub const PLAY_MIN: Span = Span::from_millis(10_000);

/// How long after a seek, or after new content, buffering is the seek's: 5 s. Everybody loads then, and nobody is waited for;
/// those that are slow catch up by themselves.
pub const SEEK_GRACE: Span = Span::from_millis(5_000);

/// One wait: the room is held from `from` to `until`, unless a gesture ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Wait {
    /// When the room holds.
    pub from: ServerTime,
    /// When it resumes: scheduled with the hold, and only ever moved nearer.
    pub until: ServerTime,
}

/// The waits of the last ten minutes, the earliest first, no two at a time.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Waits(Vec<Wait>);

impl Wait {
    /// Returns what it costs of the budget.
    fn cost(&self) -> Span {
        (self.until - self.from).max(WAIT_MIN)
    }
}

impl Waits {
    /// Returns the wait that is scheduled or in force at `now`.
    pub fn current(&self, now: ServerTime) -> Option<Wait> {
        self.0.last().copied().filter(|wait| wait.until > now)
    }

    /// Returns the waits, the earliest first.
    pub fn as_slice(&self) -> &[Wait] {
        &self.0
    }

    /// Returns the wait that may begin at `from`, decided at `now`, for a room that has been playing since `playing_since` and
    /// waits `max` at most.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn next(
        &self,
        from: ServerTime,
        playing_since: ServerTime,
        max: Span,
        now: ServerTime,
    ) -> Result<Wait, NoWait> {
        if let Some(wait) = self.current(now) {
            return Err(NoWait::Waiting { until: wait.until });
        }
        if let Some(last) = self.0.last()
            && from < playing_since.max(last.until) + PLAY_MIN
        {
            return Err(NoWait::TooSoon { from: playing_since.max(last.until) + PLAY_MIN });
        }
        let spent = self.0.iter().filter(|wait| wait.until > from - WAIT_WINDOW).map(Wait::cost);
        let left = spent.fold(WAIT_BUDGET, |left, cost| left - cost);
        let until = (now + max).min(from + left);
        if until < from + WAIT_MIN {
            return Err(NoWait::Spent);
        }
        Ok(Wait { from, until })
    }

    /// Adds a wait, and forgets those that no longer count.
    pub(crate) fn push(&mut self, wait: Wait) {
        self.0.retain(|earlier| earlier.until > wait.from - WAIT_WINDOW);
        self.0.push(wait);
    }

    /// Ends the wait that is current at `now` at `at`, if that is sooner.
    pub(crate) fn end(&mut self, at: ServerTime, now: ServerTime) {
        if let Some(wait) = self.0.last_mut().filter(|wait| wait.until > now) {
            wait.until = wait.until.min(at).max(wait.from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    /// Asks for a wait of at most 10 s at `ms`, 200 ms ahead, in a room that has always been playing.
    fn ask(waits: &mut Waits, ms: i64) -> Result<(i64, i64), NoWait> {
        let wait = waits.next(at(ms + 200), at(-100_000), WAIT_MAX, at(ms))?;
        waits.push(wait);
        Ok(((wait.from - at(0)).as_millis(), (wait.until - at(0)).as_millis()))
    }

    #[test]
    fn a_wait_ends_ten_seconds_after_it_was_decided_and_is_followed_by_ten_of_playing() {
        let mut waits = Waits::default();
        assert_eq!(ask(&mut waits, 0), Ok((200, 10_000)));
        assert_eq!(ask(&mut waits, 5_000), Err(NoWait::Waiting { until: at(10_000) }));
        assert_eq!(ask(&mut waits, 19_799), Err(NoWait::TooSoon { from: at(20_000) }));
        assert_eq!(ask(&mut waits, 19_800), Ok((20_000, 29_800)));
    }

    #[test]
    fn thirty_seconds_in_ten_minutes_are_all() {
        let mut waits = Waits::default();
        // 9.8 s each, and 0.6 s are left: too little to wait.
        assert_eq!([0, 30_000, 60_000].map(|ms| ask(&mut waits, ms).is_ok()), [true; 3]);
        assert_eq!(ask(&mut waits, 90_000), Err(NoWait::Spent));
        assert_eq!(ask(&mut waits, 609_799), Err(NoWait::Spent));
        assert_eq!(ask(&mut waits, 609_800), Ok((610_000, 619_800)));
    }

    #[test]
    fn what_is_left_of_the_budget_shortens_a_wait() {
        let mut waits = Waits::default();
        for ms in [0, 30_000, 60_000] {
            ask(&mut waits, ms).unwrap();
            waits.end(at(ms + 9_000), at(ms));
        }
        // 3 × 8.8 s are spent.
        assert_eq!(ask(&mut waits, 90_000), Ok((90_200, 93_800)));
    }

    #[test]
    fn short_waits_cost_a_second_each() {
        let mut waits = Waits::default();
        let begun = (0..600_000).step_by(1_000).filter(|ms| {
            let begins = ask(&mut waits, *ms).is_ok();
            waits.end(at(ms + 201), at(*ms));
            begins
        });
        assert_eq!(begun.count(), 30);
        assert!(waits.as_slice().len() <= 31, "a state is bounded");
    }

    #[test]
    fn a_wait_only_ends_sooner() {
        let mut waits = Waits::default();
        ask(&mut waits, 0).unwrap();
        for (end, until) in [(20_000, 10_000), (4_000, 4_000), (6_000, 4_000), (0, 200)] {
            waits.end(at(end), at(100));
            assert_eq!(waits.as_slice(), [Wait { from: at(200), until: at(until) }]);
        }
        waits.end(at(100), at(300));
        assert_eq!(waits.current(at(300)), None);
    }
}
