//! What is said about a rundown that does not fit the event.

use downbeat_core::{Position, ServerTime, Span};
use downbeat_publish::release::{Misfit, Plan};
use downbeat_sheet::rundown::{clock, length};

use crate::context::Context;
use crate::text;
use crate::time_zone::TimeZone;

const MINUTE_MS: i64 = 60_000;

/// Returns what should be checked before a rundown is released, for people and for programs.
pub(super) fn warnings(context: &Context, plan: &Plan) -> Vec<String> {
    let lengthen = |duration: &str| context.command_line(&["event", "set", "--duration", duration]);
    plan.misfit.as_ref().map(|misfit| warning(misfit, TimeZone::Local, &lengthen)).into_iter().collect()
}

/// `lengthen` returns the command that sets the event's duration.
fn warning(misfit: &Misfit, zone: TimeZone, lengthen: &dyn Fn(&str) -> String) -> String {
    match *misfit {
        Misfit::AfterEnd { cues, all, last, event, starts_at } => {
            let what = match cues {
                _ if cues == all && all > 1 => "every cue comes".to_owned(),
                1 => format!("1 of {} comes", text::count(all, "cue")),
                cues => format!("{cues} of {all} cues come"),
            };
            let remedy = if misfit.looks_like_times_of_day() {
                let start = time_of_day(starts_at, zone);
                format!("If the sheet has times of day, import it again with --start {start}, when the event starts")
            } else {
                "Move them earlier".to_owned()
            };
            format!(
                "{what} after the event's end: the last is at {}, and the event lasts {}. {remedy}; or lengthen the event: {}",
                clock(last),
                text::span(event),
                lengthen(&until(last)),
            )
        }
        Misfit::Duration { rundown, event } => format!(
            "the sheet's duration is {}, and the event's is {}. Correct the sheet's \"duration\", or the event's: {}",
            length(rundown),
            length(event),
            lengthen(&compact(rundown)),
        ),
    }
}

/// Returns a duration in which a cue at `last` begins: to the next whole minute.
fn until(last: Position) -> String {
    let ms = (last - Position::START).as_millis();
    compact(Span::from_millis((ms / MINUTE_MS + 1) * MINUTE_MS))
}

/// Returns a length as an argument: `1h30min`.
fn compact(span: Span) -> String {
    length(span).replace(' ', "")
}

/// Returns the time of day as `cues import --start` reads it: `19:30`, or `19:30:15`.
fn time_of_day(at: ServerTime, zone: TimeZone) -> String {
    let local = zone.at(at);
    let format = if local.timestamp() % 60 == 0 { "%H:%M" } else { "%H:%M:%S" };
    local.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(misfit: &Misfit) -> String {
        warning(misfit, "Europe/Berlin".parse().unwrap(), &|duration| format!("event set --duration {duration}"))
    }

    #[test]
    fn a_warning_says_what_was_meant_and_the_command_that_corrects_the_event() {
        let minutes = |minutes: i64| Span::from_millis(minutes * MINUTE_MS);
        let at = |min: i64| Position::START + minutes(min);
        // 2024-03-30 19:00 in Berlin.
        let starts_at = ServerTime::from_millis(1_711_821_600_000);
        let after =
            |cues, all, last: Position| said(&Misfit::AfterEnd { cues, all, last, event: minutes(90), starts_at });
        assert_eq!(
            after(4, 4, at(1_235)),
            "every cue comes after the event's end: the last is at 20:35:00, and the event lasts 1 h 30 min. If the sheet has times \
             of day, import it again with --start 19:00, when the event starts; or lengthen the event: \
             event set --duration 20h36min"
        );
        assert_eq!(
            after(2, 4, at(95) + Span::from_millis(500)),
            "2 of 4 cues come after the event's end: the last is at 01:35:00.500, and the event lasts 1 h 30 min. Move them \
             earlier; or lengthen the event: event set --duration 1h36min"
        );
        assert!(after(1, 4, at(95)).starts_with("1 of 4 cues comes after"));
        assert!(after(1, 1, at(95)).starts_with("1 of 1 cue comes after"));
        assert_eq!(
            said(&Misfit::Duration { rundown: minutes(60), event: minutes(90) }),
            "the sheet's duration is 1 h, and the event's is 1 h 30 min. Correct the sheet's \"duration\", or the event's: \
             event set --duration 1h"
        );
    }
}
