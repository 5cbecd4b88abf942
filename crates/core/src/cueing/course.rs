//! Where the event goes, piece by piece.

use crate::order::earliest;
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Rate, Timeline};

/// How far the position may differ without having jumped: 1 ms.
///
/// Reason: segments hold whole milliseconds, so each change may cut off a part of one.
const ROUNDING: Span = Span::from_millis(1);

/// An event's timeline with the start before which it counts down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Course {
    pub(super) timeline: Timeline,
    pub(super) starts_at: ServerTime,
}

/// What one segment does within a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The instant at which it begins.
    pub(super) from: ServerTime,
    /// The position at that instant.
    pub(super) begins: Position,
    /// Whether the event is already past that position.
    pub(super) begins_after: bool,
    /// The position it leads up to.
    pub(super) ends: Position,
    /// Whether it leads there, and not only up to before it.
    pub(super) arrives: bool,
    /// How fast.
    pub(super) rate: Rate,
}

impl Course {
    pub(super) fn position(&self, at: ServerTime) -> Position {
        self.timeline.position(at, self.starts_at)
    }

    pub(super) fn rate(&self, at: ServerTime) -> Rate {
        self.timeline.rate(at)
    }

    /// Returns the first instant, `since` or later, at which the event is at `position` or beyond.
    pub(super) fn reaches(&self, position: Position, since: ServerTime) -> Option<ServerTime> {
        self.timeline.reaches(position, since, self.starts_at)
    }

    /// Returns when an event that moves at `now` passes `mark` or changes its course, whichever comes first.
    pub(super) fn next(&self, mark: Option<Position>, now: ServerTime) -> Option<ServerTime> {
        let change = self.timeline.next_change(now);
        let reaches = mark.filter(|_| !self.rate(now).is_held()).and_then(|mark| self.reaches(mark, now));
        earliest(&[change, reaches])
    }

    /// Returns what the event does from `since` to `until`, both included, one piece for each segment.
    pub(super) fn pieces(&self, since: ServerTime, until: ServerTime) -> impl Iterator<Item = Piece> + '_ {
        let mut next = Some(since);
        core::iter::from_fn(move || {
            let from = next.take()?;
            next = self.timeline.next_change(from).filter(|change| *change <= until);
            let ends = match next {
                Some(change) => self.timeline.position_just_before(change, self.starts_at),
                None => self.position(until),
            };
            let (begins, rate) = (self.position(from), self.rate(from));
            Some(Piece { from, begins, begins_after: false, ends, arrives: next.is_none(), rate })
        })
    }
}

/// Returns whether two positions that should be the same are not.
pub(super) fn differ(a: Position, b: Position) -> bool {
    let distance = a - b;
    distance > ROUNDING || distance < -ROUNDING
}
