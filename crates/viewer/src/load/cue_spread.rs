//! How far apart viewers fired the same cue.

use std::collections::{BTreeMap, BTreeSet};

use downbeat_core::cueing::CueKey;
use downbeat_core::{LocalTime, Span};

use super::distribution::Distribution;
use super::record::Record;
use super::run::Recording;

/// The gap that separates two firings of the same cue, such as before and after a seek: 1 s.
const SEPARATE: Span = Span::from_millis(1_000);

/// How far apart viewers fired the same cues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CueSpread {
    /// How many cues fired, all viewers together.
    pub fired: usize,
    /// The time between the first and the last viewer of each cue; `None` if no two viewers fired the same one.
    pub apart: Option<Distribution>,
}

impl Recording {
    /// Returns how far apart the viewers fired the same cues. Cues that viewers spread on purpose (`jittered`) count as
    /// fired, but not as apart.
    pub fn cue_spread(&self, jittered: &BTreeSet<CueKey>) -> CueSpread {
        let mut by_cue: BTreeMap<CueKey, Vec<LocalTime>> = BTreeMap::new();
        let mut fired = 0;
        let records = self.viewers.iter().map(|(_, record): &(_, Record)| record);
        for (key, at) in records.flat_map(|record| &record.fired) {
            fired += 1;
            if !jittered.contains(key) {
                by_cue.entry(*key).or_default().push(*at);
            }
        }
        let apart = Distribution::of(by_cue.into_values().flat_map(widths).collect());
        CueSpread { fired, apart }
    }
}

/// Returns the width of each cluster of two instants or more.
fn widths(mut instants: Vec<LocalTime>) -> Vec<Span> {
    instants.sort_unstable();
    let clusters = instants.chunk_by(|before, after| *after - *before < SEPARATE);
    clusters.filter(|cluster| cluster.len() > 1).map(|cluster| cluster[cluster.len() - 1] - cluster[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cue_that_fires_again_after_a_seek_is_a_cluster_of_its_own() {
        let at = |ms: i64| LocalTime::from_micros(ms * 1_000);
        let instants = [5_000, 10, 4, 5_003, 9_000, 12].map(at).to_vec();
        assert_eq!(widths(instants), [Span::from_millis(8), Span::from_millis(3)]);
    }
}
