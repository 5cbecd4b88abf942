//! A request and its answer: four timestamps, and what they prove.

use core::fmt;

use super::interval::Interval;
use super::offset::Offset;
use crate::time::{LocalTime, ServerTime, Span};

/// One exchange with the server, as RFC 5905 names its timestamps.
///
/// It proves two things, however asymmetric the network is: when the request arrived the server's clock had not yet
/// passed `t2`'s reading, though the request had left at `t1`; and when the answer left it had reached `t3`, though
/// the answer came only at `t4`. So the offset is at most `t2 − t1` and at least `t3 − t4`.
///
/// ```
/// use downbeat_core::clock::Exchange;
/// use downbeat_core::{LocalTime, ServerTime, Span};
/// let (left, arrived) = (LocalTime::from_micros(1_000_250), LocalTime::from_micros(1_080_250));
/// let answered = ServerTime::from_millis(1_704_067_200_000);
/// let exchange = Exchange::new(left, answered, answered, arrived)?;
/// assert_eq!(exchange.delay(), Span::from_millis(80));
/// # Ok::<(), downbeat_core::clock::DishonestExchange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    t1: LocalTime,
    t2: ServerTime,
    t3: ServerTime,
    t4: LocalTime,
    resolution: Resolution,
    /// By how much more the device's readings may be wrong, either way.
    slack: Span,
}

/// The resolution of the two clocks' readings: each is at most this much earlier than its instant.
///
/// Clocks are read rounded down: `Date.now()`, and with it `GET /time`, gives the millisecond that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The server's.
    pub server: Span,
    /// The device's.
    pub local: Span,
}

/// Why four timestamps are not a possible exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DishonestExchange {
    /// The answer arrived before the request left: `t4 < t1`.
    BackBeforeLeaving {
        /// When the request left.
        t1: LocalTime,
        /// When the answer arrived.
        t4: LocalTime,
    },
    /// The answer left before the request arrived: `t3 < t2`.
    AnsweredBeforeAsked {
        /// When the request arrived.
        t2: ServerTime,
        /// When the answer left.
        t3: ServerTime,
    },
}

impl Exchange {
    /// Returns the exchange: the request left at `t1` and arrived at `t2`, the answer left at `t3` and arrived at `t4`.
    /// A server that reports a single time reports it as `t2` and `t3`.
    ///
    /// The resolution is deduced from the readings ([`Resolution::of`]).
    ///
    /// # Errors
    /// [`DishonestExchange`] if a clock went backwards between its two readings.
    pub const fn new(t1: LocalTime, t2: ServerTime, t3: ServerTime, t4: LocalTime) -> Result<Self, DishonestExchange> {
        if t4.as_micros() < t1.as_micros() {
            return Err(DishonestExchange::BackBeforeLeaving { t1, t4 });
        }
        if t3.as_micros() < t2.as_micros() {
            return Err(DishonestExchange::AnsweredBeforeAsked { t2, t3 });
        }
        Ok(Self { t1, t2, t3, t4, resolution: Resolution::of(t1, t2, t3, t4), slack: Span::ZERO })
    }

    /// Returns the same exchange with a known resolution of the clocks.
    #[must_use]
    pub const fn with_resolution(self, resolution: Resolution) -> Self {
        Self { resolution, ..self }
    }

    /// Returns the same exchange on a device whose readings may be wrong by `slack`, either way; see [`super::Granularity`].
    #[must_use]
    pub const fn with_slack(self, slack: Span) -> Self {
        Self { slack, ..self }
    }

    /// Returns when the request left.
    pub const fn t1(&self) -> LocalTime {
        self.t1
    }

    /// Returns when the request arrived.
    pub const fn t2(&self) -> ServerTime {
        self.t2
    }

    /// Returns when the answer left.
    pub const fn t3(&self) -> ServerTime {
        self.t3
    }

    /// Returns when the answer arrived.
    pub const fn t4(&self) -> LocalTime {
        self.t4
    }

    /// Returns the resolution of the readings.
    pub const fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// Returns the round trip without the server's own time, never below zero.
    pub fn delay(&self) -> Span {
        ((self.t4 - self.t1) - (self.t3 - self.t2)).max(Span::ZERO)
    }

    /// Returns the offset if both ways took equally long: the middle of [`Exchange::at_most`] and
    /// [`Exchange::at_least`]. It is off by at most [`Exchange::bound`].
    pub fn middle(&self) -> Offset {
        self.at_most().midpoint(self.at_least())
    }

    /// Returns the largest error of [`Exchange::middle`]: half the round trip, plus the resolution of the readings.
    pub fn bound(&self) -> Span {
        let coarse = self.resolution.server + self.resolution.local;
        Span::from_micros((self.delay().as_micros().saturating_add(1)) / 2) + coarse
    }

    /// Returns the upper bound of the offset at `t1`, for clocks that are read rounded down.
    pub fn at_most(&self) -> Offset {
        Offset::between(self.t2, self.t1) + self.resolution.server
    }

    /// Returns the lower bound of the offset at `t4`, for clocks that are read rounded down.
    pub fn at_least(&self) -> Offset {
        Offset::between(self.t3, self.t4) - self.resolution.local
    }

    /// Returns the interval that contains the offset at `t4`, whichever way readings are rounded.
    pub fn interval(&self) -> Interval {
        let elapsed = self.t4 - self.t1;
        let upper = Interval::point(self.at_most() + self.resolution.local).widened(elapsed).upper() + self.slack;
        let lower = self.at_least() - self.resolution.server - self.slack;
        if lower <= upper {
            return Interval::spanning(lower, upper);
        }
        // A clock jumped in between: one bound holds before the jump and the other after it, each to within the round
        // trip.
        Interval::spanning(upper - elapsed, lower + elapsed)
    }
}

impl Resolution {
    /// Deduces the resolution of readings: 1 ms if both of a clock are whole milliseconds, 0.1 ms if both
    /// are whole tenths, 0.01 ms likewise, otherwise 1 µs. A finer clock that matches by chance only widens the bound
    /// once.
    pub const fn of(t1: LocalTime, t2: ServerTime, t3: ServerTime, t4: LocalTime) -> Self {
        Self { server: grid(t2.as_micros(), t3.as_micros()), local: grid(t1.as_micros(), t4.as_micros()) }
    }
}

const fn grid(first: i64, second: i64) -> Span {
    let mut step = 1_000;
    while step > 1 && (first % step != 0 || second % step != 0) {
        step /= 10;
    }
    Span::from_micros(step)
}

impl fmt::Display for DishonestExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BackBeforeLeaving { t1, t4 } => write!(
                f,
                "the answer arrived {} µs before the question left (t4 < t1); read both from one monotonic clock",
                (*t1 - *t4).as_micros()
            ),
            Self::AnsweredBeforeAsked { t2, t3 } => write!(
                f,
                "the answer left {} µs before the question arrived (t3 < t2); read both from one clock, or give one \
                 reading twice",
                (*t2 - *t3).as_micros()
            ),
        }
    }
}
impl core::error::Error for DishonestExchange {}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(us: i64) -> LocalTime {
        LocalTime::from_micros(us)
    }
    fn server(us: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000) + Span::from_micros(us)
    }
    fn exchange(t1: i64, t2: i64, t3: i64, t4: i64) -> Exchange {
        Exchange::new(local(t1), server(t2), server(t3), local(t4)).unwrap()
    }
    /// The offset of a device whose clock shows `us` when the server's shows [`server`]`(0)`.
    fn origin_at(us: i64) -> Offset {
        Offset::between(server(0), local(us))
    }

    #[test]
    fn an_exchange_bounds_the_offset_from_both_sides() {
        // 30 ms there, 50 ms back, 5 ms in the server; the true offset has the origin at local 0.
        let asked = exchange(1_001, 31_003, 36_003, 86_007);
        assert_eq!(asked.delay(), Span::from_micros(80_006));
        let resolution = Resolution { server: Span::from_micros(1), local: Span::from_micros(1) };
        assert_eq!(asked.resolution(), resolution);
        assert_eq!(asked.at_most(), origin_at(0) + Span::from_micros(30_003));
        assert_eq!(asked.at_least(), origin_at(0) - Span::from_micros(50_005));
        assert_eq!(asked.middle(), origin_at(0) - Span::from_micros(10_001));
        assert!(asked.interval().holds(origin_at(0)));
        assert!(asked.bound() >= Span::from_micros(10_001));
    }

    #[test]
    fn how_coarse_a_clock_is_shows_in_its_readings() {
        let coarse = |t1, t2, t3, t4| {
            let resolution = exchange(t1, t2, t3, t4).resolution();
            (resolution.local.as_micros(), resolution.server.as_micros())
        };
        assert_eq!(coarse(5_000, 1_000, 2_000, 9_000), (1_000, 1_000));
        assert_eq!(coarse(5_100, 1_000, 1_000, 9_000), (100, 1_000));
        assert_eq!(coarse(5_120, 1_000, 1_001, 9_000), (10, 1));
    }

    #[test]
    fn a_server_that_answers_in_whole_milliseconds_is_late_by_half_of_one_on_average() {
        // There and back take 10.5 ms each, so the server's 10.5 reads 10; the middle is right all the same.
        let asked = exchange(1, 10_000, 10_000, 21_001);
        assert_eq!(asked.middle() - origin_at(0), Span::from_micros(-2));
        assert_eq!(asked.bound(), Span::from_micros(11_501));
    }

    #[test]
    fn a_clock_that_went_backwards_is_refused_by_name() {
        let error = Exchange::new(local(5), server(0), server(0), local(2)).unwrap_err();
        assert_eq!(error, DishonestExchange::BackBeforeLeaving { t1: local(5), t4: local(2) });
        assert!(error.to_string().contains("3 µs before the question left (t4 < t1)"), "{error}");
        let error = Exchange::new(local(0), server(9), server(2), local(7)).unwrap_err();
        assert!(error.to_string().contains("7 µs before the question arrived (t3 < t2)"), "{error}");
    }

    #[test]
    fn a_jump_within_an_exchange_leaves_what_lies_between() {
        // The server says it took a second over an exchange of 10 ms.
        let torn = exchange(1, 5_000, 1_005_000, 10_001);
        assert_eq!(torn.delay(), Span::ZERO);
        assert!(torn.interval().holds(origin_at(0)) && torn.interval().holds(origin_at(0) + Span::from_millis(1_000)));
    }
}
