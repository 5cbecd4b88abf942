//! Why a hub refuses what a socket of a room asks for.

use core::fmt;

use super::super::invitation::Role;
use super::id::MemberId;
use super::limits::{MEMBERS_MAX, NAME_CHARS_MAX};
use crate::time::Span;

/// Why a socket is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelloError {
    /// The invitation is not, or no longer, one of this room.
    Invitation,
    /// There are [`MEMBERS_MAX`] members.
    Full,
    /// The name is too long; holds its length.
    LongName(usize),
    /// The name has a character that changes how the text around it is shown.
    NameCharacter(char),
    /// The socket is a member's already.
    Twice,
}

/// Why a gesture does not reach the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GestureError {
    /// The member's role does not allow it.
    Role(Role),
    /// The member asked for too much lately.
    TooMany {
        /// How long to wait.
        wait: Span,
    },
}

/// Why a signal is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalError {
    /// There is no such member: it left.
    NoMember(MemberId),
    /// The member sent too many lately.
    TooMany {
        /// How long to wait.
        wait: Span,
    },
}

impl fmt::Display for HelloError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invitation => f.write_str(
                "this invitation is not valid, or has been replaced; ask whoever invited you for the room's current link",
            ),
            Self::Full => write!(f, "the room has {MEMBERS_MAX} members, and no more fit; try again when somebody has left"),
            Self::LongName(chars) => {
                write!(f, "the name has {chars} characters, at most {NAME_CHARS_MAX} fit; shorten it")
            }
            Self::NameCharacter(character) => {
                write!(f, "the name has the character {character:?}, which is not shown; leave it out")
            }
            Self::Twice => f.write_str("this socket has said hello already; open another one to come as somebody else"),
        }
    }
}
impl core::error::Error for HelloError {}

impl fmt::Display for GestureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => {
                write!(f, "the role \"{role}\" does not allow this; ask for the link of a controller")
            }
            Self::TooMany { wait } => {
                write!(f, "these are too many commands; try again in {} ms", wait.as_millis())
            }
        }
    }
}
impl core::error::Error for GestureError {}

impl fmt::Display for SignalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMember(member) => write!(f, "there is no member {member}; it has left"),
            Self::TooMany { wait } => {
                write!(f, "these are too many signals; try again in {} ms", wait.as_millis())
            }
        }
    }
}
impl core::error::Error for SignalError {}
