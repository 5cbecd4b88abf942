//! The freeze: from a while before the start until the end, nobody changes the rundown by accident.

use downbeat_core::{ServerTime, Span};

/// Whether an event's rundown may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freeze {
    /// The event has no freeze.
    Off,
    /// It may be changed.
    Open {
        /// When the freeze begins; `None` if the event is over.
        until: Option<ServerTime>,
    },
    /// It may not be changed.
    Frozen {
        /// When the freeze began.
        since: ServerTime,
        /// When it ends, as far as that is known.
        opens: Option<ServerTime>,
    },
}

/// When the rundown of an event is frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreezeRule {
    /// How long before the start the freeze begins.
    pub lead: Span,
    /// The event's start.
    pub starts_at: ServerTime,
    /// The event's end.
    pub end: End,
}

/// What is known of an event's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The event's server knows it; `None` while the event is not over.
    At(Option<ServerTime>),
    /// The rundown's duration after the start, if the rundown has one.
    ByRundown,
}

impl Freeze {
    /// Returns whether the rundown may be changed at `now`. `duration` is the rundown's.
    pub fn at(rule: FreezeRule, duration: Option<Span>, now: ServerTime) -> Self {
        let since = rule.starts_at - rule.lead;
        let ends_at = match rule.end {
            End::At(at) => at,
            End::ByRundown => duration.map(|duration| rule.starts_at + duration),
        };
        match ends_at {
            Some(ends_at) if ends_at <= now => Self::Open { until: None },
            _ if now < since => Self::Open { until: Some(since) },
            opens => Self::Frozen { since, opens },
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
        let hour = Some(Span::from_millis(3_600_000));
        let frozen = Freeze::Frozen { since: at(-900), opens: Some(at(3_600)) };
        for end in [End::At(Some(at(3_600))), End::ByRundown] {
            let freeze = |s| Freeze::at(FreezeRule { lead: LEAD, starts_at: START, end }, hour, at(s));
            assert_eq!(freeze(-901), Freeze::Open { until: Some(at(-900)) });
            assert_eq!((freeze(-900), freeze(0), freeze(3_599)), (frozen, frozen, frozen));
            assert_eq!(freeze(3_600), Freeze::Open { until: None });
        }
    }

    #[test]
    fn an_event_without_a_known_end_is_not_over() {
        let rule = FreezeRule { lead: LEAD, starts_at: START, end: End::At(None) };
        let frozen = Freeze::at(rule, None, at(1_000_000));
        assert_eq!(frozen, Freeze::Frozen { since: at(-900), opens: None });
    }
}
