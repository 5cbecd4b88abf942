//! How both views write what they have in common.

use downbeat_core::ServerTime;
use downbeat_core::session::{Connection, Failure, Lack, NoPush, Via, Wait};
use downbeat_wire::LogEntry;

use super::model::Model;
use crate::log_words;
use crate::message::VisibleMessage;
use crate::text;
use crate::time_zone::TimeZone;

/// Writes the state of the connection. These words are also in the JSON for programs, so they stay as they are.
pub(super) fn connection(connection: Connection) -> String {
    match connection {
        Connection::Live => "live".to_owned(),
        Connection::Acquiring(Wait::FirstAnswer) => "connecting".to_owned(),
        Connection::Acquiring(Wait::State) => "connecting: the server does not know the state".to_owned(),
        Connection::Acquiring(Wait::Failed(why)) => format!("connecting: {}", failure(why)),
        Connection::Polling(NoPush::NoSocket) => "asking every few seconds: no socket yet".to_owned(),
        Connection::Polling(NoPush::Lost) => "asking every few seconds: the socket was lost".to_owned(),
        Connection::Polling(NoPush::StateUnknown) => "the server does not know the state at the moment".to_owned(),
        Connection::Lacking(Via::Push, lack) => format!("live, but {}", missing(lack)),
        Connection::Lacking(Via::Polling, lack) => format!("asking every few seconds, and {}", missing(lack)),
        Connection::Polling(NoPush::Disputed) => {
            "the server reports an older revision or another epoch, which is not confirmed yet".to_owned()
        }
        Connection::Holdover(why) => format!("on its own: {}", failure(why)),
        Connection::Unverified(why) => format!("on its own, with an unverified clock: {}", failure(why)),
    }
}

fn failure(failure: Failure) -> &'static str {
    match failure {
        Failure::Timeout => "no answer in time",
        Failure::Unreachable => "the server cannot be reached",
        Failure::UnknownEvent => "there is no such event",
        Failure::NoAnswer => "the server answers with an error",
        Failure::StaleTime => "what answers for the time is a cache",
    }
}

fn missing(lack: Lack) -> &'static str {
    match lack {
        Lack::Time => "what answers for the time is a cache",
        Lack::Rundown => "the rundown cannot be loaded",
    }
}

/// Writes who changed what: `maria paused the event, because: smoke`.
pub(super) fn log_entry(entry: &LogEntry) -> String {
    format!("{} {}", text::tame(&entry.actor), log_words::what(entry))
}

/// Writes the state at `now` and what will change without another command.
pub(super) fn outlook(model: &Model, now: ServerTime) -> String {
    let mut parts: Vec<String> = model.standing(now).iter().map(ToString::to_string).collect();
    parts.extend(model.upcoming(now).into_iter().map(|(at, what)| format!("{what} {}", text::relative(at, now))));
    let message = model
        .state
        .as_ref()
        .map(|state| VisibleMessage::at(state, now))
        .filter(|message| *message != VisibleMessage::None);
    parts.extend(message.map(|message| format!("viewers see {message}")));
    parts.join("; ")
}

/// Writes the time of day, to the second.
pub(super) fn time_of_day(at: ServerTime) -> String {
    TimeZone::Local.at(at).format("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::tests::START;
    use crate::watch::example;
    use downbeat_core::Span;

    #[test]
    fn a_change_says_what_is_and_what_will_be() {
        let model = example::model();
        assert_eq!(
            outlook(&model, START + Span::from_millis(62_620)),
            "running 0:01:02.620; paused at 0:01:03.120 in 0.5 s; viewers see \"Back soon\" (en), major in 0.5 s"
        );
        assert_eq!(
            outlook(&model, START + Span::from_millis(70_000)),
            "paused at 0:01:03.120; viewers see \"Back soon\" (en), major"
        );
    }

    #[test]
    fn who_changed_what_is_one_line() {
        let Some(Ok(log)) = &example::model().log else { panic!("the example has a log") };
        assert_eq!(log_entry(&log[0]), "maria paused the event, saying \"Back⏎soon\", because: smoke");
    }
}
