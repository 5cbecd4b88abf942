//! What the members of a room want done.

use super::super::gesture::Gesture;
use super::super::invitation::Role;
use super::error::GestureError;
use super::id::MemberId;
use super::presence::Presence;
use crate::name::CommandId;
use crate::time::Span;
use alloc::string::String;

/// What the shell is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect<S> {
    /// Send this member its id and role, [`super::Members::presence`] and the state.
    Welcome {
        /// Its socket.
        socket: S,
        /// Its id.
        member: MemberId,
        /// Its role.
        role: Role,
    },
    /// Attach [`super::Members::record`] to this socket.
    Save(S),
    /// Send this to all members.
    Tell(Presence),
    /// Tell this member that its gesture was refused.
    Refuse {
        /// Its socket.
        socket: S,
        /// The gesture's id.
        id: CommandId,
        /// Why.
        why: GestureError,
    },
    /// Ask the event, and apply the state that it answers.
    Ask {
        /// For what.
        ask: Ask<S>,
        /// The lead that the members' delays ask for.
        lead: Span,
    },
    /// Close this socket; it is forgotten already.
    Close {
        /// The socket.
        socket: S,
        /// Why.
        why: Closing,
    },
}

/// What the event is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask<S> {
    /// To apply a member's gesture ([`crate::EventState::handle_gesture`]). A refusal is sent to the member.
    Gesture {
        /// The member's socket.
        socket: S,
        /// The gesture.
        gesture: Gesture,
    },
    /// To wait for this member ([`crate::EventState::handle_buffering`]); [`super::Members::handle_wait_answered`] follows,
    /// whatever the answer.
    Wait {
        /// The member's name.
        whom: String,
    },
    /// To end the wait: all are ready ([`crate::EventState::handle_all_ready`]).
    Resume,
    /// To note that the last member left ([`crate::EventState::handle_occupied`]).
    Vacate,
}

/// Why a socket is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// The same member came with another socket.
    Elsewhere,
    /// The invitation was replaced.
    Replaced,
    /// It did not say hello in time.
    NoHello,
}
