//! An event that is a room: gestures, waits, invitations and expiry, as changes of its state.
//!
//! These hold whatever the room's hub says: a change takes effect later than all changes before it, so that none is replaced by
//! the next; a hold that no person asked for has its end with it.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;

use super::configuration::{Configuration, HubCount};
use super::size::GivesWay;
use super::{ChangeRecord, EventState, Show};
use crate::command::Command;
use crate::name::{CommandId, Digest, Epoch, Rev};
use crate::room::{
    Action, Gesture, GestureOutcome, GestureReceipt, NewRoom, NoWait, OCCUPIED_STEP, Role, RoomRefusal, RoomState,
    SEEK_GRACE, Wait, Waits,
};
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Rate};

/// The least time between two changes' effects: 1 ms, in which a timeline counts.
const TICK: Span = Span::from_millis(1);

/// How much of [`OCCUPIED_STEP`] is left when the next step is noted: half of it.
const OCCUPIED_LEFT: Span = Span::from_micros(OCCUPIED_STEP.as_micros() / 2);

impl EventState {
    /// Creates a room. It is held at 0 until somebody plays it.
    ///
    /// `epoch` is drawn by the caller, as for [`EventState::create`].
    ///
    /// # Errors
    /// [`RoomRefusal`] if a setting is out of its range.
    pub fn create_room(new: NewRoom, epoch: Epoch, actor: &str, now: ServerTime) -> Result<Self, RoomRefusal> {
        let room = RoomState {
            settings: new.settings()?,
            content: new.content,
            intended: None,
            jumped_at: None,
            waits: Waits::default(),
            occupied_until: now,
        };
        let set_up = Configuration {
            starts_at: Some(now),
            title: Some(new.title),
            // All its members are in one hub, which knows them all.
            hubs: Some(HubCount::Fixed(1)),
            ..Configuration::default()
        };
        let mut state = Self::create(set_up, epoch, actor, now)?;
        state.show.change(now, None, Some(Rate::HELD));
        state.room = Some(Box::new(room));
        Ok(state)
    }

    /// Returns what is so only of rooms; `None` if the event is not one.
    pub fn room(&self) -> Option<&RoomState> {
        self.room.as_deref()
    }

    /// Applies what a member did at `now`. `measured` is the lead that the members' delays ask for; `earlier` is the receipt of
    /// an applied gesture with the same id, if there is one.
    ///
    /// # Errors
    /// [`RoomRefusal`] with the reason; the state is then unchanged.
    pub fn handle_gesture(
        &mut self,
        gesture: &Gesture,
        measured: Span,
        earlier: Option<&GestureReceipt>,
        now: ServerTime,
    ) -> Result<GestureOutcome, RoomRefusal> {
        let mut room = self.room().ok_or(RoomRefusal::NotARoom)?.clone();
        let role = room.role(&gesture.invitation).ok_or(RoomRefusal::Invitation)?;
        if !role.may_control(room.settings.controls) {
            return Err(RoomRefusal::Role { role, needed: Role::Controller });
        }
        if let Some(receipt) = earlier {
            return if receipt.action == gesture.action {
                Ok(GestureOutcome::Repeated(receipt.clone()))
            } else {
                Err(RoomRefusal::IdReused { id: gesture.id.clone() })
            };
        }
        let intended = gesture.intended(now);
        if let Some(last) = room.intended.filter(|last| intended < *last) {
            return Err(RoomRefusal::StaleAction { intended, last });
        }

        let wait = room.wait(now);
        let soonest = self.soonest(room.lead(measured), now);
        // At the very instant of a resume, a seek would take its place.
        let from = if wait.is_some_and(|wait| wait.until == soonest) { soonest + TICK } else { soonest };
        let mut show = self.show.clone();
        show.act(&gesture.action, from, now)?;
        if let Some(wait) = wait.filter(|wait| wait.until > from) {
            if gesture.action.keeps_wait() {
                show.resume(wait.until);
            } else {
                room.waits.end(from, now);
            }
        }
        room.intended = Some(intended);
        if gesture.action.jumps() {
            room.jumped_at = Some(from);
        }
        if let Action::Content { content } = &gesture.action {
            room.content.clone_from(content);
        }
        let last = change(gesture.action.name(), Some(gesture.id.clone()), gesture.actor.clone(), now, from);
        let rev = self.apply_room(show, room, last, now)?;
        let Gesture { id, action, .. } = gesture.clone();
        Ok(GestureOutcome::Applied(GestureReceipt { id, action, rev, effective_at: from }))
    }

    /// Returns the wait that would begin if a member buffered at `now`.
    ///
    /// # Errors
    /// Why the room would not wait.
    pub fn possible_wait(&self, measured: Span, now: ServerTime) -> Result<Wait, NoWait> {
        let room = self.room().ok_or(NoWait::Off)?;
        let max = room.settings.wait_max.ok_or(NoWait::Off)?;
        let from = self.soonest(room.lead(measured), now);
        if let Some(wait) = room.wait(now) {
            return Err(NoWait::Waiting { until: wait.until });
        }
        let playing_since = self.show.playing_since(from).ok_or(NoWait::NotPlaying)?;
        if room.jumped_at.is_some_and(|jumped_at| now < jumped_at + SEEK_GRACE) {
            return Err(NoWait::Seeking);
        }
        room.waits.next(from, playing_since, max, now)
    }

    /// Holds the room for a member that buffers, named `whom`, and schedules its resume with the hold.
    ///
    /// # Errors
    /// Why the room does not wait; the state is then unchanged.
    pub fn handle_buffering(&mut self, whom: &str, measured: Span, now: ServerTime) -> Result<Wait, NoWait> {
        let wait = self.possible_wait(measured, now)?;
        let mut room = self.room().ok_or(NoWait::Off)?.clone();
        let mut show = self.show.clone();
        show.change(wait.from, None, Some(Rate::HELD));
        show.resume(wait.until);
        room.waits.push(wait);
        let last = change("wait", None, whom.to_owned(), now, wait.from);
        self.apply_room(show, room, last, now).map_err(|_| NoWait::NoMoreRevs)?;
        Ok(wait)
    }

    /// Moves the resume of the current wait nearer: all members are ready. Returns when the room resumes; `None` if it does not
    /// wait, or resumes sooner than it could be moved to.
    pub fn handle_all_ready(&mut self, measured: Span, now: ServerTime) -> Option<ServerTime> {
        let mut room = self.room()?.clone();
        let wait = room.wait(now)?;
        let from = self.soonest(room.lead(measured), now);
        if from >= wait.until {
            return None;
        }
        let mut show = self.show.clone();
        show.resume(from);
        room.waits.end(from, now);
        let last = change("ready", None, String::new(), now, from);
        self.apply_room(show, room, last, now).ok()?;
        Some(from)
    }

    /// Replaces the invitation of `role` for an owner, who came with `by`. Those who came with the former one are disconnected,
    /// the owner, too, if it is the owners'.
    ///
    /// # Errors
    /// [`RoomRefusal`]; the state is then unchanged.
    pub fn handle_invitation(
        &mut self,
        by: &Digest,
        actor: &str,
        role: Role,
        invitation: Digest,
        now: ServerTime,
    ) -> Result<Rev, RoomRefusal> {
        let mut room = self.room().ok_or(RoomRefusal::NotARoom)?.clone();
        match room.role(by).ok_or(RoomRefusal::Invitation)? {
            Role::Owner => {}
            role => return Err(RoomRefusal::Role { role, needed: Role::Owner }),
        }
        if !room.settings.invitations.replace(role, invitation) {
            return Err(RoomRefusal::SameInvitation);
        }
        // It leaves the timeline alone, so the next change need not come after it.
        let effective_at = self.last.effective_at;
        self.apply_room(self.show.clone(), room, change("invitation", None, actor.to_owned(), now, effective_at), now)
    }

    /// Notes whether the room has members. Returns whether that changed the state, which keeps its revision: members learn nothing
    /// new. While there are members it changes every [`OCCUPIED_STEP`] at most.
    pub fn handle_occupied(&mut self, is_occupied: bool, now: ServerTime) -> bool {
        let Some(room) = &mut self.room else { return false };
        let until = match is_occupied {
            true if room.occupied_until < now + OCCUPIED_LEFT => now + OCCUPIED_STEP,
            false if room.occupied_until > now => now,
            _ => return false,
        };
        room.occupied_until = until;
        true
    }

    /// Returns when a change takes effect at the soonest: `lead` after `now`, and after all changes before it.
    fn soonest(&self, lead: Span, now: ServerTime) -> ServerTime {
        let soonest = (now + lead).max(self.last.effective_at + TICK);
        ServerTime::from_millis(soonest.as_millis())
    }

    fn apply_room(
        &mut self,
        mut show: Show,
        room: RoomState,
        last: ChangeRecord,
        now: ServerTime,
    ) -> Result<Rev, RoomRefusal> {
        show.prune(now);
        let (rev, room) = (self.next_rev()?, Some(Box::new(room)));
        let effective_at = last.effective_at;
        let mut after = Self { rev, show, last, prior: None, room, ..self.clone() };
        after.fit(effective_at, now, GivesWay::Unseen);
        *self = after;
        Ok(rev)
    }
}

fn change(name: &str, id: Option<CommandId>, actor: String, at: ServerTime, effective_at: ServerTime) -> ChangeRecord {
    // Rooms have no `undo`: what somebody did, they do back.
    ChangeRecord {
        id,
        name: name.to_owned(),
        actor,
        reason: None,
        at,
        effective_at,
        before: None,
        undoes: None,
        reverted: None,
    }
}

impl Show {
    fn act(&mut self, action: &Action, from: ServerTime, now: ServerTime) -> Result<(), RoomRefusal> {
        let command = match action {
            Action::Pause => Command::Pause { message: None },
            Action::Resume => Command::Resume,
            Action::Seek { position } => Command::Seek { position: (*position).max(Position::START) },
            Action::Rate { rate } => Command::Rate { rate: *rate },
            Action::Content { .. } => {
                self.change(from, Some(Position::START), Some(Rate::HELD));
                return Ok(());
            }
        };
        self.apply(&command, None, from, now)?;
        Ok(())
    }

    /// Has the show move on from `from`, at the rate it had before the hold.
    fn resume(&mut self, from: ServerTime) {
        self.change(from, None, Some(self.pace.rate_just_before(from)));
    }

    /// Returns since when the show has been moving, just before `at`; `None` if it is held then. The beginning of what is known
    /// of the timeline counts as one.
    fn playing_since(&self, at: ServerTime) -> Option<ServerTime> {
        let before = self.timeline.segments().iter().rev().filter(|segment| segment.from < at);
        before.take_while(|segment| !segment.rate.is_held()).last().map(|segment| segment.from)
    }
}

#[cfg(test)]
mod tests;
