//! How far apart the same cue fired.

use std::collections::{BTreeMap, BTreeSet};

use downbeat_core::cueing::CueKey;
use downbeat_core::{LocalTime, Span};

use super::distribution::Distribution;
use super::record::Record;

/// The pause after which a cue that fires again fires for another reason (a seek): 1 s.
const APART: Span = Span::from_millis(1_000);

/// How far apart viewers fired the same cues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spread {
    /// How often a cue fired at any viewer.
    pub(crate) fired: usize,
    /// How far the first and the last viewer of each cue were apart; nothing if no two fired the same.
    pub(crate) apart: Option<Distribution>,
}

impl Spread {
    /// Returns the spread of what viewers fired. Cues that viewers spread on purpose (`jittered`) do not count.
    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a Record>, jittered: &BTreeSet<CueKey>) -> Self {
        let mut by_cue: BTreeMap<CueKey, Vec<LocalTime>> = BTreeMap::new();
        let mut fired = 0;
        for (key, at) in records.flat_map(|record| &record.fired) {
            fired += 1;
            if !jittered.contains(key) {
                by_cue.entry(*key).or_default().push(*at);
            }
        }
        let apart = Distribution::of(by_cue.into_values().flat_map(widths).collect());
        Self { fired, apart }
    }
}

/// Returns how wide each cluster of instants is, of those with more than one.
fn widths(mut instants: Vec<LocalTime>) -> Vec<Span> {
    instants.sort_unstable();
    let clusters = instants.chunk_by(|before, after| *after - *before < APART);
    clusters.filter(|cluster| cluster.len() > 1).map(|cluster| cluster[cluster.len() - 1] - cluster[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fires_again_after_a_seek_is_another_cluster() {
        let at = |ms: i64| LocalTime::from_micros(ms * 1_000);
        let instants = [5_000, 10, 4, 5_003, 9_000, 12].map(at).to_vec();
        assert_eq!(widths(instants), [Span::from_millis(8), Span::from_millis(3)]);
    }
}
