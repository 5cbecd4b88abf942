//! What a change does to viewers, in words: for the screen before an undo or a redo.

use downbeat_core::ServerTime;
use downbeat_wire::StateBody;
use downbeat_wire::state::BadTimeline;

use crate::message::VisibleMessage;
use crate::standing::{self, Standing};
use crate::text;
use crate::time_zone::TimeZone;

/// The least distance of two positions that is a jump: 1 s, more than a countdown or a rate makes between two readings.
const JUMP_MIN_MS: i64 = 1_000;

/// Returns what is different for viewers from `at` on, when the event's state becomes `after` instead of `before`.
pub(super) fn effects(before: &StateBody, after: &StateBody, at: ServerTime) -> Result<Vec<String>, BadTimeline> {
    let mut effects = movement(before, after, at)?;
    let message = |state| VisibleMessage::at(state, at);
    match (message(before), message(after)) {
        (was, will_be) if was == will_be => {}
        (was, VisibleMessage::None) => effects.push(format!("they no longer see {was}")),
        (VisibleMessage::None, will_be) => effects.push(format!("they see {will_be}")),
        (was, will_be) => effects.push(format!("they see {will_be} instead of {was}")),
    }
    if before.rundown != after.rundown {
        effects.push(match after.rundown {
            Some(digest) => format!("they get rundown {}", text::short(digest)),
            None => "they get no rundown any more".to_owned(),
        });
    }
    if before.starts_at != after.starts_at {
        effects.push(format!("the start is {}", text::instant(after.starts_at, TimeZone::Local)));
    }
    effects.extend(planned(before, after, at)?);
    effects.extend(settings(before, after));
    if effects.is_empty() {
        effects.push("nothing changes for viewers".to_owned());
    }
    Ok(effects)
}

/// Returns how the event moves differently at `at`.
fn movement(before: &StateBody, after: &StateBody, at: ServerTime) -> Result<Vec<String>, BadTimeline> {
    let (was, will_be) = (Standing::of(before, at)?, Standing::of(after, at)?);
    let mut effects = Vec::new();
    if was.status != will_be.status {
        effects.push(format!("the event is {will_be} instead of {}", was.status.as_str()));
    }
    let jump = will_be.position - was.position;
    if jump.as_millis().abs() >= JUMP_MIN_MS {
        let way = if jump.as_millis() < 0 { "back" } else { "ahead" };
        effects.push(format!("viewers jump {way} by {}, to {}", text::span(jump), will_be.position));
    }
    let moves = |standing: &Standing| !standing.rate.is_held();
    if was.rate != will_be.rate && moves(&was) && moves(&will_be) {
        effects.push(format!("it runs at rate {} instead of {}", will_be.rate, was.rate));
    }
    Ok(effects)
}

/// Returns what will happen later by itself, and would not, or the other way round.
fn planned(before: &StateBody, after: &StateBody, at: ServerTime) -> Result<Vec<String>, BadTimeline> {
    let (was, will_be) = (standing::upcoming(before, at)?, standing::upcoming(after, at)?);
    // Where the event moves differently, every position to come differs; what matters is whether something happens then.
    let only = |one: &[(ServerTime, String)], other: &[(ServerTime, String)]| -> Vec<(ServerTime, String)> {
        one.iter().filter(|(when, _)| other.iter().all(|(then, _)| then != when)).cloned().collect()
    };
    let line = |prefix: &str, (when, what): (ServerTime, String)| {
        format!("{prefix} {} at {}", what, text::instant(when, TimeZone::Local))
    };
    let gone = only(&was, &will_be).into_iter().map(|one| line("no longer planned:", one));
    let back = only(&will_be, &was).into_iter().map(|one| line("planned again:", one));
    Ok(gone.chain(back).collect())
}

/// Returns which settings change.
fn settings(before: &StateBody, after: &StateBody) -> Option<String> {
    let differ = [
        ("title", before.title != after.title),
        ("duration", before.duration != after.duration),
        ("locale", before.locale != after.locale),
        ("hubs", before.hub_count() != after.hub_count()),
        ("origins", before.origins != after.origins),
        ("resync", before.resync != after.resync),
        ("emergency key", before.emergency != after.emergency),
        ("archive", before.archived != after.archived),
    ];
    let names: Vec<&str> = differ.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    (!names.is_empty()).then(|| format!("settings as before: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::tests::START;
    use downbeat_core::{Command, Configuration, EventState, Position, Request, Span};

    fn at(s: i64) -> ServerTime {
        START + Span::from_millis(s * 1_000)
    }

    fn event() -> EventState {
        let start = Configuration { starts_at: Some(START), ..Configuration::default() };
        EventState::create(start, "e1".parse().unwrap(), "maria", at(-60)).unwrap()
    }

    fn apply(event: &mut EventState, command: Command, when: Option<i64>, now: i64) {
        let id = format!("c{}", event.rev()).parse().unwrap();
        let request = Request { id, command, actor: "maria".into(), reason: None, if_rev: None, at: when.map(at) };
        event.handle_command(&request, None, at(now)).unwrap();
    }

    fn body(event: &EventState, now: i64) -> StateBody {
        StateBody::new(&"main".parse().unwrap(), event, at(now))
    }

    /// What undoing the last change at `now` says.
    fn undo(event: &EventState, now: i64) -> Vec<String> {
        let mut undone = event.clone();
        apply(&mut undone, Command::Undo { rev: None }, None, now);
        effects(&body(event, now), &body(&undone, now), undone.last_change().effective_at()).unwrap()
    }

    #[test]
    fn an_undo_says_what_viewers_will_see() {
        let mut event = event();
        apply(&mut event, Command::Seek { position: Position::from_millis(3_600_000) }, None, 598);
        assert_eq!(undo(&event, 658), ["viewers jump back by 50 min, to 0:11:00.000"]);

        let message = serde_json::json!({ "command": "pause", "id": "x", "message": "Smoke", "severity": "major" });
        let pause = downbeat_wire::command::parse(message.to_string().as_bytes(), "maria").unwrap();
        apply(&mut event, pause.command, None, 700);
        assert_eq!(
            undo(&event, 760),
            ["the event is running 1:01:40.500 instead of paused", "they no longer see \"Smoke\" (en), major"]
        );
    }

    #[test]
    fn an_undo_before_the_change_took_effect_says_what_is_no_longer_planned() {
        let mut event = event();
        apply(&mut event, Command::End { message: None }, Some(3_600), 10);
        let [line] = &undo(&event, 20)[..] else { panic!() };
        assert!(line.starts_with("no longer planned: ends at 20"), "{line}");
    }

    #[test]
    fn an_undo_of_settings_names_them() {
        let mut event = event();
        let title = Configuration { title: Some("Gala".to_owned()), ..Configuration::default() };
        event.handle_configuration(title, "maria", at(10)).unwrap();
        assert_eq!(undo(&event, 20), ["settings as before: title"]);
    }
}
