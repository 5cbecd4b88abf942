//! How exact viewers' clocks are, as a histogram.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// Within how much a clock is right, in ms, for each count but the last: the least is a good network's, 20 and 50 are what cues
/// of light and of sound need, and from 250 on viewers step their clock.
const WITHIN_MS: [i64; 6] = [5, 20, 50, 100, 250, 1_000];

/// How many viewers' clocks are right within how much.
///
/// ```
/// use downbeat_core::{Span, fanout::Bounds};
/// let mut bounds = Bounds::default();
/// [3, 20, 21, 4_000].map(Span::from_millis).into_iter().for_each(|bound| bounds.add(bound));
/// let within = |ms| Some(Span::from_millis(ms));
/// let counts: Vec<_> = bounds.counts().filter(|(_, viewers)| *viewers > 0).collect();
/// assert_eq!(counts, [(within(5), 1), (within(20), 1), (within(50), 1), (None, 1)]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bounds([u32; WITHIN_MS.len() + 1]);

impl Bounds {
    /// Counts a viewer whose clock may be this wrong.
    pub fn add(&mut self, bound: Span) {
        let place = WITHIN_MS.partition_point(|ms| Span::from_millis(*ms) < bound);
        self.0[place] = self.0[place].saturating_add(1);
    }

    /// Adds the counts of others.
    pub fn merge(&mut self, others: &Self) {
        self.0.iter_mut().zip(others.0).for_each(|(count, other)| *count = count.saturating_add(other));
    }

    /// Returns how many clocks are right within how much, and not within less; `None` is more than the greatest.
    pub fn counts(&self) -> impl Iterator<Item = (Option<Span>, u32)> {
        WITHIN_MS.iter().map(|ms| Some(Span::from_millis(*ms))).chain([None]).zip(self.0)
    }

    /// Returns how many viewers are counted.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|count| u64::from(*count)).sum()
    }
}
