//! What a server knows of a show.

use downbeat_core::{ServerTime, Span};
use downbeat_wire::audience::{Acks, BoundCount};
use downbeat_wire::{AudienceHistory, AudienceSample, LogEntry, StateBody};

use crate::text::tame;

use super::incidents::{self, Incident};

/// How long before the start and after the end samples of the audience count: 6 h. What is older belongs to another night.
const AROUND: Span = Span::from_millis(6 * 3_600_000);

/// What a server knows of a show.
pub(super) struct Show {
    pub(super) state: StateBody,
    /// The changes since the event was last reset, the oldest first.
    pub(super) entries: Vec<LogEntry>,
    pub(super) incidents: Vec<Incident>,
    /// The audience around the event, the oldest sample first.
    pub(super) samples: Vec<AudienceSample>,
}

impl Show {
    /// Takes the log with its newest entry first.
    pub(super) fn new(state: StateBody, newest_first: Vec<LogEntry>, history: AudienceHistory) -> Self {
        let reset = newest_first.iter().position(|entry| entry.name == "reset");
        let mut entries = newest_first;
        entries.truncate(reset.map_or(entries.len(), |reset| reset + 1));
        entries.reverse();
        let reset_at = reset.and(entries.first()).map(|entry| entry.at);
        let end = state.ended_at.unwrap_or(state.server_time).min(state.server_time);
        let (from, until) = (state.starts_at - AROUND, end.max(state.starts_at) + AROUND);
        let counts = |at: ServerTime| from <= at && at <= until && reset_at.is_none_or(|reset| reset <= at);
        let samples = history.samples.into_iter().filter(|sample| counts(sample.at)).collect();
        let incidents = incidents::of(&entries);
        Self { state, entries, incidents, samples }
    }

    /// Returns what the event is called.
    pub(super) fn title(&self) -> String {
        if self.state.title.is_empty() { self.state.event.to_string() } else { tame(&self.state.title) }
    }

    /// Returns the sample with the most sockets, the first of several.
    pub(super) fn most(&self) -> Option<&AudienceSample> {
        self.samples.iter().rev().max_by_key(|sample| sample.audience.sockets)
    }

    /// Returns how changes reached the sample, as far as it said by the last minute before the next change: the oldest first.
    pub(super) fn acks(&self) -> Vec<&Acks> {
        let mut all: Vec<&Acks> = Vec::new();
        for acks in self.samples.iter().filter_map(|sample| sample.audience.acks.as_ref()) {
            match all.last_mut() {
                Some(last) if last.rev == acks.rev => *last = acks,
                _ => all.push(acks),
            }
        }
        all
    }

    /// Returns how exact the clocks of those were who said so, over all changes.
    pub(super) fn bounds(&self) -> Vec<BoundCount> {
        let mut sums: Vec<BoundCount> = Vec::new();
        for count in self.acks().into_iter().flat_map(|acks| &acks.bounds) {
            match sums.iter_mut().find(|sum| sum.within == count.within) {
                Some(sum) => sum.viewers += count.viewers,
                None => sums.push(*count),
            }
        }
        sums
    }

    /// Returns the entry of the log that made a revision.
    pub(super) fn entry(&self, acks: &Acks) -> Option<&LogEntry> {
        self.entries.iter().find(|entry| entry.rev == acks.rev)
    }

    /// Returns until when an incident lasted: if it did not end, until now.
    pub(super) fn length(&self, incident: &Incident) -> Span {
        let now = self.state.server_time;
        (incident.until.unwrap_or(now).min(now) - incident.from).max(Span::ZERO)
    }
}
