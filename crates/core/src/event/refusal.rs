//! Why a command or a configuration is refused. A refused request changes nothing.

use alloc::string::String;
use core::fmt;

use super::limits::{
    HUBS_MAX, ORIGIN_CHARS_MAX, ORIGINS_MAX, PAUSE_BYTES, RESYNC_MAX, RESYNC_MIN, STATE_BYTES_MAX, TITLE_CHARS_MAX,
};
use super::parts::StateParts;
use crate::command::{RATE_MAX, RATE_MIN};
use crate::message::MessageError;
use crate::name::{CommandId, Epoch, Rev, SIGNED_AHEAD_MAX};
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Rate, SEGMENTS_MAX};

/// Why a request is refused: one variant per remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The event has changed since the revision the command was decided on.
    Stale {
        /// The revision the command was decided on.
        if_rev: Rev,
        /// The event's revision.
        rev: Rev,
    },
    /// The signed state's epoch differs from the event's.
    OtherEpoch {
        /// The epoch it was signed for.
        signed: Epoch,
        /// The event's epoch.
        epoch: Epoch,
    },
    /// The signed state is not newer than the event's.
    NotNewer {
        /// The signed revision.
        signed: Rev,
        /// The event's revision.
        rev: Rev,
    },
    /// The signed state's revision is too far above the event's.
    RevTooHigh {
        /// The signed revision.
        signed: Rev,
        /// The event's revision.
        rev: Rev,
    },
    /// The event has used up its revisions.
    NoMoreRevs,
    /// The id was used for another command.
    IdReused {
        /// The id.
        id: CommandId,
        /// The command it was used for.
        was: &'static str,
    },
    /// The event is over.
    Ended {
        /// Since when.
        ended_at: ServerTime,
    },
    /// The event is not over, so that it cannot be reopened.
    NotEnded,
    /// The event is not over, so that it cannot be archived.
    NotOver {
        /// When it will be, if that is scheduled.
        ended_at: Option<ServerTime>,
    },
    /// The event is archived, so that nothing changes it.
    Archived,
    /// The start cannot move: the event has begun.
    HasBegun {
        /// Where it stands.
        position: Position,
    },
    /// The start cannot move into the past.
    StartsInThePast {
        /// What was asked.
        starts_at: ServerTime,
        /// When it was asked.
        now: ServerTime,
    },
    /// A new event needs a start.
    NoStart,
    /// There is no change to undo.
    NothingToUndo,
    /// The newest change is no undo, so that there is nothing to apply again.
    NothingToRedo,
    /// The change has been undone already; undoing that would bring it back.
    UndoneAlready {
        /// The revision of the change.
        rev: Rev,
        /// Its name.
        name: String,
        /// The revision of the undo.
        by: Rev,
    },
    /// Only the newest change that changed anything can be undone, and it is a different one.
    NotNewest {
        /// The revision that was to be undone.
        asked: Rev,
        /// The revision of the newest change that changed anything.
        rev: Rev,
        /// Its name.
        name: String,
    },
    /// The command asks for an instant that has passed.
    Past {
        /// The instant.
        at: ServerTime,
        /// When it was asked for.
        now: ServerTime,
    },
    /// The command takes effect on arrival and cannot be scheduled.
    NotSchedulable {
        /// The command.
        command: &'static str,
    },
    /// The command is scheduled too far ahead.
    TooFarAhead {
        /// How far ahead of now.
        ahead: Span,
    },
    /// Too much is scheduled already: the state would exceed its limits.
    TooMuchScheduled,
    /// A pause with its message would no longer fit into the state.
    StateTooLarge {
        /// What the state would have, in bytes of JSON; at most [`STATE_BYTES_MAX`] − [`PAUSE_BYTES`] are allowed.
        bytes: usize,
        /// What it would have in it.
        parts: StateParts,
    },
    /// The message is not valid.
    Message(MessageError),
    /// The seek leads outside the event.
    Position {
        /// Where to.
        position: Position,
        /// The event's duration, where that is the limit.
        duration: Option<Span>,
    },
    /// Not every browser can play the rate.
    Rate {
        /// What was asked.
        rate: Rate,
    },
    /// The title is too long.
    Title {
        /// Its length.
        chars: usize,
    },
    /// The duration is out of its range.
    Duration {
        /// What was asked.
        duration: Span,
    },
    /// The number of hubs is out of its range.
    Hubs {
        /// What was asked.
        hubs: u16,
    },
    /// The `resync` interval is out of its range.
    Resync {
        /// What was asked.
        resync: Span,
    },
    /// There are too many origins.
    Origins {
        /// How many.
        count: usize,
    },
    /// An origin is not valid.
    Origin {
        /// Its index in the list.
        index: usize,
        /// What was given, cut to the length of an origin.
        origin: String,
    },
}

impl From<MessageError> for Refusal {
    fn from(error: MessageError) -> Self {
        Self::Message(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale { if_rev, rev } => write!(
                f,
                "the event is at revision {rev}, but this was decided on revision {if_rev}; check the event, then decide again"
            ),
            Self::OtherEpoch { signed, epoch } => write!(
                f,
                "the signed state is from epoch {signed}, but the event was created again and has epoch {epoch}; pause it with \"downbeat pause\""
            ),
            Self::NotNewer { signed, rev } => write!(
                f,
                "the signed state is revision {signed}, but the event is already at revision {rev}; check the event, then decide again"
            ),
            Self::RevTooHigh { signed, rev } => write!(
                f,
                "the signed state is revision {signed}, more than {SIGNED_AHEAD_MAX} above the event's, {rev}; sign a lower one"
            ),
            Self::NoMoreRevs => {
                write!(f, "the event is at revision {}, the last there is; create it again", Rev::MAX)
            }
            Self::IdReused { id, was } => {
                write!(f, "the id {:?} was already used for \"{was}\"; use a new id for another command", id.as_str())
            }
            Self::Ended { ended_at } => write!(f, "the event's end is {ended_at}; \"reopen\" it first"),
            Self::NotEnded => f.write_str("the event is not over, so there is nothing to reopen"),
            Self::NotOver { ended_at: None } => {
                f.write_str("only an event that is over can be archived; \"end\" it first")
            }
            Self::NotOver { ended_at: Some(ended_at) } => {
                write!(
                    f,
                    "only an event that is over can be archived, and this one ends at {ended_at}; wait until then"
                )
            }
            Self::Archived => f.write_str(
                "the event is archived, and nothing changes it; unarchive it first (downbeat event unarchive)",
            ),
            Self::HasBegun { position } => {
                write!(f, "the event has begun and is at {position}, so its start cannot change; use \"seek\"")
            }
            Self::StartsInThePast { starts_at, now } => write!(
                f,
                "the new start {starts_at} is not after now ({now}); give a later one, or \"seek\" once the event has begun"
            ),
            Self::NoStart => f.write_str("a new event needs \"startsAt\", milliseconds since 1970"),
            Self::NothingToUndo => {
                f.write_str("there is nothing to undo: nothing has changed since the event was created or restored")
            }
            Self::NothingToRedo => f.write_str("there is nothing to redo: the newest change is not an undo"),
            Self::UndoneAlready { rev, name, by } => {
                write!(f, "rev {rev} (\"{name}\") is undone already, by rev {by}; \"redo\" applies it again")
            }
            Self::NotNewest { asked, rev, name } => write!(
                f,
                "only the newest change can be undone or redone, and that is rev {rev} (\"{name}\"), not rev {asked}; check the event, then decide again"
            ),
            Self::Past { at, now } => {
                write!(f, "\"at\" is {at}, which has passed: it is {now}; give a time to come, or none to act at once")
            }
            Self::NotSchedulable { command } => {
                write!(f, "\"{command}\" takes effect on arrival; omit \"at\"")
            }
            Self::TooFarAhead { ahead } => write!(
                f,
                "\"at\" is {} days ahead, at most 31 are allowed; check the date",
                ahead.as_millis() / 86_400_000
            ),
            Self::TooMuchScheduled => write!(
                f,
                "fewer than {SEGMENTS_MAX} changes can be scheduled at a time; undo some, or wait until some have taken effect"
            ),
            Self::StateTooLarge { bytes, parts } => write!(
                f,
                "the event's state would have {bytes} bytes of JSON, at most {} fit, so that a pause always does; {parts}",
                STATE_BYTES_MAX - PAUSE_BYTES
            ),
            Self::Message(error) => error.fmt(f),
            Self::Position { position, duration: Some(duration) } => write!(
                f,
                "the position {position} is beyond the event's end ({}); seek to an earlier one or lengthen \"duration\"",
                Position::START + *duration
            ),
            Self::Position { position, duration: None } => write!(
                f,
                "the position {position} is more than 366 days from the beginning; check the unit, it is milliseconds"
            ),
            Self::Rate { rate } if rate.is_held() => f.write_str("a rate of 0 is a hold; use \"pause\""),
            Self::Rate { rate } => {
                write!(f, "not every browser can play at rate {rate}; use {RATE_MIN} to {RATE_MAX}")
            }
            Self::Title { chars } => {
                write!(f, "the title has {chars} characters, at most {TITLE_CHARS_MAX} fit; shorten it")
            }
            Self::Duration { duration } => {
                write!(f, "the duration {} ms is not between 1 s and 366 days; it is given in ms", duration.as_millis())
            }
            Self::Hubs { hubs } => write!(f, "{hubs} hubs are not allowed; use 1 to {HUBS_MAX}"),
            Self::Resync { resync } => write!(
                f,
                "a resync of {} ms is not allowed; use {} to {} ms",
                resync.as_millis(),
                RESYNC_MIN.as_millis(),
                RESYNC_MAX.as_millis()
            ),
            Self::Origins { count } => {
                write!(f, "{count} origins are too many, at most {ORIGINS_MAX} fit; an empty list admits every site")
            }
            Self::Origin { index, origin } => write!(
                f,
                "{origin:?} at index {index} is not an origin; use scheme and host as browsers do, \"https://example.com\", at most {ORIGIN_CHARS_MAX} characters in lower case"
            ),
        }
    }
}
impl core::error::Error for Refusal {}
