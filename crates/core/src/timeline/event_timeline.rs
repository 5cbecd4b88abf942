//! Where an event is at any instant: its segments, its start and its end, as one value that answers.

use super::{Position, Rate, Segment, Status, Timeline};
use crate::order::earliest;
use crate::time::ServerTime;

/// The timeline of an event with the start before which it counts down, and its end.
///
/// Before the first segment the position is `at − starts_at`, which is negative: the countdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTimeline {
    /// The segments.
    pub timeline: Timeline,
    /// The start before which the event counts down.
    pub starts_at: ServerTime,
    /// When the event ended or will end.
    pub ended_at: Option<ServerTime>,
}

impl EventTimeline {
    /// Returns the timeline of a new event, which begins by itself at `starts_at`.
    pub fn starting_at(starts_at: ServerTime) -> Self {
        Self { timeline: Timeline::starting_at(starts_at), starts_at, ended_at: None }
    }

    /// Returns the timeline of an event whose start is not known, as in the short answers: the start is then the
    /// instant from which a countdown runs into the first segment without a jump.
    pub fn of_segments(timeline: Timeline, ended_at: Option<ServerTime>) -> Self {
        let first = timeline.first();
        let starts_at = first.from - (first.position - Position::START);
        Self { timeline, starts_at, ended_at }
    }

    /// Returns the segments, the earliest first.
    pub fn segments(&self) -> &[Segment] {
        self.timeline.segments()
    }

    /// Returns the segment in force at `at`; `None` before the first.
    pub fn segment(&self, at: ServerTime) -> Option<&Segment> {
        self.timeline.segment(at)
    }

    /// Returns the position at `at`.
    pub fn position(&self, at: ServerTime) -> Position {
        self.timeline.position(at, self.starts_at)
    }

    /// Returns the rate at `at`. Before the first segment the countdown runs at normal speed.
    pub fn rate(&self, at: ServerTime) -> Rate {
        self.timeline.rate(at)
    }

    /// Returns whether the event is held at `at`.
    pub fn is_held(&self, at: ServerTime) -> bool {
        self.rate(at).is_held()
    }

    /// Returns whether the event is over at `at`.
    pub fn is_over(&self, at: ServerTime) -> bool {
        self.ended_at.is_some_and(|ended_at| ended_at <= at)
    }

    /// Returns the status at `at`.
    pub fn status(&self, at: ServerTime) -> Status {
        if self.is_over(at) {
            Status::Ended
        } else if self.is_held(at) {
            Status::Paused
        } else if self.position(at) < Position::START {
            Status::Scheduled
        } else {
            Status::Running
        }
    }

    /// Returns the first instant, `since` or later, at which the event is at `position` or beyond it; `None` if, by
    /// what is known, it never gets there.
    pub fn reaches(&self, position: Position, since: ServerTime) -> Option<ServerTime> {
        self.timeline.reaches(position, since, self.starts_at)
    }

    /// Returns the instant at which the countdown that runs at `at` ends; `None` if the event has begun, or is held
    /// before its start.
    pub fn begins(&self, at: ServerTime) -> Option<ServerTime> {
        if self.position(at) < Position::START { self.reaches(Position::START, at) } else { None }
    }

    /// Returns the instant at which the next segment after `at` takes effect.
    pub fn next_segment(&self, at: ServerTime) -> Option<ServerTime> {
        self.timeline.next_segment(at)
    }

    /// Returns the next instant after `at` at which the status or the segment in force may change by itself.
    pub fn next_change(&self, at: ServerTime) -> Option<ServerTime> {
        let ends = self.ended_at.filter(|ended_at| *ended_at > at);
        earliest(&[self.next_segment(at), self.begins(at), ends])
    }

    /// Changes the timeline at `from`; see [`Timeline`]. Returns whether something scheduled was replaced.
    pub fn change(&mut self, from: ServerTime, position: Option<Position>, rate: Option<Rate>) -> bool {
        self.timeline.change(from, position, rate, self.starts_at)
    }

    /// Returns the position at `at` by the segment before it, as if none began at `at` itself.
    pub(crate) fn position_just_before(&self, at: ServerTime) -> Position {
        self.timeline.position_just_before(at, self.starts_at)
    }
}
