//! An interval that certainly contains an offset.

use super::offset::{Offset, wander};
use crate::time::Span;

/// A closed interval of offsets, never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    lower: Offset,
    upper: Offset,
}

impl Interval {
    /// Returns the interval of a single offset.
    pub const fn point(offset: Offset) -> Self {
        Self { lower: offset, upper: offset }
    }

    /// Returns the shortest interval that contains both offsets, in either order.
    pub fn spanning(one: Offset, other: Offset) -> Self {
        Self { lower: one.min(other), upper: one.max(other) }
    }

    /// Returns its lower end.
    pub const fn lower(&self) -> Offset {
        self.lower
    }

    /// Returns its upper end.
    pub const fn upper(&self) -> Offset {
        self.upper
    }

    /// Returns its middle.
    pub const fn middle(&self) -> Offset {
        self.lower.midpoint(self.upper)
    }

    /// Returns whether it contains `offset`.
    pub fn holds(&self, offset: Offset) -> bool {
        self.lower <= offset && offset <= self.upper
    }

    /// Returns what of it is still certain `elapsed` later, or was `elapsed` earlier: [`super::SKEW_MAX`] to each side.
    #[must_use]
    pub fn widened(&self, elapsed: Span) -> Self {
        let wander = wander(elapsed);
        Self { lower: self.lower - wander, upper: self.upper + wander }
    }

    /// Returns it moved by `span`.
    #[must_use]
    pub fn moved(&self, span: Span) -> Self {
        Self { lower: self.lower + span, upper: self.upper + span }
    }

    /// Returns how far apart the two are: `ZERO` if they share an offset.
    pub fn gap(&self, other: &Self) -> Span {
        (self.lower - other.upper).max(other.lower - self.upper).max(Span::ZERO)
    }

    /// Returns the intersection. If it is empty, the gap between the two: one of them is slightly wrong, and
    /// it is unknown which.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self::spanning(self.lower.max(other.lower), self.upper.min(other.upper))
    }

    /// Returns the offset within it that is nearest to `offset`.
    pub fn nearest(&self, offset: Offset) -> Offset {
        offset.max(self.lower).min(self.upper)
    }

    /// Returns the largest possible error of `offset`: the distance to the farther end.
    pub fn reach(&self, offset: Offset) -> Span {
        (self.upper - offset).max(offset - self.lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{LocalTime, ServerTime};

    fn offset(us: i64) -> Offset {
        Offset::between(ServerTime::from_millis(0), LocalTime::from_micros(-us))
    }
    fn interval(lower: i64, upper: i64) -> Interval {
        Interval::spanning(offset(lower), offset(upper))
    }

    #[test]
    fn two_intervals_leave_what_both_hold() {
        assert_eq!(interval(0, 10).intersection(&interval(4, 20)), interval(4, 10));
        assert_eq!(interval(0, 10).intersection(&interval(14, 20)), interval(10, 14));
        assert_eq!(interval(0, 10).gap(&interval(14, 20)), Span::from_micros(4));
        assert_eq!(interval(14, 20).gap(&interval(0, 10)), Span::from_micros(4));
        assert_eq!(interval(0, 10).gap(&interval(10, 20)), Span::ZERO);
    }

    #[test]
    fn time_widens_both_ends() {
        assert_eq!(interval(0, 10).widened(Span::from_millis(1_000)), interval(-100, 110));
        assert_eq!(interval(0, 10).widened(Span::from_millis(-1_000)), interval(-100, 110));
    }

    #[test]
    fn the_reach_is_to_the_farther_end() {
        assert_eq!(interval(0, 10).reach(offset(3)), Span::from_micros(7));
        assert_eq!(interval(0, 10).nearest(offset(12)), offset(10));
    }
}
