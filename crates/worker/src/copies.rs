//! This isolate's copies of events' states, so that `/time` seldom waits.
//!
//! Plain data, no I/O: `/time` reads the copies, `event.rs` refreshes them.

use downbeat_core::fanout::is_recent;
use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::TimeBody;
use std::collections::BTreeMap;

/// The greatest age of a copy that `/time` answers from at once: 1 s. Source: the design.
const FRESH: Span = Span::from_millis(1_000);

/// The age from which `/time` refreshes a copy in the background: 250 ms.
///
/// Reason: under load a copy is then never older than this and one call, and an isolate makes at most four calls a
/// second.
const REFRESH_AFTER: Span = Span::from_millis(250);

/// How long the answer that an event does not exist counts: 10 s. Source: the design.
const MISSING_KEPT: Span = Span::from_millis(10_000);

/// How long an unanswered request keeps others from starting one: 300 ms, as long as `/time` waits.
const REFRESH_TIMEOUT: Span = Span::from_millis(300);

/// How long after a failure `/time` answers `unknown` at once instead of waiting: 1 s.
const FAILURE_KEPT: Span = Span::from_millis(1_000);

/// How long a hub counts as crowded: 5 s, in which a few dozen viewers may have left it.
const CROWDED_KEPT: Span = Span::from_millis(5_000);

/// The most copies an isolate keeps: 1,000, so that made-up names cannot fill its memory.
const COPIES_MAX: usize = 1_000;

/// An event at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Snapshot {
    /// Its state.
    State(Box<EventState>),
    /// The event does not exist.
    Missing,
}

/// An isolate's copy of one event.
#[derive(Debug, Default)]
pub(crate) struct Copy {
    snapshot: Option<Snapshot>,
    received_at: Option<ServerTime>,
    /// When a request was sent that has no answer yet.
    requested_at: Option<ServerTime>,
    failed_at: Option<ServerTime>,
    failures: u32,
    /// The hubs that had no room for a viewer, and when.
    crowded: Vec<(u16, ServerTime)>,
    tail: Tail,
}

/// The part of the answer to `/time` that stays the same until `until`.
#[derive(Debug, Default)]
struct Tail {
    text: String,
    from: Option<ServerTime>,
    until: Option<ServerTime>,
}

/// The copies of an isolate.
#[derive(Debug, Default)]
pub(crate) struct Copies(BTreeMap<EventName, Copy>);

impl Copy {
    /// Returns the snapshot if it is fresh enough to answer from.
    pub(crate) fn fresh(&self, now: ServerTime) -> Option<&Snapshot> {
        let limit = if self.snapshot == Some(Snapshot::Missing) { MISSING_KEPT } else { FRESH };
        self.snapshot.as_ref().filter(|_| is_recent(self.received_at, limit, now))
    }

    /// Returns the last state, however old.
    pub(crate) fn last(&self) -> Option<&EventState> {
        match &self.snapshot {
            Some(Snapshot::State(state)) => Some(state),
            _ => None,
        }
    }

    /// Returns what follows the digits of `serverTime` in the answer at `now`; `None` without a fresh state.
    pub(crate) fn tail(&mut self, now: ServerTime) -> Option<&str> {
        let Some(Snapshot::State(state)) = self.fresh(now) else { return None };
        let prepared =
            self.tail.from.is_some_and(|from| from <= now) && self.tail.until.is_none_or(|until| now < until);
        if !prepared {
            self.tail = Tail { text: TimeBody::new(state, now).tail(), from: Some(now), until: state.next_change(now) };
        }
        Some(&self.tail.text)
    }

    /// Returns whether the copy is due to be refreshed and nobody does so yet; then the caller must.
    pub(crate) fn start_refresh(&mut self, now: ServerTime) -> bool {
        let is_fresh = match self.snapshot {
            Some(Snapshot::Missing) => is_recent(self.received_at, MISSING_KEPT, now),
            _ => is_recent(self.received_at, REFRESH_AFTER, now),
        };
        let is_in_progress =
            is_recent(self.requested_at, REFRESH_TIMEOUT, now) || is_recent(self.failed_at, REFRESH_AFTER, now);
        if is_fresh || is_in_progress {
            return false;
        }
        self.requested_at = Some(now);
        true
    }

    /// Returns whether a request failed within the last second.
    pub(crate) fn failed_lately(&self, now: ServerTime) -> bool {
        is_recent(self.failed_at, FAILURE_KEPT, now)
    }

    /// Returns how many requests have failed since the last answer.
    pub(crate) const fn failures(&self) -> u32 {
        self.failures
    }

    /// Notes that a hub had no room.
    pub(crate) fn handle_crowded(&mut self, hub: u16, now: ServerTime) {
        self.crowded.retain(|(other, since)| *other != hub && is_recent(Some(*since), CROWDED_KEPT, now));
        self.crowded.push((hub, now));
    }

    /// Returns whether a hub had no room a moment ago.
    pub(crate) fn is_crowded(&self, hub: u16, now: ServerTime) -> bool {
        self.crowded.iter().any(|(other, since)| *other == hub && is_recent(Some(*since), CROWDED_KEPT, now))
    }

    fn apply(&mut self, snapshot: Snapshot, now: ServerTime) {
        let is_older = match (self.last(), &snapshot) {
            (Some(last), Snapshot::State(state)) => last.epoch() == state.epoch() && last.rev() > state.rev(),
            _ => false,
        };
        if !is_older {
            if self.snapshot.as_ref() != Some(&snapshot) {
                self.tail = Tail::default();
            }
            self.snapshot = Some(snapshot);
        }
        self.received_at = Some(now);
        self.requested_at = None;
        self.failed_at = None;
        self.failures = 0;
    }
}

impl Copies {
    /// Returns the copy of `event`, if there is one.
    pub(crate) fn find(&mut self, event: &str) -> Option<&mut Copy> {
        self.0.get_mut(event)
    }

    /// Returns the copy of `event`, an empty one at first.
    pub(crate) fn copy(&mut self, event: &EventName) -> &mut Copy {
        if self.0.len() >= COPIES_MAX && !self.0.contains_key(event) {
            self.make_room();
        }
        self.0.entry(event.clone()).or_default()
    }

    /// Applies an answer to the copy of `event`, unless the copy has a later revision.
    pub(crate) fn apply(&mut self, event: &EventName, snapshot: Snapshot, now: ServerTime) {
        self.copy(event).apply(snapshot, now);
    }

    /// Notes that a request had no answer.
    pub(crate) fn handle_failure(&mut self, event: &EventName, now: ServerTime) {
        let copy = self.copy(event);
        copy.requested_at = None;
        copy.failed_at = Some(now);
        copy.failures = copy.failures.saturating_add(1);
    }

    /// Makes the copy of `event` due to be refreshed, since a command has just changed the event.
    pub(crate) fn expire(&mut self, event: &EventName) {
        if let Some(copy) = self.0.get_mut(event.as_str()) {
            copy.received_at = None;
            copy.requested_at = None;
        }
    }

    /// Drops the copies of events that do not exist; without any, the copy that was refreshed longest ago.
    fn make_room(&mut self) {
        self.0.retain(|_, copy| matches!(copy.snapshot, Some(Snapshot::State(_))));
        if self.0.len() >= COPIES_MAX
            && let Some(oldest) = self.0.iter().min_by_key(|(_, copy)| copy.received_at).map(|(event, _)| event.clone())
        {
            self.0.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests;
