//! What a room refuses, as problems.

use downbeat_core::room::{GestureError, HelloError, RoomRefusal, SignalError};
use downbeat_core::{EventName, EventState, ServerTime};

use crate::problem::{Code, Problem};
use crate::refusal;

/// Returns the problem of what the room's state does not allow.
pub fn room_problem(refused: &RoomRefusal, event: &EventName, state: Option<&EventState>, now: ServerTime) -> Problem {
    let (code, pointer) = match refused {
        RoomRefusal::Event(refused) => return refusal::problem(refused, event, state, now),
        RoomRefusal::NotARoom => (Code::UnknownEvent, None),
        RoomRefusal::Invitation => (Code::InvalidInvitation, None),
        RoomRefusal::Role { .. } => (Code::NotAllowed, None),
        RoomRefusal::StaleAction { .. } => (Code::StaleAction, None),
        RoomRefusal::IdReused { .. } | RoomRefusal::SameInvitation => (Code::Conflict, None),
        RoomRefusal::WaitMax(_) => (Code::InvalidField, Some("/wait/max")),
        RoomRefusal::Lead(_) => (Code::InvalidField, Some("/lead")),
        RoomRefusal::Keep(_) => (Code::InvalidField, Some("/keep")),
    };
    let problem = Problem::new(code, refused.to_string());
    match pointer {
        Some(pointer) => problem.with("pointer", pointer),
        None => problem,
    }
}

/// Returns the problem of a gesture that does not reach the room's state.
pub fn gesture_problem(error: &GestureError) -> Problem {
    let code = match error {
        GestureError::Role(_) => Code::NotAllowed,
        GestureError::TooMany { .. } => Code::TooManyRequests,
    };
    Problem::new(code, error.to_string())
}

/// Returns the code of a hello that is refused.
pub const fn hello_code(error: &HelloError) -> Code {
    match error {
        HelloError::Invitation => Code::InvalidInvitation,
        HelloError::Full => Code::RoomFull,
        HelloError::LongName(_) | HelloError::NameCharacter(_) => Code::InvalidField,
        HelloError::Twice => Code::Conflict,
    }
}

/// Returns the code of a signal that is not passed on.
pub const fn signal_code(error: &SignalError) -> Code {
    match error {
        SignalError::NoMember(_) => Code::UnknownMember,
        SignalError::TooMany { .. } => Code::TooManyRequests,
    }
}
