//! What a hub wants done, and what comes back.

use alloc::boxed::Box;
use alloc::string::String;

use crate::event::EventState;
use crate::version::Version;

/// What the shell is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect<S> {
    /// Ask the event for its state, and pass its answer to [`super::Hub::handle_answer`] within [`super::ANSWER_WAIT`].
    AskEvent,
    /// From now on answer pings with this version.
    AnswerPings(Version),
    /// Send the state to all sockets: start with [`super::Hub::start_broadcast`], then send slice by slice
    /// ([`super::Hub::next_slice`]) and let what was sent leave in between.
    Broadcast(u32),
    /// Send [`super::Hub::greeting`] to this viewer after the response has left. (Sent before, it would stay in a buffer of the
    /// socket, 7 KB.)
    Greet(S),
    /// Save [`super::Hub::text_to_save`], [`super::SAVE_DELAY`] from now.
    Save,
    /// Close all sockets: the event no longer has this hub, and the viewers join another.
    CloseAll,
    /// Close all sockets and delete what was saved: the event was deleted.
    Delete,
    /// Wake the callers that wait for a change of [`super::Hub::awaits_state`] or [`super::Hub::has_sent`].
    Wake,
}

/// Who a state comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The event itself: what it says is true.
    Event,
    /// A hub above, or the event through a call that may have been delayed: another epoch has to be verified.
    Relay,
}

/// The event's answer to [`Effect::AskEvent`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Its state.
    State {
        /// The state.
        state: Box<EventState>,
        /// The same as the event wrote it.
        text: String,
    },
    /// The event does not exist.
    Missing,
    /// No answer.
    Failed,
}
