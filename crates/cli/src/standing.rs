//! The status, position and rate of an event at an instant, and its changes that are already scheduled.

use std::fmt;

use downbeat_core::{EventTimeline, Position, Rate, ServerTime, Span};
use downbeat_wire::state::BadTimeline;
use downbeat_wire::{StateBody, StatusWord};

use crate::message::VisibleMessage;

/// The status, position and rate of an event at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) status: StatusWord,
    pub(crate) position: Position,
    pub(crate) rate: Rate,
}

impl Standing {
    /// Returns the standing of the event of `state` at `at`, provided that nobody changes the event until then.
    ///
    /// # Errors
    /// [`BadTimeline`] if the timeline in `state` is invalid.
    pub(crate) fn of(state: &StateBody, at: ServerTime) -> Result<Self, BadTimeline> {
        Ok(Self::on(&state.timeline()?, at))
    }

    fn on(timeline: &EventTimeline, at: ServerTime) -> Self {
        Self { status: timeline.status(at).into(), position: timeline.position(at), rate: timeline.rate(at) }
    }

    /// Returns the position that viewers have reached; `None` if the event has not begun or is over.
    pub(crate) fn under_way(&self) -> Option<Position> {
        let Self { status, position, .. } = *self;
        let begun = matches!(status, StatusWord::Running | StatusWord::Paused) && position >= Position::START;
        begun.then_some(position)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.position.to_string();
        match self.status {
            StatusWord::Running | StatusWord::Scheduled if self.rate != Rate::NORMAL => {
                write!(f, "{} {position} at rate {}", self.status.as_str(), self.rate)
            }
            StatusWord::Running | StatusWord::Scheduled => write!(f, "{} {position}", self.status.as_str()),
            StatusWord::Paused | StatusWord::Ended => write!(f, "{} at {position}", self.status.as_str()),
            StatusWord::Unknown => f.write_str("unknown"),
        }
    }
}

/// Returns the destination of a seek by `distance` that takes effect at `at`.
pub(crate) fn seek_by(state: &StateBody, distance: Span, at: ServerTime) -> Result<Position, BadTimeline> {
    let here = state.timeline()?.position(at);
    Ok((here + distance).whole_millis())
}

/// Returns the changes that will happen without another command, each with its description, the earliest first.
pub(crate) fn upcoming(state: &StateBody, now: ServerTime) -> Result<Vec<(ServerTime, String)>, BadTimeline> {
    let timeline = state.timeline()?;
    let mut coming = Vec::new();
    let mut from = now;
    while let Some(next) = timeline.next_segment(from) {
        if state.ended_at != Some(next) && next != state.starts_at {
            let then = Standing::on(&timeline, next);
            coming.push((next, then.to_string()));
        }
        from = next;
    }
    if let Some(begins) = timeline.begins(now) {
        coming.push((begins, "begins".to_owned()));
    }
    if let Some(ended_at) = state.ended_at.filter(|ended_at| *ended_at > now) {
        coming.push((ended_at, "ends".to_owned()));
    }
    for announcement in state.messages.iter().filter(|announcement| announcement.from > now) {
        coming.push((announcement.from, format!("viewers see {}", VisibleMessage::at(state, announcement.from))));
    }
    coming.sort_by_key(|(at, _)| *at);
    Ok(coming)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use downbeat_core::message::{Draft, Words};
    use downbeat_core::{Command, Configuration, EventState, Request, Severity};

    pub(crate) const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn at(s: i64) -> ServerTime {
        START + Span::from_millis(s * 1_000)
    }

    fn event() -> EventState {
        let start = Configuration { starts_at: Some(START), ..Configuration::default() };
        EventState::create(start, "e1".parse().unwrap(), "maria", at(-60)).unwrap()
    }

    fn body(event: &EventState, now: ServerTime) -> StateBody {
        StateBody::new(&"main".parse().unwrap(), event, now)
    }

    fn words(text: &str) -> Draft {
        Draft { words: Words::Plain(text.to_owned()), severity: Severity::Major }
    }

    #[test]
    fn a_relative_seek_starts_from_where_the_event_will_be() {
        let state = body(&event(), at(10));
        assert_eq!(seek_by(&state, Span::from_millis(-5_000), at(12)), Ok(Position::from_millis(7_000)));
    }

    #[test]
    fn what_comes_by_itself_is_listed_in_order() {
        let mut event = event();
        let pause = Request {
            id: "p".parse().unwrap(),
            command: Command::Pause { message: Some(words("A break")) },
            actor: "maria".into(),
            reason: None,
            if_rev: None,
            at: Some(at(600)),
        };
        event.handle_command(&pause, None, at(-50)).unwrap();
        let lines: Vec<String> =
            upcoming(&body(&event, at(-30)), at(-30)).unwrap().into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, ["begins", "paused at 0:10:00.000", "viewers see \"A break\" (en), major"]);
    }

    #[test]
    fn a_countdown_and_a_rate_are_told() {
        let state = body(&event(), at(-30));
        assert_eq!(Standing::of(&state, at(-30)).unwrap().to_string(), "scheduled -0:00:30.000");
        let standing = Standing {
            status: StatusWord::Running,
            rate: Rate::from_thousandths(500).unwrap(),
            position: Position::START,
        };
        assert_eq!(standing.to_string(), "running 0:00:00.000 at rate 0.5");
    }
}
