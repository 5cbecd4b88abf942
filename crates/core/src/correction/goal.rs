//! Where the media should be.

use crate::order::earliest;
use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{EventTimeline, Position};

/// Where the media should be at one instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal {
    pub(super) at: LocalTime,
    pub(super) position: Span,
    /// The rate of the event; 0 is held.
    pub(super) rate: f64,
    /// When the timeline changes next.
    pub(super) changes_at: Option<LocalTime>,
}

impl Goal {
    /// Returns the goal at `now`, when the server's time is `server`, of media that starts at the position `begins`.
    pub(super) fn new(timeline: &EventTimeline, begins: Position, server: ServerTime, now: LocalTime) -> Self {
        let position = timeline.position(server) - begins;
        let starts = (position < Span::ZERO).then(|| timeline.reaches(begins, server));
        let changes = earliest(&[timeline.next_segment(server), starts.flatten()]);
        let changes_at = changes.map(|change| now + (change - server));
        Self { at: now, position, rate: timeline.rate(server).as_factor(), changes_at }
    }

    /// Returns where the media should be at another instant, if nothing changes in between.
    pub(super) fn position_at(&self, at: LocalTime) -> Span {
        self.position + Span::from_micros(((at - self.at).as_micros() as f64 * self.rate) as i64)
    }
}
