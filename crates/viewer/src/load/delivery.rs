//! How a change reached the viewers.

use downbeat_core::Version;
use downbeat_core::{LocalTime, Span};

use super::distribution::Distribution;
use super::record::{Attempt, Record};

/// How long before the end a change must have been received first to count as missed: 2 s. Later ones may be on their way.
const GRACE: Span = Span::from_millis(2_000);

/// How a change reached the viewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The epoch and revision that the change made.
    pub version: Version,
    /// How many viewers had a socket and an older state, so that it had to be pushed to them.
    pub expected: usize,
    /// How many of them received it, or a newer one, through that socket.
    pub received: usize,
    /// How many of them kept the socket and did not receive it.
    pub missed: usize,
    /// How many lost the socket before they received it.
    pub cut_off: usize,
    /// How often it came again through the same socket.
    pub duplicates: usize,
    /// How often it came after a newer one.
    pub out_of_order: usize,
    /// When the first viewer received it.
    pub first_at: LocalTime,
    /// How long after the first viewer each one received it.
    pub after_first: Distribution,
}

impl Delivery {
    /// Returns how every change that was pushed until `over` reached the viewers, the earliest first.
    pub(super) fn of_all(records: &[&Record], over: LocalTime) -> Vec<Self> {
        let mut received_first: Vec<(Version, LocalTime)> = Vec::new();
        let attempts = || records.iter().flat_map(|record| &record.attempts);
        for (version, at) in attempts().flat_map(|attempt| &attempt.pushes) {
            match received_first.iter_mut().find(|(known, _)| known == version) {
                Some((_, first)) => *first = (*first).min(*at),
                None => received_first.push((version.clone(), *at)),
            }
        }
        received_first.sort_by_key(|(_, at)| *at);
        let deliveries = received_first.into_iter();
        deliveries.map(|(version, first_at)| Self::of(attempts(), version, first_at, over)).collect()
    }

    fn of<'a>(
        attempts: impl Iterator<Item = &'a Attempt>,
        version: Version,
        first_at: LocalTime,
        over: LocalTime,
    ) -> Self {
        let (mut expected, mut missed, mut cut_off, mut duplicates, mut out_of_order) = (0, 0, 0, 0, 0);
        let mut latencies = Vec::new();
        let may_be_on_its_way = over - first_at < GRACE;
        let is_newer = |other: &Version| other.epoch == version.epoch && other.rev > version.rev;
        for attempt in attempts {
            let times = attempt.pushes.iter().filter(|(pushed, _)| *pushed == version).count();
            duplicates += times.saturating_sub(1);
            let newer = attempt.pushes.iter().position(|(pushed, _)| is_newer(pushed));
            let last = attempt.pushes.iter().rposition(|(pushed, _)| *pushed == version);
            out_of_order += usize::from(newer.zip(last).is_some_and(|(newer, last)| newer < last));
            let Some(joined) = &attempt.joined else { continue };
            if !version.outdates(&joined.version) || joined.version.epoch != version.epoch {
                // The socket began with this state or a newer one; or with another epoch, which has no order with this.
                continue;
            }
            match attempt.pushes.iter().find(|(pushed, _)| *pushed == version || is_newer(pushed)) {
                Some((_, at)) => latencies.push(*at - first_at),
                None => match &attempt.closed {
                    // It closed before the change was pushed to anyone.
                    Some((closed_at, _)) if *closed_at < first_at => continue,
                    Some(_) => cut_off += 1,
                    None if may_be_on_its_way => continue,
                    None => missed += 1,
                },
            }
            expected += 1;
        }
        let received = latencies.len();
        let after_first = Distribution::of(latencies).unwrap_or(NONE_RECEIVED);
        Self { version, expected, received, missed, cut_off, duplicates, out_of_order, first_at, after_first }
    }
}

/// The latencies of a change that only viewers received who had it already.
const NONE_RECEIVED: Distribution =
    Distribution { count: 0, first: Span::ZERO, median: Span::ZERO, p99: Span::ZERO, last: Span::ZERO };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CloseReason;
    use crate::load::record::tests::{at, joined, socket, version};

    fn deliveries(viewers: Vec<Vec<Attempt>>) -> Vec<Delivery> {
        let records: Vec<Record> = viewers.into_iter().map(Record::of_attempts).collect();
        Delivery::of_all(&records.iter().collect::<Vec<_>>(), at(60_000))
    }

    #[test]
    fn a_viewer_that_kept_the_socket_and_did_not_receive_the_change_missed_it() {
        let gone = Attempt { closed: Some((at(9_000), CloseReason::Broken)), ..socket(5, &[]) };
        let cut = Attempt { closed: Some((at(10_005), CloseReason::Broken)), ..socket(5, &[]) };
        let [delivery] = &deliveries(vec![
            vec![socket(5, &[(2, 10_004)])],
            vec![socket(5, &[(2, 10_010)])],
            vec![socket(5, &[])],
            vec![cut],
            vec![gone],
        ])[..] else {
            panic!("one change was pushed")
        };
        assert_eq!((delivery.expected, delivery.received, delivery.missed, delivery.cut_off), (4, 2, 1, 1));
        assert_eq!((delivery.first_at, delivery.after_first.last), (at(10_004), Span::from_millis(6)));
    }

    #[test]
    fn a_newer_change_makes_up_for_an_older_one() {
        let deliveries = deliveries(vec![vec![socket(5, &[(2, 10), (3, 20)])], vec![socket(5, &[(3, 21)])]]);
        assert_eq!(deliveries.iter().map(|delivery| delivery.missed).sum::<usize>(), 0);
        assert_eq!(deliveries[1].received, 2);
    }

    #[test]
    fn duplicates_and_changes_out_of_order_are_counted() {
        let deliveries = deliveries(vec![vec![socket(5, &[(2, 10), (2, 11), (3, 20), (2, 30)])]]);
        assert_eq!((deliveries[0].duplicates, deliveries[0].out_of_order), (2, 1));
        assert_eq!((deliveries[1].duplicates, deliveries[1].out_of_order), (0, 0));
    }

    #[test]
    fn a_viewer_that_joins_with_the_change_does_not_need_it() {
        let late = Attempt { joined: Some(joined(10_050, 1, 2)), ..socket(10_050, &[]) };
        let deliveries = deliveries(vec![vec![socket(5, &[(2, 10_004)])], vec![late]]);
        assert_eq!((deliveries[0].version.clone(), deliveries[0].expected, deliveries[0].missed), (version(2), 1, 0));
    }

    #[test]
    fn what_is_first_received_in_the_last_two_seconds_is_not_missed() {
        let deliveries = deliveries(vec![vec![socket(5, &[(2, 58_500)])], vec![socket(5, &[])]]);
        assert_eq!((deliveries[0].expected, deliveries[0].missed), (1, 0));
    }
}
