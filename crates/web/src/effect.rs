//! The names of what the page is asked to do. They cross as numbers; `ts/words.ts` has the same names.

use downbeat_core::Status;
use downbeat_core::session::{Connection, Failure, NoPush, Wait};

/// What [`crate::Viewer::poll`] asks for; `value(0)` and further are its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Nothing more.
    Nothing,
    /// Ask for the time.
    AskTime,
    /// Ask for the whole state.
    AskState,
    /// Ask for the status; a former question for it is given up.
    AskStatus,
    /// Abort the question for time or state.
    GiveUp,
    /// Open the socket: the number of a hub to avoid, or NaN.
    OpenSocket,
    /// Close it, and hear no more from it.
    CloseSocket,
    /// Send the ping.
    Ping,
    /// Send that a change was applied: its revision, and when at the server.
    Ack,
    /// Look where a signed state may lie; a former look is given up.
    LookAside,
    /// Post the signed state that was told last, and taken in.
    HandIn,
    /// Fetch the rundown of the state.
    LoadRundown,
    /// The state that was told last is the state now: how late it was heard.
    State,
    /// The status is another: its [`Word`], and how late that is told.
    Status,
    /// Another message is shown: its index, or NaN.
    Message,
    /// The connection is another: its [`Word`] and [`Why`].
    Connection,
    /// The clock was set: 0 a little, 1 by a step, 2 anew.
    Clock,
    /// A cue is to be preloaded: its index.
    Standby,
    /// A cue fires: index, into, lateness, bound, whether that is certain enough.
    Fire,
    /// A cue does not fire, as the clock is not certain enough: index, bound.
    Withhold,
    /// A state begins: index, into, lateness, bound, certain, rate.
    Enter,
    /// A state goes on from elsewhere: index, into, rate.
    Adjust,
    /// A state ends: its index, and 1 if that is in the rundown before.
    Leave,
}

/// Where the event is, and how the viewer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Word {
    /// It counts down.
    Scheduled,
    /// It runs.
    Running,
    /// It is held.
    Paused,
    /// It is over.
    Ended,
    /// Time or state are not known yet.
    Acquiring,
    /// Changes are pushed.
    Live,
    /// Changes are learnt by asking.
    Polling,
    /// The event goes on as last heard.
    Holdover,
}

/// Why the connection is as it is, and why a question had no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Why {
    /// For no reason worth a word.
    None,
    /// No answer has come yet.
    FirstAnswer,
    /// The server knows the time, but not the state at the moment.
    StateUnknown,
    /// The server offers no push, or the first socket is not open yet.
    NoPush,
    /// The socket was lost, or could not be opened.
    PushLost,
    /// No answer came in time.
    Timeout,
    /// The network or the server could not be reached.
    Unreachable,
    /// There is no event of this name.
    UnknownEvent,
    /// What came was no answer.
    NoAnswer,
}

/// What to do to a media element; `value(0)` is where to, or NaN, `value(1)` the rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Act {
    /// Nothing.
    Nothing,
    /// Pause, then go there.
    Pause,
    /// Go there, then play.
    Play,
    /// Go there, or play at another rate.
    Change,
}

impl Why {
    /// Returns the reason with this number; one that has none is that what came was no answer.
    pub const fn from_number(number: u8) -> Self {
        match number {
            n if n == Self::Timeout as u8 => Self::Timeout,
            n if n == Self::Unreachable as u8 => Self::Unreachable,
            n if n == Self::UnknownEvent as u8 => Self::UnknownEvent,
            _ => Self::NoAnswer,
        }
    }
}

pub(crate) fn status(status: Status) -> Word {
    match status {
        Status::Scheduled => Word::Scheduled,
        Status::Running => Word::Running,
        Status::Paused => Word::Paused,
        Status::Ended => Word::Ended,
    }
}

pub(crate) fn connection(connection: Connection) -> (Word, Why) {
    match connection {
        Connection::Acquiring(Wait::FirstAnswer) => (Word::Acquiring, Why::FirstAnswer),
        Connection::Acquiring(Wait::State) => (Word::Acquiring, Why::StateUnknown),
        Connection::Acquiring(Wait::Failed(failure)) => (Word::Acquiring, why(failure)),
        Connection::Live => (Word::Live, Why::None),
        Connection::Polling(NoPush::NoSocket) => (Word::Polling, Why::NoPush),
        Connection::Polling(NoPush::Lost) => (Word::Polling, Why::PushLost),
        Connection::Polling(NoPush::StateUnknown) => (Word::Polling, Why::StateUnknown),
        Connection::Holdover(failure) => (Word::Holdover, why(failure)),
    }
}

fn why(failure: Failure) -> Why {
    match failure {
        Failure::Timeout => Why::Timeout,
        Failure::Unreachable => Why::Unreachable,
        Failure::UnknownEvent => Why::UnknownEvent,
        Failure::NoAnswer => Why::NoAnswer,
    }
}

pub(crate) fn failure(why: Why) -> Failure {
    match why {
        Why::Timeout => Failure::Timeout,
        Why::Unreachable => Failure::Unreachable,
        Why::UnknownEvent => Failure::UnknownEvent,
        _ => Failure::NoAnswer,
    }
}

#[cfg(test)]
mod tests {
    /// Returns the words of an enumeration, in either language: a line each, ending with a comma.
    fn words<'a>(source: &'a str, head: &str) -> Vec<&'a str> {
        let (_, body) = source.split_once(head).expect("the enumeration is in the source");
        let lines = body.lines().map(str::trim).skip(1).take_while(|line| *line != "}");
        lines.filter(|line| !line.starts_with("//")).collect()
    }

    #[test]
    fn both_languages_have_the_same_words_in_the_same_order() {
        let (ours, theirs) = (include_str!("effect.rs"), include_str!("../ts/words.ts"));
        for name in ["Kind", "Why", "Act"] {
            let rust = words(ours, &format!("pub enum {name} "));
            assert_eq!(rust, words(theirs, &format!("export const enum {name} ")));
            assert!(rust.len() > 3);
        }
    }
}
