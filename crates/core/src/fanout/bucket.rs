//! How often something may happen: a steady rate, and some at once.

use crate::time::{ServerTime, Span};

/// A rate: one per `every`, and up to `burst` at once after a rest. Of what is spent beyond, up to `debt` are made up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    every: Span,
    burst: u32,
    debt: u32,
}

/// A token bucket in one instant: when it would be full again (the generic cell rate algorithm, ITU-T I.371). It starts
/// full, and 8 bytes a socket are little.
///
/// ```
/// use downbeat_core::fanout::{Bucket, Rate};
/// use downbeat_core::{ServerTime, Span};
/// let (rate, now) = (Rate::per_second(10, 2), ServerTime::from_millis(1_704_067_200_000));
/// let mut bucket = Bucket::default();
/// assert_eq!([bucket.take(rate, now), bucket.take(rate, now)], [Ok(()), Ok(())]);
/// assert_eq!(bucket.take(rate, now), Err(Span::from_millis(100)));
/// assert_eq!(bucket.take(rate, now + Span::from_millis(100)), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    full_at: ServerTime,
}

impl Rate {
    /// Returns the rate of `count` per second, 1 or more, with `burst` at once, 1 or more.
    pub const fn per_second(count: u32, burst: u32) -> Self {
        Self { every: Span::from_micros(1_000_000 / count as i64), burst, debt: 0 }
    }

    /// Returns the same rate, at which a bucket owes up to `debt`.
    pub const fn with_debt(self, debt: u32) -> Self {
        Self { debt, ..self }
    }

    /// Returns the time between two.
    pub(super) const fn every(self) -> Span {
        self.every
    }

    /// Returns the same rate, `times` as slow.
    pub const fn slower(self, times: u32) -> Self {
        Self { every: Span::from_micros(self.every.as_micros() * times as i64), ..self }
    }

    /// Returns how long a bucket takes to fill that owes as much as it can.
    const fn fills_within(self) -> Span {
        Span::from_micros(self.every.as_micros() * (self.burst as i64 + self.debt as i64))
    }
}

impl Default for Bucket {
    fn default() -> Self {
        Self { full_at: ServerTime::from_millis(0) }
    }
}

impl Bucket {
    /// Returns whether it is full: it is as if it had never been used.
    pub fn is_full(&self, now: ServerTime) -> bool {
        self.full_at <= now
    }

    /// Returns how long it takes until there is a token; zero if there is one.
    pub fn wait(&self, rate: Rate, now: ServerTime) -> Span {
        let spare = Span::from_micros(rate.every.as_micros() * (i64::from(rate.burst) - 1));
        (self.fills_in(rate, now) - spare).max(Span::ZERO)
    }

    /// Takes a token.
    ///
    /// # Errors
    /// How long it takes until there is one.
    pub fn take(&mut self, rate: Rate, now: ServerTime) -> Result<(), Span> {
        match self.wait(rate, now) {
            Span::ZERO => Ok(_ = self.spend(rate, now)),
            wait => Err(wait),
        }
    }

    /// Takes a token even if there is none; a bucket that owes as much as it can stays so. Returns how long it takes to
    /// fill.
    pub fn spend(&mut self, rate: Rate, now: ServerTime) -> Span {
        let fills_in = (self.fills_in(rate, now) + rate.every).min(rate.fills_within());
        self.full_at = now + fills_in;
        fills_in
    }

    /// Puts a token back; a full bucket stays so.
    pub fn give_back(&mut self, rate: Rate) {
        self.full_at = self.full_at - rate.every;
    }

    /// A clock that stepped back finds a bucket that is empty at most.
    fn fills_in(&self, rate: Rate, now: ServerTime) -> Span {
        (self.full_at - now).clamp(Span::ZERO, rate.fills_within())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    #[test]
    fn after_the_burst_the_rate_holds_however_many_try() {
        let rate = Rate::per_second(20, 5);
        let mut bucket = Bucket::default();
        let mut taken = |ms| (0..100).filter(|_| bucket.take(rate, at(ms)).is_ok()).count();
        assert_eq!([taken(0), taken(49), taken(50), taken(150), taken(60_000)], [5, 0, 1, 2, 5]);
    }

    #[test]
    fn tokens_that_are_spent_without_being_there_cost_no_more_than_a_full_bucket() {
        let rate = Rate::per_second(10, 3);
        let mut bucket = Bucket::default();
        let fills: Vec<i64> = (0..5).map(|_| bucket.spend(rate, at(0)).as_millis()).collect();
        assert_eq!(fills, [100, 200, 300, 300, 300]);
        assert_eq!(bucket.wait(rate, at(0)), Span::from_millis(100));
        assert!(!bucket.is_full(at(299)) && bucket.is_full(at(300)));
        bucket.give_back(rate);
        assert!(bucket.is_full(at(200)));
        // What is owed is made up for first.
        (0..9).for_each(|_| _ = bucket.spend(rate.with_debt(4), at(1_000)));
        assert_eq!(bucket.wait(rate.with_debt(4), at(1_000)), Span::from_millis(500));
    }

    #[test]
    fn a_clock_that_steps_locks_nobody_out() {
        let rate = Rate::per_second(10, 3);
        let mut bucket = Bucket::default();
        (0..3).for_each(|_| bucket.take(rate, at(3_600_000)).unwrap());
        assert_eq!(bucket.take(rate, at(0)), Err(Span::from_millis(100)));
        assert_eq!(bucket.wait(rate, at(0)), Span::from_millis(100));
    }
}
