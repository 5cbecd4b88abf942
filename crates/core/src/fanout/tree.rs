//! Which hubs pass a state on to which others.

use core::ops::Range;

/// The most hubs that the event or a hub calls: 6. Source: a worker or object may wait for 6 responses at a time.
pub const DEGREE: u16 = 6;

/// The tree of calls from an event to all its hubs: it calls the first six, hub *i* calls the hubs from 6(*i* + 1) on,
/// six at most. 6 hubs are one call away, 42 two, all others three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree {
    hubs: u16,
}

impl Tree {
    /// Returns the tree of hubs 0 to `hubs` − 1.
    pub const fn of(hubs: u16) -> Self {
        Self { hubs }
    }

    /// Returns how many hubs there are.
    pub const fn hubs(self) -> u16 {
        self.hubs
    }

    /// Returns the hubs that the event calls.
    pub fn roots(self) -> Range<u16> {
        0..self.hubs.min(DEGREE)
    }

    /// Returns the hubs that `hub` calls; often none.
    pub fn children(self, hub: u16) -> Range<u16> {
        let first = DEGREE.saturating_mul(hub.saturating_add(1)).min(self.hubs);
        first..first.saturating_add(DEGREE).min(self.hubs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::HUBS_MAX;

    #[test]
    fn every_hub_is_called_once_and_within_three_calls() {
        for hubs in 0..=HUBS_MAX {
            let tree = Tree::of(hubs);
            let mut called = vec![0; usize::from(hubs)];
            let mut level: Vec<u16> = tree.roots().collect();
            for calls in 1.. {
                assert!(level.is_empty() || calls <= 3, "{hubs} hubs");
                level.iter().for_each(|hub| called[usize::from(*hub)] += 1);
                level = level.iter().flat_map(|hub| tree.children(*hub)).collect();
                if level.is_empty() {
                    break;
                }
            }
            assert!(called.iter().all(|times| *times == 1), "{hubs} hubs: {called:?}");
        }
    }

    #[test]
    fn nobody_calls_more_than_six() {
        let tree = Tree::of(HUBS_MAX);
        assert_eq!(tree.roots().len(), 6);
        assert!((0..HUBS_MAX).all(|hub| tree.children(hub).len() <= 6));
    }

    #[test]
    fn a_number_that_no_hub_has_calls_nobody() {
        assert!(Tree::of(4).children(9).is_empty() && Tree::of(HUBS_MAX).children(u16::MAX).is_empty());
    }
}
