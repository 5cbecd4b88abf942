//! A viewer's connection, and the reason for it. [`super::line`] decides it.

/// How a viewer receives changes of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// The time or the event's state is not known yet; nothing fires.
    Acquiring(Wait),
    /// Changes are pushed: a socket is open, and answers.
    Live,
    /// Changes are received by polling: some seconds late where the server normally pushes, and up to one poll
    /// interval of the clock where it never does. Time and cues are as exact as live.
    Polling(NoPush),
    /// The server does not answer. The event goes on from the last known state, with a bound that grows by 100 ppm.
    Holdover(Failure),
}

/// What a viewer waits for while acquiring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The first answers; nothing has failed.
    FirstAnswer,
    /// The server answers with the time, but does not know the event's state at the moment.
    State,
    /// The last request failed.
    Failed(Failure),
}

/// Why changes are not pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPush {
    /// There is no socket: the server offers none, or it is not open yet.
    NoSocket,
    /// The socket was lost, or could not be opened; another is tried.
    Lost,
    /// The server answers with the time, but does not know the event's state at the moment.
    StateUnknown,
}

/// Why a request got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer in time.
    Timeout,
    /// The network or the server could not be reached.
    Unreachable,
    /// There is no event with this name.
    UnknownEvent,
    /// The answer was an error, or not what the server sends.
    NoAnswer,
}
