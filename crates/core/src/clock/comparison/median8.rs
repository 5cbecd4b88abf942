//! The median of a few, as client libraries do it.

use super::last8::{Last8, Sample};
use crate::clock::estimator::moved;
use crate::clock::{ClockChange, Estimate, Estimator, Exchange};
use crate::time::{LocalTime, Span};

/// The median offset of the last eight exchanges, without those that took more than one and a half times the median
/// delay; within half the round trip of the exchange it comes from, and what its age allows.
#[derive(Clone, Debug, Default)]
pub struct Median8(Last8);

impl Estimator for Median8 {
    fn handle_exchange(&mut self, exchange: &Exchange) -> ClockChange {
        let before = self.estimate(exchange.t4());
        self.0.keep(Sample::of(exchange));
        moved(before, self.estimate(exchange.t4()))
    }

    fn estimate(&self, now: LocalTime) -> Option<Estimate> {
        self.median().map(|sample| sample.estimate(now))
    }
}

impl Median8 {
    /// Returns the sample in the middle; of two in the middle the quicker one, so that its bound is its own.
    pub(super) fn median(&self) -> Option<Sample> {
        let mut samples = self.0.samples().to_vec();
        samples.sort_by_key(|sample| sample.delay);
        let usual = samples.get(samples.len().checked_sub(1)? / 2)?.delay;
        let tolerated = usual + Span::from_micros(usual.as_micros() / 2);
        samples.retain(|sample| sample.delay <= tolerated);
        samples.sort_by_key(|sample| sample.offset);
        let (low, high) = (samples[(samples.len() - 1) / 2], samples[samples.len() / 2]);
        Some(if high.delay < low.delay { high } else { low })
    }
}
