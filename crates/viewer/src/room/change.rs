//! How one change reached the members.

use std::collections::BTreeMap;

use downbeat_core::{LocalTime, Rev, Span};

use super::record::{Record, Visit};
use crate::load::Distribution;

/// How one change of the room reached its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomChange {
    /// The revision that it made.
    pub rev: Rev,
    /// How many members were in the room and had an older state.
    pub expected: usize,
    /// How many of them received it.
    pub received: usize,
    /// How many of them received a newer one and not this one.
    pub missed: usize,
    /// How long after the first member each one received it.
    pub after_first: Distribution,
    /// How long after the gesture was sent the first member received it; `None` if no gesture of this test made it.
    pub first_after_sent: Option<Span>,
}

impl RoomChange {
    /// Returns every change that came through a socket, the earliest first.
    pub(super) fn of_all(records: &[Record]) -> Vec<Self> {
        let sent: BTreeMap<Rev, LocalTime> =
            records.iter().flat_map(|record| &record.gestures).map(|(rev, at)| (*rev, *at)).collect();
        let visits = || records.iter().flat_map(|record| &record.visits);
        let mut received: BTreeMap<Rev, Vec<LocalTime>> = BTreeMap::new();
        for (rev, at) in visits().flat_map(|visit| &visit.states) {
            received.entry(*rev).or_default().push(*at);
        }
        let changes = received.into_iter().filter_map(|(rev, times)| {
            let first = *times.iter().min()?;
            let after_first = Distribution::of(times.iter().map(|at| *at - first).collect())?;
            let (mut expected, mut got, mut missed) = (0, 0, 0);
            for visit in visits() {
                match visit.learned(rev) {
                    Learned::Received => (expected, got) = (expected + 1, got + 1),
                    Learned::Skipped => (expected, missed) = (expected + 1, missed + 1),
                    Learned::Behind => expected += 1,
                    Learned::Elsewhere => {}
                }
            }
            let first_after_sent = sent.get(&rev).map(|sent| first - *sent);
            Some(Self { rev, expected, received: got, missed, after_first, first_after_sent })
        });
        changes.collect()
    }
}

/// How a socket learned of a revision.
enum Learned {
    /// It came through it.
    Received,
    /// A newer one came, and not this one.
    Skipped,
    /// The socket is open, and neither came.
    Behind,
    /// The socket was opened later, was closed before, or was never a member's.
    Elsewhere,
}

impl Visit {
    fn learned(&self, rev: Rev) -> Learned {
        let Some((_, joined)) = self.joined else { return Learned::Elsewhere };
        if joined >= rev {
            return Learned::Elsewhere;
        }
        if self.states.iter().any(|(came, _)| *came == rev) {
            return Learned::Received;
        }
        match self.states.iter().any(|(came, _)| *came > rev) {
            true => Learned::Skipped,
            false if self.closed.is_none() => Learned::Behind,
            false => Learned::Elsewhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CloseReason;

    fn at(ms: i64) -> LocalTime {
        LocalTime::from_micros(ms * 1_000)
    }

    fn record(joined: u64, states: &[(u64, i64)], closed: Option<CloseReason>) -> Record {
        let states = states.iter().map(|(rev, ms)| (Rev::new(*rev), at(*ms))).collect();
        let visit = Visit { joined: Some((at(0), Rev::new(joined))), states, closed };
        Record { visits: vec![visit], ..Record::default() }
    }

    #[test]
    fn a_change_is_expected_by_those_who_were_there() {
        let mut sender = record(1, &[(2, 110), (3, 200)], None);
        sender.gestures.insert(Rev::new(2), at(100));
        let records = [
            sender,
            record(1, &[(2, 113), (3, 207)], None),
            // It skipped one, it left before the first, it is behind, it came later.
            record(1, &[(3, 201)], None),
            record(1, &[], Some(CloseReason::Dropped)),
            record(1, &[(2, 111)], None),
            record(3, &[], None),
        ];
        let [second, third] = RoomChange::of_all(&records).try_into().unwrap();
        assert_eq!((second.expected, second.received, second.missed), (4, 3, 1));
        assert_eq!(second.first_after_sent, Some(Span::from_millis(10)));
        assert_eq!(second.after_first.last, Span::from_millis(3));
        assert_eq!((third.expected, third.received, third.missed), (4, 3, 0));
        assert_eq!((third.first_after_sent, third.after_first.median), (None, Span::from_millis(1)));
    }
}
