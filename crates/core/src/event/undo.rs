//! Undoing the last change.
//!
//! Time does not run backwards, so undo does not restore an old timeline; it reverts what the change *did*: a jump
//! is jumped back by the same distance, a hold ends, a rate is restored, and otherwise the position
//! moves on from where it is. A change that has not taken effect yet is removed as if it had never been made.
//! What such a change replaced in the schedule is not restored once it has taken effect.

use super::notices::Notices;
use super::{ChangeRecord, EventState, Refusal, Show};
use crate::time::ServerTime;

/// What an `undo` would revert now, for those who decide who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undoable<'a> {
    /// The name of the change, as [`ChangeRecord::name`] returns it. For an undo that would itself be undone, the name of the
    /// change that it reverted.
    pub change: &'a str,
    /// Whether the rundown would change.
    pub rundown: bool,
    /// Whether the emergency channel would change.
    pub emergency: bool,
}

impl EventState {
    /// Returns what an `undo` would revert now.
    pub fn undoable(&self) -> Undoable<'_> {
        let differs = |differs: fn(&Show, &Show) -> bool| {
            self.last.before.as_deref().is_some_and(|before| differs(before, &self.show))
        };
        Undoable {
            change: self.last.undoes.as_deref().unwrap_or(&self.last.name),
            rundown: differs(|before, since| before.rundown != since.rundown),
            emergency: differs(|before, since| before.emergency != since.emergency),
        }
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
