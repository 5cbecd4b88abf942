//! Where the event is: a few segments that anyone can evaluate at any instant.
//!
//! ```
//! use downbeat_core::{EventTimeline, Position, Rate, ServerTime, Span};
//! let starts_at = ServerTime::from_millis(1_704_067_200_000);
//! let mut event = EventTimeline::starting_at(starts_at);
//! // Held after ten minutes …
//! let held = starts_at + Span::from_millis(600_000);
//! event.change(held, None, Some(Rate::HELD));
//! // … it stays at ten minutes, however long that lasts.
//! assert_eq!(event.position(held + Span::from_millis(3_600_000)), Position::from_millis(600_000));
//! ```

mod event_timeline;
mod position;
mod rate;
mod status;

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::time::{ServerTime, Span};

pub use event_timeline::EventTimeline;
pub use position::Position;
pub use rate::Rate;
pub use status::Status;

/// The time for which a segment stays in the timeline after a later one took effect: 60 s.
///
/// Reason: a viewer whose estimate runs behind the server evaluates instants that are already past; no honest
/// estimate is 60 s wrong. Older segments would only make each answer longer.
pub const SEGMENT_KEPT: Span = Span::from_millis(60_000);

/// The most segments of a timeline: 64.
///
/// Reason: the timeline is part of every answer, at about 50 bytes a segment. If there are more, the oldest are
/// dropped.
pub const SEGMENTS_MAX: usize = 64;

/// One stretch of a timeline: from `from` on the event is at `position` and moves with `rate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Segment {
    /// The instant at which it takes effect.
    pub from: ServerTime,
    /// The position at that instant.
    pub position: Position,
    /// How the position moves from then on.
    pub rate: Rate,
}

/// The segments of an event, ordered by the instant they take effect; never empty.
///
/// Instants and positions are whole milliseconds, so that viewers compute with exactly the server's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    segments: Vec<Segment>,
}

impl Segment {
    /// Returns the position at `at` according to this segment alone.
    fn position(&self, at: ServerTime) -> Position {
        self.position + self.rate.progress(at - self.from)
    }
}

impl Timeline {
    /// Returns the timeline of a new event: it starts by itself at `starts_at`.
    pub fn starting_at(starts_at: ServerTime) -> Self {
        Self { segments: vec![Segment { from: starts_at, position: Position::START, rate: Rate::NORMAL }] }
    }

    /// Creates a timeline of `segments`, which must be in the order in which they take effect.
    ///
    /// # Errors
    /// [`TimelineError`] if there are no segments, if there are more than [`SEGMENTS_MAX`], or if one does not come
    /// after the one before it.
    pub fn from_segments(segments: Vec<Segment>) -> Result<Self, TimelineError> {
        if segments.is_empty() || segments.len() > SEGMENTS_MAX {
            return Err(TimelineError::Count(segments.len()));
        }
        if let Some(index) = segments.windows(2).position(|pair| pair[0].from >= pair[1].from) {
            return Err(TimelineError::Order(index + 1));
        }
        Ok(Self { segments })
    }

    /// Returns the first segment.
    fn first(&self) -> &Segment {
        &self.segments[0]
    }

    /// Returns the segments, the earliest first.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the segment in force at `at`; `None` before the first.
    pub fn segment(&self, at: ServerTime) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.from <= at);
        after.checked_sub(1).map(|index| &self.segments[index])
    }

    /// Returns the position at `at`. Before the first segment the event counts down to `starts_at`.
    pub(crate) fn position(&self, at: ServerTime, starts_at: ServerTime) -> Position {
        match self.segment(at) {
            Some(segment) => segment.position(at),
            None => Position::START + (at - starts_at),
        }
    }

    /// Returns the rate at `at`. Before the first segment the countdown runs at normal speed.
    pub fn rate(&self, at: ServerTime) -> Rate {
        self.segment(at).map_or(Rate::NORMAL, |segment| segment.rate)
    }

    /// Returns the instant at which the next segment after `at` takes effect.
    pub fn next_segment(&self, at: ServerTime) -> Option<ServerTime> {
        self.segments.get(self.segments.partition_point(|segment| segment.from <= at)).map(|segment| segment.from)
    }

    /// Returns the first instant, `since` or later, at which the event is at `position` or beyond it; `None` if, as
    /// things stand, it never gets there.
    pub(crate) fn reaches(&self, position: Position, since: ServerTime, starts_at: ServerTime) -> Option<ServerTime> {
        let mut from = since;
        loop {
            let next = self.next_segment(from);
            let here = self.position(from, starts_at);
            let arrival = self.rate(from).time_for(position - here).map(|span| from + span);
            match (arrival, next) {
                (Some(arrival), Some(next)) if arrival < next => return Some(arrival),
                (arrival, None) => return arrival,
                (_, Some(next)) => from = next,
            }
        }
    }

    /// Changes the timeline at `from`: to a new position, a new rate, or both; `None` keeps what it was.
    ///
    /// What was scheduled at `from` or later is replaced: the last decision wins. A change without effect
    /// adds no segment. Returns whether something scheduled was replaced.
    pub(crate) fn change(
        &mut self,
        from: ServerTime,
        position: Option<Position>,
        rate: Option<Rate>,
        starts_at: ServerTime,
    ) -> bool {
        let from = ServerTime::from_millis(from.as_millis());
        let here = self.position_just_before(from, starts_at);
        let rate_before = self.rate_just_before(from);
        let kept = self.segments.partition_point(|segment| segment.from < from);
        // The start of an event that has not begun is the end of the countdown, not a scheduled change.
        let replaced = self.segments[kept..].iter().any(|segment| segment.from != starts_at);
        let segment =
            Segment { from, position: position.unwrap_or(here).whole_millis(), rate: rate.unwrap_or(rate_before) };
        let unchanged = segment.position == here.whole_millis() && segment.rate == rate_before;
        self.segments.truncate(kept);
        if !unchanged {
            self.segments.push(segment);
        } else if self.segments.is_empty() {
            // The countdown goes on; a timeline is never empty, so it contains the start.
            self.segments.push(Segment { from: starts_at, position: Position::START, rate: Rate::NORMAL });
        }
        if self.segments.len() > SEGMENTS_MAX {
            self.segments.remove(0);
        }
        replaced
    }

    /// Removes segments that were superseded more than [`SEGMENT_KEPT`] before `now`.
    pub fn prune(&mut self, now: ServerTime) {
        let superseded = self.segments.iter().skip(1).take_while(|next| next.from + SEGMENT_KEPT <= now).count();
        self.segments.drain(..superseded);
    }

    /// Returns the position at `at` by the segment before it, as if none began at `at` itself.
    pub(crate) fn position_just_before(&self, at: ServerTime, starts_at: ServerTime) -> Position {
        match self.segments.partition_point(|segment| segment.from < at).checked_sub(1) {
            Some(index) => self.segments[index].position(at),
            None => Position::START + (at - starts_at),
        }
    }

    /// Returns the rate by the segment before `at`.
    pub(crate) fn rate_just_before(&self, at: ServerTime) -> Rate {
        match self.segments.partition_point(|segment| segment.from < at).checked_sub(1) {
            Some(index) => self.segments[index].rate,
            None => Rate::NORMAL,
        }
    }
}

/// Why segments are not a valid timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineError {
    /// There are none, or more than [`SEGMENTS_MAX`]; holds the number.
    Count(usize),
    /// The segment with this index does not come after the one before it.
    Order(usize),
}

impl fmt::Display for TimelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "a timeline has 1 to {SEGMENTS_MAX} segments, this one {count}"),
            Self::Order(index) => {
                write!(f, "segment {index} takes effect no later than the one before it; order them by \"from\"")
            }
        }
    }
}
impl core::error::Error for TimelineError {}

impl Serialize for Timeline {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.segments.serialize(out)
    }
}
impl<'de> Deserialize<'de> for Timeline {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::from_segments(Vec::deserialize(input)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
