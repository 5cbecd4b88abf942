//! What a command would do, worked out from the public state alone: for an operator whose server does not answer in
//! time.
//!
//! The server answers the same question exactly (`?dryRun`). This applies core's rule to what is public of the event.

use core::fmt;
use downbeat_core::{Command, Configuration, EventState, Outcome, Refusal, Request, ServerTime};

use crate::answer::CommandAnswer;
use crate::emergency;
use crate::state::StateBody;

/// Why a command cannot be previewed from the public state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewError {
    /// What `undo` and `redo` restore is not public.
    Undo,
    /// The event would refuse the command, as far as its public state says.
    Refused(Refusal),
    /// The public state is not valid; holds the reason.
    Invalid(String),
}

/// Returns the answer that `request` would get at `now` from an event whose public state is `state`.
///
/// Two things that matter to `resume` are not public: a rate that was set while the event was held, and whether the
/// message that viewers see came with the end of an event that was reopened. The preview shows the rate from before
/// the hold, and takes the message away.
///
/// # Errors
/// [`PreviewError`] if the public state does not say what would happen, or says that the command would be refused.
pub fn preview(state: &StateBody, request: &Request, now: ServerTime) -> Result<CommandAnswer, PreviewError> {
    if matches!(request.command, Command::Undo { .. } | Command::Redo { .. }) {
        return Err(PreviewError::Undo);
    }
    let event = rebuilt(state)?;
    let (after, outcome) = event.preview_command(request, None, now).map_err(PreviewError::Refused)?;
    let replaced = matches!(outcome, Outcome::Applied { replaced: true, .. });
    Ok(CommandAnswer::new(&state.event, &after, replaced, now))
}

/// Rebuilds the event from its public state.
fn rebuilt(state: &StateBody) -> Result<EventState, PreviewError> {
    let configuration = Configuration {
        starts_at: Some(state.starts_at),
        duration: Some(state.duration),
        title: Some(state.title.clone()),
        locale: Some(state.locale.clone()),
        hubs: Some(state.hub_count()),
        resync: Some(state.resync),
        origins: Some(state.origins.clone()),
        emergency: Some(state.emergency.clone()),
        archived: Some(state.archived),
        if_rev: None,
        reason: None,
    };
    let visible = emergency::known(state).map_err(PreviewError::Invalid)?;
    EventState::from_public(configuration, state.hubs, &visible)
        .map_err(|refusal| PreviewError::Invalid(refusal.to_string()))
}

impl fmt::Display for PreviewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undo => f.write_str("only the server knows what undo and redo restore"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Invalid(why) => write!(f, "the server's state is not valid: {why}"),
        }
    }
}
impl core::error::Error for PreviewError {}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::message::{Draft, Words};
    use downbeat_core::{Position, Rate, Severity, Span};

    const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

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

    fn request(id: &str, command: Command) -> Request {
        Request { id: id.parse().unwrap(), command, actor: "maria".into(), reason: None, if_rev: None, at: None }
    }

    fn message(text: &str) -> Draft {
        Draft { words: Words::Plain(text.to_owned()), severity: Severity::Major }
    }

    /// What is worked out beforehand is what the event then answers, for a whole evening.
    #[test]
    fn the_preview_is_what_the_event_then_answers() {
        let mut event = event();
        let position = Position::from_millis(90_000);
        let evening = [
            (10, Command::Pause { message: Some(message("Back soon")) }),
            (15, Command::Resume),
            (20, Command::Rate { rate: Rate::from_thousandths(1_250).unwrap() }),
            (30, Command::Seek { position }),
            (35, Command::Pause { message: None }),
            (40, Command::Resume),
            (50, Command::Announce { message: message("Nearly there") }),
            (60, Command::Clear),
            (70, Command::End { message: None }),
            (80, Command::Reopen),
            (90, Command::Resume),
        ];
        for (s, command) in evening {
            let request = request(&format!("c{s}"), command);
            let previewed = preview(&body(&event, at(s)), &request, at(s)).unwrap();
            let Outcome::Applied { rev, effective_at, replaced } = event.handle_command(&request, None, at(s)).unwrap()
            else {
                panic!()
            };
            assert_eq!((previewed.rev, previewed.effective_at, previewed.replaced), (rev, effective_at, replaced));
            assert_eq!(previewed.state, body(&event, at(s)), "{request:?}");
        }
    }

    #[test]
    fn a_refusal_is_previewed_and_undo_is_not() {
        let state = body(&event(), at(10));
        assert_eq!(
            preview(&state, &request("a", Command::Reopen), at(10)),
            Err(PreviewError::Refused(Refusal::NotEnded))
        );
        assert_eq!(preview(&state, &request("b", Command::Undo { rev: None }), at(10)), Err(PreviewError::Undo));
        let archived = StateBody { archived: true, ..state.clone() };
        let refused = preview(&archived, &request("d", Command::Pause { message: None }), at(10));
        assert_eq!(refused, Err(PreviewError::Refused(Refusal::Archived)));
        let broken = StateBody { timeline: Vec::new(), ..state };
        let refused = preview(&broken, &request("c", Command::Clear), at(10));
        assert!(matches!(refused, Err(PreviewError::Invalid(_))), "{refused:?}");
    }
}
