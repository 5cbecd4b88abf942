//! What is known of how far a change got.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::tally::Share;
use super::tree::Tree;
use crate::name::Rev;

/// What a hub says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its number.
    pub hub: u16,
    /// The revision it has and has sent to all its sockets; 0 before it has any.
    pub rev: Rev,
    /// How many sockets it holds.
    pub sockets: u32,
    /// What its viewers said of that revision.
    #[serde(default)]
    pub share: Share,
}

/// The reports on one change as they come in: through the tree, directly, twice, late or never.
///
/// ```
/// use downbeat_core::fanout::{Gathering, Report, Share, Tree};
/// use downbeat_core::Rev;
/// let mut gathering = Gathering::new(Tree::of(3), Rev::new(5));
/// let report = |hub, rev, sockets| Report { hub, rev: Rev::new(rev), sockets, share: Share::default() };
/// gathering.take([report(0, 5, 100), report(2, 4, 80)]);
/// // Hub 1 is silent, and hub 2 has an older state: both have to be told again.
/// assert_eq!(gathering.missing(), [1, 2]);
/// gathering.take([report(2, 6, 80)]); // By now it has heard of more than this change.
/// assert_eq!((gathering.reached(), gathering.sockets()), (2, 180));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathering {
    tree: Tree,
    rev: Rev,
    /// In the order of the hubs' numbers.
    reports: Vec<Report>,
}

impl Gathering {
    /// Returns what is known of `rev` on its way through `tree`: nothing yet.
    pub const fn new(tree: Tree, rev: Rev) -> Self {
        Self { tree, rev, reports: Vec::new() }
    }

    /// Takes reports in. Of two from one hub the one of the higher revision counts; hubs that are none are ignored.
    pub fn take(&mut self, reports: impl IntoIterator<Item = Report>) {
        for report in reports {
            let place = self.reports.partition_point(|known| known.hub < report.hub);
            match self.reports.get(place).filter(|known| known.hub == report.hub) {
                Some(known) if known.rev > report.rev => {}
                Some(_) => self.reports[place] = report,
                None if report.hub < self.tree.hubs() => self.reports.insert(place, report),
                None => {}
            }
        }
    }

    /// Returns the hubs of which nobody knows that they have the change.
    pub fn missing(&self) -> Vec<u16> {
        (0..self.tree.hubs()).filter(|hub| self.with_it().all(|report| report.hub != *hub)).collect()
    }

    /// Returns whether every hub has the change.
    pub fn is_complete(&self) -> bool {
        self.reached() == self.tree.hubs()
    }

    /// Returns how many hubs have the change, or a later one.
    pub fn reached(&self) -> u16 {
        self.with_it().count() as u16
    }

    /// Returns how many sockets they sent it to.
    pub fn sockets(&self) -> u64 {
        self.with_it().map(|report| u64::from(report.sockets)).sum()
    }

    /// Returns all reports, by the hubs' numbers.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        self.reports.iter()
    }

    fn with_it(&self) -> impl Iterator<Item = &Report> {
        self.reports.iter().filter(|report| report.rev >= self.rev)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(hub: u16, rev: u64, sockets: u32) -> Report {
        Report { hub, rev: Rev::new(rev), sockets, share: Share::default() }
    }

    #[test]
    fn a_hub_that_answers_twice_counts_once_and_an_older_answer_takes_nothing_back() {
        let mut gathering = Gathering::new(Tree::of(2), Rev::new(3));
        gathering.take([report(0, 3, 10), report(0, 3, 12), report(0, 2, 99), report(1, 2, 5)]);
        assert_eq!((gathering.reached(), gathering.sockets(), gathering.missing()), (1, 12, vec![1]));
        gathering.take([report(1, 3, 5)]);
        assert!(gathering.is_complete());
        assert_eq!(gathering.reports().count(), 2);
    }

    #[test]
    fn a_hub_that_is_none_is_ignored() {
        let mut gathering = Gathering::new(Tree::of(1), Rev::new(1));
        gathering.take([report(7, 9, 1_000_000)]);
        assert_eq!((gathering.reached(), gathering.sockets()), (0, 0));
    }
}
