//! A command that is about to be sent, and the state for which it is made.

use downbeat_api::Response;
use downbeat_core::command::{PAST_MAX, PAST_PAUSE_MAX};
use downbeat_core::{Command, CommandId, Request, ServerTime, Span};
use downbeat_wire::StateBody;

use crate::error::Error;

/// Makes the command for a state and the instant at which it will take effect; `None` while the state is unknown (a pause
/// only).
type MakeCommand<'a> = &'a dyn Fn(Option<(&StateBody, ServerTime)>) -> Result<Command, Error>;

/// A command as a subcommand of this program specifies it.
pub(crate) struct CommandSpec<'a> {
    /// The command's name, as on the wire.
    pub(crate) name: &'static str,
    /// The question under the screen.
    pub(crate) question: &'a str,
    /// Makes the command.
    pub(crate) command: MakeCommand<'a>,
    /// More lines for the screen.
    pub(crate) lines: Vec<(&'static str, String)>,
    /// The command line that reverts it, if it is not `undo`.
    pub(crate) undo: Option<String>,
}

impl CommandSpec<'_> {
    /// Returns how long ago the instant may be that is asked for.
    pub(super) fn past_max(&self) -> Span {
        if self.is_pause() { PAST_PAUSE_MAX } else { PAST_MAX }
    }

    /// Returns whether this is the emergency command, which must not depend on a server that can read.
    pub(super) fn is_pause(&self) -> bool {
        self.name == "pause"
    }
}

/// A command with the state for which it is made and everything else that goes into its request.
pub(super) struct Plan<'a> {
    pub(super) spec: &'a CommandSpec<'a>,
    /// The state that was read last; `None` if a pause goes ahead without it.
    pub(super) reading: Option<Response<StateBody>>,
    /// The request without its command.
    pub(super) id: CommandId,
    pub(super) actor: String,
    pub(super) reason: Option<String>,
    /// The revision given with `--if-rev`.
    pub(super) if_rev: Option<downbeat_core::Rev>,
    /// The instant given with `--at`.
    pub(super) requested_at: Option<ServerTime>,
}

impl Plan<'_> {
    pub(super) fn state(&self) -> Option<&StateBody> {
        self.reading.as_ref().map(|reading| &reading.body)
    }

    /// Creates the request for this moment: a seek by +30s depends on where the event is by now.
    pub(super) fn request(&self) -> Result<Request, Error> {
        let command = match (&self.reading, self.effective_at()?) {
            (Some(reading), Some(at)) => (self.spec.command)(Some((&reading.body, at)))?,
            _ => (self.spec.command)(None)?,
        };
        let if_rev = self.if_rev.or(self.state().map(|state| state.rev)).filter(|_| !self.spec.is_pause());
        Ok(Request {
            id: self.id.clone(),
            command,
            actor: self.actor.clone(),
            reason: self.reason.clone(),
            if_rev,
            at: self.requested_at,
        })
    }

    /// Returns when the command takes effect if it is sent now; `None` while the state is unknown.
    pub(super) fn effective_at(&self) -> Result<Option<ServerTime>, Error> {
        let Some(reading) = &self.reading else { return Ok(None) };
        let now = reading.clock.now();
        let lead = (self.spec.command)(Some((&reading.body, now)))?.lead();
        Ok(Some(self.requested_at.unwrap_or(now).max(now + lead)))
    }
}
