//! How a state is announced to all hubs, and what is known of how far it got.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::tally::Share;
use super::tree::Tree;
use crate::name::{Epoch, Rev};
use crate::time::Span;

/// The longest wait for a tree of one or two calls: 300 ms, a call around the world and back. Then missing hubs are called
/// directly.
const TREE_WAIT: Span = Span::from_millis(300);

/// The longest wait for a deeper tree: 500 ms, in which of 1,024 hubs all have a change and have confirmed it where nothing
/// is lost (`scripts/bench fanout`).
const DEEP_TREE_WAIT: Span = Span::from_millis(500);

/// How long the first hubs wait for all below them: 600 ms, so that what they know reaches the event within a second from
/// anywhere.
const RELAY_WAIT: Span = Span::from_millis(600);

/// The longest wait for reports in all: 1 s. Source: the design.
const TOTAL_WAIT: Span = Span::from_millis(1_000);

/// By how much less a hub waits for the hubs below it than its caller waits for it: 100 ms, so that its own report is in
/// time.
const LEVEL: Span = Span::from_millis(100);

/// A hub's report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its number.
    pub hub: u16,
    /// The epoch of its state.
    #[serde(default)]
    pub epoch: Option<Epoch>,
    /// The revision that it has sent to all its sockets; 0 before the first.
    pub rev: Rev,
    /// How many sockets it has.
    pub sockets: u32,
    /// What its viewers said of that revision.
    #[serde(default)]
    pub share: Share,
    /// How many polls of the status were answered in the last 10 s by workers that request the state here.
    #[serde(default)]
    pub polls: u32,
}

/// Calls to hubs that are made at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// The hubs to call; each call passes the state on, or requests reports only.
    pub hubs: Vec<u16>,
    /// How long each of them may wait for the hubs below it; `None` if it calls none.
    pub relay: Option<Span>,
    /// How long to wait for the reports. Calls go on after that, and late reports count too.
    pub wait: Span,
}

/// The announcement of a state to hubs, and their reports as they come in: through the tree, directly, twice, late or
/// never.
///
/// ```
/// use downbeat_core::fanout::{Gathering, Report, Share, Tree};
/// use downbeat_core::Rev;
/// let mut gathering = Gathering::new(Tree::of(3), Rev::new(5));
/// assert_eq!(gathering.next_round().unwrap().hubs, [0, 1, 2]);
/// let report = |hub, rev, sockets| Report { hub, epoch: None, rev: Rev::new(rev), sockets, share: Share::default(), polls: 0 };
/// gathering.handle_reports([report(0, 5, 100), report(2, 4, 80)]);
/// // Hub 1 is silent, and hub 2 has an older state: both are called directly.
/// assert_eq!(gathering.next_round().unwrap().hubs, [1, 2]);
/// gathering.handle_reports([report(2, 6, 80)]); // By now it has a later state still.
/// assert_eq!((gathering.reached(), gathering.sockets()), (2, 180));
/// assert_eq!(gathering.next_round(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathering {
    tree: Tree,
    epoch: Option<Epoch>,
    rev: Rev,
    /// The event's revision: a hub that reports a later one has what was lost since.
    latest: Option<Rev>,
    next: Next,
    /// In the order of the hubs' numbers.
    reports: Vec<Report>,
}

/// What the next round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// The event calls the first hubs, which call all others.
    Tree,
    /// The event calls the hubs that are missing.
    Direct,
    /// A hub calls those below it.
    Below { hub: u16, wait: Span },
    /// No more rounds.
    Done,
}

impl Gathering {
    /// Returns the event's announcement of `rev` to all hubs of `tree`.
    pub const fn new(tree: Tree, rev: Rev) -> Self {
        Self { tree, epoch: None, rev, latest: None, next: Next::Tree, reports: Vec::new() }
    }

    /// Returns the part of an announcement that `hub` passes on to the hubs below it, within `wait`; to none without it.
    pub const fn below(tree: Tree, hub: u16, wait: Option<Span>) -> Self {
        let next = match wait {
            Some(wait) => Next::Below { hub, wait },
            None => Next::Done,
        };
        Self { tree, epoch: None, rev: Rev::new(0), latest: None, next, reports: Vec::new() }
    }

    /// Counts only hubs whose state is of this epoch.
    #[must_use]
    pub fn of_epoch(self, epoch: Epoch) -> Self {
        Self { epoch: Some(epoch), ..self }
    }

    /// Sets the event's revision, once it is over: hubs that report a later one do not count.
    pub const fn handle_latest(&mut self, rev: Rev) {
        self.latest = Some(rev);
    }

    /// Returns how many hubs there are.
    pub const fn hubs(&self) -> u16 {
        self.tree.hubs()
    }

    /// Returns the calls to make next; `None` if there are no more.
    pub fn next_round(&mut self) -> Option<Round> {
        let (round, next) = match self.next {
            Next::Tree => (
                Round { hubs: self.tree.roots().collect(), relay: Some(RELAY_WAIT), wait: self.tree_wait() },
                Next::Direct,
            ),
            Next::Direct => {
                let wait = TOTAL_WAIT - self.tree_wait();
                let relay = (self.tree.depth() > 2).then_some((wait - LEVEL).max(Span::ZERO));
                (Round { hubs: self.unreached(), relay, wait }, Next::Done)
            }
            Next::Below { hub, wait } => (
                Round { hubs: self.tree.children(hub).collect(), relay: Some((wait - LEVEL).max(Span::ZERO)), wait },
                Next::Done,
            ),
            Next::Done => return None,
        };
        self.next = next;
        (!round.hubs.is_empty()).then_some(round)
    }

    /// Adds reports. Of two from one hub the one with the higher revision counts; numbers that no hub has are ignored.
    pub fn handle_reports(&mut self, reports: impl IntoIterator<Item = Report>) {
        for report in reports {
            let place = self.reports.partition_point(|former| former.hub < report.hub);
            match self.reports.get(place).filter(|former| former.hub == report.hub) {
                Some(former) if former.rev > report.rev => {}
                Some(_) => self.reports[place] = report,
                None if report.hub < self.tree.hubs() => self.reports.insert(place, report),
                None => {}
            }
        }
    }

    /// Returns the hubs that have not confirmed the state, by their numbers.
    pub fn missing(&self) -> impl Iterator<Item = u16> {
        (0..self.tree.hubs()).filter(|hub| !self.has_confirmed(*hub))
    }

    fn has_confirmed(&self, hub: u16) -> bool {
        let place = self.reports.binary_search_by_key(&hub, |report| report.hub);
        place.is_ok_and(|place| self.counts(&self.reports[place]))
    }

    /// Returns whether a hub has the announced state, or a later one of the event.
    fn counts(&self, report: &Report) -> bool {
        let is_of_epoch = report.epoch.is_none() || self.epoch.is_none() || report.epoch == self.epoch;
        is_of_epoch && report.rev >= self.rev && self.latest.is_none_or(|latest| report.rev <= latest)
    }

    /// Returns the missing hubs whose caller is not missing, and those that they would call: one of the first is why
    /// everything below it is missing, too.
    fn unreached(&self) -> Vec<u16> {
        let is_reached = |hub: Option<u16>| hub.is_none_or(|hub| self.has_confirmed(hub));
        let is_called = |hub: &u16| {
            let parent = self.tree.parent(*hub);
            is_reached(parent) || is_reached(parent.and_then(|parent| self.tree.parent(parent)))
        };
        self.missing().filter(is_called).collect()
    }

    /// Returns how long to wait for the tree.
    fn tree_wait(&self) -> Span {
        if self.tree.depth() > 2 { DEEP_TREE_WAIT } else { TREE_WAIT }
    }

    /// Returns whether every hub has the state.
    pub fn is_complete(&self) -> bool {
        self.reached() == self.tree.hubs()
    }

    /// Returns how many hubs have the state, or a later one.
    pub fn reached(&self) -> u16 {
        self.confirmed().count() as u16
    }

    /// Returns how many sockets they sent it to.
    pub fn sockets(&self) -> u64 {
        self.confirmed().map(|report| u64::from(report.sockets)).sum()
    }

    /// Returns how many polls of the status were answered in the last 10 s, as far as hubs know.
    pub fn polls(&self) -> u64 {
        self.reports.iter().map(|report| u64::from(report.polls)).sum()
    }

    /// Returns all reports, by the hubs' numbers.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        self.reports.iter()
    }

    fn confirmed(&self) -> impl Iterator<Item = &Report> {
        self.reports.iter().filter(|report| self.counts(report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(hub: u16, rev: u64, sockets: u32) -> Report {
        Report { hub, epoch: None, rev: Rev::new(rev), sockets, share: Share::default(), polls: 0 }
    }

    #[test]
    fn a_hub_that_answers_twice_counts_once_and_an_older_answer_takes_nothing_back() {
        let mut gathering = Gathering::new(Tree::of(2), Rev::new(3));
        gathering.handle_reports([report(0, 3, 10), report(0, 3, 12), report(0, 2, 99), report(1, 2, 5)]);
        assert_eq!(
            (gathering.reached(), gathering.sockets(), gathering.missing().collect::<Vec<_>>()),
            (1, 12, vec![1])
        );
        gathering.handle_reports([report(1, 3, 5)]);
        assert!(gathering.is_complete());
        assert_eq!(gathering.reports().count(), 2);
    }

    #[test]
    fn a_hub_of_another_epoch_or_with_a_revision_that_the_event_lost_does_not_count() {
        let mut gathering = Gathering::new(Tree::of(3), Rev::new(3)).of_epoch("b".parse().unwrap());
        let of = |epoch: &str, report: Report| Report { epoch: Some(epoch.parse().unwrap()), ..report };
        gathering.handle_reports([of("b", report(0, 4, 10)), of("a", report(1, 9, 10)), of("b", report(2, 9, 10))]);
        assert_eq!((gathering.reached(), gathering.sockets()), (2, 20));
        gathering.handle_latest(Rev::new(4));
        assert_eq!((gathering.reached(), gathering.missing().collect::<Vec<_>>()), (1, vec![1, 2]));
    }

    #[test]
    fn a_report_of_an_unknown_hub_is_ignored() {
        let mut gathering = Gathering::new(Tree::of(1), Rev::new(1));
        gathering.handle_reports([report(7, 9, 1_000_000)]);
        assert_eq!((gathering.reached(), gathering.sockets()), (0, 0));
    }

    #[test]
    fn the_event_waits_a_second_in_all_and_needs_no_second_round_where_all_have_answered() {
        let mut gathering = Gathering::new(Tree::of(20), Rev::new(3));
        let tree = gathering.next_round().unwrap();
        assert_eq!((tree.hubs.len(), tree.relay), (6, Some(Span::from_millis(600))));
        let mut all = gathering.clone();
        let direct = gathering.next_round().unwrap();
        assert_eq!((direct.hubs.len(), direct.relay), (20, None));
        assert_eq!(tree.wait + direct.wait, Span::from_millis(1_000));
        all.handle_reports((0..20).map(|hub| report(hub, 3, 1)));
        assert_eq!(all.next_round(), None);
    }

    #[test]
    fn of_a_large_tree_the_event_calls_only_the_hubs_at_which_it_broke() {
        let tree = Tree::of(700);
        let mut gathering = Gathering::new(tree, Rev::new(3));
        let first = gathering.next_round().unwrap();
        assert_eq!((first.hubs.len(), first.wait), (6, Span::from_millis(500)));
        // Hub 2 is gone, and with it all that it calls and that those call.
        let is_below = |hub: u16| core::iter::successors(Some(hub), |hub| tree.parent(*hub)).any(|above| above == 2);
        gathering.handle_reports((0..700).filter(|hub| !is_below(*hub)).map(|hub| report(hub, 3, 1)));
        assert_eq!(gathering.missing().count(), 132, "all of Asia and Oceania");
        let direct = gathering.next_round().unwrap();
        assert_eq!(direct.hubs, [2, 8, 9, 18, 24, 34, 40]);
        // The hubs that hub 2 would have called pass the state on.
        assert_eq!((direct.relay, direct.wait), (Some(Span::from_millis(400)), Span::from_millis(500)));
    }

    #[test]
    fn a_hub_passes_on_once_and_waits_less_than_its_caller() {
        let mut below = Gathering::below(Tree::of(20), 0, Some(Span::from_millis(900)));
        let round = below.next_round().unwrap();
        assert_eq!(round.hubs, [6, 10, 13, 16]);
        assert_eq!((round.relay, round.wait), (Some(Span::from_millis(800)), Span::from_millis(900)));
        assert_eq!(below.next_round(), None);
        assert_eq!(Gathering::below(Tree::of(20), 0, None).next_round(), None);
        assert_eq!(Gathering::below(Tree::of(20), 19, Some(Span::from_millis(50))).next_round(), None);
    }
}
