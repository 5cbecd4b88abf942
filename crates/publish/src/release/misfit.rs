//! How a rundown does not fit the event that is to run it.

use downbeat_core::{Position, ServerTime, Span};
use downbeat_sheet::Rundown;
use downbeat_wire::StateBody;

/// How a rundown does not fit the event that is to run it: what is likely a mistake, but stops nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Cues begin after the event's end.
    AfterEnd {
        /// How many.
        cues: usize,
        /// How many there are altogether.
        all: usize,
        /// When the last of them begins.
        last: Position,
        /// The event's duration.
        event: Span,
        /// When the event starts: what times of day count from, if that is what the cues have.
        starts_at: ServerTime,
    },
    /// The rundown and the event give different durations.
    Duration {
        /// The rundown's.
        rundown: Span,
        /// The event's.
        event: Span,
    },
}

impl Misfit {
    /// Compares a rundown with the event that is to run it. Returns `None` if it fits, or if the event's duration is unknown.
    pub fn of(rundown: &Rundown, event: &StateBody) -> Option<Self> {
        Self::within(rundown, event.duration?, event.starts_at)
    }

    /// Returns whether the cues look as if their times were times of day: if all are after the event's end, or some so far that the
    /// event would have to be twice as long.
    pub fn looks_like_times_of_day(&self) -> bool {
        match *self {
            Self::AfterEnd { cues, all, last, event, .. } => {
                all > 1 && cues == all || last - Position::START >= event + event
            }
            Self::Duration { .. } => false,
        }
    }

    fn within(rundown: &Rundown, event: Span, starts_at: ServerTime) -> Option<Self> {
        let end = Position::START + event;
        let all = rundown.cues();
        let cues = all.iter().filter(|cue| cue.time() > end).count();
        match (all.last(), rundown.duration()) {
            (Some(last), _) if cues > 0 => {
                Some(Self::AfterEnd { cues, all: all.len(), last: last.time(), event, starts_at })
            }
            (_, Some(rundown)) if rundown != event => Some(Self::Duration { rundown, event }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    const STARTS_AT: ServerTime = ServerTime::from_millis(1_711_821_600_000);

    fn misfit(sheet: &str, event_min: i64) -> Option<Misfit> {
        let rundown = downbeat_sheet::compile(sheet).rundown.expect("it compiles");
        Misfit::within(&rundown, Span::from_millis(event_min * MINUTE), STARTS_AT)
    }

    #[test]
    fn cues_are_compared_with_the_events_end() {
        let at = |time: &str| format!(r#"[{{ "time": 0, "action": "a" }}, {{ "time": "{time}", "action": "b" }}]"#);
        assert_eq!(misfit(&at("1h30m"), 90), None, "the last cue at the end itself");
        let (last, event) = (Position::from_millis(91 * MINUTE), Span::from_millis(90 * MINUTE));
        let late = Misfit::AfterEnd { cues: 1, all: 2, last, event, starts_at: STARTS_AT };
        assert_eq!(misfit(&at("1h31m"), 90), Some(late));
        assert!(!late.looks_like_times_of_day());
        assert!(misfit(&at("3h"), 90).unwrap().looks_like_times_of_day());
        let evening = r#"[{ "time": "1h35m", "action": "a" }, { "time": "1h40m", "action": "b" }]"#;
        assert!(misfit(evening, 90).unwrap().looks_like_times_of_day(), "all are after it");
    }

    #[test]
    fn a_differing_duration_matters_only_if_all_cues_fit() {
        let sheet = r#"{ "version": 1, "duration": "1h", "cues": [{ "time": "50m", "action": "a" }] }"#;
        let (rundown, event) = (Span::from_millis(60 * MINUTE), Span::from_millis(90 * MINUTE));
        assert_eq!(misfit(sheet, 90), Some(Misfit::Duration { rundown, event }));
        assert_eq!(misfit(sheet, 60), None);
        assert!(matches!(misfit(sheet, 40), Some(Misfit::AfterEnd { cues: 1, .. })));
        assert_eq!(misfit(r#"{ "version": 1, "duration": "1h", "cues": [] }"#, 60), None);
    }
}
