//! Where an event stands, and where it will stand once a command has taken effect.
//!
//! What a command would do is core's to say, never this program's: the server applies the command to a copy (`?dryRun`), and
//! where it cannot be asked, the same rule is applied here to the state that was read last.

use std::collections::BTreeMap;
use std::fmt;

use downbeat_api::{ApiError, Client, Response};
use downbeat_core::{EventTimeline, Locale, Position, Rate, Request, ServerTime, Severity, Span};
use downbeat_wire::state::BadTimeline;
use downbeat_wire::{Announcement, CommandAnswer, StateBody, StatusWord};

use crate::text;

/// Where an event stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) status: StatusWord,
    pub(crate) position: Position,
    pub(crate) rate: Rate,
}

impl Standing {
    /// Returns where the event of `state` stands at `at`, if nobody changes it until then.
    ///
    /// # Errors
    /// [`BadTimeline`] if what came is none.
    pub(crate) fn of(state: &StateBody, at: ServerTime) -> Result<Self, BadTimeline> {
        Ok(Self::on(&state.timeline()?, at))
    }

    fn on(timeline: &EventTimeline, at: ServerTime) -> Self {
        Self { status: timeline.status(at).into(), position: timeline.position(at), rate: timeline.rate(at) }
    }

    /// Returns how far viewers have got; nothing if the event has not begun or is over.
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

/// What viewers are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nothing.
    Nothing,
    /// These words.
    Words { texts: BTreeMap<Locale, String>, severity: Severity },
}

impl Told {
    /// Returns what viewers are told at `at`, if nobody changes it until then.
    pub(crate) fn of(state: &StateBody, at: ServerTime) -> Self {
        match state.messages.iter().rev().find(|announcement| announcement.from <= at) {
            Some(Announcement { text: Some(texts), severity, .. }) => {
                Self::Words { texts: texts.clone(), severity: *severity }
            }
            _ => Self::Nothing,
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("no message"),
            Self::Words { texts, severity } => {
                for (index, (locale, text)) in texts.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}\"{}\" ({locale})", text::tame(text))?;
                }
                write!(f, ", {}", severity.as_str())
            }
        }
    }
}

/// What a command would do.
pub(crate) enum Preview {
    /// The server's answer.
    Server(Box<CommandAnswer>),
    /// Core's rule on the state that was read last.
    LastState(Box<CommandAnswer>),
    /// Not known beforehand; holds the reason.
    Unknown(String),
}

impl Preview {
    /// Asks the server what `request` would do. If it does not answer in time, core's rule on the last state does.
    ///
    /// # Errors
    /// [`ApiError`] if the server refuses: then it would refuse the command, too.
    pub(crate) async fn ask(server: &Client, last: &Response<StateBody>, request: &Request) -> Result<Self, ApiError> {
        match server.preview(&last.body.event, request).await {
            Ok(answer) => Ok(Self::Server(Box::new(answer))),
            Err(error) if error.may_have_arrived() => Ok(Self::of_last_state(last, request)),
            Err(error) => Err(error),
        }
    }

    /// Applies core's rule to the state that was read last, without asking anyone.
    pub(crate) fn of_last_state(last: &Response<StateBody>, request: &Request) -> Self {
        match downbeat_wire::preview(&last.body, request, last.clock.now()) {
            Ok(answer) => Self::LastState(Box::new(answer)),
            Err(error) => Self::Unknown(error.to_string()),
        }
    }

    /// Returns the answer the command would get, where that is known.
    pub(crate) fn answer(&self) -> Option<&CommandAnswer> {
        match self {
            Self::Server(answer) | Self::LastState(answer) => Some(answer),
            Self::Unknown(_) => None,
        }
    }
}

/// Returns where a seek by `distance` goes, when it takes effect at `at`.
pub(crate) fn seek_by(state: &StateBody, distance: Span, at: ServerTime) -> Result<Position, BadTimeline> {
    let here = state.timeline()?.position(at);
    Ok((here + distance).whole_millis())
}

/// What will change by itself, the earliest first, as a line each.
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
        coming.push((announcement.from, format!("viewers see {}", Told::of(state, announcement.from))));
    }
    coming.sort_by_key(|(at, _)| *at);
    Ok(coming)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use downbeat_core::message::{Draft, Words};
    use downbeat_core::{Command, Configuration, EventState, Request};

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
