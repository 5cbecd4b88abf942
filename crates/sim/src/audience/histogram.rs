//! Counts of what was measured.

use downbeat_core::Span;
use std::collections::BTreeMap;

/// How often what was measured, in steps of a fixed width. Adding histograms up gives the same in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    width: i64,
    counts: BTreeMap<i64, u64>,
    count: u64,
}

impl Histogram {
    /// Creates an empty one whose steps are `width` wide.
    pub const fn new(width: Span) -> Self {
        Self { width: width.as_micros(), counts: BTreeMap::new(), count: 0 }
    }

    /// Creates one with a value that was measured `count` times.
    pub(super) fn of(width: Span, value: Span, count: u64) -> Self {
        let step = value.as_micros().div_euclid(width.as_micros());
        Self { width: width.as_micros(), counts: BTreeMap::from([(step, count)]), count }
    }

    /// Counts a value, rounded down to a step.
    pub fn note(&mut self, value: Span) {
        *self.counts.entry(value.as_micros().div_euclid(self.width)).or_default() += 1;
        self.count += 1;
    }

    /// Adds what another one of the same width counted.
    pub fn add(&mut self, other: Self) {
        for (step, count) in other.counts {
            *self.counts.entry(step).or_default() += count;
        }
        self.count += other.count;
    }

    /// Returns how many values were counted.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Returns each step that has values: its beginning, and how many.
    pub fn steps(&self) -> impl Iterator<Item = (Span, u64)> + '_ {
        self.counts.iter().map(|(step, count)| (Span::from_micros(step * self.width), *count))
    }

    /// Returns the end of the step in which `share` of the values are reached, 0 to 1; `None` without values.
    pub fn at(&self, share: f64) -> Option<Span> {
        let wanted = (self.count as f64 * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        let step = self.counts.iter().find(|(_, count)| {
            seen += **count;
            seen >= wanted
        })?;
        Some(Span::from_micros((step.0 + 1) * self.width))
    }

    /// Returns how many values lie below `limit`, or in the step it is in.
    pub fn up_to(&self, limit: Span) -> u64 {
        self.counts.range(..=limit.as_micros().div_euclid(self.width)).map(|(_, count)| count).sum()
    }

    /// Adds to `spread`, which is as wide, how far any two of the values are apart, each pair once.
    pub fn add_pairs_to(&self, spread: &mut Self) {
        let (Some((first, _)), Some((last, _))) = (self.counts.first_key_value(), self.counts.last_key_value()) else {
            return;
        };
        let mut pairs = vec![0; (last - first + 1) as usize];
        for (place, (one, count)) in self.counts.iter().enumerate() {
            pairs[0] += count * (count - 1) / 2;
            for (other, others) in self.counts.iter().skip(place + 1) {
                pairs[(other - one) as usize] += count * others;
            }
        }
        for (step, count) in (0..).zip(pairs).filter(|(_, count)| *count > 0) {
            *spread.counts.entry(step).or_default() += count;
            spread.count += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[i64]) -> Histogram {
        let mut histogram = Histogram::new(Span::from_millis(1));
        values.iter().for_each(|ms| histogram.note(Span::from_millis(*ms)));
        histogram
    }

    #[test]
    fn shares_are_of_all_values() {
        let histogram = of(&[5, 1, 3, 2, 4]);
        assert_eq!([0.5, 0.99, 1.0].map(|share| histogram.at(share).unwrap().as_millis()), [4, 6, 6]);
        assert_eq!((histogram.up_to(Span::from_millis(3)), histogram.count()), (3, 5));
        assert_eq!(of(&[]).at(0.5), None);
    }

    #[test]
    fn every_pair_is_counted_once() {
        let mut spread = Histogram::new(Span::from_millis(1));
        of(&[-1, 0, 0, 4]).add_pairs_to(&mut spread);
        let pairs: Vec<_> = spread.steps().map(|(step, count)| (step.as_millis(), count)).collect();
        assert_eq!(pairs, [(0, 1), (1, 2), (4, 2), (5, 1)]);
    }
}
