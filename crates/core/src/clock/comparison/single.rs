//! The formula on its own.

use super::last8::Sample;
use crate::clock::estimator::moved;
use crate::clock::{ClockChange, Estimate, Estimator, Exchange};
use crate::time::LocalTime;

/// The last exchange: `((t2 − t1) + (t3 − t4)) / 2`, within half its round trip.
#[derive(Clone, Debug, Default)]
pub struct Single(Option<Sample>);

impl Estimator for Single {
    fn handle_exchange(&mut self, exchange: &Exchange) -> ClockChange {
        let before = self.estimate(exchange.t4());
        self.0 = Some(Sample::of(exchange));
        moved(before, self.estimate(exchange.t4()))
    }

    fn estimate(&self, now: LocalTime) -> Option<Estimate> {
        self.0.map(|sample| sample.estimate(now))
    }
}
