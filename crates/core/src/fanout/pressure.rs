//! Whether a worker is slow, and how long those who ask it should wait because of that.

use super::bucket::Rate;
use super::recent::is_recent;
use crate::time::{ServerTime, Span};

/// A call that takes this much longer than the fastest one is slow: 400 ms. Calls to hubs near and around the world vary
/// by less; those of a thread that has more to do than it can, by seconds.
const SLOW: Span = Span::from_millis(400);

/// How often the wait is reconsidered: every 500 ms, so that a longer one can show an effect.
const STEP: Span = Span::from_millis(500);

/// The shortest wait that is asked for: 1 s.
const WAIT_MIN: Span = Span::from_millis(1_000);

/// The longest wait that is asked for: 6 s. Viewers wait up to half as long again, and everyone should know of a pause
/// within 10 s.
const WAIT_MAX: Span = Span::from_millis(6_000);

/// How long a measurement counts: 3 s. A worker that nobody asks measures nothing.
const KEPT: Span = Span::from_millis(3_000);

/// The longest line there can be: 10 s. A clock that stepped back makes none that lasts.
const LINE_KEPT: Span = Span::from_millis(10_000);

/// How slow a worker is, by how long its calls take. While they are slow, the wait doubles every half second; when they
/// are not, it halves.
///
/// ```
/// use downbeat_core::fanout::Pressure;
/// use downbeat_core::{ServerTime, Span};
/// let at = |ms: i64| ServerTime::from_millis(1_704_067_200_000 + ms);
/// let mut pressure = Pressure::default();
/// pressure.handle_call(Span::from_millis(5), at(0));
/// assert_eq!(pressure.retry_after(at(0)), None);
/// pressure.handle_call(Span::from_millis(410), at(500));
/// assert_eq!(pressure.retry_after(at(500)), Some(Span::from_millis(1_000)));
/// pressure.handle_call(Span::from_millis(900), at(1_000));
/// assert_eq!(pressure.retry_after(at(1_000)), Some(Span::from_millis(2_000)));
/// assert_eq!(pressure.retry_after(at(4_000)), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Pressure {
    /// How long the fastest call took.
    fastest: Option<Span>,
    /// The wait; zero while nothing is slow.
    wait: Span,
    /// When the wait was last reconsidered.
    decided_at: Option<ServerTime>,
    /// The slowest call since then.
    slowest: Span,
    measured_at: Option<ServerTime>,
    /// When the line of those who wait to join will be over.
    line_until: Option<ServerTime>,
}

impl Pressure {
    /// Notes how long a call took.
    pub fn handle_call(&mut self, took: Span, now: ServerTime) {
        if !is_recent(self.measured_at, KEPT, now) {
            self.wait = Span::ZERO;
        }
        self.measured_at = Some(now);
        self.fastest = Some(self.fastest.map_or(took, |fastest| fastest.min(took)));
        self.slowest = self.slowest.max(took);
        if is_recent(self.decided_at, STEP, now) {
            return;
        }
        let is_slow = self.slowest - self.fastest.unwrap_or(took) > SLOW;
        self.wait = if is_slow { (self.wait + self.wait).clamp(WAIT_MIN, WAIT_MAX) } else { half(self.wait) };
        self.decided_at = Some(now);
        self.slowest = Span::ZERO;
    }

    /// Notes how long the line is of those who wait to join.
    pub fn handle_line(&mut self, wait: Span, now: ServerTime) {
        self.line_until = Some(now + wait);
    }

    /// Returns how long those who ask now should wait before they ask again; `None` if as long as they like. While many
    /// wait to join it is as long as that takes, since those who join are told the state.
    pub fn retry_after(&self, now: ServerTime) -> Option<Span> {
        let line = self.line_until.map_or(Span::ZERO, |until| until - now);
        // Few values, since an answer is prepared for each.
        let of_line = [WAIT_MAX, Span::from_millis(4_000), Span::from_millis(2_000), WAIT_MIN];
        let of_line = of_line.into_iter().find(|wait| *wait <= line).filter(|_| line <= LINE_KEPT);
        of_line.max(self.slowness(now))
    }

    /// Returns the rate at which viewers join: half of `joins` while the worker is slow.
    pub fn slowed(&self, joins: Rate, now: ServerTime) -> Rate {
        if self.slowness(now).is_some() { joins.slower(2) } else { joins }
    }

    fn slowness(&self, now: ServerTime) -> Option<Span> {
        (self.wait >= WAIT_MIN && is_recent(self.measured_at, KEPT, now)).then_some(self.wait)
    }
}

/// Half of a wait; none at all if that is less than the shortest.
fn half(wait: Span) -> Span {
    let half = Span::from_micros(wait.as_micros() / 2);
    if half < WAIT_MIN { Span::ZERO } else { half }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    fn ms(ms: i64) -> Span {
        Span::from_millis(ms)
    }

    #[test]
    fn calls_near_and_around_the_world_are_not_slow() {
        let mut pressure = Pressure::default();
        for call in 0..100 {
            pressure.handle_call(ms(5 + call % 390), at(call * 250));
            assert_eq!(pressure.retry_after(at(call * 250)), None);
        }
    }

    #[test]
    fn the_wait_grows_to_six_seconds_and_ends_with_the_slowness() {
        let mut pressure = Pressure::default();
        pressure.handle_call(ms(3), at(0));
        let waits: Vec<_> = (1..6)
            .map(|step| {
                pressure.handle_call(ms(2_000), at(step * 500));
                pressure.retry_after(at(step * 500)).unwrap().as_millis()
            })
            .collect();
        assert_eq!(waits, [1_000, 2_000, 4_000, 6_000, 6_000]);
        let waits: Vec<_> = (6..10)
            .map(|step| {
                pressure.handle_call(ms(4), at(step * 500));
                pressure.retry_after(at(step * 500)).map(Span::as_millis)
            })
            .collect();
        assert_eq!(waits, [Some(3_000), Some(1_500), None, None]);
    }

    #[test]
    fn while_many_wait_to_join_nobody_asks_sooner_than_they_join() {
        let mut pressure = Pressure::default();
        pressure.handle_line(ms(7_500), at(0));
        let waits = [0, 2_000, 5_000, 6_000, 7_000].map(|ms| pressure.retry_after(at(ms)).map(Span::as_millis));
        assert_eq!(waits, [Some(6_000), Some(4_000), Some(2_000), Some(1_000), None]);
        assert_eq!(pressure.retry_after(at(-3_600_000)), None);
        // What is slow makes joins slower.
        let joins = Rate::per_second(600, 8);
        assert_eq!(pressure.slowed(joins, at(0)), joins);
        pressure.handle_call(ms(3), at(0));
        pressure.handle_call(ms(900), at(500));
        assert_eq!(pressure.slowed(joins, at(500)), joins.slower(2));
    }

    #[test]
    fn one_slow_call_among_many_is_noticed_within_half_a_second() {
        let mut pressure = Pressure::default();
        pressure.handle_call(ms(3), at(0));
        pressure.handle_call(ms(700), at(100));
        (2..6).for_each(|call| pressure.handle_call(ms(3), at(call * 100)));
        assert_eq!(pressure.retry_after(at(500)), Some(ms(1_000)));
    }

    #[test]
    fn a_clock_that_stepped_back_starts_anew() {
        let mut pressure = Pressure::default();
        pressure.handle_call(ms(3), at(10_000));
        pressure.handle_call(ms(900), at(10_500));
        assert_eq!(pressure.retry_after(at(0)), None);
        pressure.handle_call(ms(3), at(0));
        assert_eq!(pressure.retry_after(at(0)), None);
    }
}
