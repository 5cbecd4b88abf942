//! This isolate's copies of events' states, so that `/time` seldom waits.
//!
//! Plain data, no I/O: `/time` reads the copies, `event.rs` refreshes them.

use downbeat_core::fanout::hub::Limit;
use downbeat_core::fanout::{Pressure, is_recent};
use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::{StateBody, TimeBody};
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

/// How long a hub counts as full: 1 s. Those who find all hubs full would otherwise call one each.
const FULL_KEPT: Span = Span::from_millis(1_000);

/// How long a hub counts as busy: 50 ms, in which it sends a change to most of its viewers, or takes six more.
const BUSY_KEPT: Span = Span::from_millis(50);

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

/// Why a hub took no viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is crowded, and takes only those who find no room elsewhere.
    Crowded,
    /// It has no room.
    Full,
    /// It sends a change, or many are joining.
    Busy,
}

/// An answer whose text is prepared: what follows the digits of `serverTime` stays the same for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// `GET /time`.
    Time,
    /// `GET /v1/events/{event}/status`.
    Status,
}

/// An isolate's copy of one event.
#[derive(Debug, Default)]
pub(crate) struct Copy {
    snapshot: Option<Snapshot>,
    /// When the state was first received, and the latest instant at which the event's object is known to have had it.
    learned_at: Option<ServerTime>,
    confirmed: Option<ServerTime>,
    received_at: Option<ServerTime>,
    /// When a request was sent that has no answer yet.
    requested_at: Option<ServerTime>,
    failed_at: Option<ServerTime>,
    failures: u32,
    /// How many polls of the status were answered since a hub was asked last.
    polls: u32,
    /// The hubs that took no viewer, and when.
    refusals: Vec<(u16, Refusal, ServerTime)>,
    /// Of the time and of the status.
    tails: [Tail; 2],
}

/// The part of an answer that stays the same until `until`.
#[derive(Debug, Default)]
struct Tail {
    text: String,
    from: Option<ServerTime>,
    until: Option<ServerTime>,
    /// What the text says of it.
    retry_after: Option<Span>,
}

/// The copies of an isolate.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    copies: BTreeMap<EventName, Copy>,
    /// How slow the isolate is.
    pub(crate) pressure: Pressure,
}

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

    /// Returns what follows the digits of `serverTime` in an answer at `now`; `None` without a fresh state.
    fn tail(&mut self, prepared: Prepared, event: &str, retry_after: Option<Span>, now: ServerTime) -> Option<&str> {
        let Some(Snapshot::State(state)) = self.fresh(now) else { return None };
        let tail = &self.tails[prepared as usize];
        let is_valid = tail.from.is_some_and(|from| from <= now)
            && tail.until.is_none_or(|until| now < until)
            && tail.retry_after == retry_after;
        if !is_valid {
            let text = match prepared {
                Prepared::Time => TimeBody { retry_after, ..TimeBody::new(state, now) }.tail(),
                Prepared::Status => {
                    let body = StateBody::new(&event.parse().ok()?, state, now);
                    StateBody { retry_after, confirmed: self.confirmed, ..body }.tail()
                }
            };
            let until = state.next_change(now);
            self.tails[prepared as usize] = Tail { text, from: Some(now), until, retry_after };
        }
        Some(&self.tails[prepared as usize].text)
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

    /// Counts polls of the status.
    pub(crate) const fn handle_polls(&mut self, polls: u32) {
        self.polls = self.polls.saturating_add(polls);
    }

    /// Returns how many polls have been counted, and counts anew.
    pub(crate) const fn take_polls(&mut self) -> u32 {
        core::mem::replace(&mut self.polls, 0)
    }

    /// Notes that a hub took no viewer.
    pub(crate) fn handle_refusal(&mut self, hub: u16, refusal: Refusal, now: ServerTime) {
        self.refusals
            .retain(|(other, former, since)| (*other, *former) != (hub, refusal) && former.counts(*since, now));
        self.refusals.push((hub, refusal, now));
    }

    /// Returns why a hub took no viewer a moment ago, so that it need not be asked at this limit.
    pub(crate) fn refusal(&self, hub: u16, limit: Limit, now: ServerTime) -> Option<Refusal> {
        let applies = |refusal: Refusal| refusal != Refusal::Crowded || limit == Limit::Crowded;
        let mut refusals = self.refusals.iter();
        let found = refusals.find(|(other, why, since)| *other == hub && applies(*why) && why.counts(*since, now));
        found.map(|(_, why, _)| *why)
    }

    /// Returns the latest instant at which the event's object is known to have had the state.
    pub(crate) const fn confirmed(&self) -> Option<ServerTime> {
        self.confirmed
    }

    fn apply(&mut self, snapshot: Snapshot, confirmed: ServerTime, now: ServerTime) {
        // A hub may be behind, or one that was not told yet. If the object itself had the other state since, this one is over.
        let is_over = self.learned_at.is_none_or(|learned_at| confirmed > learned_at);
        let is_outdated = match (self.last(), &snapshot) {
            (Some(last), Snapshot::State(state)) => {
                let contradicts = match last.epoch() == state.epoch() {
                    true => last.rev() > state.rev(),
                    false => state.replaces() != Some(last.epoch()),
                };
                contradicts && !is_over || last.has_grown_since(state)
            }
            _ => false,
        };
        if !is_outdated {
            if self.snapshot.as_ref() != Some(&snapshot) {
                self.learned_at = Some(now);
                self.confirmed = None;
                self.snapshot = Some(snapshot);
            }
            let confirmed = self.confirmed.max(Some(confirmed));
            if confirmed != self.confirmed {
                self.confirmed = confirmed;
                self.tails = Default::default();
            }
        }
        self.received_at = Some(now);
        self.requested_at = None;
        self.failed_at = None;
        self.failures = 0;
    }
}

impl Refusal {
    fn counts(self, since: ServerTime, now: ServerTime) -> bool {
        let kept = match self {
            Self::Crowded => CROWDED_KEPT,
            Self::Full => FULL_KEPT,
            Self::Busy => BUSY_KEPT,
        };
        is_recent(Some(since), kept, now)
    }
}

impl Copies {
    /// Returns the copy of `event`, if there is one.
    pub(crate) fn find(&mut self, event: &str) -> Option<&mut Copy> {
        self.copies.get_mut(event)
    }

    /// Calls `work` with what follows the digits of `serverTime` in an answer about `event` at `now`, and returns its
    /// result with whether the caller must refresh the copy; `None` without a fresh state.
    pub(crate) fn answer<T>(
        &mut self,
        prepared: Prepared,
        event: &str,
        now: ServerTime,
        work: impl FnOnce(&str) -> T,
    ) -> Option<(T, bool)> {
        let copy = self.copies.get_mut(event)?;
        if prepared == Prepared::Status && copy.fresh(now).is_some() {
            copy.handle_polls(1);
        }
        let answer = work(copy.tail(prepared, event, self.pressure.retry_after(now), now)?);
        Some((answer, copy.start_refresh(now)))
    }

    /// Returns the copy of `event`, an empty one at first.
    pub(crate) fn copy(&mut self, event: &EventName) -> &mut Copy {
        if self.copies.len() >= COPIES_MAX && !self.copies.contains_key(event) {
            self.make_room();
        }
        self.copies.entry(event.clone()).or_default()
    }

    /// Applies an answer to the copy of `event`, unless the copy has a later revision, or another epoch, and the event's object is
    /// not known to have had the other state since. `confirmed` is the latest instant at which it had.
    pub(crate) fn apply(&mut self, event: &EventName, snapshot: Snapshot, confirmed: ServerTime, now: ServerTime) {
        self.copy(event).apply(snapshot, confirmed, now);
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
        if let Some(copy) = self.copies.get_mut(event.as_str()) {
            copy.received_at = None;
            copy.requested_at = None;
        }
    }

    /// Drops the copies of events that do not exist; without any, the copy that was refreshed longest ago.
    fn make_room(&mut self) {
        self.copies.retain(|_, copy| matches!(copy.snapshot, Some(Snapshot::State(_))));
        if self.copies.len() >= COPIES_MAX
            && let Some(oldest) =
                self.copies.iter().min_by_key(|(_, copy)| copy.received_at).map(|(event, _)| event.clone())
        {
            self.copies.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests;
