//! NTP's clock filter.

use super::last8::{Last8, Sample};
use crate::clock::estimator::moved;
use crate::clock::{ClockChange, Estimate, Estimator, Exchange};
use crate::time::LocalTime;

/// The exchange with the shortest delay among the last eight (RFC 5905, section 10), within half its round trip and
/// what its age allows.
#[derive(Clone, Debug, Default)]
pub struct Min8(Last8);

impl Estimator for Min8 {
    fn handle_exchange(&mut self, exchange: &Exchange) -> ClockChange {
        let before = self.estimate(exchange.t4());
        self.0.keep(Sample::of(exchange));
        moved(before, self.estimate(exchange.t4()))
    }

    fn estimate(&self, now: LocalTime) -> Option<Estimate> {
        // Of equals the latest: it has aged least.
        self.0.samples().iter().rev().min_by_key(|sample| sample.delay).map(|sample| sample.estimate(now))
    }
}
