//! Statistics of several exchanges, for display.

use super::exchange::Exchange;
use crate::time::Span;
use alloc::vec::Vec;

/// The delay and jitter of several exchanges.
///
/// ```
/// use downbeat_core::clock::{Exchange, Spread};
/// use downbeat_core::{LocalTime, ServerTime, Span};
/// let local = |ms: i64| LocalTime::from_micros(ms * 1_000);
/// let asked = |at: i64, there: i64, back: i64| {
///     let server = ServerTime::from_millis(1_704_067_200_000 + at + there);
///     Exchange::new(local(at), server, server, local(at + there + back))
/// };
/// let spread = Spread::from_exchanges(&[asked(0, 10, 10)?, asked(100, 10, 18)?, asked(200, 10, 40)?]).unwrap();
/// assert_eq!(spread.delay_least, Span::from_millis(20));
/// assert_eq!(spread.delay_median, Span::from_millis(28));
/// # Ok::<(), downbeat_core::clock::DishonestExchange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// The shortest round trip.
    pub delay_least: Span,
    /// The median round trip; of two in the middle the shorter one.
    pub delay_median: Span,
    /// How far the offsets scatter: the root mean square of their distances from that of the quickest exchange
    /// (RFC 5905, section 10).
    pub jitter: Span,
}

impl Spread {
    /// Returns the statistics of `exchanges`; `None` if there are none.
    pub fn from_exchanges(exchanges: &[Exchange]) -> Option<Self> {
        let best = exchanges.iter().min_by_key(|exchange| exchange.delay())?;
        let mut delays: Vec<Span> = exchanges.iter().map(Exchange::delay).collect();
        delays.sort_unstable();
        let squares = exchanges.iter().map(|exchange| {
            let distance = (exchange.middle() - best.middle()).as_micros() as f64;
            distance * distance
        });
        let others = (exchanges.len() - 1).max(1) as f64;
        let jitter = ((squares.sum::<f64>() / others) as u128).isqrt();
        Some(Self {
            delay_least: best.delay(),
            delay_median: delays[(delays.len() - 1) / 2],
            jitter: Span::from_micros(jitter as i64),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{LocalTime, ServerTime};

    fn asked(at: i64, there: i64, back: i64) -> Exchange {
        let server = ServerTime::from_millis(1_704_067_200_000 + at + there);
        let local = |ms: i64| LocalTime::from_micros(ms * 1_000);
        Exchange::new(local(at), server, server, local(at + there + back)).unwrap()
    }

    #[test]
    fn jitter_is_the_scatter_around_the_quickest() {
        let spread = Spread::from_exchanges(&[asked(0, 10, 10), asked(100, 10, 16), asked(200, 18, 10)]).unwrap();
        // Offsets 0, −3 and +4 ms: the root of (9 + 16) / 2.
        assert_eq!(spread.jitter, Span::from_micros(3_535));
        assert_eq!((spread.delay_least, spread.delay_median), (Span::from_millis(20), Span::from_millis(26)));
    }

    #[test]
    fn one_exchange_scatters_not_at_all_and_none_says_nothing() {
        assert_eq!(Spread::from_exchanges(&[asked(0, 10, 30)]).unwrap().jitter, Span::ZERO);
        assert_eq!(Spread::from_exchanges(&[]), None);
    }
}
