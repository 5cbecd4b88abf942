//! How long a state may be, so that a pause always fits.
//!
//! A state is stored, passed between objects, and sent to every viewer; each of them has a limit. It is therefore bounded
//! where it is made: [`STATE_BYTES_MAX`] of JSON, of which [`PAUSE_BYTES`] are reserved for a pause with its message.
//! A change that would use the reserve is refused. What acts at once and brings no text (`resume`, `seek`, `clear`, …) is
//! never refused for its size, and neither is a pause that acts at once. If one of those does not fit, something else
//! gives way: first messages that are no longer shown, then what `undo` would restore, then the messages of other
//! decisions.

use super::limits::{HUBS_MAX, PAUSE_BYTES, STATE_BYTES_MAX};
use super::parts::StateParts;
use super::{ChangeRecord, EventState, Refusal, Show};
use crate::command::{Command, LEAD, LEAD_PAUSE, Request};
use crate::json;
use crate::time::ServerTime;

/// What gives way to a change that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GivesWay {
    /// What nobody sees: messages that are no longer shown, and what `undo` would restore.
    Unseen,
    /// Then the messages of other decisions, too.
    Messages,
}

/// Returns whether a command may be refused because the state would be too large.
pub(super) fn may_be_refused(request: &Request, effective_at: ServerTime, now: ServerTime) -> bool {
    match &request.command {
        Command::Announce { .. } | Command::End { message: Some(_) } => true,
        Command::Pause { .. } => effective_at > now + LEAD_PAUSE,
        _ => effective_at > now + LEAD,
    }
}

impl EventState {
    /// Returns the length of the state as it is stored, in bytes of JSON.
    pub fn bytes(&self) -> usize {
        json::length(self)
    }

    /// Checks that a pause with the longest message would still fit after a change from `before` to this state.
    ///
    /// The show counts twice, since the next change keeps a copy for `undo`. What is no longer shown once a change can
    /// take effect does not count.
    ///
    /// # Errors
    /// [`Refusal::StateTooLarge`], unless the show has not grown: an event from before this limit can still be changed.
    pub(super) fn check_size(&self, before: Option<&Show>, now: ServerTime) -> Result<(), Refusal> {
        let show = self.show.settled(now);
        let show_bytes = json::length(&show);
        let last = ChangeRecord { before: None, ..self.last.clone() };
        // The next change that changes anything keeps no other.
        let bytes = json::length(&Self { show, last, prior: None, grown: HUBS_MAX, ..self.clone() }) + show_bytes;
        let has_grown = || before.is_none_or(|before| show_bytes > json::length(&before.settled(now)));
        if bytes > STATE_BYTES_MAX - PAUSE_BYTES && has_grown() {
            return Err(Refusal::StateTooLarge { bytes, parts: self.show.settled(now).parts() });
        }
        Ok(())
    }

    /// Makes the state fit after a change at `now` that takes effect at `effective_at`. Returns whether messages had to
    /// give way.
    pub(super) fn fit(&mut self, effective_at: ServerTime, now: ServerTime, gives_way: GivesWay) -> bool {
        if self.bytes() <= STATE_BYTES_MAX {
            return false;
        }
        self.show.notices.drop_superseded(now);
        let prior = self.prior.as_deref_mut().map(|(_, prior)| prior);
        for before in
            [Some(&mut self.last), prior].into_iter().flatten().filter_map(|change| change.before.as_deref_mut())
        {
            before.notices.drop_superseded(now);
        }
        if self.bytes() <= STATE_BYTES_MAX {
            return false;
        }
        self.last.before = None;
        self.prior = None;
        if gives_way == GivesWay::Unseen {
            return false;
        }
        let mut excess = self.bytes().saturating_sub(STATE_BYTES_MAX);
        let mut gave_way = false;
        while excess > 0
            && let Some(notice) = self.show.notices.drop_least(effective_at)
        {
            excess = excess.saturating_sub(json::length(&notice));
            gave_way = true;
        }
        gave_way
    }
}

impl Show {
    /// Returns the show without the messages that are no longer shown once a change at `now` can take effect.
    fn settled(&self, now: ServerTime) -> Self {
        let mut show = self.clone();
        show.notices.drop_superseded(now + LEAD);
        show
    }

    fn parts(&self) -> StateParts {
        let messages = json::length(&self.notices);
        let changes = json::length(&self.timeline) + json::length(&self.pace);
        let settings = json::length(self) - messages - changes;
        StateParts { count: self.notices.as_slice().len(), messages, changes, settings }
    }
}
