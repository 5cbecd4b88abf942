//! The effects that a session requests from the shell.

use super::connection::Connection;
use crate::clock::ClockChange;
use crate::cueing;
use crate::event::Status;
use crate::name::{Digest, Rev};
use crate::time::{ServerTime, Span};

/// One thing for the shell to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send a request to the server, and pass the answer to the method that [`Request`] names.
    Request(Request),
    /// Abort the latest [`Request::Time`] or [`Request::State`]; its answer is still accepted if it arrives. (A
    /// [`Request::Status`] is aborted by the next one.)
    AbortRequest,
    /// Open the socket through which changes are pushed, at the path that the state names, with `?not=` for a hub that
    /// should be avoided. There is at most one: [`Effect::CloseSocket`] or its loss comes before the next.
    OpenSocket {
        /// The hub that was lost.
        not: Option<u16>,
    },
    /// Close the socket, and ignore what it still receives, its close event too.
    CloseSocket,
    /// Send the ping through the socket, and pass the answer to [`super::Session::handle_pong`].
    Ping,
    /// Acknowledge through the socket that this change was applied; or say that another state is followed than was pushed.
    Ack {
        /// The revision; 0 if another epoch or revision is followed.
        rev: Rev,
        /// When it was applied: when it took effect or, if later, when it was received.
        applied_at: ServerTime,
        /// How wrong that instant may be, at most 60 s.
        bound: Span,
        /// Whether the event's rundown could not be loaded.
        lacks_rundown: bool,
    },
    /// Fetch the pointer that the state names, which may contain a signed state, and pass what is validly signed for
    /// this event to [`super::Session::handle_signed`]. An earlier fetch is aborted.
    CheckEmergency,
    /// Post the signed state that was applied last to the server.
    SubmitEmergency,
    /// Fetch the rundown with this digest, and pass it to [`super::Session::handle_rundown`]. After a failure, ask past caches:
    /// what they have may be wrong, and would be for good.
    LoadRundown {
        /// The digest.
        digest: Digest,
        /// How many fetches of this rundown have failed before.
        failures: u32,
    },
    /// The event's state changed, or is known for the first time.
    State {
        /// How long after it took effect the change was received; `ZERO` if in time, or for the first
        /// state.
        lateness: Span,
    },
    /// The event's status changed.
    Status {
        /// The status.
        status: Status,
        /// How long after the status began this is reported; `ZERO` for the first one.
        lateness: Span,
    },
    /// The message changed: its index in the details, or `None`.
    Message(Option<usize>),
    /// The connection changed.
    Connection(Connection),
    /// The clock handled an exchange: the time or its bound changed, or is known for the first time.
    Clock(ClockChange),
    /// Carry out a cue's effect.
    Cue(cueing::Effect),
}

/// What to request from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// The time, with the short state: the answer of `…/time`, for [`super::Session::handle_answer`].
    Time,
    /// The whole state, which carries the time too; for [`super::Session::handle_answer`].
    State,
    /// The whole state as `…/status` has it. It may be some seconds old and is no time exchange, so it is for
    /// [`super::Session::handle_news`]. One of the others may be in flight at the same time.
    Status,
}
