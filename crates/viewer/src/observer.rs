//! What a viewer reports while it watches, and what can be asked of it.

use std::future::{Future, pending};
use std::sync::Arc;

use downbeat_core::session::Effect;
use downbeat_core::{LocalTime, Session};
use downbeat_sheet::Rundown;

use crate::news::FullState;
use crate::socket::CloseReason;

/// What happened to a viewer.
#[derive(Clone, Copy, Debug)]
pub enum Observation<'a> {
    /// A request was sent.
    Requested,
    /// A request failed.
    Failed,
    /// A whole state came as the answer to a request.
    Answered(&'a FullState),
    /// A socket is being opened.
    Opening,
    /// A state came through the socket, which this hub holds.
    Pushed(&'a FullState, u16),
    /// The socket closed, or could not be opened.
    Closed(&'a CloseReason),
    /// A ping was sent.
    Pinged,
    /// A ping was answered.
    Ponged,
    /// A change was acknowledged.
    Acknowledged,
    /// A rundown was loaded.
    Rundown(&'a Arc<Rundown>),
    /// The session produced this effect: the state changed, a cue fires, and so on.
    Effect(&'a Effect),
}

/// Follows a viewer, and may direct it.
pub trait Observer {
    /// Handles what happened at `now`. It must not block: other viewers run on the same thread.
    fn observe(&mut self, observation: Observation<'_>, session: &Session, now: LocalTime);

    /// Waits for the next instruction; by default there is none.
    ///
    /// It must be cancel safe: the viewer drops the future and calls again, often.
    fn next_instruction(&mut self) -> impl Future<Output = Instruction> + Send {
        pending()
    }
}

/// What a viewer is to do, beside what its session decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Drop the socket, as if the network broke.
    DropSocket,
    /// Stop watching.
    Leave,
}
