//! What core wants done for a room's members.

use downbeat_core::room::{Ask, Closing, Effect, GestureOutcome};
use downbeat_core::{EventState, Span};
use downbeat_wire::live::Close;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::room::{RoomCommandAnswer, gesture_problem, room_problem};
use downbeat_wire::{PresenceFrame, Refused, StateBody, StateFrame, Welcome, json};
use js_sys::JsString;

use super::{Room, attached};
use crate::sockets::Socket;

impl Room {
    /// Does what is to be done, and sets the alarm for what comes later.
    pub(super) fn perform(&self) {
        while let Some(effect) = self.next_effect() {
            self.perform_one(effect);
        }
        if self.members.borrow().has_strangers() != self.has_strangers.get() {
            self.set_pings();
        }
        self.set_alarm();
    }

    fn next_effect(&self) -> Option<Effect<Socket>> {
        self.members.borrow_mut().poll_effect()
    }

    fn perform_one(&self, effect: Effect<Socket>) {
        match effect {
            Effect::Welcome { socket, member, role } => {
                if let (Some(state), Some(resume)) = (self.body(), self.resume.take()) {
                    let presence = self.members.borrow().presence();
                    socket.send(&json::text(&Welcome::new(member, role, &resume, presence, state)).into());
                }
            }
            Effect::Save(socket) => {
                if let Some(record) = self.members.borrow().record(&socket) {
                    socket.attach(&attached(&record));
                }
            }
            Effect::Tell(presence) => self.broadcast(&json::text(&PresenceFrame::from(presence))),
            Effect::Refuse { socket, id, why } => {
                if let Some(state) = &*self.state.borrow() {
                    let problem = gesture_problem(&why);
                    let answer = RoomCommandAnswer::refused(id, problem, &self.name, state, self.now());
                    socket.send(&json::text(&answer).into());
                }
            }
            Effect::Ask { ask, lead } => self.answer_ask(ask, lead),
            Effect::Close { socket, why } => self.refuse(&socket, refused(why)),
        }
    }

    /// Has the state change as its members want, if it may.
    fn answer_ask(&self, ask: Ask<Socket>, lead: Span) {
        let now = self.now();
        let Some(mut state) = self.state.borrow().clone() else { return };
        match ask {
            Ask::Gesture { socket, gesture } => {
                let earlier = self.store.receipt(&gesture.id).unwrap_or_default();
                let answer = match state.handle_gesture(&gesture, lead, earlier.as_ref(), now) {
                    Ok(GestureOutcome::Applied(receipt)) if self.save(state.clone(), Some(&receipt)) => {
                        socket.send(&json::text(&RoomCommandAnswer::applied(&receipt)).into());
                        return self.announce(&state);
                    }
                    Ok(GestureOutcome::Repeated(receipt)) => RoomCommandAnswer::applied(&receipt),
                    Ok(GestureOutcome::Applied(_)) => {
                        let problem =
                            Problem::new(Code::Unavailable, "the room cannot save this; try again in a moment");
                        RoomCommandAnswer::refused(gesture.id, problem, &self.name, &state, now)
                    }
                    Err(error) => {
                        let problem = room_problem(&error, &self.name, None, now);
                        RoomCommandAnswer::refused(gesture.id, problem, &self.name, &state, now)
                    }
                };
                socket.send(&json::text(&answer).into());
            }
            Ask::Wait { whom } => {
                if state.handle_buffering(&whom, lead, now).is_ok() && self.save(state.clone(), None) {
                    self.announce(&state);
                }
                if let Some(state) = &*self.state.borrow() {
                    self.members.borrow_mut().handle_wait_answered(state, now);
                }
            }
            Ask::Resume => {
                if state.handle_all_ready(lead, now).is_some() && self.save(state.clone(), None) {
                    self.announce(&state);
                }
            }
            Ask::Vacate => self.note_occupied(false),
        }
    }

    /// Sends a saved state to all members, and nobody else.
    pub(super) fn announce(&self, state: &EventState) {
        let now = self.now();
        let body = StateBody { confirmed: Some(now), ..StateBody::new(&self.name, state, now) };
        self.broadcast(&StateFrame::of_body(&json::text(&body), 0, false));
        self.set_pings();
        self.members.borrow_mut().handle_state(state, now);
    }

    /// Returns the state as members get it; `None` if there is no such room.
    pub(super) fn body(&self) -> Option<StateBody> {
        let now = self.now();
        let state = self.state.borrow();
        state.as_ref().map(|state| StateBody { confirmed: Some(now), ..StateBody::new(&self.name, state, now) })
    }

    fn broadcast(&self, text: &str) {
        let text = JsString::from(text);
        self.members.borrow().iter().for_each(|(socket, _)| socket.send(&text));
    }

    /// Says why, then closes the socket, whose member leaves.
    pub(super) fn refuse(&self, socket: &Socket, refused: Refused) {
        socket.send(&json::text(&refused).into());
        self.end(socket, Close::Refused);
    }

    /// Closes the socket, whose member leaves. The caller performs what follows.
    pub(super) fn end(&self, socket: &Socket, why: Close) {
        socket.close(why);
        self.leave(socket);
    }
}

fn refused(why: Closing) -> Refused {
    match why {
        Closing::Elsewhere => Refused::new(Code::Conflict, "you have come again through another socket; use that one"),
        Closing::Replaced => Refused::new(
            Code::InvalidInvitation,
            "this invitation has been replaced; ask whoever invited you for the room's current link",
        ),
        Closing::NoHello => Refused::new(Code::BadRequest, "say hello within 10 s"),
    }
}
