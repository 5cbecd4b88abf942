//! Why something in a room is refused. What is refused changes nothing.

use core::fmt;

use super::invitation::Role;
use super::limits::{KEEP_MAX, KEEP_MIN, LEAD_SETTING_MAX, LEAD_SETTING_MIN};
use super::waits::{WAIT_MAX, WAIT_MIN};
use crate::event::Refusal;
use crate::name::CommandId;
use crate::time::{ServerTime, Span};

/// Why a gesture, a setting or an invitation is refused: one variant per remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomRefusal {
    /// The event is not a room.
    NotARoom,
    /// The invitation is not, or no longer, one of this room.
    Invitation,
    /// The role does not allow it.
    Role {
        /// The role of the one who asked.
        role: Role,
        /// The role it takes.
        needed: Role,
    },
    /// Somebody's later gesture was applied already.
    StaleAction {
        /// When this gesture happened.
        intended: ServerTime,
        /// When the one happened that was applied last.
        last: ServerTime,
    },
    /// The id was used for another gesture.
    IdReused {
        /// The id.
        id: CommandId,
    },
    /// Two invitations are the same.
    SameInvitation,
    /// `wait.max` is out of its range.
    WaitMax(Span),
    /// `lead` is out of its range.
    Lead(Span),
    /// `keep` is out of its range.
    Keep(Span),
    /// The event refuses the change, as it would an operator's.
    Event(Refusal),
}

impl From<Refusal> for RoomRefusal {
    fn from(refusal: Refusal) -> Self {
        Self::Event(refusal)
    }
}

impl fmt::Display for RoomRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARoom => f.write_str("this event is not a room; rooms are made by POST /v1/rooms"),
            Self::Invitation => f.write_str(
                "this invitation is not valid, or has been replaced; ask whoever invited you for the room's current link",
            ),
            Self::Role { role, needed } => {
                write!(f, "the role \"{role}\" does not allow this; ask for the link of a {needed}")
            }
            Self::StaleAction { intended, last } => write!(
                f,
                "this was decided {} ms before the change that is in force by now; look at the room, then decide again",
                (*last - *intended).as_millis()
            ),
            Self::IdReused { id } => {
                write!(f, "the id {:?} was already used for something else; use a new id for each command", id.as_str())
            }
            Self::SameInvitation => f.write_str("this invitation is in use already; make each from 128 new random bits"),
            Self::WaitMax(max) => range(f, "wait.max", *max, WAIT_MIN, WAIT_MAX),
            Self::Lead(lead) => range(f, "lead", *lead, LEAD_SETTING_MIN, LEAD_SETTING_MAX),
            Self::Keep(keep) => range(f, "keep", *keep, KEEP_MIN, KEEP_MAX),
            Self::Event(refusal) => refusal.fmt(f),
        }
    }
}
impl core::error::Error for RoomRefusal {}

fn range(f: &mut fmt::Formatter<'_>, name: &str, given: Span, least: Span, most: Span) -> fmt::Result {
    let (given, least, most) = (given.as_millis(), least.as_millis(), most.as_millis());
    write!(f, "\"{name}\" of {given} ms is not allowed; use {least} to {most} ms")
}
