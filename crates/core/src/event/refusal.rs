//! Why a command or a configuration is refused. Whatever is refused changed nothing.

use alloc::string::String;
use core::fmt;

use super::limits::{HUBS_MAX, ORIGIN_CHARS_MAX, ORIGINS_MAX, RESYNC_MAX, RESYNC_MIN, TITLE_CHARS_MAX};
use crate::command::{RATE_MAX, RATE_MIN};
use crate::message::MessageError;
use crate::name::{CommandId, Epoch, Rev};
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Rate, SEGMENTS_MAX};

/// One variant per thing the one who asked can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The event has moved on from the revision the command was decided on.
    Stale {
        /// What the command was decided on.
        if_rev: Rev,
        /// What the event is at.
        rev: Rev,
    },
    /// The signed state is of another life of the event.
    OtherEpoch {
        /// The life it was signed for.
        signed: Epoch,
        /// The life the event has.
        epoch: Epoch,
    },
    /// The signed state is no newer than what the event is.
    NotNewer {
        /// What was signed.
        signed: Rev,
        /// What the event is at.
        rev: Rev,
    },
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
    /// There is no change to take back.
    NothingToUndo,
    /// The command takes effect as it arrives and cannot be scheduled.
    NotSchedulable {
        /// The command.
        command: &'static str,
    },
    /// The command is scheduled too far ahead.
    TooFarAhead {
        /// How far ahead of now.
        ahead: Span,
    },
    /// So much is scheduled already that the state would no longer fit what travels.
    TooMuchScheduled,
    /// The message is none.
    Message(MessageError),
    /// The seek leads out of the event.
    Position {
        /// Where to.
        position: Position,
        /// The event's duration, where that is the limit.
        duration: Option<Span>,
    },
    /// The rate is not one every browser can play.
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
    /// The interval of re-synchronisation is out of its range.
    Resync {
        /// What was asked.
        resync: Span,
    },
    /// There are too many origins.
    Origins {
        /// How many.
        count: usize,
    },
    /// What is to be an origin is none.
    Origin {
        /// Its place in the list.
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
                "the event is at revision {rev}, and this was decided on revision {if_rev}; look at the event again, then decide"
            ),
            Self::OtherEpoch { signed, epoch } => write!(
                f,
                "the signed state is of the epoch {signed}, but the event was made anew and has the epoch {epoch}; pause it with \"downbeat pause\""
            ),
            Self::NotNewer { signed, rev } => write!(
                f,
                "the signed state is revision {signed}, but the event is at revision {rev} already; look at the event, then decide again"
            ),
            Self::IdReused { id, was } => {
                write!(f, "the id {:?} was used for \"{was}\"; make a new id for another command", id.as_str())
            }
            Self::Ended { ended_at } => write!(f, "the event's end is {ended_at}; \"reopen\" it first"),
            Self::NotEnded => f.write_str("the event is not over, so there is nothing to reopen"),
            Self::HasBegun { position } => {
                write!(f, "the event has begun and stands at {position}, so its start cannot move; use \"seek\"")
            }
            Self::StartsInThePast { starts_at, now } => write!(
                f,
                "the new start {starts_at} is not after now ({now}); give a later one, or \"seek\" once the event has begun"
            ),
            Self::NoStart => f.write_str("a new event needs \"startsAt\", milliseconds since 1970"),
            Self::NothingToUndo => f.write_str("nothing has been changed since the event was made"),
            Self::NotSchedulable { command } => {
                write!(f, "\"{command}\" takes effect as it arrives; leave \"at\" out")
            }
            Self::TooFarAhead { ahead } => write!(
                f,
                "\"at\" is {} days ahead, at most 31 are possible; check the date",
                ahead.as_millis() / 86_400_000
            ),
            Self::TooMuchScheduled => write!(
                f,
                "fewer than {SEGMENTS_MAX} changes can be scheduled at a time; take some back, or wait until some have happened"
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
                write!(f, "the rate {rate} is one not every browser can play; use {RATE_MIN} to {RATE_MAX}")
            }
            Self::Title { chars } => {
                write!(f, "the title has {chars} characters, at most {TITLE_CHARS_MAX} fit; shorten it")
            }
            Self::Duration { duration } => {
                write!(f, "the duration {} ms is not between 1 s and 366 days; it is given in ms", duration.as_millis())
            }
            Self::Hubs { hubs } => write!(f, "{hubs} hubs are not possible; use 1 to {HUBS_MAX}"),
            Self::Resync { resync } => write!(
                f,
                "a resync of {} ms is not possible; use {} to {} ms",
                resync.as_millis(),
                RESYNC_MIN.as_millis(),
                RESYNC_MAX.as_millis()
            ),
            Self::Origins { count } => {
                write!(f, "{count} origins are too many, at most {ORIGINS_MAX} fit; an empty list admits every site")
            }
            Self::Origin { index, origin } => write!(
                f,
                "{origin:?} at place {index} is no origin; give scheme and host as browsers do, \"https://example.com\", at most {ORIGIN_CHARS_MAX} characters in lower case"
            ),
        }
    }
}
impl core::error::Error for Refusal {}
