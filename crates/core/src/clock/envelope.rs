//! The estimator that viewers use: the corridor between all bounds that exchanges prove.
//!
//! Each exchange bounds the offset from above and from below ([`Exchange`]), and the two ways to be slow are separate:
//! a delayed request leaves a loose upper bound, a delayed answer a loose lower one. So the best
//! upper and the best lower bound may come from different exchanges, and a burst of traffic in one direction costs
//! nothing. Averages and medians cannot avoid that cost.
//!
//! Two things are kept apart. The *hard interval* is what is certain: the intersection of all that was ever proven,
//! widened by [`SKEW_MAX`](super::SKEW_MAX) as it ages. The *fit* is the best guess in it: the line with the widest
//! gap between the upper and the lower bounds of the last [`WINDOW`], which also gives the skew.
//! The search starts from the device's usual skew ([`habit`]).

mod bounds;
mod fit;
mod habit;

use self::bounds::{Bound, Bounds, Side};
use self::fit::Fit;
use self::habit::Habit;
use super::estimator::{ClockChange, Estimate, Estimator, moved};
use super::exchange::Exchange;
use super::interval::Interval;
use crate::time::{LocalTime, Span};

pub use self::bounds::WINDOW;

/// The contradiction between an exchange and earlier ones from which a clock must have jumped: 2 ms.
///
/// Reason: stamps that are rounded up instead of down, servers of one edge that differ, a skew slightly over the limit.
pub const TOLERANCE: Span = Span::from_millis(2);

/// The shortest time over which a fitted skew is worth remembering: 300 s.
const HABIT_STRETCH_MIN: Span = Span::from_millis(300_000);

/// The two-sided envelope: at most 64 bounds for each side, for any number of exchanges.
///
/// ```
/// use downbeat_core::clock::{Envelope, Estimator, Exchange};
/// use downbeat_core::{LocalTime, ServerTime, Span};
/// let server = |ms: i64| ServerTime::from_millis(1_704_067_200_000 + ms);
/// let local = |ms: i64| LocalTime::from_micros(ms * 1_000);
/// let mut envelope = Envelope::new();
/// // The question was slow (90 ms), then the answer (90 ms); either way the other direction took 10 ms.
/// envelope.handle_exchange(&Exchange::new(local(0), server(90), server(90), local(100))?);
/// envelope.handle_exchange(&Exchange::new(local(200), server(210), server(210), local(300))?);
/// let estimate = envelope.estimate(local(300)).unwrap();
/// assert_eq!(estimate.offset.server_time(local(300)), server(300));
/// assert!(estimate.bound < Span::from_millis(13));
/// # Ok::<(), downbeat_core::clock::DishonestExchange>(())
/// ```
#[derive(Clone, Debug)]
pub struct Envelope {
    known: Option<Known>,
    uppers: Bounds,
    lowers: Bounds,
    habit: Habit,
    doubt: Span,
}

/// What is known since the last exchange.
#[derive(Clone, Copy, Debug)]
struct Known {
    at: LocalTime,
    hard: Interval,
    fit: Fit,
}

impl Envelope {
    /// Returns an estimator without exchanges.
    pub const fn new() -> Self {
        Self::with_habit(Habit::new())
    }

    /// Returns the interval that certainly contains the offset at `now`; `None` before the first exchange.
    pub fn interval(&self, now: LocalTime) -> Option<Interval> {
        self.known.map(|known| known.hard.widened(now - known.at))
    }

    const fn with_habit(habit: Habit) -> Self {
        Self {
            known: None,
            uppers: Bounds::new(Side::Upper),
            lowers: Bounds::new(Side::Lower),
            habit,
            doubt: Span::ZERO,
        }
    }

    /// Forgets everything but the skew: a crystal stays the same when a clock is set or sleeps.
    fn forget(&mut self) {
        *self = Self::with_habit(self.habit);
    }

    /// Starts over with what an exchange proves.
    fn learn(&mut self, exchange: &Exchange) {
        let now = exchange.t4();
        self.uppers.keep(Bound { at: exchange.t1(), offset: exchange.at_most() }, now);
        self.lowers.keep(Bound { at: now, offset: exchange.at_least() }, now);
        let fresh = exchange.interval();
        let hard = self.interval(now).map_or(fresh, |hard| hard.intersection(&fresh));
        let fit = fit::widest_gap(&self.uppers, &self.lowers, &self.habit, now);
        if let Some(before) = self.known
            && fit.stretch >= HABIT_STRETCH_MIN
        {
            self.habit.see(fit.skew, now - before.at);
        }
        self.known = Some(Known { at: now, hard, fit });
    }

    /// Returns whether what is known is consistent with a new exchange's interval, `fresh`.
    fn judge(&self, fresh: &Interval, now: LocalTime) -> Verdict {
        let Some(hard) = self.interval(now) else { return Verdict::Holds };
        if hard.gap(fresh) > TOLERANCE {
            return Verdict::Contradicted;
        }
        // A jump too small to contradict anything: if the exchange fits with and without a jump, only the exchange is
        // certain.
        if self.doubt != Span::ZERO && hard.moved(self.doubt).gap(fresh) == Span::ZERO {
            return Verdict::Unclear;
        }
        Verdict::Holds
    }
}

enum Verdict {
    Holds,
    Unclear,
    Contradicted,
}

impl Default for Envelope {
    fn default() -> Self {
        Self::new()
    }
}

impl Estimator for Envelope {
    fn handle_exchange(&mut self, exchange: &Exchange) -> ClockChange {
        let now = exchange.t4();
        let before = self.estimate(now);
        let verdict = self.judge(&exchange.interval(), now);
        if !matches!(verdict, Verdict::Holds) {
            self.forget();
        }
        self.doubt = Span::ZERO;
        self.learn(exchange);
        match verdict {
            Verdict::Contradicted => ClockChange::Flush,
            Verdict::Unclear | Verdict::Holds => moved(before, self.estimate(now)),
        }
    }

    fn handle_doubt(&mut self, by: Span) {
        self.doubt = self.doubt + by;
    }

    fn doubt(&self) -> Span {
        self.doubt
    }

    fn estimate(&self, now: LocalTime) -> Option<Estimate> {
        let known = self.known?;
        let elapsed = now - known.at;
        let hard = known.hard.widened(elapsed);
        let offset = hard.nearest(known.fit.offset + known.fit.skew.drift(elapsed));
        Some(Estimate { offset, bound: hard.reach(offset), skew: known.fit.skew })
    }
}

#[cfg(test)]
mod tests;
