//! What was found out about a simulated audience.

use std::path::PathBuf;

use downbeat_sim::audience::{Histogram, Measures, Plan};
use downbeat_sim::bill::Bill;

/// A simulated audience.
pub(crate) struct Simulation {
    pub(super) plan: Plan,
    pub(super) hubs: u16,
    pub(super) measures: Measures,
    pub(super) absolute: Histogram,
    pub(super) spread: Histogram,
    pub(super) bill: Bill,
    pub(super) sheet: Option<PlayedSheet>,
    /// The page that was written.
    pub(super) html: Option<PathBuf>,
}

/// The sheet whose cues fired.
pub(super) struct PlayedSheet {
    /// The name of its file.
    pub(super) name: String,
    pub(super) title: String,
}

impl Simulation {
    /// Returns the most requests to the worker in a second, and how many there are on average during the event.
    pub(super) fn requests(&self) -> (u64, f64) {
        let per_second = self.measures.traffic.requests();
        let during = per_second.get((self.plan.arrive.as_millis() / 1_000) as usize..).unwrap_or_default();
        let mean = during.iter().sum::<u64>() as f64 / during.len().max(1) as f64;
        (per_second.iter().max().copied().unwrap_or_default(), mean)
    }
}
