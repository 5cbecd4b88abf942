//! What an operator can ask of an event.

use crate::message::Draft;
use crate::name::{CommandId, Digest, Rev};
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Rate};
use alloc::string::String;

/// How far ahead of now a pause takes effect: 500 ms.
///
/// Reason: long enough for a push to reach most viewers, short enough for an emergency. Source: the design's constants.
pub const LEAD_PAUSE: Span = Span::from_millis(500);

/// How far ahead of now everything else takes effect: 2 s.
///
/// Reason: viewers have time to load what the new position needs, and act together. Source: the design's constants.
pub const LEAD: Span = Span::from_millis(2_000);

/// How far ahead a command may be scheduled: 31 days.
///
/// Reason: further ahead, a mistyped year would be accepted in silence.
pub const AHEAD_MAX: Span = Span::from_millis(31 * 24 * 3_600_000);

/// The slowest rate an operator may set: 0.25, the least at which every browser still plays sound.
pub const RATE_MIN: Rate = Rate::from_thousandths(250).expect("250 thousandths are below Rate::MAX");

/// The fastest rate an operator may set: 4, the most at which every browser still plays sound.
pub const RATE_MAX: Rate = Rate::from_thousandths(4_000).expect("4 000 thousandths are below Rate::MAX");

/// How far from the beginning a seek may go, either way: 366 days.
pub const SEEK_MAX: Span = Span::from_millis(366 * 24 * 3_600_000);

/// What is to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Holds the event where it stands. The emergency: never refused as stale.
    Pause {
        /// Shown to viewers for as long as the event is held.
        message: Option<Draft>,
    },
    /// Goes on from where the event was held, at the rate it had.
    Resume,
    /// Goes to a position; a held event stays held there.
    Seek {
        /// Where to.
        position: Position,
    },
    /// Changes how fast the event runs; a held event will run so when it resumes.
    Rate {
        /// [`RATE_MIN`] to [`RATE_MAX`].
        rate: Rate,
    },
    /// Shows a message to viewers.
    Announce {
        /// What to show.
        message: Draft,
    },
    /// Takes the message away.
    Clear,
    /// Moves the start of an event that has not begun.
    Reschedule {
        /// The new start.
        starts_at: ServerTime,
    },
    /// Ends the event: it stands where it is, for good.
    End {
        /// Shown to viewers from then on.
        message: Option<Draft>,
    },
    /// Takes the end back; the event is then held where it had ended.
    Reopen,
    /// Points the event at a rundown, or at none.
    Rundown {
        /// The rundown's digest.
        rundown: Option<Digest>,
    },
    /// Takes the last change back. Done twice, it brings the change again.
    Undo,
}

/// A [`Command`] with who asks, why, and under which condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Made by whoever asks; the same id twice changes nothing and gets the first answer.
    pub id: CommandId,
    /// What is to happen.
    pub command: Command,
    /// Who asks.
    pub actor: String,
    /// Why, for the log.
    pub reason: Option<String>,
    /// The revision this was decided on; if the event has moved on, the command is refused (but never a pause).
    pub if_rev: Option<Rev>,
    /// When it is to take effect; never earlier than now and the command's lead.
    pub at: Option<ServerTime>,
}

impl Command {
    /// The names of all commands, as on the wire.
    pub const NAMES: [&str; 11] =
        ["pause", "resume", "seek", "rate", "announce", "clear", "reschedule", "end", "reopen", "rundown", "undo"];

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
            Self::Undo => "undo",
        }
    }

    /// Returns how far ahead of now the command takes effect at the earliest.
    pub const fn lead(&self) -> Span {
        match self {
            Self::Pause { .. } => LEAD_PAUSE,
            _ => LEAD,
        }
    }

    /// Returns whether the command can be asked for a later instant; the others take effect as they arrive.
    pub const fn can_be_scheduled(&self) -> bool {
        !matches!(self, Self::Reschedule { .. } | Self::Rundown { .. } | Self::Undo)
    }
}
