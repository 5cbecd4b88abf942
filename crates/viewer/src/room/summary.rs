//! The figures of all records of a load test of a room.

use std::collections::BTreeMap;

use downbeat_core::Span;

use super::change::RoomChange;
use super::record::Record;
use super::run::RoomRecording;
use super::waits::RoomWaits;
use crate::CloseReason;
use crate::load::Distribution;

/// What a room sends of members coming and going at most: 50 messages a second, however many there are.
const PRESENCE_PER_SECOND: u64 = 50;

/// The figures of a load test of a room.
#[derive(Clone, Debug)]
pub struct RoomSummary {
    /// How many members were in the room at least once.
    pub came: usize,
    /// How many were in the room at the end.
    pub present: usize,
    /// How often one left on purpose.
    pub left: u64,
    /// How often a socket ended otherwise, by reason.
    pub closed: BTreeMap<CloseReason, u64>,
    /// The changes, the earliest first.
    pub changes: Vec<RoomChange>,
    /// How long after the first member the others had a change, all changes together; `None` without any.
    pub after_first: Option<Distribution>,
    /// How long after a gesture was sent the first member had it; `None` without any.
    pub first_after_sent: Option<Distribution>,
    /// How long after the first member the last one had a change: one span for each change.
    pub spread: Option<Distribution>,
    /// Gestures that changed the room.
    pub gestures: usize,
    /// How often members stalled.
    pub stalls: u64,
    /// How long the room waited for them.
    pub waits: RoomWaits,
    /// What members learned of each other.
    pub presence: PresenceCounts,
    /// What was refused, by code.
    pub refusals: BTreeMap<String, u64>,
    /// Gestures that were never answered; those of members that left are among them.
    pub unanswered: usize,
    /// How many of those in the room at the end did not have its newest revision.
    pub behind: usize,
    /// How often a member received a newer change and not the one before.
    pub missed: usize,
    /// How often a member received an older state after a newer one.
    pub went_back: u64,
}

/// The messages in which members learn of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct PresenceCounts {
    /// All of them.
    pub messages: u64,
    /// Of the member that got fewest.
    pub least: u64,
    /// Of the member in the middle.
    pub median: u64,
    /// Of the member that got most.
    pub most: u64,
    /// What a room of any size sends at most in that time: 50 a second, and one for each time that somebody came. So they grow in
    /// proportion to members and time, not to their square.
    pub limit: u64,
}

impl RoomRecording {
    /// Returns the figures.
    pub fn summary(&self) -> RoomSummary {
        RoomSummary::of(&self.records, RoomWaits::of(&self.shared.waits()), self.lasted)
    }
}

impl PresenceCounts {
    fn of(records: &[Record], lasted: Span) -> Self {
        let mut counts: Vec<u64> = records.iter().map(|record| record.presence).collect();
        counts.sort_unstable();
        let came: usize =
            records.iter().flat_map(|record| &record.visits).filter(|visit| visit.joined.is_some()).count();
        let seconds = u64::try_from(lasted.as_millis()).unwrap_or_default().div_ceil(1_000);
        Self {
            messages: counts.iter().sum(),
            least: counts.first().copied().unwrap_or_default(),
            median: counts.get(counts.len().saturating_sub(1) / 2).copied().unwrap_or_default(),
            most: counts.last().copied().unwrap_or_default(),
            limit: PRESENCE_PER_SECOND * seconds + came as u64,
        }
    }

    /// Returns whether the messages stay within the limit.
    pub const fn is_linear(&self) -> bool {
        self.messages <= self.limit
    }
}

impl RoomSummary {
    fn of(records: &[Record], waits: RoomWaits, lasted: Span) -> Self {
        let visits = || records.iter().flat_map(|record| &record.visits);
        let changes = RoomChange::of_all(records);
        let latest = visits().filter_map(super::record::Visit::rev).max();
        let mut refusals: BTreeMap<String, u64> = BTreeMap::new();
        for (code, count) in records.iter().flat_map(|record| &record.refusals) {
            *refusals.entry(code.clone()).or_default() += count;
        }
        let mut closed: BTreeMap<CloseReason, u64> = BTreeMap::new();
        for reason in visits().filter_map(|visit| visit.closed.as_ref()) {
            *closed.entry(reason.clone()).or_default() += 1;
        }
        let first = visits().flat_map(|visit| &visit.states).fold(BTreeMap::new(), |mut first, (rev, at)| {
            first.entry(*rev).and_modify(|known: &mut _| *known = (*at).min(*known)).or_insert(*at);
            first
        });
        let after_first = visits().flat_map(|visit| &visit.states).map(|(rev, at)| *at - first[rev]).collect();
        Self {
            came: records.iter().filter(|record| record.visits.iter().any(|visit| visit.joined.is_some())).count(),
            present: records.iter().filter(|record| record.rev().is_some()).count(),
            left: closed.remove(&CloseReason::Dropped).unwrap_or_default(),
            closed,
            after_first: Distribution::of(after_first),
            first_after_sent: Distribution::of(changes.iter().filter_map(|change| change.first_after_sent).collect()),
            spread: Distribution::of(changes.iter().map(|change| change.after_first.last).collect()),
            gestures: records.iter().map(|record| record.gestures.len()).sum(),
            stalls: records.iter().map(|record| record.stalls).sum(),
            waits,
            presence: PresenceCounts::of(records, lasted),
            refusals,
            unanswered: records.iter().map(|record| record.sent.len()).sum(),
            behind: records.iter().filter_map(Record::rev).filter(|rev| Some(*rev) < latest).count(),
            missed: changes.iter().map(|change| change.missed).sum(),
            went_back: records.iter().map(|record| record.went_back).sum(),
            changes,
        }
    }
}
