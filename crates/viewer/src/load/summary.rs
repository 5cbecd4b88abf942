//! The figures of a load test: who missed what, how late, how often.

use std::collections::BTreeMap;

use downbeat_core::{LocalTime, Span};

use super::delivery::Delivery;
use super::distribution::Distribution;
use super::record::{Counts, Record};
use super::run::Recording;
use crate::CloseReason;

/// What all viewers together saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The number of sockets that were open at the end, by hub.
    pub by_hub: BTreeMap<u16, usize>,
    /// The attempts to open a socket.
    pub attempts: usize,
    /// From a viewer's arrival to the first state through its first socket.
    pub joining: Option<Distribution>,
    /// From the decision to open a viewer's first socket to the first state through it.
    pub connecting: Option<Distribution>,
    /// Why sockets closed or were not opened, and how often.
    pub closes: BTreeMap<CloseReason, usize>,
    /// From the loss of a socket to the first state through the next.
    pub reconnecting: Option<Distribution>,
    /// The most viewers that reconnected within one second.
    pub reconnects_per_second_max: usize,
    /// How many viewers had lost their socket and had none at the end.
    pub disconnected: usize,
    /// The changes that were pushed, the earliest first.
    pub deliveries: Vec<Delivery>,
    /// How many viewers did not have the newest state at the end.
    pub behind: usize,
    /// What is only counted, of all viewers together.
    pub counts: Counts,
}

impl Recording {
    /// Returns the figures of what the viewers saw.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.viewers.iter().map(|(_, record)| record).collect::<Vec<_>>(), self.over)
    }
}

impl Summary {
    fn of(records: &[&Record], over: LocalTime) -> Self {
        let mut summary = Self { deliveries: Delivery::of_all(records, over), ..Self::default() };
        let (mut connecting, mut reconnecting, mut reconnected_at) = (Vec::new(), Vec::new(), Vec::new());
        let joining = records.iter().filter_map(|record| Some(record.first_joined_at()? - record.arrived_at));
        summary.joining = Distribution::of(joining.collect());
        for record in records {
            summary.counts.add(&record.counts);
            summary.attempts += record.attempts.len();
            if let Some(open) = record.open_socket() {
                *summary.by_hub.entry(open.hub).or_default() += 1;
            }
            let mut lost_at = None;
            for attempt in &record.attempts {
                match (&attempt.joined, lost_at.take()) {
                    (Some(joined), None) => connecting.push(joined.at - attempt.started),
                    (Some(joined), Some(lost)) => {
                        reconnecting.push(joined.at - lost);
                        reconnected_at.push(joined.at);
                    }
                    // A failed attempt prolongs the loss.
                    (None, lost) => lost_at = lost,
                }
                if let Some((at, reason)) = &attempt.closed {
                    *summary.closes.entry(reason.clone()).or_default() += 1;
                    if attempt.joined.is_some() {
                        lost_at = Some(*at);
                    }
                }
            }
            summary.disconnected += usize::from(lost_at.is_some());
        }
        summary.connecting = Distribution::of(connecting);
        summary.reconnecting = Distribution::of(reconnecting);
        summary.reconnects_per_second_max = most_per_second(reconnected_at);
        let last_versions = || records.iter().map(|record| record.last_version.as_ref());
        let newest = last_versions().flatten().max_by_key(|version| version.rev);
        summary.behind = last_versions().filter(|version| *version != newest).count();
        summary
    }

    /// Returns how many sockets were open at the end.
    pub fn open_sockets(&self) -> usize {
        self.by_hub.values().sum()
    }

    /// Returns how often a change was missed.
    pub fn missed(&self) -> usize {
        self.deliveries.iter().map(|delivery| delivery.missed).sum()
    }
}

impl Counts {
    fn add(&mut self, other: &Self) {
        let Self { requests, failures, pings, pongs, acks, went_back, fired_twice } = other;
        self.requests += requests;
        self.failures += failures;
        self.pings += pings;
        self.pongs += pongs;
        self.acks += acks;
        self.went_back += went_back;
        self.fired_twice += fired_twice;
    }
}

/// Returns the most instants within one second.
fn most_per_second(mut instants: Vec<LocalTime>) -> usize {
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
    use crate::load::record::Attempt;
    use crate::load::record::tests::{at, joined, socket};

    fn summary(viewers: Vec<Vec<Attempt>>) -> Summary {
        let records: Vec<Record> = viewers.into_iter().map(Record::of_attempts).collect();
        Summary::of(&records.iter().collect::<Vec<_>>(), at(60_000))
    }

    #[test]
    fn sockets_are_counted_by_hub_and_lost_ones_are_disconnected() {
        let lost = Attempt { closed: Some((at(9_000), CloseReason::Broken)), ..socket(5, &[]) };
        let late = Attempt { joined: Some(joined(10_050, 1, 2)), ..socket(10_050, &[]) };
        let summary = summary(vec![vec![socket(5, &[(2, 10_004)])], vec![socket(5, &[])], vec![late], vec![lost]]);
        assert_eq!(summary.by_hub, [(0, 2), (1, 1)].into());
        assert_eq!((summary.open_sockets(), summary.disconnected, summary.missed()), (3, 1, 1));
    }

    #[test]
    fn reconnecting_counts_from_the_loss_through_all_failed_attempts() {
        let lost = Attempt { closed: Some((at(1_000), CloseReason::Broken)), ..socket(5, &[]) };
        let refused = Some((at(2_001), CloseReason::Refused(503)));
        let failed = Attempt { started: at(2_000), joined: None, pushes: vec![], closed: refused };
        let again = Attempt { started: at(4_000), ..socket(4_010, &[]) };
        let summary = summary(vec![vec![lost, failed, again]]);
        assert_eq!(summary.reconnecting.unwrap().first, Span::from_millis(3_010));
        assert_eq!((summary.reconnects_per_second_max, summary.disconnected), (1, 0));
        assert_eq!(summary.connecting.unwrap().count, 1);
        assert_eq!(summary.closes, [(CloseReason::Refused(503), 1), (CloseReason::Broken, 1)].into());
    }

    #[test]
    fn the_busiest_second_may_begin_anywhere() {
        assert_eq!(most_per_second([0, 600, 900, 1_500, 1_650].map(at).to_vec()), 3);
        assert_eq!(most_per_second(Vec::new()), 0);
    }
}
