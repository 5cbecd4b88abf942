//! Which state is signed to pause an event, and whether viewers would believe it.

use std::fmt;

use downbeat_core::event::{EmergencyChannel, EmergencyKey, EmergencyState};
use downbeat_core::name::SIGNED_AHEAD_MAX;
use downbeat_core::{Epoch, EventName, Message, Refusal, Rev, ServerTime};
use downbeat_wire::{StateBody, emergency};

use super::fitting::LeftOut;
use super::key::{SigningKey, is_signed};
use crate::history::Pointer;

/// Why no state was signed. One variant per thing the caller can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignError {
    /// Viewers believe another key.
    OtherKey {
        /// The event.
        event: EventName,
        /// The key that viewers believe.
        believed: EmergencyKey,
        /// The public half of the key that would sign.
        given: EmergencyKey,
    },
    /// The event has no emergency key, so viewers look nowhere but at the server.
    NoChannel {
        /// The event.
        event: EventName,
    },
    /// What is known of the event is not a state.
    NotAState(String),
    /// The event cannot be paused.
    Refused(Refusal),
    /// Viewers would ignore the revision.
    RevTooLow {
        /// The revision that was asked for.
        rev: Rev,
        /// The revision that viewers have.
        known: Rev,
    },
    /// Viewers and the event would refuse the revision.
    RevTooHigh {
        /// The revision that was asked for.
        rev: Rev,
        /// The revision that viewers have.
        known: Rev,
    },
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherKey { event, believed, given } => {
                write!(f, "viewers of {event} believe the key {believed}, and this is {given}")
            }
            Self::NoChannel { event } => {
                write!(f, "{event} has no emergency key, so viewers follow the server alone")
            }
            Self::NotAState(why) => write!(f, "what is known of the event is not a valid state: {why}"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::RevTooLow { rev, known } => {
                write!(f, "rev {rev} is not above {known}, which viewers have; they would ignore it")
            }
            Self::RevTooHigh { rev, known } => write!(
                f,
                "rev {rev} is more than {SIGNED_AHEAD_MAX} above {known}, which viewers have; they would ignore it"
            ),
        }
    }
}
impl std::error::Error for SignError {}

/// Who pauses, why, and what viewers read meanwhile.
#[derive(Clone, Debug)]
pub struct Pause {
    /// Who pauses.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// What viewers read meanwhile.
    pub message: Option<Message>,
    /// The revision to sign; `None` for the one after the last known.
    pub rev: Option<Rev>,
    /// The epoch to sign; `None` for the known one.
    pub epoch: Option<Epoch>,
}

/// Returns the URL that viewers read, if they accept signatures of `key` there.
///
/// # Errors
/// [`SignError::OtherKey`], [`SignError::NoChannel`]
pub fn channel<'a>(state: &'a StateBody, key: &SigningKey) -> Result<&'a EmergencyChannel, SignError> {
    let event = state.event.clone();
    match &state.emergency {
        Some(channel) if channel.key == key.public() => Ok(channel),
        Some(channel) => Err(SignError::OtherKey { event, believed: channel.key, given: key.public() }),
        None => Err(SignError::NoChannel { event }),
    }
}

/// Returns the state that a pause starts from: the last known one, or the one in `found` if it was signed after that. Messages
/// that are not valid are left out: an older message never stands in the way of a pause.
///
/// # Errors
/// [`SignError::NotAState`]
pub fn base(
    known: &StateBody,
    found: Option<&Pointer>,
    channel: &EmergencyChannel,
) -> Result<(EmergencyState, Option<LeftOut>), SignError> {
    let (known, left_out) = match emergency::known(known) {
        Ok(known) => (known, None),
        Err(why) => {
            let without = StateBody { messages: Vec::new(), ..known.clone() };
            let known = emergency::known(&without).map_err(|_| SignError::NotAState(why))?;
            (known, Some(LeftOut::KnownMessages))
        }
    };
    let document =
        found.and_then(|found| found.emergency.as_ref()).filter(|document| is_signed(document, &channel.key));
    let signed = document.and_then(|document| document.state().ok());
    Ok(match signed {
        Some(signed) if signed.event == known.event && signed.epoch == known.epoch && signed.rev > known.rev => {
            (signed, None)
        }
        _ => (known, left_out),
    })
}

/// Returns the paused state.
///
/// # Errors
/// [`SignError::Refused`], [`SignError::RevTooLow`], [`SignError::RevTooHigh`]
pub fn paused(base: EmergencyState, pause: &Pause, now: ServerTime) -> Result<EmergencyState, SignError> {
    let known = base.rev;
    let mut state = EmergencyState { actor: pause.actor.clone(), reason: pause.reason.clone(), ..base };
    state.handle_pause(pause.message.clone(), now).map_err(SignError::Refused)?;
    if let Some(rev) = pause.rev {
        if rev <= known {
            return Err(SignError::RevTooLow { rev, known });
        }
        if !known.may_become(rev) {
            return Err(SignError::RevTooHigh { rev, known });
        }
        state.rev = rev;
    }
    if let Some(epoch) = &pause.epoch {
        state.epoch = epoch.clone();
    }
    Ok(state)
}
