//! First, median, p99 and last of many spans.

use downbeat_core::Span;
use serde_json::{Value, json};

use crate::text;

/// Where many spans lie; there is at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Distribution {
    pub(crate) count: usize,
    pub(crate) first: Span,
    pub(crate) median: Span,
    pub(crate) p99: Span,
    pub(crate) last: Span,
}

impl Distribution {
    /// Returns where `spans` lie; nothing if there are none.
    pub(crate) fn of(mut spans: Vec<Span>) -> Option<Self> {
        spans.sort_unstable();
        Some(Self {
            count: spans.len(),
            first: *spans.first()?,
            median: spans[percentile(spans.len(), 50)],
            p99: spans[percentile(spans.len(), 99)],
            last: *spans.last()?,
        })
    }

    /// Returns all of them moved by `span`.
    pub(crate) fn moved(self, span: Span) -> Self {
        Self {
            first: self.first + span,
            median: self.median + span,
            p99: self.p99 + span,
            last: self.last + span,
            ..self
        }
    }

    /// Returns the spans in the order of [`HEAD`].
    pub(crate) fn cells(&self) -> [String; 4] {
        [self.first, self.median, self.p99, self.last].map(|span| {
            let ms = span.as_micros().unsigned_abs() as f64 / 1e3;
            let sign = if span < Span::ZERO { "−" } else { "" };
            // Tenths only where they are a difference worth reading.
            if ms < 99.95 { format!("{sign}{ms:.1} ms") } else { format!("{sign}{}", text::fine(span)) }
        })
    }

    /// Returns them for programs, in milliseconds.
    pub(crate) fn json(&self) -> Value {
        let ms = |span: Span| span.as_micros() as f64 / 1e3;
        json!({
            "count": self.count,
            "first": ms(self.first), "median": ms(self.median), "p99": ms(self.p99), "last": ms(self.last),
        })
    }
}

/// The names of what [`Distribution::cells`] gives.
pub(crate) const HEAD: [&str; 4] = ["first", "median", "p99", "last"];

/// Returns the index of the least of `count` sorted values that `percent` of them do not exceed (nearest rank).
fn percentile(count: usize, percent: usize) -> usize {
    (count * percent).div_ceil(100).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let of = |last: i64| Distribution::of((1..=last).rev().map(Span::from_millis).collect()).unwrap();
        assert_eq!((of(1).first, of(1).median, of(1).p99), (of(1).last, of(1).last, of(1).last));
        let ten = of(10);
        assert_eq!(
            (ten.median, ten.p99, ten.last),
            (Span::from_millis(5), Span::from_millis(10), Span::from_millis(10))
        );
        assert_eq!(of(200).p99, Span::from_millis(198));
        assert_eq!(Distribution::of(Vec::new()), None);
    }

    #[test]
    fn what_came_before_is_below_zero() {
        let early = Distribution::of(vec![Span::from_millis(30)]).unwrap().moved(Span::from_millis(-500));
        assert_eq!(early.cells()[0], "−470 ms");
    }
}
