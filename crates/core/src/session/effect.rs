//! What a session asks of the shell.

use super::connection::Connection;
use crate::clock::Change;
use crate::cueing;
use crate::event::Status;
use crate::name::Digest;

/// One thing for the shell to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the server, and hand the answer to [`super::Session::handle_answer`].
    Ask(Question),
    /// Give the question up that was asked last; its answer is fine if it comes all the same.
    GiveUp,
    /// Fetch the rundown with this digest, and hand it to [`super::Session::handle_rundown`].
    LoadRundown(Digest),
    /// The event's state is another than before, or known for the first time.
    State,
    /// The event's status is another.
    Status(Status),
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
    /// The time, with the short state: the answer of `…/time`.
    Time,
    /// The whole state, which carries the time too.
    State,
}
