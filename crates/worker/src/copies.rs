//! This isolate's copies of events' states, so that `/time` seldom waits.
//!
//! Plain data, no I/O: `/time` reads the copies, `event.rs` refreshes them.

use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::TimeBody;
use std::collections::BTreeMap;

/// The greatest age of a copy that `/time` answers from at once: 1 s. Source: the design.
const FRESH: Span = Span::from_millis(1_000);

/// The age from which `/time` refreshes a copy in the background: 250 ms.
///
/// Reason: under load a copy is then never older than this and one call, and an isolate makes at most four calls a
/// second.
const REFRESH_AFTER: Span = Span::from_millis(250);

/// How long the answer that an event does not exist counts: 10 s. Source: the design.
const MISSING_KEPT: Span = Span::from_millis(10_000);

/// How long an unanswered request keeps others from starting one: 300 ms, as long as `/time` waits.
const REFRESH_TIMEOUT: Span = Span::from_millis(300);

/// How long after a failure `/time` answers `unknown` at once instead of waiting: 1 s.
const FAILURE_KEPT: Span = Span::from_millis(1_000);

/// How long a hub counts as crowded: 5 s, in which a few dozen viewers may have left it.
const CROWDED_KEPT: Span = Span::from_millis(5_000);

/// The most copies an isolate keeps: 1,000, so that made-up names cannot fill its memory.
const COPIES_MAX: usize = 1_000;

/// An event at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Snapshot {
    /// Its state.
    State(Box<EventState>),
    /// The event does not exist.
    Missing,
}

/// An isolate's copy of one event.
#[derive(Debug, Default)]
pub(crate) struct Copy {
    snapshot: Option<Snapshot>,
    received_at: Option<ServerTime>,
    /// When a request was sent that has no answer yet.
    requested_at: Option<ServerTime>,
    failed_at: Option<ServerTime>,
    failures: u32,
    /// The hubs that had no room for a viewer, and when.
    crowded: Vec<(u16, ServerTime)>,
    tail: Tail,
}

/// The part of the answer to `/time` that stays the same until `until`.
#[derive(Debug, Default)]
struct Tail {
    text: String,
    from: Option<ServerTime>,
    until: Option<ServerTime>,
}

/// The copies of an isolate.
#[derive(Debug, Default)]
pub(crate) struct Copies(BTreeMap<EventName, Copy>);

/// Returns whether `now` is less than `limit` after `then`. A clock that stepped back makes everything old.
fn is_within(then: Option<ServerTime>, limit: Span, now: ServerTime) -> bool {
    then.is_some_and(|then| (Span::ZERO..limit).contains(&(now - then)))
}

impl Copy {
    /// Returns the snapshot if it is fresh enough to answer from.
    pub(crate) fn fresh(&self, now: ServerTime) -> Option<&Snapshot> {
        let limit = if self.snapshot == Some(Snapshot::Missing) { MISSING_KEPT } else { FRESH };
        self.snapshot.as_ref().filter(|_| is_within(self.received_at, limit, now))
    }

    /// Returns the last state, however old.
    pub(crate) fn last(&self) -> Option<&EventState> {
        match &self.snapshot {
            Some(Snapshot::State(state)) => Some(state),
            _ => None,
        }
    }

    /// Returns what follows the digits of `serverTime` in the answer at `now`; `None` without a fresh state.
    pub(crate) fn tail(&mut self, now: ServerTime) -> Option<&str> {
        let Some(Snapshot::State(state)) = self.fresh(now) else { return None };
        let prepared =
            self.tail.from.is_some_and(|from| from <= now) && self.tail.until.is_none_or(|until| now < until);
        if !prepared {
            self.tail = Tail { text: TimeBody::new(state, now).tail(), from: Some(now), until: state.next_change(now) };
        }
        Some(&self.tail.text)
    }

    /// Returns whether the copy is due to be refreshed and nobody does so yet; then the caller must.
    pub(crate) fn start_refresh(&mut self, now: ServerTime) -> bool {
        let is_recent = match self.snapshot {
            Some(Snapshot::Missing) => is_within(self.received_at, MISSING_KEPT, now),
            _ => is_within(self.received_at, REFRESH_AFTER, now),
        };
        let is_in_progress =
            is_within(self.requested_at, REFRESH_TIMEOUT, now) || is_within(self.failed_at, REFRESH_AFTER, now);
        if is_recent || is_in_progress {
            return false;
        }
        self.requested_at = Some(now);
        true
    }

    /// Returns whether a request failed within the last second.
    pub(crate) fn failed_lately(&self, now: ServerTime) -> bool {
        is_within(self.failed_at, FAILURE_KEPT, now)
    }

    /// Returns how many requests have failed since the last answer.
    pub(crate) const fn failures(&self) -> u32 {
        self.failures
    }

    /// Notes that a hub had no room.
    pub(crate) fn handle_crowded(&mut self, hub: u16, now: ServerTime) {
        self.crowded.retain(|(other, since)| *other != hub && is_within(Some(*since), CROWDED_KEPT, now));
        self.crowded.push((hub, now));
    }

    /// Returns whether a hub had no room a moment ago.
    pub(crate) fn is_crowded(&self, hub: u16, now: ServerTime) -> bool {
        self.crowded.iter().any(|(other, since)| *other == hub && is_within(Some(*since), CROWDED_KEPT, now))
    }

    fn apply(&mut self, snapshot: Snapshot, now: ServerTime) {
        let is_older = match (self.last(), &snapshot) {
            (Some(last), Snapshot::State(state)) => last.epoch() == state.epoch() && last.rev() > state.rev(),
            _ => false,
        };
        if !is_older {
            if self.snapshot.as_ref() != Some(&snapshot) {
                self.tail = Tail::default();
            }
            self.snapshot = Some(snapshot);
        }
        self.received_at = Some(now);
        self.requested_at = None;
        self.failed_at = None;
        self.failures = 0;
    }
}

impl Copies {
    /// Returns the copy of `event`, if there is one.
    pub(crate) fn find(&mut self, event: &str) -> Option<&mut Copy> {
        self.0.get_mut(event)
    }

    /// Returns the copy of `event`, an empty one at first.
    pub(crate) fn copy(&mut self, event: &EventName) -> &mut Copy {
        if self.0.len() >= COPIES_MAX && !self.0.contains_key(event) {
            self.make_room();
        }
        self.0.entry(event.clone()).or_default()
    }

    /// Applies an answer to the copy of `event`, unless the copy has a later revision.
    pub(crate) fn apply(&mut self, event: &EventName, snapshot: Snapshot, now: ServerTime) {
        self.copy(event).apply(snapshot, now);
    }

    /// Notes that a request had no answer.
    pub(crate) fn handle_failure(&mut self, event: &EventName, now: ServerTime) {
        let copy = self.copy(event);
        copy.requested_at = None;
        copy.failed_at = Some(now);
        copy.failures = copy.failures.saturating_add(1);
    }

    /// Makes the copy of `event` due to be refreshed, since a command has just changed the event.
    pub(crate) fn expire(&mut self, event: &EventName) {
        if let Some(copy) = self.0.get_mut(event.as_str()) {
            copy.received_at = None;
            copy.requested_at = None;
        }
    }

    /// Drops the copies of events that do not exist; without any, the copy that was refreshed longest ago.
    fn make_room(&mut self) {
        self.0.retain(|_, copy| matches!(copy.snapshot, Some(Snapshot::State(_))));
        if self.0.len() >= COPIES_MAX
            && let Some(oldest) = self.0.iter().min_by_key(|(_, copy)| copy.received_at).map(|(event, _)| event.clone())
        {
            self.0.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{Command, Configuration, Request};

    const START: i64 = 1_704_067_200_000;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(START + ms)
    }

    /// An event that starts at 0 ms, with a pause at 10,500 ms if `paused`.
    fn state(paused: bool) -> Snapshot {
        let configuration = Configuration { starts_at: Some(at(0)), ..Configuration::default() };
        let mut state = EventState::create(configuration, "e1".parse().unwrap(), "maria", at(-1_000)).unwrap();
        if paused {
            let request = Request {
                id: "p1".parse().unwrap(),
                command: Command::Pause { message: None },
                actor: "maria".to_owned(),
                reason: None,
                if_rev: None,
                at: None,
            };
            state.handle_command(&request, None, at(10_000)).unwrap();
        }
        Snapshot::State(Box::new(state))
    }

    fn copy_of(snapshot: Snapshot, received: i64) -> Copy {
        let mut copy = Copy::default();
        copy.apply(snapshot, at(received));
        copy
    }

    #[test]
    fn a_copy_answers_for_a_second_and_no_longer() {
        let mut copy = copy_of(state(false), 5_000);
        assert!(copy.tail(at(5_999)).unwrap().starts_with(r#","status":"running","message":null"#));
        assert_eq!(copy.tail(at(6_000)), None);
        assert!(copy.last().is_some(), "it is still there, to go along with \"unknown\"");
    }

    #[test]
    fn the_prepared_answer_changes_at_the_instant_the_state_does() {
        let mut copy = copy_of(state(true), 10_000);
        assert!(copy.tail(at(10_499)).unwrap().contains(r#""status":"running""#));
        assert!(copy.tail(at(10_500)).unwrap().contains(r#""status":"paused""#));
    }

    #[test]
    fn a_clock_that_steps_back_makes_a_copy_old_and_a_prepared_answer_unfit() {
        let mut copy = copy_of(state(true), 10_400);
        assert!(copy.tail(at(10_600)).unwrap().contains(r#""status":"paused""#));
        assert!(copy.tail(at(10_450)).unwrap().contains(r#""status":"running""#));
        assert_eq!(copy.tail(at(10_399)), None);
    }

    #[test]
    fn of_many_requests_one_refreshes_the_copy_and_at_most_four_times_a_second() {
        let mut copy = copy_of(state(false), 0);
        let started: Vec<i64> = (0..1_000)
            .filter(|ms| {
                let starts = copy.start_refresh(at(*ms));
                if starts {
                    copy.apply(state(false), at(*ms));
                }
                starts
            })
            .collect();
        assert_eq!(started.len(), 3, "at {started:?}");
    }

    #[test]
    fn a_request_without_an_answer_is_repeated_after_300_ms() {
        let mut copy = Copy::default();
        let started: Vec<i64> = (0..1_000).filter(|ms| copy.start_refresh(at(*ms))).collect();
        assert_eq!(started, [0, 300, 600, 900]);
    }

    #[test]
    fn after_a_failure_nobody_waits_for_a_second_and_the_request_is_repeated_meanwhile() {
        let mut copies = Copies::default();
        let event: EventName = "main".parse().unwrap();
        copies.handle_failure(&event, at(0));
        let copy = copies.find("main").unwrap();
        assert!(copy.failed_lately(at(999)) && !copy.failed_lately(at(1_000)));
        assert!(!copy.start_refresh(at(249)) && copy.start_refresh(at(250)));
    }

    #[test]
    fn a_missing_event_counts_as_missing_for_ten_seconds_or_until_it_is_created() {
        let mut copies = Copies::default();
        let event: EventName = "gala".parse().unwrap();
        copies.apply(&event, Snapshot::Missing, at(0));
        let copy = copies.find("gala").unwrap();
        assert_eq!(copy.fresh(at(9_999)), Some(&Snapshot::Missing));
        assert!(!copy.start_refresh(at(9_999)) && copy.start_refresh(at(10_000)));
        copies.apply(&event, Snapshot::Missing, at(10_000));
        copies.expire(&event);
        assert_eq!(copies.find("gala").unwrap().fresh(at(10_001)), None);
    }

    #[test]
    fn an_older_revision_that_comes_late_is_ignored() {
        let mut copy = copy_of(state(true), 10_001);
        let rev = copy.last().unwrap().rev();
        copy.apply(state(false), at(10_002));
        assert_eq!(copy.last().unwrap().rev(), rev);
    }

    #[test]
    fn a_crowded_hub_is_avoided_for_five_seconds() {
        let mut copy = Copy::default();
        copy.handle_crowded(2, at(0));
        copy.handle_crowded(3, at(1_000));
        assert!(copy.is_crowded(2, at(4_999)) && !copy.is_crowded(2, at(5_000)) && copy.is_crowded(3, at(5_000)));
        assert!(!copy.is_crowded(0, at(1)));
        copy.handle_crowded(3, at(6_000));
        assert_eq!(copy.crowded, [(3, at(6_000))]);
    }

    #[test]
    fn failures_are_counted_until_there_is_an_answer() {
        let mut copies = Copies::default();
        let event: EventName = "main".parse().unwrap();
        copies.handle_failure(&event, at(0));
        copies.handle_failure(&event, at(300));
        assert_eq!(copies.copy(&event).failures(), 2);
        copies.apply(&event, state(false), at(600));
        assert_eq!(copies.copy(&event).failures(), 0);
    }

    #[test]
    fn made_up_names_do_not_displace_events() {
        let mut copies = Copies::default();
        let event: EventName = "main".parse().unwrap();
        copies.apply(&event, state(false), at(0));
        for number in 0..3 * COPIES_MAX {
            copies.apply(&format!("x{number}").parse().unwrap(), Snapshot::Missing, at(1));
        }
        assert!(copies.0.len() <= COPIES_MAX);
        assert!(copies.find("main").is_some());
    }
}
