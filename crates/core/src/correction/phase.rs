//! What is being done about the drift.

use crate::time::LocalTime;

#[derive(Clone, Copy, Debug)]
pub(super) enum Phase {
    Watching,
    Pacing(Pacing),
    Resting { until: LocalTime },
}

/// A correction by rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pacing {
    /// How much faster than the event the media plays; negative if slower.
    pub(super) faster: f64,
    /// When rates are given up, if the drift is still there.
    pub(super) until: LocalTime,
    /// When the drift should be gone, once that is near.
    pub(super) ends_at: Option<LocalTime>,
}
