//! What one member of a load test saw.

use std::collections::BTreeMap;

use downbeat_core::{CommandId, LocalTime, Rev};

use crate::CloseReason;

/// What one member saw, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Each time in the room, or before its door.
    pub(super) visits: Vec<Visit>,
    /// How many messages about other members came.
    pub(super) presence: u64,
    /// How often it stalled.
    pub(super) stalls: u64,
    /// Gestures without an answer so far, and when they were sent.
    pub(super) sent: BTreeMap<CommandId, LocalTime>,
    /// The revisions that its gestures made, and when those were sent.
    pub(super) gestures: BTreeMap<Rev, LocalTime>,
    /// How often it was refused what, by code: at the door, gestures, and calls to other members.
    pub(super) refusals: BTreeMap<String, u64>,
    /// How often a state came with an older revision than the one before, which must never happen.
    pub(super) went_back: u64,
}

/// One socket, and what came through it.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// When the member was welcome, and the revision it got; `None` if it never was.
    pub(super) joined: Option<(LocalTime, Rev)>,
    /// The states after that.
    pub(super) states: Vec<(Rev, LocalTime)>,
    /// Why the socket closed; `None` if it is open.
    pub(super) closed: Option<CloseReason>,
}

impl Record {
    /// Notes that a socket is opened.
    pub(super) fn handle_opening(&mut self) {
        self.visits.push(Visit { joined: None, states: Vec::new(), closed: None });
    }

    /// Notes the welcome, with the revision it has.
    pub(super) fn handle_welcome(&mut self, rev: Rev, now: LocalTime) {
        if let Some(visit) = self.visits.last_mut() {
            visit.joined = Some((now, rev));
        }
    }

    /// Notes a state.
    pub(super) fn handle_state(&mut self, rev: Rev, now: LocalTime) {
        let Some(visit) = self.visits.last_mut() else { return };
        self.went_back += u64::from(visit.rev().is_some_and(|last| last > rev));
        visit.states.push((rev, now));
    }

    /// Notes that something was refused.
    pub(super) fn handle_refusal(&mut self, code: &str) {
        *self.refusals.entry(code.to_owned()).or_default() += 1;
    }

    /// Notes the answer to a gesture.
    pub(super) fn handle_answer(&mut self, id: &CommandId, rev: Option<Rev>, code: Option<&str>) {
        let Some(sent) = self.sent.remove(id) else { return };
        match (rev, code) {
            (Some(rev), _) => _ = self.gestures.insert(rev, sent),
            (None, code) => self.handle_refusal(code.unwrap_or("unknown")),
        }
    }

    /// Notes that the socket closed.
    pub(super) fn handle_closed(&mut self, reason: CloseReason) {
        if let Some(visit) = self.visits.last_mut().filter(|visit| visit.closed.is_none()) {
            visit.closed = Some(reason);
        }
    }

    /// Returns the newest revision through the socket that is open; `None` if none is.
    pub(super) fn rev(&self) -> Option<Rev> {
        self.visits.last().filter(|visit| visit.closed.is_none())?.rev()
    }
}

impl Visit {
    /// Returns the newest revision that came.
    pub(super) fn rev(&self) -> Option<Rev> {
        self.states.last().map(|(rev, _)| *rev).or(self.joined.map(|(_, rev)| rev))
    }
}
