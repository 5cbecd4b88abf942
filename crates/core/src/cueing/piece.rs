//! How the event moves, piece by piece.

use crate::order::earliest;
use crate::time::{ServerTime, Span};
use crate::timeline::{EventTimeline, Position, Rate};

/// The largest difference of positions that is not a jump: 1 ms.
///
/// Reason: segments have whole milliseconds, so each change may cut off a fraction of one.
const ROUNDING: Span = Span::from_millis(1);

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
    /// Whether it reaches that position, and not only up to just before it.
    pub(super) arrives: bool,
    /// How fast.
    pub(super) rate: Rate,
}

/// Returns when to tick next: when an event that moves at `now` passes `mark` or its next segment takes effect,
/// whichever comes first.
pub(super) fn next_tick(timeline: &EventTimeline, mark: Option<Position>, now: ServerTime) -> Option<ServerTime> {
    let reaches = mark.filter(|_| !timeline.is_held(now)).and_then(|mark| timeline.reaches(mark, now));
    earliest(&[timeline.next_segment(now), reaches])
}

/// Returns what the event does from `since` to `until`, both included, one piece for each segment.
pub(super) fn pieces(
    timeline: &EventTimeline,
    since: ServerTime,
    until: ServerTime,
) -> impl Iterator<Item = Piece> + '_ {
    let mut next = Some(since);
    core::iter::from_fn(move || {
        let from = next.take()?;
        next = timeline.next_segment(from).filter(|change| *change <= until);
        let ends = match next {
            Some(change) => timeline.position_just_before(change),
            None => timeline.position(until),
        };
        let (begins, rate) = (timeline.position(from), timeline.rate(from));
        Some(Piece { from, begins, begins_after: false, ends, arrives: next.is_none(), rate })
    })
}

/// Returns whether two positions that should be the same are not.
pub(super) fn differ(a: Position, b: Position) -> bool {
    let distance = a - b;
    distance > ROUNDING || distance < -ROUNDING
}
