//! What a person did to the player, and when.

use alloc::string::String;

use super::content::Content;
use crate::name::{CommandId, Digest, Rev};
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Rate};

/// How long ago a gesture may have happened: 5 s. An earlier one counts as that old.
pub const GESTURE_AGE_MAX: Span = Span::from_millis(5_000);

/// What somebody with the controls asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Holds the room at its position.
    Pause,
    /// Plays on from there.
    Resume,
    /// Goes to a position; before the beginning is the beginning. A held room stays held there.
    Seek {
        /// Where to.
        position: Position,
    },
    /// Changes the rate; a held room will play at it.
    Rate {
        /// [`RATE_MIN`](crate::command::RATE_MIN) to [`RATE_MAX`](crate::command::RATE_MAX).
        rate: Rate,
    },
    /// Plays something else, or nothing. It starts held at 0.
    Content {
        /// What.
        content: Option<Content>,
    },
}

/// An [`Action`], with who asks for it and when it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gesture {
    /// Made by the client; the same id twice changes nothing and gets the first answer.
    pub id: CommandId,
    /// The action.
    pub action: Action,
    /// The digest of the invitation that the one who asks came with.
    pub invitation: Digest,
    /// Their name.
    pub actor: String,
    /// When it happened, by their clock; `None` for when it arrived.
    pub at: Option<ServerTime>,
    /// How wrong their clock may be. One that is wrong by more than [`GESTURE_AGE_MAX`] says nothing of `at`.
    pub bound: Span,
}

/// What is stored of a gesture, to recognise its repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GestureReceipt {
    /// The gesture's id.
    pub id: CommandId,
    /// What was asked for.
    pub action: Action,
    /// The revision it made.
    pub rev: Rev,
    /// When it took effect.
    pub effective_at: ServerTime,
}

/// The outcome of a gesture that was not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GestureOutcome {
    /// The state has changed.
    Applied(GestureReceipt),
    /// The same gesture was applied before; nothing has changed.
    Repeated(GestureReceipt),
}

impl Action {
    /// Returns its name on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Seek { .. } => "seek",
            Self::Rate { .. } => "rate",
            Self::Content { .. } => "content",
        }
    }

    /// Returns whether members have to load another part of the media, or other media.
    pub(crate) const fn jumps(&self) -> bool {
        matches!(self, Self::Seek { .. } | Self::Content { .. })
    }

    /// Returns whether it leaves a wait as it is: who seeks while the room waits has not said that it should play, or hold.
    pub(crate) const fn keeps_wait(&self) -> bool {
        matches!(self, Self::Seek { .. } | Self::Rate { .. })
    }
}

impl Gesture {
    /// Returns when it happened, as far as it counts: at most [`GESTURE_AGE_MAX`] before `now`, and not after.
    pub fn intended(&self, now: ServerTime) -> ServerTime {
        match self.at {
            Some(at) if self.bound <= GESTURE_AGE_MAX => at.clamp(now - GESTURE_AGE_MAX, now),
            _ => now,
        }
    }
}

impl GestureOutcome {
    /// Returns what is stored of it.
    pub const fn receipt(&self) -> &GestureReceipt {
        match self {
            Self::Applied(receipt) | Self::Repeated(receipt) => receipt,
        }
    }

    /// Returns when it takes or took effect.
    pub const fn effective_at(&self) -> ServerTime {
        self.receipt().effective_at
    }
}
