//! Where an event stands, and where it will stand once a command has taken effect.
//!
//! The server decides; this only shows beforehand what it will decide, from the public state and with core's timeline.

use std::collections::BTreeMap;
use std::fmt;

use downbeat_core::message::Words;
use downbeat_core::{Command, Locale, Position, Rate, ServerTime, Severity, Span, Timeline};
use downbeat_wire::state::BadTimeline;
use downbeat_wire::{Announcement, StateBody, StatusWord};

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
        Ok(Self::on(&state.timeline()?, state.starts_at, state.ended_at, at))
    }

    /// The rule of core's `EventState::status`, for a state that came over the network.
    fn on(timeline: &Timeline, starts_at: ServerTime, ended_at: Option<ServerTime>, at: ServerTime) -> Self {
        let (position, rate) = (timeline.position(at, starts_at), timeline.rate(at));
        let status = if ended_at.is_some_and(|ended_at| ended_at <= at) {
            StatusWord::Ended
        } else if rate.is_held() {
            StatusWord::Paused
        } else if position < Position::START {
            StatusWord::Scheduled
        } else {
            StatusWord::Running
        };
        Self { status, position, rate }
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

    /// Returns what the words of a command will tell.
    pub(crate) fn words(words: &Words, severity: Severity, locale: &Locale) -> Self {
        let texts = match words {
            Words::Plain(text) => BTreeMap::from([(locale.clone(), text.clone())]),
            Words::PerLocale(texts) => texts.clone(),
        };
        Self::Words { texts, severity }
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

/// Returns where the event will stand at `at`, when `command` takes effect; nothing for what only the server knows.
pub(crate) fn after(state: &StateBody, command: &Command, at: ServerTime) -> Result<Option<Standing>, BadTimeline> {
    let mut timeline = state.timeline()?;
    let (mut starts_at, mut ended_at) = (state.starts_at, state.ended_at);
    match command {
        Command::Pause { .. } => {
            timeline.change(at, None, Some(Rate::HELD), starts_at);
        }
        Command::Resume => {
            timeline.change(at, None, Some(rate_before_hold(&timeline, at)), starts_at);
        }
        Command::Seek { position } => {
            timeline.change(at, Some(*position), None, starts_at);
        }
        Command::Rate { rate } => {
            let held = timeline.rate(at).is_held();
            timeline.change(at, None, (!held).then_some(*rate), starts_at);
        }
        Command::End { .. } => ended_at = Some(at),
        Command::Reopen => {
            timeline.change(at, None, Some(Rate::HELD), starts_at);
            ended_at = None;
        }
        Command::Reschedule { starts_at: start } => {
            starts_at = *start;
            timeline = Timeline::starting_at(starts_at);
        }
        Command::Announce { .. } | Command::Clear | Command::Rundown { .. } => {}
        Command::Undo => return Ok(None),
    }
    Ok(Some(Standing::on(&timeline, starts_at, ended_at, at)))
}

/// Returns what viewers will be told when `command` takes effect; nothing for what only the server knows.
pub(crate) fn told_after(state: &StateBody, command: &Command, at: ServerTime) -> Option<Told> {
    match command {
        Command::Pause { message: Some(draft) }
        | Command::End { message: Some(draft) }
        | Command::Announce { message: draft } => Some(Told::words(&draft.words, draft.severity, &state.locale)),
        Command::Clear => Some(Told::Nothing),
        // A message that came with a pause goes with it, and the public state does not say whether it did.
        Command::Resume if Told::of(state, at) != Told::Nothing => None,
        Command::Undo => None,
        _ => Some(Told::of(state, at)),
    }
}

/// Returns the rate the event had before it was held, as far as its timeline reaches.
fn rate_before_hold(timeline: &Timeline, at: ServerTime) -> Rate {
    let before = timeline.segments().iter().rev().filter(|segment| segment.from <= at);
    before.map(|segment| segment.rate).find(|rate| !rate.is_held()).unwrap_or(Rate::NORMAL)
}

/// Returns where a seek by `distance` goes, when it takes effect at `at`.
pub(crate) fn seek_by(state: &StateBody, distance: Span, at: ServerTime) -> Result<Position, BadTimeline> {
    let here = state.timeline()?.position(at, state.starts_at);
    Ok((here + distance).whole_millis())
}

/// What will change by itself, the earliest first, as a line each.
pub(crate) fn upcoming(state: &StateBody, now: ServerTime) -> Result<Vec<(ServerTime, String)>, BadTimeline> {
    let timeline = state.timeline()?;
    let mut coming = Vec::new();
    let mut from = now;
    while let Some(next) = timeline.next_change(from) {
        if state.ended_at != Some(next) && next != state.starts_at {
            let then = Standing::on(&timeline, state.starts_at, None, next);
            coming.push((next, then.to_string()));
        }
        from = next;
    }
    if timeline.position(now, state.starts_at) < Position::START
        && let Some(begins) = timeline.reaches(Position::START, now, state.starts_at)
    {
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
    use downbeat_core::message::Draft;
    use downbeat_core::{Configuration, EventState, Outcome, Request};

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

    fn apply(event: &mut EventState, id: &str, command: Command, now: ServerTime) -> ServerTime {
        let request =
            Request { id: id.parse().unwrap(), command, actor: "maria".into(), reason: None, if_rev: None, at: None };
        let Outcome::Applied { effective_at, .. } = event.handle_command(&request, None, now).unwrap() else {
            panic!()
        };
        effective_at
    }

    fn words(text: &str) -> Draft {
        Draft { words: Words::Plain(text.to_owned()), severity: Severity::Major }
    }

    /// What is shown beforehand is what the server then does, for a whole evening.
    #[test]
    fn the_preview_is_what_the_command_does() {
        let mut event = event();
        let position = Position::from_millis(90_000);
        let evening = [
            (10, Command::Pause { message: Some(words("Back soon")) }),
            (20, Command::Rate { rate: Rate::from_thousandths(1_250).unwrap() }),
            (30, Command::Seek { position }),
            (50, Command::Announce { message: words("Nearly there") }),
            (60, Command::Clear),
            (70, Command::End { message: None }),
            (80, Command::Reopen),
        ];
        for (s, command) in evening {
            let before = body(&event, at(s));
            let effective_at = at(s) + command.lead();
            let shown = (
                after(&before, &command, effective_at).unwrap().unwrap(),
                told_after(&before, &command, effective_at).unwrap(),
            );
            assert_eq!(apply(&mut event, &format!("c{s}"), command.clone(), at(s)), effective_at);
            let then = body(&event, effective_at);
            assert_eq!(shown.0.status, then.status, "{command:?}");
            assert_eq!(
                shown,
                (Standing::of(&then, effective_at).unwrap(), Told::of(&then, effective_at)),
                "{command:?}"
            );
        }
    }

    #[test]
    fn resuming_goes_on_from_where_it_was_held() {
        let mut event = event();
        apply(&mut event, "p", Command::Pause { message: None }, at(10));
        let state = body(&event, at(20));
        let then = after(&state, &Command::Resume, at(22)).unwrap().unwrap();
        assert_eq!(then.to_string(), "running 0:00:10.500");
        assert_eq!(told_after(&state, &Command::Resume, at(22)), Some(Told::Nothing));
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
        let rate = Command::Rate { rate: Rate::from_thousandths(500).unwrap() };
        assert_eq!(after(&state, &rate, at(5)).unwrap().unwrap().to_string(), "running 0:00:05.000 at rate 0.5");
    }
}
