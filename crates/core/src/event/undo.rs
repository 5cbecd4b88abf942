//! Undoing the newest change that changed anything, and applying it again.
//!
//! Time does not run backwards, so undo does not restore an old timeline; it reverts what the change *did*: a jump
//! is jumped back by the same distance, a hold ends, a rate is restored, and otherwise the position
//! moves on from where it is. A change that has not taken effect yet is removed as if it had never been made.
//! What such a change replaced in the schedule is not restored once it has taken effect.
//!
//! An undo is not undone by another one: two people who undo the same mistake must not bring it back. `redo` does that.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use serde::{Deserialize, Serialize};

use super::notices::Notices;
use super::{ChangeRecord, EventState, Refusal, Show};
use crate::command::Command;
use crate::name::Rev;
use crate::time::ServerTime;

/// What an `undo` would revert now, or a `redo` apply again, for those who decide who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undoable<'a> {
    /// The name of the change, as [`ChangeRecord::name`] returns it. Where the newest change is an undo or a redo, the name of
    /// the change that it was about.
    pub change: &'a str,
    /// Whether the rundown would change.
    pub rundown: bool,
    /// Whether the emergency channel would change.
    pub emergency: bool,
}

/// The change that an `undo` reverted, or a `redo` applied again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Reverted {
    /// The revision it had made.
    pub rev: Rev,
    /// Its name, as [`ChangeRecord::name`] returns it.
    pub name: String,
    /// Who had made it.
    pub actor: String,
    /// When it had been decided.
    pub at: ServerTime,
}

/// What an undo or a redo is about.
pub(super) struct Reversal<'a> {
    /// The change that is reverted: for a redo the undo.
    pub(super) change: &'a ChangeRecord,
    /// The change that an operator thinks of.
    pub(super) reverted: Reverted,
}

impl EventState {
    /// Returns what an `undo` would revert now, or a `redo` apply again.
    pub fn undoable(&self) -> Undoable<'_> {
        let (_, newest) = self.newest();
        let differs = |differs: fn(&Show, &Show) -> bool| {
            newest.before.as_deref().is_some_and(|before| differs(before, &self.show))
        };
        Undoable {
            change: newest.undoes.as_deref().unwrap_or(&newest.name),
            rundown: differs(|before, since| before.rundown != since.rundown),
            emergency: differs(|before, since| before.emergency != since.emergency),
        }
    }

    /// Returns the newest change that changed anything, and its revision.
    fn newest(&self) -> (Rev, &ChangeRecord) {
        match self.prior.as_deref() {
            Some((rev, prior)) => (*rev, prior),
            None => (self.rev, &self.last),
        }
    }

    /// Returns what `command` reverts; `None` if it is neither an undo nor a redo.
    ///
    /// # Errors
    /// [`Refusal`] if there is nothing to undo or to redo, or if the newest change differs from the one that is meant.
    pub(super) fn reversal(&self, command: &Command) -> Result<Option<Reversal<'_>>, Refusal> {
        let (is_redo, asked) = match command {
            Command::Undo { rev } => (false, *rev),
            Command::Redo { rev } => (true, *rev),
            _ => return Ok(None),
        };
        let (rev, change) = self.newest();
        // A version from before there was a redo says only what an undo was about, or nothing.
        let reverted = change.reverted.as_deref().cloned().unwrap_or_else(|| Reverted {
            rev,
            name: change.undoes.as_ref().unwrap_or(&change.name).clone(),
            actor: change.actor.clone(),
            at: change.at,
        });
        let is_meant = asked.is_none_or(|asked| asked == rev || asked == reverted.rev);
        let is_undo = change.name == "undo";
        if change.before.is_none() || (is_redo && !is_undo) {
            return Err(if is_redo { Refusal::NothingToRedo } else { Refusal::NothingToUndo });
        }
        if !is_meant {
            let asked = asked.unwrap_or_default();
            return Err(Refusal::NotNewest { asked, rev, name: change.name.to_owned() });
        }
        if is_undo && !is_redo {
            return Err(Refusal::UndoneAlready { rev: reverted.rev, name: reverted.name, by: rev });
        }
        Ok(Some(Reversal { change, reverted }))
    }
}

impl Show {
    /// Reverts `last` from `from` on; returns whether something scheduled was replaced.
    pub(super) fn undo(&mut self, last: &ChangeRecord, from: ServerTime) -> Result<bool, Refusal> {
        let before = last.before.as_deref().ok_or(Refusal::NothingToUndo)?;
        let since = core::mem::replace(self, before.clone());

        let (was, is) = (before.visible(), since.visible());
        let parted_at = parted_at(was.segments(), is.segments(), last.at, |segment| segment.from);
        let moved = before.starts_at != since.starts_at || parted_at.is_some_and(|parted_at| parted_at < from);
        if moved {
            let moved_at = parted_at.unwrap_or(last.effective_at).max(last.effective_at);
            self.undo_movement(before, &since, moved_at, from);
        }
        self.notices = undone_notices(before, &since, moved, last, from);

        let now_is = self.visible();
        let dropped_segment = is.segments().iter().any(|segment| {
            segment.from >= from && segment.from != since.starts_at && !now_is.segments().contains(segment)
        });
        let dropped_notice = since
            .notices
            .as_slice()
            .iter()
            .any(|notice| notice.from >= from && !self.notices.as_slice().contains(notice));
        Ok(dropped_segment || dropped_notice)
    }

    /// Makes the event move from `from` on as it did `before` the change, whose effect began at `moved_at`.
    fn undo_movement(&mut self, before: &Self, since: &Self, moved_at: ServerTime, from: ServerTime) {
        self.timeline = since.timeline.clone();
        self.pace = since.pace.clone();
        let is_over = |show: &Self| show.ended_at.is_some_and(|ended_at| ended_at <= from);
        match (is_over(before), is_over(since)) {
            // Without the change the event would be over by now, too.
            (true, true) => self.ended_at = since.ended_at,
            (true, false) => self.ended_at = Some(from),
            (false, was_over) => {
                if let Some(ended_at) = since.ended_at.filter(|_| was_over) {
                    self.timeline = since.visible().timeline;
                    self.pace.change(ended_at, None, None, since.starts_at);
                }
                let jump = since.visible().position(moved_at) - before.visible().position_just_before(moved_at);
                let here = self.timeline.position_just_before(from, since.starts_at);
                let rate = before.visible().timeline.rate_just_before(moved_at);
                self.timeline.change(from, Some(here - jump), Some(rate), since.starts_at);
                self.pace.change(from, None, Some(before.pace.rate_just_before(moved_at)), since.starts_at);
            }
        }
    }
}

/// Returns the notices with what `before` showed in force again from `from` on.
fn undone_notices(before: &Show, since: &Show, moved: bool, last: &ChangeRecord, from: ServerTime) -> Notices {
    // Scheduled messages belong to the movement: if that is not restored, neither are they.
    let scheduled = if moved { &since.notices } else { &before.notices };
    match parted_at(before.notices.as_slice(), since.notices.as_slice(), last.at, |notice| notice.from) {
        Some(parted_at) if parted_at < from => {
            let shown = before.notices.notice(parted_at.max(last.effective_at));
            since.notices.continued(from, shown, scheduled)
        }
        _ => scheduled.clone(),
    }
}

/// Returns the instant of the first difference of two lists that are ordered by their elements' instants, ignoring
/// what was over at `since`: one of them may have been pruned further than the other.
pub(super) fn parted_at<T: PartialEq>(
    one: &[T],
    other: &[T],
    since: ServerTime,
    from: fn(&T) -> ServerTime,
) -> Option<ServerTime> {
    let over = |list: &[T]| list.partition_point(|element| from(element) <= since).saturating_sub(1);
    let (one, other) = (&one[over(one)..], &other[over(other)..]);
    let shared = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    [one.get(shared), other.get(shared)].into_iter().flatten().map(from).min()
}
