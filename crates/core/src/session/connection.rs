//! How well a viewer is connected, and why.

/// How a viewer learns what happens to the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// The time or the event's state is not known yet; nothing fires.
    Acquiring(Wait),
    /// Changes are pushed.
    Live,
    /// Changes are learnt by asking, up to one poll interval late. Time and cues are as good as live.
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
    /// The socket was lost; another is being opened.
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

/// What decides about the [`Connection`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Line {
    /// The last question failed, so.
    pub(super) failure: Option<Failure>,
    /// The last answer knew the time only.
    pub(super) state_unknown: bool,
    /// Whether a socket was ever open, and whether it is.
    pub(super) push: Option<bool>,
}

impl Line {
    /// Gives the connection of a viewer who knows the time and the state, or does not yet.
    pub(super) fn connection(&self, knows: bool) -> Connection {
        match (knows, self.push, self.failure) {
            (false, _, Some(failure)) => Connection::Acquiring(Wait::Failed(failure)),
            (false, _, None) if self.state_unknown => Connection::Acquiring(Wait::State),
            (false, _, None) => Connection::Acquiring(Wait::FirstAnswer),
            (true, Some(true), _) => Connection::Live,
            (true, _, Some(failure)) => Connection::Holdover(failure),
            (true, _, None) if self.state_unknown => Connection::Polling(NoPush::StateUnknown),
            (true, Some(false), None) => Connection::Polling(NoPush::Lost),
            (true, None, None) => Connection::Polling(NoPush::NoSocket),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_without_time_acquires_whatever_else_is_so() {
        let failed = Line { failure: Some(Failure::Timeout), ..Line::default() };
        assert_eq!(Line::default().connection(false), Connection::Acquiring(Wait::FirstAnswer));
        assert_eq!(failed.connection(false), Connection::Acquiring(Wait::Failed(Failure::Timeout)));
        let unknown = Line { state_unknown: true, ..Line::default() };
        assert_eq!(unknown.connection(false), Connection::Acquiring(Wait::State));
    }

    #[test]
    fn an_open_socket_is_live_even_if_a_question_failed() {
        let line = Line { failure: Some(Failure::Timeout), state_unknown: false, push: Some(true) };
        assert_eq!(line.connection(true), Connection::Live);
        assert_eq!(Line { push: Some(false), ..line }.connection(true), Connection::Holdover(Failure::Timeout));
    }

    #[test]
    fn without_a_socket_answers_are_what_there_is() {
        assert_eq!(Line::default().connection(true), Connection::Polling(NoPush::NoSocket));
        let lost = Line { push: Some(false), ..Line::default() };
        assert_eq!(lost.connection(true), Connection::Polling(NoPush::Lost));
    }
}
