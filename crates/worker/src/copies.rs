//! What this isolate last heard of each event, so that `/time` seldom waits for anyone.
//!
//! Plain data and no I/O: `/time` asks here first, `event.rs` brings the news.

use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::TimeBody;
use std::collections::BTreeMap;

/// Gives how old a copy may be for `/time` to answer with it at once: 1 s. Source: the design.
const FRESH: Span = Span::from_millis(1_000);

/// Gives how old a copy is when `/time` starts to renew it in the background: 250 ms.
///
/// Reason: under load a copy is then never older than this and one call to the object, and an isolate asks its object
/// at most four times a second.
const RENEWED_AFTER: Span = Span::from_millis(250);

/// Gives how long it is remembered that an event does not exist: 10 s. Source: the design.
const MISSING_KEPT: Span = Span::from_millis(10_000);

/// Gives how long an unanswered question to the object keeps others from asking: 300 ms, as long as `/time` waits.
const ASKING_KEPT: Span = Span::from_millis(300);

/// Gives how long after a failure `/time` says `unknown` at once instead of waiting: 1 s.
const FAILURE_KEPT: Span = Span::from_millis(1_000);

/// Gives the number of events an isolate remembers: 1,000, so that made-up names cannot fill its memory.
const COPIES_MAX: usize = 1_000;

/// What is known of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It exists, and this is its state.
    State(Box<EventState>),
    /// There is no such event.
    Missing,
}

/// What an isolate last heard of one event.
#[derive(Debug, Default)]
pub(crate) struct Copy {
    known: Option<Known>,
    heard_at: Option<ServerTime>,
    asked_at: Option<ServerTime>,
    failed_at: Option<ServerTime>,
    tail: Tail,
}

/// The part of the answer that stays the same until `until`.
#[derive(Debug, Default)]
struct Tail {
    text: String,
    from: Option<ServerTime>,
    until: Option<ServerTime>,
}

/// The copies of an isolate.
#[derive(Debug, Default)]
pub(crate) struct Copies(BTreeMap<EventName, Copy>);

/// Says whether `now` is less than `kept` after `then`; a clock that stepped back makes everything old.
fn within(then: Option<ServerTime>, kept: Span, now: ServerTime) -> bool {
    then.is_some_and(|then| (Span::ZERO..kept).contains(&(now - then)))
}

impl Copy {
    /// Gives what is known, if it is fresh enough to answer with.
    pub(crate) fn fresh(&self, now: ServerTime) -> Option<&Known> {
        let kept = if self.known == Some(Known::Missing) { MISSING_KEPT } else { FRESH };
        self.known.as_ref().filter(|_| within(self.heard_at, kept, now))
    }

    /// Gives the last state heard of, however old.
    pub(crate) fn last(&self) -> Option<&EventState> {
        match &self.known {
            Some(Known::State(state)) => Some(state),
            _ => None,
        }
    }

    /// Gives what follows the digits of `serverTime` in the answer at `now`, if there is a fresh state.
    pub(crate) fn tail(&mut self, now: ServerTime) -> Option<&str> {
        let Some(Known::State(state)) = self.fresh(now) else { return None };
        let prepared =
            self.tail.from.is_some_and(|from| from <= now) && self.tail.until.is_none_or(|until| now < until);
        if !prepared {
            self.tail = Tail { text: TimeBody::new(state, now).tail(), from: Some(now), until: state.next_change(now) };
        }
        Some(&self.tail.text)
    }

    /// Says whether it is time to ask the object, and notes that somebody does.
    pub(crate) fn ask(&mut self, now: ServerTime) -> bool {
        let renewed = match self.known {
            Some(Known::Missing) => within(self.heard_at, MISSING_KEPT, now),
            _ => within(self.heard_at, RENEWED_AFTER, now),
        };
        let asked = within(self.asked_at, ASKING_KEPT, now) || within(self.failed_at, RENEWED_AFTER, now);
        if renewed || asked {
            return false;
        }
        self.asked_at = Some(now);
        true
    }

    /// Says whether the object failed to answer just now.
    pub(crate) fn failed_lately(&self, now: ServerTime) -> bool {
        within(self.failed_at, FAILURE_KEPT, now)
    }

    fn hear(&mut self, known: Known, now: ServerTime) {
        let older = match (self.last(), &known) {
            (Some(last), Known::State(state)) => last.epoch() == state.epoch() && last.rev() > state.rev(),
            _ => false,
        };
        if !older {
            if self.known.as_ref() != Some(&known) {
                self.tail = Tail::default();
            }
            self.known = Some(known);
        }
        self.heard_at = Some(now);
        self.asked_at = None;
        self.failed_at = None;
    }
}

impl Copies {
    /// Gives the copy of `event` if there is one.
    pub(crate) fn find(&mut self, event: &str) -> Option<&mut Copy> {
        self.0.get_mut(event)
    }

    /// Gives the copy of `event`, an empty one if nothing was heard yet.
    pub(crate) fn copy(&mut self, event: &EventName) -> &mut Copy {
        if self.0.len() >= COPIES_MAX && !self.0.contains_key(event) {
            self.make_room();
        }
        self.0.entry(event.clone()).or_default()
    }

    /// Takes in what the object said.
    pub(crate) fn hear(&mut self, event: &EventName, known: Known, now: ServerTime) {
        self.copy(event).hear(known, now);
    }

    /// Notes that the object did not answer.
    pub(crate) fn fail(&mut self, event: &EventName, now: ServerTime) {
        let copy = self.copy(event);
        copy.asked_at = None;
        copy.failed_at = Some(now);
    }

    /// Forgets how fresh the copy of `event` is, since a command has just changed it.
    pub(crate) fn outdate(&mut self, event: &EventName) {
        if let Some(copy) = self.0.get_mut(event.as_str()) {
            copy.heard_at = None;
            copy.asked_at = None;
        }
    }

    /// Drops the copies of names that do not exist, and if there are none, the one heard of longest ago.
    fn make_room(&mut self) {
        self.0.retain(|_, copy| matches!(copy.known, Some(Known::State(_))));
        if self.0.len() >= COPIES_MAX
            && let Some(oldest) = self.0.iter().min_by_key(|(_, copy)| copy.heard_at).map(|(event, _)| event.clone())
        {
            self.0.remove(&oldest);
        }
    }
}
