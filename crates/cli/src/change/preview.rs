//! What a command would do, shown before it is sent.
//!
//! Core decides what a command does, never this program: the server applies the command to a copy of the event (`?dryRun`).
//! Where the server cannot be asked, the same rule is applied here to the state that was read last.

use downbeat_api::{ApiError, Client, Response};
use downbeat_core::Request;
use downbeat_wire::{CommandAnswer, StateBody};

/// What a command would do.
pub(crate) enum Preview {
    /// The server's answer.
    Server(Box<CommandAnswer>),
    /// Core's rule on the state that was read last.
    LastState(Box<CommandAnswer>),
    /// Not known beforehand; holds the reason.
    Unknown(String),
}

impl Preview {
    /// Asks the server what `request` would do. If it does not answer in time, core's rule on the last state does.
    ///
    /// # Errors
    /// [`ApiError`] if the server refuses: then it would refuse the command, too.
    pub(crate) async fn ask(server: &Client, last: &Response<StateBody>, request: &Request) -> Result<Self, ApiError> {
        match server.preview(&last.body.event, request).await {
            Ok(answer) => Ok(Self::Server(Box::new(answer))),
            Err(error) if error.may_have_arrived() => Ok(Self::of_last_state(last, request)),
            Err(error) => Err(error),
        }
    }

    /// Applies core's rule to the state that was read last, without asking anyone.
    pub(crate) fn of_last_state(last: &Response<StateBody>, request: &Request) -> Self {
        match downbeat_wire::preview(&last.body, request, last.clock.now()) {
            Ok(answer) => Self::LastState(Box::new(answer)),
            Err(error) => Self::Unknown(error.to_string()),
        }
    }

    /// Returns the answer the command would get, where that is known.
    pub(crate) fn answer(&self) -> Option<&CommandAnswer> {
        match self {
            Self::Server(answer) | Self::LastState(answer) => Some(answer),
            Self::Unknown(_) => None,
        }
    }
}
