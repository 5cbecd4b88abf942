//! The last eight exchanges, as NTP's clock filter keeps them.

use crate::clock::Estimate;
use crate::clock::exchange::Exchange;
use crate::clock::interval::Interval;
use crate::clock::offset::{Offset, Skew};
use crate::time::{LocalTime, Span};
use alloc::vec::Vec;

/// What remains of an exchange.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) at: LocalTime,
    pub(super) offset: Offset,
    pub(super) bound: Span,
    pub(super) delay: Span,
}

impl Sample {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let (offset, interval) = (exchange.middle(), exchange.interval());
        Self { at: exchange.t4(), offset, bound: interval.reach(offset), delay: exchange.delay() }
    }

    /// Returns this sample as the estimate at `now`.
    pub(super) fn estimate(&self, now: LocalTime) -> Estimate {
        let aged = Interval::point(self.offset).widened(now - self.at);
        Estimate { offset: self.offset, bound: self.bound + aged.reach(self.offset), skew: Skew::ZERO }
    }
}

/// Up to eight samples, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Last8(Vec<Sample>);

impl Last8 {
    /// Adds a sample, unless it repeats the last one.
    pub(super) fn keep(&mut self, sample: Sample) {
        if self.0.last() == Some(&sample) {
            return;
        }
        if self.0.len() == 8 {
            self.0.remove(0);
        }
        self.0.push(sample);
    }

    pub(super) fn samples(&self) -> &[Sample] {
        &self.0
    }
}
