//! First, median, 99th percentile and last of many spans.

use downbeat_core::Span;

/// First, median, 99th percentile and last of one span or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// The number of spans.
    pub count: usize,
    /// The shortest.
    pub first: Span,
    /// The median, one of the spans.
    pub median: Span,
    /// The 99th percentile, one of the spans.
    pub p99: Span,
    /// The longest.
    pub last: Span,
}

impl Distribution {
    /// Returns the distribution of `spans`; `None` if there are none.
    pub(crate) fn of(mut spans: Vec<Span>) -> Option<Self> {
        spans.sort_unstable();
        Some(Self {
            count: spans.len(),
            first: *spans.first()?,
            median: spans[percentile_index(spans.len(), 50)],
            p99: spans[percentile_index(spans.len(), 99)],
            last: *spans.last()?,
        })
    }

    /// Returns the distribution with every span longer by `by`; shorter if that is negative.
    #[must_use]
    pub fn shifted(self, by: Span) -> Self {
        Self { first: self.first + by, median: self.median + by, p99: self.p99 + by, last: self.last + by, ..self }
    }
}

/// Returns the index of the percentile in `count` sorted values, by nearest rank.
fn percentile_index(count: usize, percent: usize) -> usize {
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
    fn shifted_back_it_may_be_negative() {
        let early = Distribution::of(vec![Span::from_millis(30)]).unwrap().shifted(Span::from_millis(-500));
        assert_eq!((early.first, early.last), (Span::from_millis(-470), Span::from_millis(-470)));
    }
}
