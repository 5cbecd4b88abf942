//! From what each viewer saw to figures of all.

use std::collections::BTreeMap;

use downbeat_core::fanout::Version;
use downbeat_core::{LocalTime, Span};

use super::distribution::Distribution;
use super::record::{Counts, Record, Try};
use crate::viewing::Loss;

/// How long before the end a change must have been heard first to be judged: 2 s. Later ones may be on their way.
const GRACE: Span = Span::from_millis(2_000);

/// What all viewers together saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// How many sockets were open in the end, by hub.
    pub(crate) by_hub: BTreeMap<u16, usize>,
    /// From the decision to open the first socket to the first state through it.
    pub(crate) connected: Option<Distribution>,
    /// Why sockets were lost or not opened, and how often.
    pub(crate) losses: BTreeMap<Loss, usize>,
    /// From a loss to the first state through the next socket.
    pub(crate) back: Option<Distribution>,
    /// How many came back in the busiest second.
    pub(crate) busiest: usize,
    /// How many had lost their socket and had none in the end.
    pub(crate) away: usize,
    /// What was pushed, the earliest first.
    pub(crate) changes: Vec<Change>,
    /// How many viewers did not know the newest state in the end.
    pub(crate) behind: usize,
    pub(crate) counts: Counts,
}

/// How a change got to the viewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) version: Version,
    /// How many had a socket and an older state, so that it had to be pushed to them.
    pub(crate) expected: usize,
    /// How many of them heard it, or a newer one, through that socket.
    pub(crate) heard: usize,
    /// How many of them kept the socket and did not hear it.
    pub(crate) missed: usize,
    /// How many lost the socket before they heard it.
    pub(crate) cut_off: usize,
    /// How often it came again through the same socket.
    pub(crate) twice: usize,
    /// How often it came after a newer one.
    pub(crate) out_of_order: usize,
    /// When it was heard first.
    pub(crate) first_at: LocalTime,
    /// How long after the first one the others heard it.
    pub(crate) after_first: Distribution,
}

impl Judgement {
    /// Judges what was seen until `over`.
    pub(crate) fn of(records: &[&Record], over: LocalTime) -> Self {
        let mut judgement = Self { changes: changes(records, over), ..Self::default() };
        let (mut connected, mut back, mut returned) = (Vec::new(), Vec::new(), Vec::new());
        for record in records {
            judgement.counts.add(&record.counts);
            if let Some(open) = record.open() {
                *judgement.by_hub.entry(open.hub).or_default() += 1;
            }
            let mut lost_at = None;
            for one in &record.tries {
                match (&one.joined, lost_at.take()) {
                    (Some(joined), None) => connected.push(joined.at - one.asked),
                    (Some(joined), Some(lost)) => {
                        back.push(joined.at - lost);
                        returned.push(joined.at);
                    }
                    // A try that failed leaves it as it was.
                    (None, lost) => lost_at = lost,
                }
                if let Some((at, loss)) = &one.lost {
                    *judgement.losses.entry(loss.clone()).or_default() += 1;
                    if one.joined.is_some() {
                        lost_at = Some(*at);
                    }
                }
            }
            judgement.away += usize::from(lost_at.is_some());
        }
        judgement.connected = Distribution::of(connected);
        judgement.back = Distribution::of(back);
        judgement.busiest = busiest_second(returned);
        let newest = records.iter().filter_map(|record| record.known.as_ref()).max_by_key(|known| known.rev);
        judgement.behind = records.iter().filter(|record| record.known.as_ref() != newest).count();
        judgement
    }

    /// Returns how many sockets were open in the end.
    pub(crate) fn open(&self) -> usize {
        self.by_hub.values().sum()
    }

    /// Returns how often the promise of push was broken: changes missed, and states that went back.
    pub(crate) fn faults(&self) -> u64 {
        let missed: usize = self.changes.iter().map(|change| change.missed).sum();
        missed as u64 + self.counts.went_back
    }
}

impl Counts {
    fn add(&mut self, other: &Self) {
        let Self { questions, failures, pings, pongs, acks, went_back } = other;
        self.questions += questions;
        self.failures += failures;
        self.pings += pings;
        self.pongs += pongs;
        self.acks += acks;
        self.went_back += went_back;
    }
}

/// Returns every state that was pushed to anybody who had an older one.
fn changes(records: &[&Record], over: LocalTime) -> Vec<Change> {
    let mut first_heard: Vec<(Version, LocalTime)> = Vec::new();
    let tries = || records.iter().flat_map(|record| &record.tries);
    for (version, at) in tries().flat_map(|one| &one.pushes) {
        match first_heard.iter_mut().find(|(known, _)| known == version) {
            Some((_, first)) => *first = (*first).min(*at),
            None => first_heard.push((version.clone(), *at)),
        }
    }
    first_heard.sort_by_key(|(_, at)| *at);
    let is_judged = |first_at: LocalTime| over - first_at >= GRACE;
    first_heard.into_iter().map(|(version, first_at)| change(tries(), version, first_at, is_judged(first_at))).collect()
}

fn change<'a>(tries: impl Iterator<Item = &'a Try>, version: Version, first_at: LocalTime, is_judged: bool) -> Change {
    let (mut expected, mut missed, mut cut_off, mut twice, mut out_of_order) = (0, 0, 0, 0, 0);
    let mut heard = Vec::new();
    let is_newer = |other: &Version| other.epoch == version.epoch && other.rev > version.rev;
    for one in tries {
        let times = one.pushes.iter().filter(|(pushed, _)| *pushed == version).count();
        twice += times.saturating_sub(1);
        let newer = one.pushes.iter().position(|(pushed, _)| is_newer(pushed));
        let last = one.pushes.iter().rposition(|(pushed, _)| *pushed == version);
        out_of_order += usize::from(newer.zip(last).is_some_and(|(newer, last)| newer < last));
        let Some(joined) = &one.joined else { continue };
        if !version.outdates(&joined.version) || joined.version.epoch != version.epoch {
            // Who joined with it was told already; another life of the event has no order with this one.
            continue;
        }
        match one.pushes.iter().find(|(pushed, _)| *pushed == version || is_newer(pushed)) {
            Some((_, at)) => heard.push(*at - first_at),
            None => match &one.lost {
                // Nothing had been said yet.
                Some((lost_at, _)) if *lost_at < first_at => continue,
                Some(_) => cut_off += 1,
                None if is_judged => missed += 1,
                None => continue,
            },
        }
        expected += 1;
    }
    let heard_count = heard.len();
    let after_first = Distribution::of(heard).unwrap_or(NOTHING);
    Change { version, expected, heard: heard_count, missed, cut_off, twice, out_of_order, first_at, after_first }
}

/// A change that was heard by none of those who had to hear it: it came to somebody who knew it.
const NOTHING: Distribution =
    Distribution { count: 0, first: Span::ZERO, median: Span::ZERO, p99: Span::ZERO, last: Span::ZERO };

/// Returns how many instants lie in the second that has most of them.
fn busiest_second(mut instants: Vec<LocalTime>) -> usize {
    instants.sort_unstable();
    let mut from = 0;
    let mut most = 0;
    for (index, at) in instants.iter().enumerate() {
        while *at - instants[from] >= Span::from_millis(1_000) {
            from += 1;
        }
        most = most.max(index + 1 - from);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::record::Joined;
    use downbeat_core::Rev;

    fn at(ms: i64) -> LocalTime {
        LocalTime::from_micros(ms * 1_000)
    }

    fn version(rev: u64) -> Version {
        Version { epoch: "k3v9x2m4".parse().unwrap(), rev: Rev::new(rev) }
    }

    /// A socket that was asked for at 0, joined at `joined` with revision 1, and heard `pushes`.
    fn socket(joined: i64, pushes: &[(u64, i64)]) -> Try {
        Try {
            asked: at(0),
            joined: Some(Joined { at: at(joined), hub: 0, version: version(1) }),
            pushes: pushes.iter().map(|(rev, ms)| (version(*rev), at(*ms))).collect(),
            lost: None,
        }
    }

    fn judged(viewers: Vec<Vec<Try>>) -> Judgement {
        let records: Vec<Record> = viewers.into_iter().map(Record::of_tries).collect();
        Judgement::of(&records.iter().collect::<Vec<_>>(), at(60_000))
    }

    #[test]
    fn a_change_is_missed_by_who_kept_the_socket_and_did_not_hear_it() {
        let gone = Try { lost: Some((at(9_000), Loss::Broken)), ..socket(5, &[]) };
        let cut = Try { lost: Some((at(10_005), Loss::Broken)), ..socket(5, &[]) };
        let judgement = judged(vec![
            vec![socket(5, &[(2, 10_004)])],
            vec![socket(5, &[(2, 10_010)])],
            vec![socket(5, &[])],
            vec![cut],
            vec![gone],
        ]);
        let [change] = &judgement.changes[..] else { panic!("{:?}", judgement.changes) };
        assert_eq!((change.expected, change.heard, change.missed, change.cut_off), (4, 2, 1, 1));
        assert_eq!((change.first_at, change.after_first.last), (at(10_004), Span::from_millis(6)));
        assert_eq!((judgement.faults(), judgement.open(), judgement.away), (1, 3, 2));
    }

    #[test]
    fn a_newer_change_makes_up_for_an_older_one() {
        let judgement = judged(vec![vec![socket(5, &[(2, 10), (3, 20)])], vec![socket(5, &[(3, 21)])]]);
        assert_eq!(judgement.changes.iter().map(|change| change.missed).sum::<usize>(), 0);
        assert_eq!(judgement.changes[1].heard, 2);
    }

    #[test]
    fn what_comes_twice_or_late_is_counted() {
        let judgement = judged(vec![vec![socket(5, &[(2, 10), (2, 11), (3, 20), (2, 30)])]]);
        assert_eq!((judgement.changes[0].twice, judgement.changes[0].out_of_order), (2, 1));
        assert_eq!((judgement.changes[1].twice, judgement.changes[1].out_of_order), (0, 0));
    }

    #[test]
    fn who_joins_with_a_change_need_not_be_told() {
        let mut late = socket(10_050, &[]);
        late.joined = Some(Joined { at: at(10_050), hub: 1, version: version(2) });
        let judgement = judged(vec![vec![socket(5, &[(2, 10_004)])], vec![late]]);
        assert_eq!((judgement.changes[0].expected, judgement.changes[0].missed), (1, 0));
        assert_eq!(judgement.by_hub, [(0, 1), (1, 1)].into());
    }

    #[test]
    fn the_last_two_seconds_are_not_judged() {
        let judgement = judged(vec![vec![socket(5, &[(2, 58_500)])], vec![socket(5, &[])]]);
        assert_eq!((judgement.changes[0].expected, judgement.changes[0].missed), (1, 0));
    }

    #[test]
    fn a_return_counts_from_the_loss_through_all_that_failed() {
        let lost = Try { lost: Some((at(1_000), Loss::Broken)), ..socket(5, &[]) };
        let failed =
            Try { asked: at(2_000), joined: None, pushes: vec![], lost: Some((at(2_001), Loss::Refused(503))) };
        let again = Try { asked: at(4_000), ..socket(4_010, &[]) };
        let judgement = judged(vec![vec![lost, failed, again]]);
        assert_eq!(judgement.back.unwrap().first, Span::from_millis(3_010));
        assert_eq!((judgement.busiest, judgement.away, judgement.connected.unwrap().count), (1, 0, 1));
        assert_eq!(judgement.losses, [(Loss::Refused(503), 1), (Loss::Broken, 1)].into());
    }

    #[test]
    fn the_busiest_second_may_begin_anywhere() {
        assert_eq!(busiest_second([0, 600, 900, 1_500, 1_650].map(at).to_vec()), 3);
        assert_eq!(busiest_second(Vec::new()), 0);
    }
}
