//! An event that is reset, as after a rehearsal: it is as it was before its start, and every moment may fire again.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;

use super::size::GivesWay;
use super::{ChangeRecord, EventState, Notices, Refusal};
use crate::name::{Epoch, Rev};
use crate::time::ServerTime;
use crate::timeline::Timeline;

/// What a reset asks for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Reset {
    /// The new start; by default the one that the event has.
    pub starts_at: Option<ServerTime>,
    /// The revision this was decided on; if the event has moved on, it is refused.
    pub if_rev: Option<Rev>,
    /// Why, for the log.
    pub reason: Option<String>,
}

impl EventState {
    /// Puts the event back to before its start: holds, seeks, rates, the end and all messages are gone. Its settings and its
    /// rundown stay.
    ///
    /// It begins a new epoch that replaces the former one, by which viewers know that what has fired may fire again. `epoch` is
    /// drawn by the caller, as for [`EventState::create`]. `undo` reverts the movement, but viewers have then forgotten what has
    /// fired.
    ///
    /// # Errors
    /// [`Refusal::Archived`] if the event is archived, [`Refusal::Stale`] if it has changed since `if_rev`,
    /// [`Refusal::StartsInThePast`] if the start is not after `now`. The state is then unchanged.
    pub fn handle_reset(&mut self, reset: &Reset, epoch: Epoch, actor: &str, now: ServerTime) -> Result<(), Refusal> {
        self.check_not_archived()?;
        self.check_rev(reset.if_rev)?;
        let starts_at = reset.starts_at.unwrap_or(self.show.starts_at);
        if starts_at <= now {
            return Err(Refusal::StartsInThePast { starts_at, now });
        }
        let mut show = self.show.clone();
        show.starts_at = starts_at;
        show.timeline = Timeline::starting_at(starts_at);
        show.pace = Timeline::starting_at(starts_at);
        show.ended_at = None;
        show.notices = Notices::default();
        let mut before = self.show.clone();
        before.prune(now);
        let last = ChangeRecord {
            id: None,
            name: "reset".to_owned(),
            actor: actor.to_owned(),
            reason: reset.reason.clone(),
            at: now,
            effective_at: now,
            before: Some(Box::new(before)),
            undoes: None,
            reverted: None,
        };
        let replaces = Some(self.epoch.clone());
        let mut after = Self { epoch, rev: self.next_rev()?, show, last, prior: None, replaces, ..self.clone() };
        after.fit(now, now, GivesWay::Unseen);
        *self = after;
        Ok(())
    }
}
