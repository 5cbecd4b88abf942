//! The names that cross to the page as numbers; `ts/codes.ts` has the same names.

use downbeat_core::Status;
use downbeat_core::session::{Connection, Failure, Lack, NoPush, Via, Wait};

/// What [`crate::Viewer::poll_effect`] asks the page to do; `value(0)` and following hold its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EffectKind {
    /// Nothing more.
    Nothing,
    /// Request the time.
    RequestTime,
    /// Request the whole state.
    RequestState,
    /// Request the status, aborting an earlier request for it.
    RequestStatus,
    /// Abort the request for time or state.
    AbortRequest,
    /// Open the socket: the number of a hub to avoid, or NaN.
    OpenSocket,
    /// Close the socket and ignore what still arrives on it.
    CloseSocket,
    /// Send the ping.
    Ping,
    /// Acknowledge a change: its revision, the server time at which it was applied, 1 if the rundown could not be loaded,
    /// and how wrong that time may be in ms.
    Ack,
    /// Check the emergency pointer for a signed state, aborting an earlier check.
    CheckEmergency,
    /// Post the signed state that was applied last to the server.
    SubmitEmergency,
    /// Fetch the state's rundown: how many fetches of it have failed.
    LoadRundown,
    /// The state received last is now in force: how late it arrived.
    State,
    /// The status changed: its [`StatusCode`], and how late this is reported.
    Status,
    /// The message changed: its index, or NaN.
    Message,
    /// The connection changed: its [`ConnectionCode`] and [`Reason`].
    Connection,
    /// The clock was set: 0 slewed, 1 stepped, 2 reset.
    Clock,
    /// A cue's assets are to be fetched: its index.
    Standby,
    /// A cue fires: index, into, lateness, bound, and 1 if the clock is as certain as the cue needs.
    Fire,
    /// A cue does not fire because the clock is less certain than it needs: index, bound.
    Withhold,
    /// A state cue begins: index, into, lateness, bound, certain, rate.
    Enter,
    /// A state cue continues from another place: index, into, rate.
    Adjust,
    /// A state cue ends: its index, and 1 if that is an index into the previous rundown.
    Leave,
}

/// The status of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum StatusCode {
    /// Counting down to the start.
    Scheduled,
    /// Running.
    Running,
    /// Held.
    Paused,
    /// Over.
    Ended,
}

/// How the viewer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ConnectionCode {
    /// Time or state are not known yet.
    Acquiring,
    /// Changes are pushed.
    Live,
    /// Changes are found by polling.
    Polling,
    /// The server does not answer; the event plays on from the last state received.
    Holdover,
    /// The server has never answered; the event plays on from a state known before, by an unproved clock.
    Unverified,
}

/// Why the connection is as it is, and why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// Nothing to explain.
    None,
    /// No answer has come yet.
    FirstAnswer,
    /// The server answers with the time, but does not have the state at the moment.
    StateUnknown,
    /// The server offers no push, or the first socket is not open yet.
    NoPush,
    /// The socket was lost, or could not be opened.
    PushLost,
    /// The server contradicts what the page knows: an older revision, another epoch, or no event.
    Disputed,
    /// No answer came in time.
    Timeout,
    /// The network or the server could not be reached.
    Unreachable,
    /// The server has no event of this name.
    UnknownEvent,
    /// The response was not a valid answer.
    NoAnswer,
    /// The answer for the time was a cache's, or contradicts what is known.
    StaleTime,
    /// The rundown could not be fetched.
    NoRundown,
}

impl Reason {
    /// Returns the reason with this number: [`Reason::NoAnswer`] if the number does not name a failed request.
    pub const fn from_number(number: u8) -> Self {
        match number {
            n if n == Self::Timeout as u8 => Self::Timeout,
            n if n == Self::Unreachable as u8 => Self::Unreachable,
            n if n == Self::UnknownEvent as u8 => Self::UnknownEvent,
            n if n == Self::StaleTime as u8 => Self::StaleTime,
            _ => Self::NoAnswer,
        }
    }
}

pub(crate) fn status(status: Status) -> StatusCode {
    match status {
        Status::Scheduled => StatusCode::Scheduled,
        Status::Running => StatusCode::Running,
        Status::Paused => StatusCode::Paused,
        Status::Ended => StatusCode::Ended,
    }
}

pub(crate) fn connection(connection: Connection) -> (ConnectionCode, Reason) {
    match connection {
        Connection::Acquiring(Wait::FirstAnswer) => (ConnectionCode::Acquiring, Reason::FirstAnswer),
        Connection::Acquiring(Wait::State) => (ConnectionCode::Acquiring, Reason::StateUnknown),
        Connection::Acquiring(Wait::Failed(failure)) => (ConnectionCode::Acquiring, reason(failure)),
        Connection::Live => (ConnectionCode::Live, Reason::None),
        Connection::Polling(NoPush::NoSocket) => (ConnectionCode::Polling, Reason::NoPush),
        Connection::Polling(NoPush::Lost) => (ConnectionCode::Polling, Reason::PushLost),
        Connection::Polling(NoPush::Disputed) => (ConnectionCode::Polling, Reason::Disputed),
        Connection::Polling(NoPush::StateUnknown) => (ConnectionCode::Polling, Reason::StateUnknown),
        Connection::Lacking(via, lack) => {
            let code = match via {
                Via::Push => ConnectionCode::Live,
                Via::Polling => ConnectionCode::Polling,
            };
            let reason = match lack {
                Lack::Time => Reason::StaleTime,
                Lack::Rundown => Reason::NoRundown,
            };
            (code, reason)
        }
        Connection::Holdover(failure) => (ConnectionCode::Holdover, reason(failure)),
        Connection::Unverified(failure) => (ConnectionCode::Unverified, reason(failure)),
    }
}

fn reason(failure: Failure) -> Reason {
    match failure {
        Failure::Timeout => Reason::Timeout,
        Failure::Unreachable => Reason::Unreachable,
        Failure::UnknownEvent => Reason::UnknownEvent,
        Failure::NoAnswer => Reason::NoAnswer,
        Failure::StaleTime => Reason::StaleTime,
    }
}

pub(crate) fn failure(reason: Reason) -> Failure {
    match reason {
        Reason::Timeout => Failure::Timeout,
        Reason::Unreachable => Failure::Unreachable,
        Reason::UnknownEvent => Failure::UnknownEvent,
        Reason::StaleTime => Failure::StaleTime,
        _ => Failure::NoAnswer,
    }
}

#[cfg(test)]
mod tests {
    /// Returns the variants of an enum, in either language: one per line, ending with a comma.
    fn variants<'a>(source: &'a str, head: &str) -> Vec<&'a str> {
        let (_, body) = source.split_once(head).expect("the enum is in the source");
        let lines = body.lines().map(str::trim).skip(1).take_while(|line| *line != "}");
        lines.filter(|line| !line.starts_with("//")).collect()
    }

    #[test]
    fn both_languages_have_the_same_names_in_the_same_order() {
        let (rust, typescript) = (include_str!("codes.rs"), include_str!("../ts/codes.ts"));
        for name in ["EffectKind", "Reason"] {
            let expected = variants(rust, &format!("pub enum {name} "));
            assert_eq!(expected, variants(typescript, &format!("export const enum {name} ")));
            assert!(expected.len() > 3);
        }
    }
}
