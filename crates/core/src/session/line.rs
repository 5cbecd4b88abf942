//! The connection to the server besides the requests for the time: the socket, and the polling that replaces it.

use super::connection::{Connection, Failure, NoPush, Wait};
use super::effect::{Effect, Request};
use super::overload::{Load, Overload, Warmth};
use super::polling::Polling;
use super::socket::{Due, Socket};
use crate::order::earliest;
use crate::queue::Queue;
use crate::seed::Seed;
use crate::time::{LocalTime, Span};

/// How changes are received from the server.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) socket: Socket,
    pub(super) overload: Overload,
    polling: Polling,
    /// The polling of the emergency pointer, which may contain a signed state.
    emergency: Polling,
    /// When something was last received from the server.
    pub(super) received_at: Option<LocalTime>,
    /// How the last request failed; `None` if it succeeded.
    failure: Option<Failure>,
    /// Whether the last answer lacked the state.
    state_unknown: bool,
    /// Whether the last answer for the time proved nothing.
    pub(super) is_time_stale: bool,
    push: Push,
}

/// Whether a viewer knows both time and state, which is what following the event takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Knowledge {
    Incomplete,
    /// The time is known from a clock that nothing proves.
    Unverified,
    Complete,
}

/// Whether an answer contained the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    State,
    /// The server answers, but does not know the state at the moment.
    NoState,
}

/// Whether changes are pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Push {
    /// No, and no socket was open yet.
    NotYet,
    Open,
    /// The socket was lost, or could not be opened.
    Lost,
}

impl Line {
    pub(super) fn new(seed: &mut Seed, now: LocalTime) -> Self {
        let socket = Socket::new(Seed::new(seed.next_u64()), now);
        let polling = Polling::new(Seed::new(seed.next_u64()));
        let emergency = Polling::new(Seed::new(seed.next_u64()));
        let overload = Overload::new(Seed::new(seed.next_u64()));
        Self {
            socket,
            overload,
            polling,
            emergency,
            received_at: None,
            failure: None,
            state_unknown: false,
            is_time_stale: false,
            push: Push::NotYet,
        }
    }

    /// Handles that the server answered. Returns whether it had failed before.
    pub(super) fn handle_answer(&mut self, content: Content, now: LocalTime) -> bool {
        self.received_at = Some(now);
        self.state_unknown = content == Content::NoState;
        // Under load the time is all that is asked for, and the turn counts from the request.
        let is_extra = self.push == Push::NotYet && self.overload.load(now) == Load::Normal;
        if content == Content::State && is_extra {
            self.polling.handle_state(now);
        }
        let failure = self.failure.take();
        // A server that did not answer in time was not gone: those who wait for it go on waiting.
        if failure.is_some_and(|failure| failure != Failure::Timeout) {
            self.socket.handle_return(now);
        }
        failure.is_some()
    }

    /// Handles a state received from `hub` through the socket. Returns whether the server had failed before.
    pub(super) fn handle_push(&mut self, hub: u16, now: LocalTime) -> bool {
        if let Some(took) = self.socket.handle_push(hub, now) {
            self.overload.handle_answer(took, Warmth::Cold, now);
        }
        self.handle_answer(Content::State, now)
    }

    /// Handles the answer to a ping.
    pub(super) fn handle_pong(&mut self, now: LocalTime) {
        if let Some(took) = self.socket.handle_pong(now) {
            self.overload.handle_answer(took, Warmth::Warm, now);
        }
        self.received_at = Some(now);
    }

    /// Handles that the server closed the socket, and asks for a `wait` before the next one.
    pub(super) fn handle_refused(&mut self, wait: Span, now: LocalTime) {
        self.overload.handle_refusal(wait, now);
        self.socket.handle_refused(wait, now);
    }

    /// Handles that the server asks for a `wait` before the next request. Returns when that ends.
    pub(super) fn handle_wait(&mut self, wait: Span, now: LocalTime) -> LocalTime {
        let until = self.overload.handle_wait(wait, now);
        self.polling.handle_wait(until, now);
        self.socket.handle_wait(until);
        until
    }

    /// Handles an answer to the request for the status. Returns whether the server had failed before.
    pub(super) fn handle_status_answer(&mut self, now: LocalTime) -> bool {
        self.polling.finish();
        self.handle_answer(Content::State, now)
    }

    /// Handles that a request failed.
    pub(super) fn fail(&mut self, request: Request, failure: Failure, now: LocalTime) {
        if failure == Failure::Timeout {
            self.overload.handle_sign(now);
        }
        if failure == Failure::StaleTime {
            // The way to the server is open, and nothing is known of what it has.
            self.is_time_stale = true;
            return;
        }
        if request == Request::Status {
            self.polling.finish();
            if failure == Failure::NoAnswer {
                // An error is an answer too: the server is reachable, but does not know the state.
                self.state_unknown = true;
                return;
            }
        }
        self.failure = Some(failure);
    }

    /// Handles that the device slept, or the network is back.
    pub(super) fn handle_doubt(&mut self, now: LocalTime) {
        self.socket.handle_doubt(now);
        self.polling.handle_doubt(now);
    }

    /// Does what is due at `now`: keeps the socket alive, polls the state while there is no socket, and checks for a
    /// signed state while that fails. Returns whether to poll the state by asking for the time.
    pub(super) fn advance(&mut self, now: LocalTime, effects: &mut Queue<Effect>) -> bool {
        let load = self.overload.load(now);
        if let Some(due) = self.socket.poll(load, now) {
            effects.push(match due {
                Due::Open { not } => Effect::OpenSocket { not },
                Due::Ping => Effect::Ping,
                Due::Close => {
                    self.overload.handle_sign(now);
                    Effect::CloseSocket
                }
            });
        }
        self.push = match self.push {
            _ if !self.socket.is_offered() => Push::NotYet,
            _ if self.socket.is_open() => Push::Open,
            // While the very first socket is being opened, nothing is lost.
            Push::NotYet if !self.socket.is_lost() => Push::NotYet,
            _ => Push::Lost,
        };
        match self.push {
            Push::Lost => self.polling.begin(now),
            Push::NotYet if self.socket.is_offered() => self.polling.begin_later(self.overload.waits_until(now), now),
            Push::NotYet | Push::Open => self.polling.end(),
        }
        let mut asks_time = false;
        if let Some(poll) = self.polling.poll(load, now) {
            if poll.previous_timed_out {
                self.fail(Request::Time, Failure::Timeout, now);
            }
            // One request then serves the clock too.
            asks_time = load == Load::Heavy;
            if asks_time {
                self.polling.finish();
            } else {
                effects.push(Effect::Request(Request::Status));
            }
        }
        if self.push != Push::Open && (self.has_failed() || self.state_unknown) {
            self.emergency.begin(now);
        } else {
            self.emergency.end();
        }
        if self.emergency.poll(Load::Normal, now).is_some() {
            effects.push(Effect::CheckEmergency);
        }
        asks_time
    }

    /// Returns whether a request failed since the server last answered.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some() || self.is_time_stale
    }

    pub(super) fn deadline(&self) -> Option<LocalTime> {
        earliest(&[self.socket.deadline(), self.polling.deadline(), self.emergency.deadline()])
    }

    /// Returns the connection of a viewer with this knowledge.
    pub(super) fn connection(&self, knowledge: Knowledge) -> Connection {
        match (knowledge, self.push, self.failure) {
            (Knowledge::Incomplete, _, Some(failure)) => Connection::Acquiring(Wait::Failed(failure)),
            (Knowledge::Incomplete, ..) if self.is_time_stale => {
                Connection::Acquiring(Wait::Failed(Failure::StaleTime))
            }
            (Knowledge::Unverified, ..) if self.is_time_stale => Connection::Unverified(Failure::StaleTime),
            (Knowledge::Incomplete, _, None) if self.state_unknown => Connection::Acquiring(Wait::State),
            (Knowledge::Incomplete, _, None) => Connection::Acquiring(Wait::FirstAnswer),
            (Knowledge::Unverified, ..) => Connection::Unverified(self.failure.unwrap_or(Failure::NoAnswer)),
            (Knowledge::Complete, Push::Open, _) => Connection::Live,
            (Knowledge::Complete, _, Some(failure)) => Connection::Holdover(failure),
            (Knowledge::Complete, _, None) if self.state_unknown => Connection::Polling(NoPush::StateUnknown),
            (Knowledge::Complete, Push::Lost, None) => Connection::Polling(NoPush::Lost),
            (Knowledge::Complete, Push::NotYet, None) => Connection::Polling(NoPush::NoSocket),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: LocalTime = LocalTime::from_micros(0);

    fn line() -> Line {
        Line::new(&mut Seed::new(1), NOW)
    }

    #[test]
    fn a_viewer_without_time_acquires_whatever_else_is_so() {
        let mut line = line();
        assert_eq!(line.connection(Knowledge::Incomplete), Connection::Acquiring(Wait::FirstAnswer));
        line.handle_answer(Content::NoState, NOW);
        assert_eq!(line.connection(Knowledge::Incomplete), Connection::Acquiring(Wait::State));
        line.fail(Request::Time, Failure::Timeout, NOW);
        assert_eq!(line.connection(Knowledge::Incomplete), Connection::Acquiring(Wait::Failed(Failure::Timeout)));
    }

    #[test]
    fn an_open_socket_is_live_even_if_a_question_failed() {
        let mut line = line();
        line.fail(Request::Time, Failure::Timeout, NOW);
        line.push = Push::Open;
        assert_eq!(line.connection(Knowledge::Complete), Connection::Live);
        line.push = Push::Lost;
        assert_eq!(line.connection(Knowledge::Complete), Connection::Holdover(Failure::Timeout));
    }

    #[test]
    fn without_a_socket_answers_are_what_there_is() {
        let mut line = line();
        line.handle_answer(Content::State, NOW);
        assert_eq!(line.connection(Knowledge::Complete), Connection::Polling(NoPush::NoSocket));
        line.push = Push::Lost;
        assert_eq!(line.connection(Knowledge::Complete), Connection::Polling(NoPush::Lost));
        line.fail(Request::Status, Failure::NoAnswer, NOW);
        assert_eq!(line.connection(Knowledge::Complete), Connection::Polling(NoPush::StateUnknown));
        line.fail(Request::Status, Failure::Unreachable, NOW);
        assert_eq!(line.connection(Knowledge::Complete), Connection::Holdover(Failure::Unreachable));
    }
}
