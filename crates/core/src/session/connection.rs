//! A viewer's connection, and the reason for it. [`super::line`] decides it.

use crate::retry;
use crate::time::Span;

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
    /// Changes are received, but something else is missing.
    Lacking(Via, Lack),
    /// The server does not answer. The event goes on from the last known state, with a bound that grows by 100 ppm.
    Holdover(Failure),
    /// The server has never answered. The event goes on from a state that was known before, by the device's clock or some
    /// source of UTC, without any bound: cues that need one do not fire.
    Unverified(Failure),
}

/// How changes are received while something else is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// As in [`Connection::Live`].
    Push,
    /// As in [`Connection::Polling`].
    Polling,
}

/// What is missing although changes are received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The time: what answers the requests for it is a cache, or contradicts what is known. The event goes on by the last
    /// answer that proves something, and the bound grows.
    Time,
    /// The rundown: it could not be fetched. It is tried again.
    Rundown,
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
    /// The server reports an older revision, another epoch or no event, also where a socket is open. The event goes on as
    /// it was until that is settled.
    Disputed,
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
    /// The answer was not made for this request: a cache repeated an earlier one, or it contradicts what is known.
    StaleTime,
}

impl Connection {
    /// Returns this connection while `lack` is missing.
    pub(super) fn lacking(self, lack: Option<Lack>) -> Self {
        match (self, lack) {
            (Self::Live, Some(lack)) => Self::Lacking(Via::Push, lack),
            (Self::Polling(_), Some(lack)) => Self::Lacking(Via::Polling, lack),
            _ => self,
        }
    }
}

/// Why the server closed a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// It has no room now, and says after which wait to try again.
    Refused { wait: Span },
    /// This client broke the protocol or a limit.
    Fault,
    /// Anything else: another socket is tried as after any loss.
    Lost,
}

impl Cause {
    /// Returns the cause that a close frame names.
    pub(super) fn of(code: u16, reason: &str) -> Self {
        match code {
            1_003 | 1_008 | 1_009 => Self::Fault,
            1_013 => retry::parse_reason(reason).map_or(Self::Lost, |wait| Self::Refused { wait }),
            _ => Self::Lost,
        }
    }
}
