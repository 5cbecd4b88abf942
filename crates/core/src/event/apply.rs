//! What each command does.

use super::notices::Origin;
use super::size::{GivesWay, may_be_refused};
use super::{ChangeRecord, EventState, Refusal, STATE_BYTES_MAX, Show};
use crate::command::{AHEAD_MAX, Command, LEAD, RATE_MAX, RATE_MIN, Request, SEEK_MAX};
use crate::name::{CommandId, Rev};
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Rate, SEGMENTS_MAX};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;

/// The outcome of a command that was not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The state has changed.
    Applied {
        /// Its new revision.
        rev: Rev,
        /// When the change takes effect; always later than now.
        effective_at: ServerTime,
        /// Whether something that was scheduled for later has been replaced.
        replaced: bool,
    },
    /// The same command was applied before; nothing has changed, and the answer is the first one.
    Repeated(Receipt),
}

/// What is stored of an applied command, to recognise its repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The command's id.
    pub id: CommandId,
    /// The command.
    pub command: Command,
    /// The revision it made.
    pub rev: Rev,
    /// When it took effect.
    pub effective_at: ServerTime,
}

impl EventState {
    /// Applies a command at `now`. `earlier` is the receipt of an applied command with the same id, if there is one.
    ///
    /// # Errors
    /// [`Refusal`] with the reason; the state is then unchanged.
    pub fn handle_command(
        &mut self,
        request: &Request,
        earlier: Option<&Receipt>,
        now: ServerTime,
    ) -> Result<Outcome, Refusal> {
        if let Some(receipt) = earlier {
            return if receipt.command == request.command {
                Ok(Outcome::Repeated(receipt.clone()))
            } else {
                Err(Refusal::IdReused { id: request.id.clone(), was: receipt.command.name() })
            };
        }
        self.check_not_archived()?;
        if !matches!(request.command, Command::Pause { .. }) {
            self.check_rev(request.if_rev)?;
        }
        let effective_at = effective_at(request, now)?;
        let rev = self.next_rev()?;
        let reversal = self.reversal(&request.command)?;

        let mut show = self.show.clone();
        let reverted = reversal.as_ref().map(|reversal| reversal.change);
        let replaced = show.apply(&request.command, reverted, effective_at, now)?;
        show.notices.end_hold(show.ended_at, effective_at);
        if show.is_overfull(now) {
            return Err(Refusal::TooMuchScheduled);
        }
        show.prune(now);
        let mut before = self.show.clone();
        before.prune(now);
        let reverted = reversal.map(|reversal| reversal.reverted);
        let is_unchanged = show == before;
        // What an undo reverts is compared with the show as it was left.
        let show = if is_unchanged { self.show.clone() } else { show };
        let prior = self.prior.clone().or_else(|| Some(Box::new((self.rev, self.last.clone()))));

        let last = ChangeRecord {
            id: Some(request.id.clone()),
            name: request.command.name().to_owned(),
            actor: request.actor.clone(),
            reason: request.reason.clone(),
            at: now,
            effective_at,
            before: (!is_unchanged).then(|| Box::new(before)),
            undoes: reverted.as_ref().map(|reverted| reverted.name.clone()),
            reverted: reverted.map(Box::new),
        };
        let mut after = Self { rev, show, last, prior: prior.filter(|_| is_unchanged), ..self.clone() };
        if may_be_refused(request, effective_at, now) {
            after.check_size(Some(&self.show), now)?;
        }
        let gives_way = self.gives_way(&request.command);
        let gave_way = after.fit(effective_at, now, gives_way);
        *self = after;
        Ok(Outcome::Applied { rev, effective_at, replaced: replaced || gave_way })
    }

    /// Returns what gives way to `command`. In an event from before the limit of states, messages give way to a pause
    /// only.
    fn gives_way(&self, command: &Command) -> GivesWay {
        let is_pause = matches!(command, Command::Pause { .. });
        if is_pause || self.bytes() <= STATE_BYTES_MAX { GivesWay::Messages } else { GivesWay::Unseen }
    }

    /// Returns the revision of the next change.
    ///
    /// # Errors
    /// [`Refusal::NoMoreRevs`] if there is none.
    pub(super) fn next_rev(&self) -> Result<Rev, Refusal> {
        let next = self.rev.next();
        if next.is_valid() { Ok(next) } else { Err(Refusal::NoMoreRevs) }
    }

    /// # Errors
    /// [`Refusal::Archived`] if the event is.
    pub(super) const fn check_not_archived(&self) -> Result<(), Refusal> {
        if self.show.archived { Err(Refusal::Archived) } else { Ok(()) }
    }

    pub(super) fn check_rev(&self, if_rev: Option<Rev>) -> Result<(), Refusal> {
        match if_rev {
            Some(if_rev) if if_rev != self.rev => Err(Refusal::Stale { if_rev, rev: self.rev }),
            _ => Ok(()),
        }
    }
}

/// Returns when a command takes effect: as asked, but not before its lead has passed, so that all viewers act together. An
/// instant that has passed is refused: nobody means yesterday's hour, least of all for a show that runs now.
fn effective_at(request: &Request, now: ServerTime) -> Result<ServerTime, Refusal> {
    let soonest = now + request.command.lead();
    let Some(asked) = request.at else { return Ok(soonest) };
    if !request.command.can_be_scheduled() {
        return Err(Refusal::NotSchedulable { command: request.command.name() });
    }
    if asked - now > AHEAD_MAX {
        return Err(Refusal::TooFarAhead { ahead: asked - now });
    }
    if now - asked > request.command.past_max() {
        return Err(Refusal::Past { at: asked, now });
    }
    Ok(asked.max(soonest))
}

impl Show {
    /// Applies `command` from `from` on, where `reverted` is the change that an undo or a redo concerns; returns whether
    /// something scheduled was replaced.
    pub(super) fn apply(
        &mut self,
        command: &Command,
        reverted: Option<&ChangeRecord>,
        from: ServerTime,
        now: ServerTime,
    ) -> Result<bool, Refusal> {
        let ended_at = self.ended_at.filter(|ended_at| *ended_at <= from);
        if let Some(ended_at) = ended_at {
            match command {
                Command::Reopen
                | Command::Undo { .. }
                | Command::Redo { .. }
                | Command::Announce { .. }
                | Command::Clear
                | Command::Rundown { .. } => {}
                // An end that is far enough ahead for all viewers to receive the change can still be moved.
                Command::End { .. } if ended_at >= now + LEAD => {}
                _ => return Err(Refusal::Ended { ended_at }),
            }
        }
        Ok(match command {
            Command::Pause { message } => {
                let message = message.as_ref().map(|draft| draft.resolve(&self.locale)).transpose()?;
                let replaced = self.change(from, None, Some(Rate::HELD));
                message.is_some() && self.notices.show(from, message, Origin::Hold) || replaced
            }
            Command::Resume => {
                let replaced = self.change(from, None, Some(self.pace.rate_just_before(from)));
                self.notices.take_away(from, Origin::Hold, Origin::Release);
                replaced
            }
            Command::Seek { position } => {
                self.check_position(*position)?;
                self.change(from, Some(*position), None)
            }
            Command::Rate { rate } => {
                if !(RATE_MIN..=RATE_MAX).contains(rate) {
                    return Err(Refusal::Rate { rate: *rate });
                }
                let held = self.timeline.rate_just_before(from).is_held();
                let replaced = self.change(from, None, (!held).then_some(*rate));
                self.pace.change(from, None, Some(*rate), self.starts_at);
                replaced
            }
            Command::Announce { message } => {
                let message = message.resolve(&self.locale)?;
                self.notices.show(from, Some(message), Origin::Announcement)
            }
            Command::Clear => self.notices.show(from, None, Origin::Announcement),
            Command::Reschedule { starts_at } => self.reschedule(*starts_at, now)?,
            Command::End { message } => {
                let message = message.as_ref().map(|draft| draft.resolve(&self.locale)).transpose()?;
                let replaced = self.ended_at.is_some();
                self.ended_at = Some(from);
                self.notices.forget(now, &[Origin::End]);
                if message.is_some() {
                    self.notices.show(from, message, Origin::End);
                }
                replaced
            }
            Command::Reopen => {
                self.ended_at.ok_or(Refusal::NotEnded)?;
                if let Some(ended_at) = ended_at {
                    // The hold at the end becomes one of the timeline's own.
                    self.timeline = self.visible().timeline;
                    self.pace.change(ended_at, None, None, self.starts_at);
                    self.notices.forget(from, &[Origin::Hold, Origin::Release]);
                    self.notices.take_away(from, Origin::End, Origin::Release);
                } else {
                    self.notices.forget(now, &[Origin::End]);
                }
                self.ended_at = None;
                ended_at.is_none()
            }
            Command::Rundown { rundown, url, .. } => {
                self.rundown = *rundown;
                self.rundown_url.clone_from(url);
                false
            }
            Command::Undo { .. } | Command::Redo { .. } => self.undo(reverted.ok_or(Refusal::NothingToUndo)?, from)?,
        })
    }

    /// Changes the timeline at `from`. What was scheduled at `from` or later is replaced, with the rates and messages
    /// that belong to it. Returns whether there was something to replace.
    pub(super) fn change(&mut self, from: ServerTime, position: Option<Position>, rate: Option<Rate>) -> bool {
        self.pace.change(from, None, None, self.starts_at);
        self.notices.forget(from, &[Origin::Hold, Origin::Release]);
        self.timeline.change(from, position, rate, self.starts_at)
    }

    /// Returns whether so much is scheduled that what is in force `now` would be dropped for it.
    fn is_overfull(&self, now: ServerTime) -> bool {
        let segments = self.visible().segments().iter().filter(|segment| segment.from > now).count();
        let notices = self.notices.as_slice().iter().filter(|notice| notice.from > now).count();
        segments.max(notices) >= SEGMENTS_MAX
    }

    /// Checks that a seek stays within the event.
    fn check_position(&self, position: Position) -> Result<(), Refusal> {
        let from_start = position - Position::START;
        if from_start > SEEK_MAX || from_start < Span::ZERO - SEEK_MAX {
            return Err(Refusal::Position { position, duration: None });
        }
        match self.duration {
            Some(duration) if from_start > duration => Err(Refusal::Position { position, duration: self.duration }),
            _ => Ok(()),
        }
    }
}
