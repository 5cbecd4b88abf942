//! The clock a viewer sees: the estimate without its steps.

use super::estimator::{ClockChange, Estimator, STEP_MIN, solve};
use super::exchange::Exchange;
use super::granularity::Granularity;
use super::offset::Offset;
use crate::time::{LocalTime, ServerTime, Span};

/// The server time that passes for each unit slewed: 200, so that slewing is at most 5 ms/s.
///
/// Reason: half a percent of speed is not noticed, neither in a countdown nor in a video.
const SLEW_DIVISOR: i64 = 200;

/// The number of exchanges of an acquisition: the 10 quick ones of the poll schedule.
///
/// Reason: beside a video download the first five may all have queued. Slewing from the sixth on, 5 % of 300 simulated
/// viewers were more than 11 ms off after 5 s; from the eleventh on, more than 2.3 ms.
const ACQUIRED_AFTER: u32 = 10;

/// The longest acquisition: 10 s, if exchanges fail or are slow.
const ACQUIRED_AFTER_TIME: Span = Span::from_millis(10_000);

/// An estimator's clock, disciplined: it steps freely while it acquires, and slews from then on.
///
/// It steps again only by more than [`STEP_MIN`] or after a clock jumped. While slewing it never runs back.
///
/// ```
/// use downbeat_core::clock::{DisciplinedClock, Envelope, Exchange};
/// use downbeat_core::{LocalTime, ServerTime, Span};
/// let mut clock = DisciplinedClock::new(Envelope::new());
/// assert_eq!(clock.reading(LocalTime::from_micros(0)), None);
/// let server = ServerTime::from_millis(1_704_067_200_010);
/// let asked = Exchange::new(LocalTime::from_micros(0), server, server, LocalTime::from_micros(20_001))?;
/// clock.handle_exchange(&asked);
/// let reading = clock.reading(LocalTime::from_micros(20_001)).unwrap();
/// assert_eq!(reading.time.to_string(), "2024-01-01T00:00:00.020Z");
/// assert_eq!(reading.bound.as_millis(), 11);
/// # Ok::<(), downbeat_core::clock::DishonestExchange>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct DisciplinedClock<E> {
    estimator: E,
    granularity: Granularity,
    slew: Option<Slew>,
    acquisition: Option<Acquisition>,
}

/// What the clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The server's time.
    pub time: ServerTime,
    /// The bound to either side: the estimator's bound, what is still to be slewed, and the step in which the device's clock moves.
    pub bound: Span,
    /// What is still to be slewed; negative if the clock is behind its estimate.
    pub ahead: Span,
}

/// The clock was `ahead` of its estimate when the estimate was `since`.
#[derive(Clone, Copy, Debug)]
struct Slew {
    ahead: Span,
    since: ServerTime,
}

#[derive(Clone, Copy, Debug)]
struct Acquisition {
    began: LocalTime,
    exchanges: u32,
}

impl<E: Estimator> DisciplinedClock<E> {
    /// Returns a clock that shows nothing before the first exchange.
    pub const fn new(estimator: E) -> Self {
        Self { estimator, granularity: Granularity::new(), slew: None, acquisition: None }
    }

    /// Returns the estimator.
    pub const fn estimator(&self) -> &E {
        &self.estimator
    }

    /// Handles that the device's clock shows `now`, wherever it was read: readings show how coarse it is. Of a clock that is known
    /// to be fine, none need to be passed.
    pub fn handle_reading(&mut self, now: LocalTime) {
        self.granularity.handle_reading(now);
    }

    /// Returns the step in which the device's clock moves, at most.
    pub fn step(&self) -> Span {
        self.granularity.step()
    }

    /// Returns the exchange as it was on this device, whose clock may be coarse.
    pub fn coarsened(&self, exchange: &Exchange) -> Exchange {
        exchange.with_slack(self.step())
    }

    /// Handles an exchange; its `t4` is now. Returns how the shown time changed: [`ClockChange::None`] if it is slewed.
    pub fn handle_exchange(&mut self, exchange: &Exchange) -> ClockChange {
        let now = exchange.t4();
        let shown = self.reading(now);
        let change = self.estimator.handle_exchange(&self.coarsened(exchange));
        let acquiring = self.count(change, now);
        let (Some(shown), Some(estimate)) = (shown, self.estimator.server_time(now)) else {
            return ClockChange::None;
        };
        let ahead = shown.time - estimate;
        let far = ahead.max(-ahead) > STEP_MIN;
        let slews = change != ClockChange::Flush && !far && !acquiring;
        self.slew = slews.then_some(Slew { ahead, since: estimate });
        match change {
            ClockChange::Flush => ClockChange::Flush,
            _ if far => ClockChange::Step,
            _ => ClockChange::None,
        }
    }

    /// Handles that a clock of the device may have jumped by `by` just now. The shown time stays; ask the server.
    pub fn handle_doubt(&mut self, by: Span) {
        self.estimator.handle_doubt(by);
    }

    /// Forgets all exchanges: they proved nothing. What was measured of the device's clock stays.
    pub fn forget(&mut self)
    where
        E: Default,
    {
        (self.estimator, self.slew, self.acquisition) = (E::default(), None, None);
    }

    /// Returns by how much a clock of the device may have jumped since the last exchange: usually not at all. While it
    /// differs from [`Span::ZERO`], a reading may be off by that much more than its bound.
    pub fn doubt(&self) -> Span {
        self.estimator.doubt()
    }

    /// Returns what the clock shows at `now`; nothing before the first exchange.
    pub fn reading(&self, now: LocalTime) -> Option<Reading> {
        let estimate = self.estimator.estimate(now)?;
        let time = estimate.offset.server_time(now);
        let ahead = self.slew.map_or(Span::ZERO, |slew| slew.ahead_at(time));
        Some(Reading { time: time + ahead, bound: estimate.bound + ahead.max(-ahead) + self.step(), ahead })
    }

    /// Returns the first local time at which the clock shows `time` or more, if no exchange comes in between.
    pub fn local_time(&self, time: ServerTime) -> Option<LocalTime> {
        let shown = |local| self.reading(local).map(|reading| reading.time);
        let guess = self.estimator.local_time(time)?;
        let mut local = solve(time, guess, |local| Some(Offset::between(shown(local)?, local)))?;
        // It moves in whole microseconds, and sometimes by zero or two: the first match is a step or two away.
        for _ in 0..4 {
            if shown(local)? < time {
                local += MICROSECOND;
            } else if shown(local - MICROSECOND)? >= time {
                local = local - MICROSECOND;
            }
        }
        Some(local)
    }

    /// Returns whether the clock still steps freely at `now`, because it has just begun or a clock jumped.
    pub fn is_acquiring(&self, now: LocalTime) -> bool {
        self.acquisition.is_none_or(|acquisition| !acquisition.is_over(now))
    }

    /// Counts an exchange. Returns whether the acquisition had not ended before it.
    fn count(&mut self, change: ClockChange, now: LocalTime) -> bool {
        let acquiring = self.is_acquiring(now);
        let begun = Acquisition { began: now, exchanges: 0 };
        let going_on = if change == ClockChange::Flush { begun } else { self.acquisition.unwrap_or(begun) };
        self.acquisition = Some(Acquisition { exchanges: going_on.exchanges.saturating_add(1), ..going_on });
        acquiring
    }
}

const MICROSECOND: Span = Span::from_micros(1);

impl Slew {
    /// Returns what is left when the estimate is `time`. As a function of the estimate, which never runs back between
    /// exchanges, it takes less than it gives: so the sum of both never runs back either.
    fn ahead_at(&self, time: ServerTime) -> Span {
        let slewed = Span::from_micros((time - self.since).max(Span::ZERO).as_micros() / SLEW_DIVISOR);
        if self.ahead < Span::ZERO {
            (self.ahead + slewed).min(Span::ZERO)
        } else {
            (self.ahead - slewed).max(Span::ZERO)
        }
    }
}

impl Acquisition {
    fn is_over(&self, now: LocalTime) -> bool {
        self.exchanges >= ACQUIRED_AFTER || now - self.began > ACQUIRED_AFTER_TIME
    }
}

#[cfg(test)]
mod tests;
