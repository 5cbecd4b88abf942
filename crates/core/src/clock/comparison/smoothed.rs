//! The median, smoothed.

use super::median8::Median8;
use crate::clock::estimator::moved;
use crate::clock::interval::Interval;
use crate::clock::offset::{Offset, Skew};
use crate::clock::{ClockChange, Estimate, Estimator, Exchange};
use crate::time::{LocalTime, Span};

/// How much of a new median goes into the estimate: a fifth.
const SHARE: i64 = 5;

/// [`Median8`] with exponential smoothing: each new median moves the estimate by a fifth of the way.
///
/// Its bound is smoothed the same way, which keeps it honest: an average is off by no more than the average of what
/// its parts are off by.
#[derive(Clone, Debug, Default)]
pub struct Smoothed {
    median: Median8,
    known: Option<Known>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    at: LocalTime,
    offset: Offset,
    bound: Span,
}

impl Estimator for Smoothed {
    fn handle_exchange(&mut self, exchange: &Exchange) -> ClockChange {
        let now = exchange.t4();
        let before = self.estimate(now);
        self.median.handle_exchange(exchange);
        if let Some(median) = self.median.estimate(now) {
            let (offset, bound) = match before {
                None => (median.offset, median.bound),
                Some(before) => (
                    before.offset + part(median.offset - before.offset),
                    // Rounding costs a microsecond.
                    before.bound + part(median.bound - before.bound) + Span::from_micros(1),
                ),
            };
            self.known = Some(Known { at: now, offset, bound });
        }
        moved(before, self.estimate(now))
    }

    fn estimate(&self, now: LocalTime) -> Option<Estimate> {
        let known = self.known?;
        let aged = Interval::point(known.offset).widened(now - known.at);
        Some(Estimate { offset: known.offset, bound: known.bound + aged.reach(known.offset), skew: Skew::ZERO })
    }
}

fn part(span: Span) -> Span {
    Span::from_micros(span.as_micros() / SHARE)
}
