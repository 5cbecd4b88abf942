//! What an operator can ask of an event.

use crate::event::PageUrl;
use crate::message::Draft;
use crate::name::{CommandId, Digest, Rev};
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Rate};
use alloc::string::String;

/// The lead of a pause: it takes effect 500 ms ahead of now.
///
/// Reason: long enough for a push to reach most viewers, short enough for an emergency. Source: the design's constants.
pub const LEAD_PAUSE: Span = Span::from_millis(500);

/// The lead of every other command: 2 s ahead of now.
///
/// Reason: viewers have time to load what the new position needs, and act together. Source: the design's constants.
pub const LEAD: Span = Span::from_millis(2_000);

/// The farthest that a command may be scheduled ahead: 31 days.
///
/// Reason: otherwise a mistyped year would be accepted.
pub const AHEAD_MAX: Span = Span::from_millis(31 * 24 * 3_600_000);

/// How long ago the instant may be that a pause asks for: 5 s. It then acts at once, as soon as its lead allows.
///
/// Reason: somebody who pauses "at 20:15:00" and confirms at 20:15:03 wants the pause; an hour that passed long ago is a mistake.
pub const PAST_PAUSE_MAX: Span = Span::from_millis(5_000);

/// How long ago the instant may be that any other command asks for: as long as clocks may disagree without anybody noticing.
pub const PAST_MAX: Span = crate::object_clock::TOLERANCE;

/// The slowest rate an operator may set: 0.25, the least at which every browser still plays sound.
pub const RATE_MIN: Rate = Rate::from_thousandths(250).expect("250 thousandths are below Rate::MAX");

/// The fastest rate an operator may set: 4, the most at which every browser still plays sound.
pub const RATE_MAX: Rate = Rate::from_thousandths(4_000).expect("4 000 thousandths are below Rate::MAX");

/// The farthest seek from the beginning, either way: 366 days.
pub const SEEK_MAX: Span = Span::from_millis(366 * 24 * 3_600_000);

/// The command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Holds the event at its position. The emergency command: never refused as stale.
    Pause {
        /// Shown to viewers for as long as the event is held.
        message: Option<Draft>,
    },
    /// Continues from the held position, at the rate before the hold.
    Resume,
    /// Seeks to a position; a held event stays held there.
    Seek {
        /// Where to.
        position: Position,
    },
    /// Changes the rate; a held event will run at it once it resumes.
    Rate {
        /// [`RATE_MIN`] to [`RATE_MAX`].
        rate: Rate,
    },
    /// Shows a message to viewers.
    Announce {
        /// What to show.
        message: Draft,
    },
    /// Removes the message.
    Clear,
    /// Moves the start of an event that has not begun.
    Reschedule {
        /// The new start.
        starts_at: ServerTime,
    },
    /// Ends the event: its position no longer moves.
    End {
        /// Shown to viewers from the end on.
        message: Option<Draft>,
    },
    /// Reverts the end; the event is then held where it had ended.
    Reopen,
    /// Points the event at a rundown, or at none.
    Rundown {
        /// The rundown's digest.
        rundown: Option<Digest>,
        /// Where viewers load it from; `None` for the server itself.
        url: Option<PageUrl>,
        /// Whether this goes back to an earlier rundown. It changes nothing here; the log says so, and the next rollback goes
        /// back further.
        is_rollback: bool,
    },
    /// Reverts the newest change that changed anything.
    Undo {
        /// The revision it is meant for; another one is refused.
        rev: Option<Rev>,
    },
    /// Applies the change again that the last `undo` reverted.
    Redo {
        /// The revision it is meant for, of the change or of its undo; another one is refused.
        rev: Option<Rev>,
    },
}

/// A [`Command`] with its actor, reason and condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Made by the client; the same id twice changes nothing and gets the first answer.
    pub id: CommandId,
    /// The command.
    pub command: Command,
    /// Who asks.
    pub actor: String,
    /// Why, for the log.
    pub reason: Option<String>,
    /// The revision this was decided on; if the event has moved on, the command is refused (but never a pause).
    pub if_rev: Option<Rev>,
    /// When it should take effect; at the earliest the command's lead after now. One that has passed is refused
    /// ([`Command::past_max`]).
    pub at: Option<ServerTime>,
}

impl Command {
    /// The names of all commands, as on the wire.
    pub const NAMES: [&str; 12] = [
        "pause",
        "resume",
        "seek",
        "rate",
        "announce",
        "clear",
        "reschedule",
        "end",
        "reopen",
        "rundown",
        "undo",
        "redo",
    ];

    /// Returns the command's name on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pause { .. } => "pause",
            Self::Resume => "resume",
            Self::Seek { .. } => "seek",
            Self::Rate { .. } => "rate",
            Self::Announce { .. } => "announce",
            Self::Clear => "clear",
            Self::Reschedule { .. } => "reschedule",
            Self::End { .. } => "end",
            Self::Reopen => "reopen",
            Self::Rundown { .. } => "rundown",
            Self::Undo { .. } => "undo",
            Self::Redo { .. } => "redo",
        }
    }

    /// Returns the command's lead: how far ahead of now it takes effect at the earliest.
    pub const fn lead(&self) -> Span {
        match self {
            Self::Pause { .. } => LEAD_PAUSE,
            _ => LEAD,
        }
    }

    /// Returns whether the command can be scheduled; the others take effect on arrival.
    pub const fn can_be_scheduled(&self) -> bool {
        !matches!(self, Self::Reschedule { .. } | Self::Rundown { .. } | Self::Undo { .. } | Self::Redo { .. })
    }

    /// Returns how long ago the instant may be that it asks for; longer ago is a mistake, and refused.
    pub const fn past_max(&self) -> Span {
        match self {
            Self::Pause { .. } => PAST_PAUSE_MAX,
            _ => PAST_MAX,
        }
    }
}
