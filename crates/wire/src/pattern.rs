//! The events that a token is for.

use core::fmt;
use core::str::FromStr;
use downbeat_core::EventName;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::token_error::TokenError;

/// An event's name, or the beginning of names and `*`: `gala`, `gala-*`, `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPattern(String);

impl EventPattern {
    /// Returns the pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether `event` is one of those events.
    pub fn matches(&self, event: &EventName) -> bool {
        match self.beginning() {
            Some(beginning) => event.as_str().starts_with(beginning),
            None => event.as_str() == self.0,
        }
    }

    /// Returns whether every event of `other` is one of these.
    pub fn covers(&self, other: &Self) -> bool {
        match (self.beginning(), other.beginning()) {
            (Some(beginning), Some(other)) => other.starts_with(beginning),
            (Some(beginning), None) => other.0.starts_with(beginning),
            (None, Some(_)) => false,
            (None, None) => self == other,
        }
    }

    fn beginning(&self) -> Option<&str> {
        self.0.strip_suffix('*')
    }
}

/// Returns whether `event` is one of `events`, where `None` means all.
pub fn includes(events: Option<&[EventPattern]>, event: &EventName) -> bool {
    events.is_none_or(|events| events.iter().any(|pattern| pattern.matches(event)))
}

/// Returns whether `events` are all events of `others` and maybe more, where `None` means all.
pub fn covers(events: Option<&[EventPattern]>, others: Option<&[EventPattern]>) -> bool {
    let Some(events) = events else { return true };
    others.is_some_and(|others| others.iter().all(|other| events.iter().any(|pattern| pattern.covers(other))))
}

/// Returns patterns as a list for people: `main, gala-*`.
pub fn listed(events: &[EventPattern]) -> String {
    let names: Vec<&str> = events.iter().map(EventPattern::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

impl FromStr for EventPattern {
    type Err = TokenError;
    fn from_str(text: &str) -> Result<Self, TokenError> {
        let name = text.strip_suffix('*').unwrap_or(text);
        let is_all = text == "*";
        if is_all || name.parse::<EventName>().is_ok() { Ok(Self(text.to_owned())) } else { Err(TokenError::Pattern) }
    }
}
impl fmt::Display for EventPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl Serialize for EventPattern {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}
impl<'de> Deserialize<'de> for EventPattern {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(list: &[&str]) -> Vec<EventPattern> {
        list.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_name_is_one_event_and_a_beginning_all_that_begin_so() {
        for (pattern, event, matches) in [
            ("gala", "gala", true),
            ("gala", "gala-2", false),
            ("gala", "gal", false),
            ("gala-*", "gala-2", true),
            ("gala-*", "gala", false),
            ("gala-*", "gala-", true),
            ("gala-*", "a-gala-2", false),
            ("gala*", "galaxy", true),
            ("*", "main", true),
        ] {
            let pattern: EventPattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(&event.parse().unwrap()), matches, "{pattern} {event}");
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in
            ["", "**", "a**", "*a", "a*b", "Gala", "-a", "-*", "gala/*", "gala *", "a.*", "ga?la", &"a".repeat(64)]
        {
            assert_eq!(text.parse::<EventPattern>(), Err(TokenError::Pattern), "{text}");
        }
    }

    #[test]
    fn nobody_covers_more_than_the_own_events() {
        for (events, others, covered) in [
            (None, None, true),
            (None, Some(&["main"][..]), true),
            (Some(&["main"][..]), None, false),
            (Some(&["*"]), None, false),
            (Some(&["gala-*"]), Some(&["gala-1", "gala-2*"]), true),
            (Some(&["gala-*"]), Some(&["gala-1", "main"]), false),
            (Some(&["gala-*"]), Some(&["gala*"]), false),
            (Some(&["gala-1"]), Some(&["gala-1*"]), false),
            (Some(&["main", "gala-*"]), Some(&["main"]), true),
            (Some(&["main"]), Some(&[]), true),
            (Some(&[]), Some(&["main"]), false),
        ] {
            let (events, others) = (events.map(patterns), others.map(patterns));
            assert_eq!(covers(events.as_deref(), others.as_deref()), covered, "{events:?} {others:?}");
        }
        let main: EventName = "main".parse().unwrap();
        assert!(includes(None, &main) && includes(Some(&patterns(&["m*"])), &main) && !includes(Some(&[]), &main));
    }
}
