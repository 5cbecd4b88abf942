//! Which hubs pass a state on to which others.

use super::region::Region;

/// The most hubs that the event or a hub calls: 6. Source: a worker or object may wait for 6 responses at a time.
pub const DEGREE: u16 = 6;

/// How many hubs of its own region a hub calls: 5, so that the first one may call another region besides.
const NEAR: u16 = 5;

/// The tree of calls from an event to all its hubs. The event calls the first hub of each of six regions, three of these
/// call a seventh, eighth and ninth region, and in a region each hub calls up to five more: only the first call, or two,
/// cross an ocean.
///
/// ```
/// use downbeat_core::fanout::Tree;
/// let tree = Tree::of(1_024);
/// assert_eq!(tree.roots(), 0..6);
/// // Hub 0 is in western Europe. It calls five more there, and hub 13, the first one in Africa.
/// assert_eq!(tree.children(0).collect::<Vec<_>>(), [6, 10, 13, 16, 22, 26]);
/// assert_eq!((tree.parent(13), tree.parent(0), tree.depth()), (Some(0), None, 5));
/// ```
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
    pub fn roots(self) -> core::ops::Range<u16> {
        0..self.hubs.min(DEGREE)
    }

    /// Returns the hubs that `hub` calls, by their numbers; often none.
    pub fn children(self, hub: u16) -> impl Iterator<Item = u16> {
        // Each has a higher number than its caller.
        (hub.saturating_add(1)..self.hubs).filter(move |child| self.parent(*child) == Some(hub))
    }

    /// Returns the hub that calls `hub`; `None` if the event does.
    pub fn parent(self, hub: u16) -> Option<u16> {
        let region = Region::of_hub(hub);
        match Region::rank_of_hub(hub).checked_sub(1) {
            Some(rank) => Some(region.nth_hub(rank / NEAR)),
            None if hub < DEGREE => None,
            // The nearest region of those that the event calls.
            None => (0..DEGREE).min_by_key(|root| Region::of_hub(*root).distance(region)),
        }
    }

    /// Returns how many calls lead from the event to the furthest hub.
    pub fn depth(self) -> u16 {
        let calls = |hub: u16| core::iter::successors(Some(hub), |hub| self.parent(*hub)).count() as u16;
        // The last hub of each region is the furthest in it.
        (self.hubs.saturating_sub(Region::ORDER_LEN)..self.hubs).map(calls).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::HUBS_MAX;

    /// Some numbers of hubs, small and large.
    const COUNTS: [u16; 11] = [0, 1, 4, 6, 7, 14, 16, 64, 257, 700, HUBS_MAX];

    #[test]
    fn every_hub_is_called_once_and_within_five_calls() {
        for hubs in COUNTS {
            let tree = Tree::of(hubs);
            let mut called = vec![0; usize::from(hubs)];
            let mut level: Vec<u16> = tree.roots().collect();
            let mut calls = 0;
            while !level.is_empty() {
                calls += 1;
                level.iter().for_each(|hub| called[usize::from(*hub)] += 1);
                level = level.iter().flat_map(|hub| tree.children(*hub)).collect();
            }
            assert!(called.iter().all(|times| *times == 1), "{hubs} hubs: {called:?}");
            assert_eq!(calls, tree.depth(), "{hubs} hubs");
        }
        assert_eq!(COUNTS.map(|hubs| Tree::of(hubs).depth()), [0, 1, 1, 1, 2, 2, 2, 3, 4, 5, 5]);
    }

    #[test]
    fn nobody_calls_more_than_six() {
        for hubs in COUNTS {
            let tree = Tree::of(hubs);
            assert!((0..hubs).all(|hub| tree.children(hub).count() <= usize::from(DEGREE)), "{hubs} hubs");
        }
    }

    #[test]
    fn of_the_calls_of_a_large_tree_nine_at_most_leave_their_region() {
        let tree = Tree::of(HUBS_MAX);
        let leaves = |hub: &u16| tree.parent(*hub).is_none_or(|from| Region::of_hub(from) != Region::of_hub(*hub));
        assert_eq!((0..HUBS_MAX).filter(leaves).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 9, 11, 13]);
    }

    #[test]
    fn a_number_that_no_hub_has_calls_nobody() {
        assert_eq!(Tree::of(4).children(9).count() + Tree::of(HUBS_MAX).children(u16::MAX).count(), 0);
    }
}
