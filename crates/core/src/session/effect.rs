//! What a session asks of the shell.

use super::connection::Connection;
use crate::clock::Change;
use crate::cueing;
use crate::event::Status;
use crate::name::{Digest, Rev};
use crate::time::{ServerTime, Span};

/// One thing for the shell to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the server, and hand the answer to the handle that [`Question`] names.
    Ask(Question),
    /// Give the question for [`Question::Time`] or [`Question::State`] up that was asked last; its answer is fine if it
    /// comes all the same. (A question for the status is given up by the next one.)
    GiveUp,
    /// Open the socket through which changes are pushed, at the path that the state names, with `?not=` for a hub that
    /// is better avoided. There is one at most: [`Effect::CloseSocket`] or its loss come before the next.
    OpenSocket {
        /// The hub that was lost.
        not: Option<u16>,
    },
    /// Close the socket, and drop what it still says, its end too.
    CloseSocket,
    /// Send the ping through the socket, and hand what comes back to [`super::Session::handle_pong`].
    Ping,
    /// Send through the socket that this change was applied.
    Ack {
        /// The revision.
        rev: Rev,
        /// When it was acted on: when it took effect or, if later, when it was heard.
        applied_at: ServerTime,
    },
    /// Look at the pointer that the state names, where a signed state may lie, and hand what is rightly signed for this
    /// event to [`super::Session::handle_signed`]. A former look is given up.
    LookAside,
    /// Post the signed state that was taken in last to the server.
    HandIn,
    /// Fetch the rundown with this digest, and hand it to [`super::Session::handle_rundown`].
    LoadRundown(Digest),
    /// The event's state is another than before, or known for the first time.
    State {
        /// How long after it took effect the change was heard; `ZERO` if in time, or if it is no change but the first
        /// state.
        lateness: Span,
    },
    /// The event's status is another.
    Status {
        /// The status.
        status: Status,
        /// How long after the status began this is told; `ZERO` if it is the first one told.
        lateness: Span,
    },
    /// Another of the messages is shown, by its index in the details; or none.
    Message(Option<usize>),
    /// The connection is another.
    Connection(Connection),
    /// An exchange was taken in: the time or its bound is another, or it is known for the first time.
    Clock(Change),
    /// Do what the cue says.
    Cue(cueing::Effect),
}

/// What to ask the server for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The time, with the short state: the answer of `…/time`, for [`super::Session::handle_answer`].
    Time,
    /// The whole state, which carries the time too; for [`super::Session::handle_answer`].
    State,
    /// The whole state as `…/status` has it. It may be some seconds old and is no time exchange, so it is for
    /// [`super::Session::handle_news`]. Beside it, one of the others may be on its way.
    Status,
}
