//! The freeze: from a while before the start until the end, the rundown is not changed by accident.

use std::fmt;

use downbeat_core::{ServerTime, Span};
use serde_json::{Value, json};

use crate::text;
use crate::zone::Zone;

/// Whether an event's rundown may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freeze {
    /// Nobody asked for one.
    Off,
    /// It may; from this instant on not any more, if that is still to come.
    Open {
        /// The beginning of the freeze; nothing if the event is over.
        until: Option<ServerTime>,
    },
    /// It may not.
    Frozen {
        /// Since when.
        since: ServerTime,
        /// When it may again, as far as that is known.
        opens: Option<ServerTime>,
    },
}

/// When an event is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Show {
    pub(crate) starts_at: ServerTime,
    /// Nothing if that is not known: then it is not over.
    pub(crate) ends_at: Option<ServerTime>,
}

impl Freeze {
    /// Judges whether the rundown of `show` may be changed at `now`, when it is frozen from `lead` before the start on.
    pub(crate) fn of(show: Show, lead: Span, now: ServerTime) -> Self {
        let since = show.starts_at - lead;
        match show.ends_at {
            Some(ends_at) if ends_at <= now => Self::Open { until: None },
            _ if now < since => Self::Open { until: Some(since) },
            opens => Self::Frozen { since, opens },
        }
    }

    /// Returns it for programs.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Off => Value::Null,
            Self::Open { until } => json!({ "frozen": false, "from": until }),
            Self::Frozen { since, opens } => json!({ "frozen": true, "from": since, "until": opens }),
        }
    }

    /// Writes it, as seen at `now`.
    pub(crate) fn told(&self, now: ServerTime) -> impl fmt::Display {
        let when = |at| text::when(at, Zone::Local, now);
        match self {
            Self::Off => "none".to_owned(),
            Self::Open { until: Some(from) } => format!("open; frozen from {} on", when(*from)),
            Self::Open { until: None } => "open: the event is over".to_owned(),
            Self::Frozen { since, opens: Some(opens) } => {
                format!("frozen since {}; opens {}", when(*since), when(*opens))
            }
            Self::Frozen { since, opens: None } => {
                format!("frozen since {}; opens when the event has ended", when(*since))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);
    const LEAD: Span = Span::from_millis(900_000);

    fn at(s: i64) -> ServerTime {
        START + Span::from_millis(s * 1_000)
    }

    #[test]
    fn it_is_frozen_from_a_while_before_the_start_until_the_end() {
        let show = Show { starts_at: START, ends_at: Some(at(3_600)) };
        let freeze = |s| Freeze::of(show, LEAD, at(s));
        let frozen = Freeze::Frozen { since: at(-900), opens: Some(at(3_600)) };
        assert_eq!(freeze(-901), Freeze::Open { until: Some(at(-900)) });
        assert_eq!((freeze(-900), freeze(0), freeze(3_599)), (frozen, frozen, frozen));
        assert_eq!(freeze(3_600), Freeze::Open { until: None });
    }

    #[test]
    fn an_event_whose_end_nobody_knows_is_not_over() {
        let show = Show { starts_at: START, ends_at: None };
        let frozen = Freeze::of(show, LEAD, at(1_000_000));
        assert_eq!(frozen, Freeze::Frozen { since: at(-900), opens: None });
        assert!(frozen.told(at(1_000_000)).to_string().ends_with("opens when the event has ended"));
    }
}
