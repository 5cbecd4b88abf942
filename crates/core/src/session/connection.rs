//! How well a viewer is connected, and why. [`super::line`] decides.

/// How a viewer learns what happens to the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// The time or the event's state is not known yet; nothing fires.
    Acquiring(Wait),
    /// Changes are pushed: a socket is open, and answers.
    Live,
    /// Changes are learnt by asking, some seconds late where the server pushes otherwise, and up to one poll interval of
    /// the clock where it never does. Time and cues are as good as live.
    Polling(NoPush),
    /// The server does not answer. The event goes on as last heard, with a bound that grows by 100 ppm.
    Holdover(Failure),
}

/// What a viewer who is acquiring waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The first answers; nothing has failed.
    FirstAnswer,
    /// The server answers with the time, but does not know the event's state at the moment.
    State,
    /// The last question failed.
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

/// Why a question had no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// None came in time.
    Timeout,
    /// The network or the server could not be reached.
    Unreachable,
    /// There is no event of this name.
    UnknownEvent,
    /// What came was no answer: an error, or something else than the server sends.
    NoAnswer,
}
