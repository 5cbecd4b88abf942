//! The members of a room: who is let in, who may ask for what, and what they learn of each other.
//!
//! It is the hub's part. The hub's object may be evicted while its sockets stay open, so whatever has to survive that is in the
//! sockets' attachments ([`MemberRecord`]), from which [`Members::restore`] makes the same members again.

mod effect;
mod error;
mod id;
mod limits;
mod member;
mod presence;
#[cfg(test)]
mod tests;

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use self::member::Member;
use self::presence::Notices;
use super::gesture::Gesture;
use super::lead::lead;
use crate::event::EventState;
use crate::name::Digest;
use crate::order::earliest;
use crate::time::{ServerTime, Span};

pub use self::effect::{Ask, Closing, Effect};
pub use self::error::{GestureError, HelloError, SignalError};
pub use self::id::MemberId;
pub use self::limits::{COMMANDS, HELLO_WAIT, MEMBERS_MAX, NAME_CHARS_MAX, RESUME_MAX, SIGNALS};
pub use self::member::{MemberRecord, MemberView, Readiness};
pub use self::presence::{LISTED_MAX, Presence};

/// The first frame of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The digest of the invitation.
    pub invitation: Digest,
    /// The name to be shown; may be empty.
    pub name: String,
    /// The digest of the secret by which the member is known again after a reload: the one that the page kept, or else a new one
    /// that it is to keep.
    pub secret: Digest,
}

/// What a member reports of its player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadyReport {
    /// Whether it can play on.
    pub is_ready: bool,
    /// How long a change takes to it, one way, if that was measured.
    pub delay: Option<Span>,
    /// How wrong its clock may be.
    pub bound: Span,
}

/// The members of one room, without I/O: the shell reports what happens (`handle_*`), then does what [`Self::poll_effect`]
/// returns, until that is `None`, and calls [`Self::handle_alarm`] at [`Self::next_deadline`].
///
/// `S` identifies a socket. `state` is always the room's, as the hub has it.
#[derive(Clone, Debug)]
pub struct Members<S> {
    members: Vec<Member<S>>,
    /// The sockets that have not said hello, and until when they may.
    strangers: Vec<(S, ServerTime)>,
    notices: Notices,
    /// Whether the event has been asked to wait and has not answered.
    asks_to_wait: bool,
    /// The wait that the event was asked to end.
    ended: Option<ServerTime>,
    effects: VecDeque<Effect<S>>,
}

impl<S> Default for Members<S> {
    fn default() -> Self {
        Self {
            members: Vec::new(),
            strangers: Vec::new(),
            notices: Notices::default(),
            asks_to_wait: false,
            ended: None,
            effects: VecDeque::new(),
        }
    }
}

impl<S: Clone + PartialEq> Members<S> {
    /// Creates the members that the sockets of an evicted hub had attached; those without have not said hello.
    pub fn restore(sockets: impl IntoIterator<Item = (S, Option<MemberRecord>)>, now: ServerTime) -> Self {
        let mut restored = Self::default();
        for (socket, record) in sockets {
            match record {
                Some(record) => restored.members.push(Member::restored(socket, record)),
                None => restored.strangers.push((socket, now + HELLO_WAIT)),
            }
        }
        restored.notices.set_counted(restored.members.len() > LISTED_MAX);
        restored
    }

    /// Returns what the shell is to do next.
    pub fn poll_effect(&mut self) -> Option<Effect<S>> {
        self.effects.pop_front()
    }

    /// Returns when to call [`Self::handle_alarm`].
    pub fn next_deadline(&self) -> Option<ServerTime> {
        let hello = self.strangers.iter().map(|(_, until)| *until).min();
        earliest(&[hello, self.notices.due()])
    }

    /// Returns the members, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&S, MemberView)> {
        self.members.iter().map(|member| (&member.socket, member.view()))
    }

    /// Returns how many there are.
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns whether the socket is a member's: only those are sent the room's state.
    pub fn contains(&self, socket: &S) -> bool {
        self.of(socket).is_some()
    }

    /// Returns whether there are sockets that have not said hello: those learn nothing of the room, not even its revision.
    pub const fn has_strangers(&self) -> bool {
        !self.strangers.is_empty()
    }

    /// Returns whether whoever presents the secret with this digest is the same member as before: one that is here, or that left
    /// [`RESUME_MAX`] ago at most. `left_at` is when it left, if it is known to have been here.
    pub fn may_resume(&self, secret: &Digest, left_at: Option<ServerTime>, now: ServerTime) -> bool {
        let id = MemberId::of_secret(secret);
        self.members.iter().any(|member| member.id == id) || left_at.is_some_and(|at| now - at <= RESUME_MAX)
    }

    /// Returns what the socket's attachment is to have; `None` if it is not a member's.
    pub fn record(&self, socket: &S) -> Option<MemberRecord> {
        self.of(socket).map(Member::record)
    }

    /// Returns what a member who has just come learns of the others.
    pub fn presence(&self) -> Presence {
        Presence::whole(&self.members)
    }

    /// Returns the lead that the members' delays ask for.
    pub fn lead(&self) -> Span {
        lead(self.members.iter().filter_map(Member::lateness))
    }

    /// Handles a socket that was opened: it is to say hello within [`HELLO_WAIT`].
    pub fn handle_opened(&mut self, socket: S, now: ServerTime) {
        self.strangers.push((socket, now + HELLO_WAIT));
    }

    /// Lets a socket in. If its secret is that of a member whose socket is still open, that one is closed: a reload is often here
    /// before the old page is gone.
    ///
    /// # Errors
    /// [`HelloError`]; the shell then closes the socket.
    pub fn handle_hello(
        &mut self,
        socket: &S,
        hello: &Hello,
        state: &EventState,
        now: ServerTime,
    ) -> Result<(), HelloError> {
        let room = state.room().ok_or(HelloError::Invitation)?;
        let role = room.role(&hello.invitation).ok_or(HelloError::Invitation)?;
        let name = member::name(&hello.name)?;
        if self.contains(socket) {
            return Err(HelloError::Twice);
        }
        let id = MemberId::of_secret(&hello.secret);
        let earlier = self.members.iter().position(|member| member.id == id);
        if earlier.is_none() && self.members.len() >= MEMBERS_MAX {
            return Err(HelloError::Full);
        }
        self.strangers.retain(|(stranger, _)| stranger != socket);
        let member = Member::new(socket.clone(), id, name, role, hello.invitation);
        match earlier {
            Some(index) => {
                let earlier = core::mem::replace(&mut self.members[index], member);
                self.effects.push_back(Effect::Close { socket: earlier.socket, why: Closing::Elsewhere });
            }
            None => self.members.push(member),
        }
        self.effects.push_back(Effect::Save(socket.clone()));
        self.effects.push_back(Effect::Welcome { socket: socket.clone(), member: id, role });
        self.note(id, now);
        self.check_ready(state, now);
        Ok(())
    }

    /// Handles a gesture: the event is asked, unless the member may not ask for it. Its invitation and name are filled in here.
    pub fn handle_gesture(&mut self, socket: &S, gesture: Gesture, state: &EventState, now: ServerTime) {
        let Some(member) = self.members.iter_mut().find(|member| member.socket == *socket) else { return };
        let controls = state.room().map(|room| room.settings().controls).unwrap_or_default();
        let refused = if !member.role.may_control(controls) {
            Some(GestureError::Role(member.role))
        } else {
            member.gestures.take(COMMANDS, now).err().map(|wait| GestureError::TooMany { wait })
        };
        let socket = socket.clone();
        if let Some(why) = refused {
            self.effects.push_back(Effect::Refuse { socket, id: gesture.id, why });
            return;
        }
        let gesture = Gesture { invitation: member.invitation, actor: member.name.clone(), ..gesture };
        self.ask(Ask::Gesture { socket, gesture });
    }

    /// Handles what a member says of its player. One that begins to buffer while the room plays has the room wait, if that is
    /// possible at this moment; there is no other.
    pub fn handle_ready(&mut self, socket: &S, report: ReadyReport, state: &EventState, now: ServerTime) {
        self.forget_wait(state, now);
        let is_waiting = self.asks_to_wait || is_waiting(state, now);
        let lead = self.lead();
        let Some(member) = self.members.iter_mut().find(|member| member.socket == *socket) else { return };
        member.measure(report.delay, report.bound);
        let before = member.readiness;
        let waits =
            before == Readiness::Ready && !report.is_ready && (is_waiting || state.possible_wait(lead, now).is_ok());
        member.readiness = match (report.is_ready, before) {
            (true, _) => Readiness::Ready,
            (false, Readiness::Ready) if waits => Readiness::AwaitedBuffering,
            (false, Readiness::Ready) => Readiness::Buffering,
            (false, _) => before,
        };
        if member.readiness != before {
            let (id, name) = (member.id, member.name.clone());
            self.effects.push_back(Effect::Save(socket.clone()));
            self.note(id, now);
            if waits && !is_waiting {
                self.asks_to_wait = true;
                self.ask(Ask::Wait { whom: name });
            }
        }
        self.check_ready(state, now);
    }

    /// Handles a description or a candidate for another member, whose socket it is to be sent to.
    ///
    /// # Errors
    /// [`SignalError`] if there is no such member, or the sender sends too many.
    pub fn handle_signal(&mut self, socket: &S, to: MemberId, now: ServerTime) -> Result<(S, MemberId), SignalError> {
        let target = self.members.iter().find(|member| member.id == to).map(|member| member.socket.clone());
        let from = self.members.iter_mut().find(|member| member.socket == *socket).ok_or(SignalError::NoMember(to))?;
        from.signals.take(SIGNALS, now).map_err(|wait| SignalError::TooMany { wait })?;
        Ok((target.ok_or(SignalError::NoMember(to))?, from.id))
    }

    /// Handles that the event has answered [`Ask::Wait`]. `state` is what it answered, or what is known if it refused or failed.
    pub fn handle_wait_answered(&mut self, state: &EventState, now: ServerTime) {
        self.asks_to_wait = false;
        self.forget_wait(state, now);
        self.check_ready(state, now);
    }

    /// Handles a new state: those whose invitation was replaced are disconnected.
    pub fn handle_state(&mut self, state: &EventState, now: ServerTime) {
        let has_role = |member: &Member<S>| state.room().is_some_and(|room| room.role(&member.invitation).is_some());
        let replaced: Vec<S> =
            self.members.iter().filter(|member| !has_role(member)).map(|one| one.socket.clone()).collect();
        for socket in replaced {
            self.remove(&socket, now);
            self.effects.push_back(Effect::Close { socket, why: Closing::Replaced });
        }
        self.forget_wait(state, now);
        self.check_ready(state, now);
    }

    /// Handles a socket that was closed.
    pub fn handle_closed(&mut self, socket: &S, state: Option<&EventState>, now: ServerTime) {
        self.strangers.retain(|(stranger, _)| stranger != socket);
        self.remove(socket, now);
        if let Some(state) = state {
            self.check_ready(state, now);
        }
    }

    /// Tells members what changed of the others, and closes sockets that did not say hello.
    pub fn handle_alarm(&mut self, now: ServerTime) {
        for (socket, _) in self.strangers.extract_if(.., |(_, until)| *until <= now) {
            self.effects.push_back(Effect::Close { socket, why: Closing::NoHello });
        }
        if let Some(presence) = self.notices.take_due(&mut self.members, now) {
            self.effects.push_back(Effect::Tell(presence));
        }
    }

    fn of(&self, socket: &S) -> Option<&Member<S>> {
        self.members.iter().find(|member| member.socket == *socket)
    }

    fn ask(&mut self, ask: Ask<S>) {
        let lead = self.lead();
        self.effects.push_back(Effect::Ask { ask, lead });
    }

    fn note(&mut self, member: MemberId, now: ServerTime) {
        self.notices.note(member, self.members.len(), now);
    }

    fn remove(&mut self, socket: &S, now: ServerTime) {
        let Some(index) = self.members.iter().position(|member| member.socket == *socket) else { return };
        let member = self.members.remove(index);
        self.notices.note(member.id, self.members.len(), now);
        if self.members.is_empty() {
            self.ask(Ask::Vacate);
        }
    }

    /// Once a wait is over, whoever still buffers is not waited for again, until it has played.
    fn forget_wait(&mut self, state: &EventState, now: ServerTime) {
        if self.asks_to_wait || is_waiting(state, now) {
            return;
        }
        self.ended = None;
        for member in self.members.iter_mut().filter(|member| member.readiness == Readiness::AwaitedBuffering) {
            member.readiness = Readiness::Buffering;
            self.effects.push_back(Effect::Save(member.socket.clone()));
        }
    }

    /// Asks the event to resume if it waits and nobody is left to wait for.
    fn check_ready(&mut self, state: &EventState, now: ServerTime) {
        let Some(wait) = state.room().and_then(|room| room.wait(now)) else { return };
        let is_awaited = |member: &Member<S>| member.readiness == Readiness::AwaitedBuffering;
        if self.asks_to_wait || self.ended == Some(wait.from) || self.members.iter().any(is_awaited) {
            return;
        }
        self.ended = Some(wait.from);
        self.ask(Ask::Resume);
    }
}

fn is_waiting(state: &EventState, now: ServerTime) -> bool {
    state.room().is_some_and(|room| room.wait(now).is_some())
}
