//! Where the media should be.

use crate::order::earliest;
use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{EventTimeline, Position};

/// Where the media should be at one instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goal {
    pub(super) at: LocalTime,
    pub(crate) position: Span,
    /// The rate of the event; 0 is held.
    pub(crate) rate: f64,
    /// The length of the loop, in media that goes back by itself.
    around: Option<Span>,
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
        Self { at: now, position, rate: timeline.rate(server).as_factor(), around: None, changes_at }
    }

    /// Returns the goal in media whose beginning follows after `length`. Media that has to be sent back (`sent`) is
    /// read when that is due, and its drift includes the way back; media that goes back by itself has its end beside its
    /// beginning.
    pub(super) fn in_loop(mut self, length: Span, sent: bool) -> Self {
        let micros = length.as_micros();
        if micros <= 0 || self.position < Span::ZERO {
            return self;
        }
        self.position = Span::from_micros(self.position.as_micros() % micros);
        if !sent {
            self.around = Some(length);
        } else if self.rate > 0.0 {
            let left = (length - self.position).as_micros() as f64 / self.rate;
            self.changes_at = earliest(&[self.changes_at, Some(self.at + Span::from_micros(left as i64))]);
        }
        self
    }

    /// Returns how far media at `position` is ahead.
    pub(super) fn drift(&self, position: Span) -> Span {
        -self.ahead_of(position)
    }

    /// Returns how far the goal is ahead of `position`, the shorter way around a loop.
    pub(super) fn ahead_of(&self, position: Span) -> Span {
        let way = self.position - position;
        let Some(around) = self.around.map(Span::as_micros) else { return way };
        let half = around / 2;
        Span::from_micros((way.as_micros() + half).rem_euclid(around) - half)
    }

    /// Returns where the media should be at another instant, if nothing changes in between.
    pub(super) fn position_at(&self, at: LocalTime) -> Span {
        self.position + Span::from_micros(((at - self.at).as_micros() as f64 * self.rate) as i64)
    }
}
