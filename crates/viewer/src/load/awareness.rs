//! When viewers learned of a pause, whichever way it came.

use downbeat_core::{LocalTime, Version};

use super::distribution::Distribution;
use super::pause::SentPause;
use super::record::Record;
use super::run::Recording;

/// When viewers learned of a pause: through a socket, or from an answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awareness {
    /// How long after the pause was sent, or after arriving if that was later; `None` if nobody learned of it.
    pub after: Option<Distribution>,
    /// How many learned of it through a socket.
    pub by_socket: usize,
    /// How many learned of it from an answer.
    pub by_request: usize,
    /// How many did not learn of it.
    pub unaware: usize,
}

impl Recording {
    /// Returns when the viewers learned of `pause`.
    pub fn awareness(&self, pause: &SentPause) -> Awareness {
        let version = Version { epoch: pause.answer.state.epoch.clone(), rev: pause.answer.rev };
        Awareness::of(self.viewers.iter().map(|(_, record)| record), &version, pause.sent)
    }
}

impl Awareness {
    fn of<'a>(records: impl Iterator<Item = &'a Record>, version: &Version, sent: LocalTime) -> Self {
        let mut awareness = Self { after: None, by_socket: 0, by_request: 0, unaware: 0 };
        let mut after = Vec::new();
        // A newer state says what the pause said, or what came of it.
        let is_it = |known: &Version| known.epoch == version.epoch && known.rev >= version.rev;
        for record in records {
            let Some((_, at)) = record.learned.iter().find(|(known, _)| is_it(known)) else {
                awareness.unaware += 1;
                continue;
            };
            after.push(*at - sent.max(record.arrived_at));
            // What a socket receives is recorded before the session knows of it.
            let mut received = record.attempts.iter().flat_map(|attempt| {
                let joined = attempt.joined.iter().map(|joined| (&joined.version, joined.at));
                joined.chain(attempt.pushes.iter().map(|(pushed, at)| (pushed, *at)))
            });
            match received.any(|(pushed, pushed_at)| pushed_at <= *at && is_it(pushed)) {
                true => awareness.by_socket += 1,
                false => awareness.by_request += 1,
            }
        }
        awareness.after = Distribution::of(after);
        awareness
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::record::tests::{at, joined, socket, version};
    use crate::load::record::{Attempt, Record};
    use downbeat_core::Span;

    fn record(arrived_ms: i64, attempts: Vec<Attempt>, learned: &[(u64, i64)]) -> Record {
        let mut record = Record::of_attempts(attempts);
        record.arrived_at = at(arrived_ms);
        record.learned = learned.iter().map(|(rev, ms)| (version(*rev), at(*ms))).collect();
        record
    }

    #[test]
    fn everyone_counts_by_the_way_that_was_first() {
        let pushed = record(0, vec![socket(5, &[(2, 10_100)])], &[(1, 4), (2, 10_100)]);
        let polled = record(0, vec![], &[(1, 4), (2, 14_000)]);
        // It polled before it had a socket.
        let late = Attempt { joined: Some(joined(16_000, 0, 2)), ..socket(0, &[]) };
        let polled_first = record(0, vec![late.clone()], &[(1, 4), (2, 15_000)]);
        let joined_later = record(0, vec![late], &[(1, 4), (2, 16_000)]);
        let newer = record(17_000, vec![], &[(3, 17_500)]);
        let unaware = record(0, vec![socket(5, &[])], &[(1, 4)]);
        let records = [pushed, polled, polled_first, joined_later, newer, unaware];
        let awareness = Awareness::of(records.iter(), &version(2), at(10_000));
        assert_eq!((awareness.by_socket, awareness.by_request, awareness.unaware), (2, 3, 1));
        let after = awareness.after.unwrap();
        assert_eq!((after.count, after.first, after.last), (5, Span::from_millis(100), Span::from_millis(6_000)));
        assert_eq!(after.median, Span::from_millis(4_000));
    }
}
