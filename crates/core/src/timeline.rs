//! Where the event stands: a few segments that anyone can evaluate at any instant.
//!
//! ```
//! use downbeat_core::{Position, Rate, Segment, ServerTime, Span, Timeline};
//! let starts_at = ServerTime::from_millis(1_704_067_200_000);
//! let mut timeline = Timeline::starting_at(starts_at);
//! // Held after ten minutes …
//! let held = starts_at + Span::from_millis(600_000);
//! timeline.change(held, None, Some(Rate::HELD), starts_at);
//! // … it stands at ten minutes, however long that lasts.
//! assert_eq!(timeline.position(held + Span::from_millis(3_600_000), starts_at), Position::from_millis(600_000));
//! ```

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::{Add, Sub};
use serde::de::{self, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::{SERVER_TIME_MS_MAX, ServerTime, Span, difference, micros, millis, sum};

/// How long a segment stays in the timeline after a later one took over: 60 s.
///
/// Reason: a viewer whose estimate runs behind the server evaluates instants that are already past; no honest
/// estimate is 60 s wrong. Older segments would only make each answer longer.
pub const SEGMENT_KEPT: Span = Span::from_millis(60_000);

/// The number of segments a timeline may have: 64.
///
/// Reason: the timeline travels in every answer, at about 50 bytes a segment. Beyond it the oldest go.
pub const SEGMENTS_MAX: usize = 64;

/// A place in the event: microseconds from its beginning; before it, negative (the countdown).
///
/// On the wire it is an integer of milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
pub struct Position(i64);

/// How fast the position moves: thousandths of the normal speed, 0 (held) to 16.
///
/// On the wire it is a number, `1`, `0.5`, `1.25`; more than three decimals are rounded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
pub struct Rate(u16);

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
/// Instants and positions are whole milliseconds, so that what travels is exactly what the server computes with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    segments: Vec<Segment>,
}

impl Position {
    /// The beginning of the event.
    pub const START: Self = Self(0);

    /// Returns the position `ms` milliseconds from the beginning.
    pub const fn from_millis(ms: i64) -> Self {
        Self(micros(ms))
    }

    /// Returns whole milliseconds from the beginning, rounded towards the past.
    pub const fn as_millis(self) -> i64 {
        millis(self.0)
    }

    /// Returns microseconds from the beginning.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the same position without its fraction of a millisecond.
    #[must_use]
    pub const fn whole_millis(self) -> Self {
        Self::from_millis(self.as_millis())
    }
}

impl Add<Span> for Position {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(sum(self.0, span.as_micros()))
    }
}
impl Sub<Span> for Position {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(difference(self.0, span.as_micros()))
    }
}
impl Sub for Position {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span::from_micros(difference(self.0, earlier.0))
    }
}

impl Rate {
    /// The event stands still.
    pub const HELD: Self = Self(0);
    /// The event moves as fast as time does.
    pub const NORMAL: Self = Self(1_000);
    /// The fastest rate a segment may have: 16, the most that browsers accept as `playbackRate`.
    pub const MAX: Self = Self(16_000);

    /// Returns the rate of so many thousandths, or nothing above [`Rate::MAX`].
    pub const fn from_thousandths(thousandths: u16) -> Option<Self> {
        if thousandths > Self::MAX.0 { None } else { Some(Self(thousandths)) }
    }

    /// Returns the rate nearest to `factor` in thousandths, or nothing outside 0 to 16.
    pub fn from_factor(factor: f64) -> Option<Self> {
        // Half a thousandth more, so that cutting the fraction off rounds. NaN is in no range.
        let thousandths = factor * 1_000.0 + 0.5;
        let range = 0.0..f64::from(Self::MAX.0) + 1.0;
        if range.contains(&thousandths) { Some(Self(thousandths as u16)) } else { None }
    }

    /// Returns the rate as a factor of normal speed.
    pub fn as_factor(self) -> f64 {
        f64::from(self.0) / 1_000.0
    }

    /// Returns whether the event stands still.
    pub const fn is_held(self) -> bool {
        self.0 == 0
    }

    /// Returns how far the position moves in `elapsed`, rounded towards the past.
    fn progress(self, elapsed: Span) -> Span {
        let rate = i64::from(self.0);
        let (whole, rest) = (elapsed.as_micros().div_euclid(1_000), elapsed.as_micros().rem_euclid(1_000));
        // |elapsed| fits 63 bits and the rate is at most 16: saturate rather than wrap at the very ends.
        Span::from_micros(whole.saturating_mul(rate).saturating_add(rest * rate / 1_000))
    }

    /// Returns the shortest time in which the position moves by at least `distance`; nothing if it never does.
    fn time_for(self, distance: Span) -> Option<Span> {
        if distance <= Span::ZERO {
            return Some(Span::ZERO);
        }
        if self.is_held() {
            return None;
        }
        let rate = i64::from(self.0);
        let (whole, rest) = (distance.as_micros() / rate, distance.as_micros() % rate);
        whole.checked_mul(1_000)?.checked_add((rest * 1_000 + rate - 1) / rate).map(Span::from_micros)
    }
}

impl Segment {
    /// Returns the position at `at` as this segment alone has it.
    fn position(&self, at: ServerTime) -> Position {
        self.position + self.rate.progress(at - self.from)
    }
}

impl Timeline {
    /// Returns the timeline of a new event: at `starts_at` it runs, with nobody pressing anything.
    pub fn starting_at(starts_at: ServerTime) -> Self {
        Self { segments: vec![Segment { from: starts_at, position: Position::START, rate: Rate::NORMAL }] }
    }

    /// Returns the timeline made of `segments`, which are in the order in which they take effect.
    ///
    /// # Errors
    /// [`TimelineError`] if there is none, if there are more than [`SEGMENTS_MAX`], or if one does not come after
    /// the one before it.
    pub fn from_segments(segments: Vec<Segment>) -> Result<Self, TimelineError> {
        if segments.is_empty() || segments.len() > SEGMENTS_MAX {
            return Err(TimelineError::Count(segments.len()));
        }
        if let Some(index) = segments.windows(2).position(|pair| pair[0].from >= pair[1].from) {
            return Err(TimelineError::Order(index + 1));
        }
        Ok(Self { segments })
    }

    /// Returns the segments, the earliest first.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the segment in force at `at`; nothing before the first.
    pub fn segment(&self, at: ServerTime) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.from <= at);
        after.checked_sub(1).map(|index| &self.segments[index])
    }

    /// Returns the position at `at`. Before the first segment the event counts down to `starts_at`.
    pub fn position(&self, at: ServerTime, starts_at: ServerTime) -> Position {
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
    pub fn next_change(&self, at: ServerTime) -> Option<ServerTime> {
        self.segments.get(self.segments.partition_point(|segment| segment.from <= at)).map(|segment| segment.from)
    }

    /// Returns the first instant, `since` or later, at which the event is at `position` or beyond it; nothing if, as
    /// things stand, it never gets there.
    pub fn reaches(&self, position: Position, since: ServerTime, starts_at: ServerTime) -> Option<ServerTime> {
        let mut from = since;
        loop {
            let next = self.next_change(from);
            let here = self.position(from, starts_at);
            let arrival = self.rate(from).time_for(position - here).map(|span| from + span);
            match (arrival, next) {
                (Some(arrival), Some(next)) if arrival < next => return Some(arrival),
                (arrival, None) => return arrival,
                (_, Some(next)) => from = next,
            }
        }
    }

    /// Changes the timeline at `from`: to a new position, a new rate, or both; what is not given goes on as it was.
    ///
    /// Whatever was scheduled at `from` or later is replaced: the last decision wins. A change that changes nothing
    /// adds no segment. Returns whether something scheduled was replaced.
    pub fn change(
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
        // The start of an event that has not begun is what the countdown counts to, not a change somebody scheduled.
        let replaced = self.segments[kept..].iter().any(|segment| segment.from != starts_at);
        let segment =
            Segment { from, position: position.unwrap_or(here).whole_millis(), rate: rate.unwrap_or(rate_before) };
        let unchanged = segment.position == here.whole_millis() && segment.rate == rate_before;
        self.segments.truncate(kept);
        if !unchanged {
            self.segments.push(segment);
        } else if self.segments.is_empty() {
            // The countdown goes on; a timeline is never empty, so it says to what.
            self.segments.push(Segment { from: starts_at, position: Position::START, rate: Rate::NORMAL });
        }
        if self.segments.len() > SEGMENTS_MAX {
            self.segments.remove(0);
        }
        replaced
    }

    /// Forgets segments that were superseded more than [`SEGMENT_KEPT`] before `now`.
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

/// Says why segments make no timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineError {
    /// There is none, or there are more than [`SEGMENTS_MAX`]; holds how many.
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

impl fmt::Display for Position {
    /// Writes hours, minutes, seconds and milliseconds: `1:02:03.004`, in the countdown `-0:00:30.000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.as_millis();
        let sign = if ms < 0 { "-" } else { "" };
        let ms = ms.unsigned_abs();
        let (hours, minutes, seconds, ms) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000);
        write!(f, "{sign}{hours}:{minutes:02}:{seconds:02}.{ms:03}")
    }
}
impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {} µs", self.0)
    }
}
impl Serialize for Position {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_i64(self.as_millis())
    }
}
impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let ms = i64::deserialize(input)?;
        if ms.unsigned_abs() > SERVER_TIME_MS_MAX.unsigned_abs() {
            return Err(de::Error::custom(format_args!(
                "{ms} is no position: give milliseconds from the event's beginning, at most {SERVER_TIME_MS_MAX} either way"
            )));
        }
        Ok(Self::from_millis(ms))
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "× {self}")
    }
}
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not as a float: printing those takes as much code as all of this module.
        let (whole, thousandths) = (self.0 / 1_000, self.0 % 1_000);
        match thousandths {
            0 => write!(f, "{whole}"),
            _ if thousandths % 100 == 0 => write!(f, "{whole}.{}", thousandths / 100),
            _ if thousandths % 10 == 0 => write!(f, "{whole}.{:02}", thousandths / 10),
            _ => write!(f, "{whole}.{thousandths:03}"),
        }
    }
}
impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(1_000) {
            out.serialize_u16(self.0 / 1_000)
        } else {
            out.serialize_f64(self.as_factor())
        }
    }
}
impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let factor = f64::deserialize(input)?;
        Self::from_factor(factor)
            .ok_or_else(|| de::Error::invalid_value(Unexpected::Float(factor), &"a rate, 0 (held) to 16"))
    }
}

#[cfg(test)]
mod tests;
