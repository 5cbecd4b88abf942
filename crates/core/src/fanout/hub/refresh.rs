//! When a hub asks the event for its state, to find a change that never reached it.

use super::super::recent::is_recent;
use super::admission::HubError;
use crate::time::{ServerTime, Span};

/// How often the event is asked while somebody needs the state: every 15 s. Source: the design.
const REFRESH_EVERY: Span = Span::from_millis(15_000);

/// How long a worker's request counts as need, without any socket: 60 s.
const REQUEST_COUNTS: Span = Span::from_millis(60_000);

/// The schedule of a hub's questions to the event.
#[derive(Clone, Debug, Default)]
pub(super) struct Refresh {
    in_progress: bool,
    /// When the last question left.
    asked_at: Option<ServerTime>,
    /// When the event last answered; `None` if the last question failed.
    answered_at: Option<ServerTime>,
    /// When a worker last requested the state.
    requested_at: Option<ServerTime>,
    deadline: Option<ServerTime>,
}

impl Refresh {
    /// Starts a question, and returns whether none was in progress.
    pub(super) const fn start(&mut self) -> bool {
        !core::mem::replace(&mut self.in_progress, true)
    }

    pub(super) const fn is_in_progress(&self) -> bool {
        self.in_progress
    }

    pub(super) const fn handle_asked(&mut self, now: ServerTime) {
        self.asked_at = Some(now);
    }

    pub(super) const fn asked_at(&self) -> Option<ServerTime> {
        self.asked_at
    }

    pub(super) const fn deadline(&self) -> Option<ServerTime> {
        self.deadline
    }

    /// Returns why a hub without a state has none.
    pub(super) const fn error(&self) -> HubError {
        match self.answered_at {
            Some(_) => HubError::UnknownEvent,
            None => HubError::NoAnswer,
        }
    }

    pub(super) fn handle_answer(&mut self, answered: bool, now: ServerTime) {
        self.in_progress = false;
        self.answered_at = answered.then_some(now);
    }

    /// Asks no more until somebody needs the state again.
    pub(super) const fn stop(&mut self) {
        self.requested_at = None;
        self.deadline = None;
    }

    pub(super) const fn handle_request(&mut self, now: ServerTime) {
        self.requested_at = Some(now);
    }

    /// Sets the deadline unless there is one, and returns whether the event should be asked right now. A deadline that is
    /// further ahead than it was set is one from before the clock was stepped back, and is set again.
    pub(super) fn keep_alive(&mut self, now: ServerTime) -> bool {
        if self.deadline.is_none_or(|deadline| deadline - now > REFRESH_EVERY) {
            self.deadline = Some(now + REFRESH_EVERY);
        }
        !is_recent(self.answered_at, REFRESH_EVERY, now)
    }

    /// Sets the next deadline while somebody needs the state.
    pub(super) fn handle_alarm(&mut self, sockets: u32, now: ServerTime) {
        let is_needed = sockets > 0 || is_recent(self.requested_at, REQUEST_COUNTS, now);
        self.deadline = is_needed.then(|| now + REFRESH_EVERY);
    }
}
