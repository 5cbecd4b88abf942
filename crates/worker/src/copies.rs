//! What this isolate last heard of each event, so that `/time` seldom waits for anyone.
//!
//! Plain data and no I/O: `/time` asks here first, `event.rs` brings the news.

use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::TimeBody;
use std::collections::BTreeMap;

/// How old a copy may be for `/time` to answer with it at once: 1 s. Source: the design.
const FRESH: Span = Span::from_millis(1_000);

/// How old a copy is when `/time` starts to renew it in the background: 250 ms.
///
/// Reason: under load a copy is then never older than this and one call to the object, and an isolate asks its object
/// at most four times a second.
const RENEWED_AFTER: Span = Span::from_millis(250);

/// How long it is remembered that an event does not exist: 10 s. Source: the design.
const MISSING_KEPT: Span = Span::from_millis(10_000);

/// How long an unanswered question to the object keeps others from asking: 300 ms, as long as `/time` waits.
const ASKING_KEPT: Span = Span::from_millis(300);

/// How long after a failure `/time` says `unknown` at once instead of waiting: 1 s.
const FAILURE_KEPT: Span = Span::from_millis(1_000);

/// How long it is remembered that a hub is crowded: 5 s, in which a few dozen viewers may have left it.
const CROWDED_KEPT: Span = Span::from_millis(5_000);

/// The number of events an isolate remembers: 1,000, so that made-up names cannot fill its memory.
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
    unanswered: u32,
    /// The hubs that had no room for a viewer, and when.
    crowded: Vec<(u16, ServerTime)>,
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

/// Returns whether `now` is less than `kept` after `then`; a clock that stepped back makes everything old.
fn within(then: Option<ServerTime>, kept: Span, now: ServerTime) -> bool {
    then.is_some_and(|then| (Span::ZERO..kept).contains(&(now - then)))
}

impl Copy {
    /// Returns what is known, if it is fresh enough to answer with.
    pub(crate) fn fresh(&self, now: ServerTime) -> Option<&Known> {
        let kept = if self.known == Some(Known::Missing) { MISSING_KEPT } else { FRESH };
        self.known.as_ref().filter(|_| within(self.heard_at, kept, now))
    }

    /// Returns the last state heard of, however old.
    pub(crate) fn last(&self) -> Option<&EventState> {
        match &self.known {
            Some(Known::State(state)) => Some(state),
            _ => None,
        }
    }

    /// Returns what follows the digits of `serverTime` in the answer at `now`, if there is a fresh state.
    pub(crate) fn tail(&mut self, now: ServerTime) -> Option<&str> {
        let Some(Known::State(state)) = self.fresh(now) else { return None };
        let prepared =
            self.tail.from.is_some_and(|from| from <= now) && self.tail.until.is_none_or(|until| now < until);
        if !prepared {
            self.tail = Tail { text: TimeBody::new(state, now).tail(), from: Some(now), until: state.next_change(now) };
        }
        Some(&self.tail.text)
    }

    /// Returns whether it is time to ask the object, and notes that somebody does.
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

    /// Returns whether the object failed to answer just now.
    pub(crate) fn failed_lately(&self, now: ServerTime) -> bool {
        within(self.failed_at, FAILURE_KEPT, now)
    }

    /// Returns how many questions had no answer since the last one that had.
    pub(crate) const fn unanswered(&self) -> u32 {
        self.unanswered
    }

    /// Notes that a hub had no room.
    pub(crate) fn crowd(&mut self, hub: u16, now: ServerTime) {
        self.crowded.retain(|(other, since)| *other != hub && within(Some(*since), CROWDED_KEPT, now));
        self.crowded.push((hub, now));
    }

    /// Returns whether a hub had no room a moment ago.
    pub(crate) fn is_crowded(&self, hub: u16, now: ServerTime) -> bool {
        self.crowded.iter().any(|(other, since)| *other == hub && within(Some(*since), CROWDED_KEPT, now))
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
        self.unanswered = 0;
    }
}

impl Copies {
    /// Returns the copy of `event` if there is one.
    pub(crate) fn find(&mut self, event: &str) -> Option<&mut Copy> {
        self.0.get_mut(event)
    }

    /// Returns the copy of `event`, an empty one if nothing was heard yet.
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
        copy.unanswered = copy.unanswered.saturating_add(1);
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

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{Command, Configuration, Request};

    const START: i64 = 1_704_067_200_000;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(START + ms)
    }

    /// An event that starts at 0 ms, with a pause at 10,500 ms if `paused`.
    fn state(paused: bool) -> Known {
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
        Known::State(Box::new(state))
    }

    fn heard(known: Known, when: i64) -> Copy {
        let mut copy = Copy::default();
        copy.hear(known, at(when));
        copy
    }

    #[test]
    fn a_copy_answers_for_a_second_and_no_longer() {
        let mut copy = heard(state(false), 5_000);
        assert!(copy.tail(at(5_999)).unwrap().starts_with(r#","status":"running","message":null"#));
        assert_eq!(copy.tail(at(6_000)), None);
        assert!(copy.last().is_some(), "it is still known, to go along with \"unknown\"");
    }

    #[test]
    fn the_prepared_answer_changes_at_the_instant_the_state_does() {
        let mut copy = heard(state(true), 10_000);
        assert!(copy.tail(at(10_499)).unwrap().contains(r#""status":"running""#));
        assert!(copy.tail(at(10_500)).unwrap().contains(r#""status":"paused""#));
    }

    #[test]
    fn a_clock_that_steps_back_makes_a_copy_old_and_a_prepared_answer_unfit() {
        let mut copy = heard(state(true), 10_400);
        assert!(copy.tail(at(10_600)).unwrap().contains(r#""status":"paused""#));
        assert!(copy.tail(at(10_450)).unwrap().contains(r#""status":"running""#));
        assert_eq!(copy.tail(at(10_399)), None);
    }

    #[test]
    fn of_many_one_asks_and_at_most_four_times_a_second() {
        let mut copy = heard(state(false), 0);
        let asked: Vec<i64> = (0..1_000)
            .filter(|ms| {
                let asks = copy.ask(at(*ms));
                if asks {
                    copy.hear(state(false), at(*ms));
                }
                asks
            })
            .collect();
        assert_eq!(asked.len(), 3, "at {asked:?}");
    }

    #[test]
    fn a_question_without_an_answer_is_asked_again_after_300_ms() {
        let mut copy = Copy::default();
        let asked: Vec<i64> = (0..1_000).filter(|ms| copy.ask(at(*ms))).collect();
        assert_eq!(asked, [0, 300, 600, 900]);
    }

    #[test]
    fn after_a_failure_nobody_waits_for_a_second_and_it_is_asked_again_in_between() {
        let mut copies = Copies::default();
        let event: EventName = "main".parse().unwrap();
        copies.fail(&event, at(0));
        let copy = copies.find("main").unwrap();
        assert!(copy.failed_lately(at(999)) && !copy.failed_lately(at(1_000)));
        assert!(!copy.ask(at(249)) && copy.ask(at(250)));
    }

    #[test]
    fn an_event_that_does_not_exist_is_remembered_for_ten_seconds_until_it_is_made() {
        let mut copies = Copies::default();
        let event: EventName = "gala".parse().unwrap();
        copies.hear(&event, Known::Missing, at(0));
        let copy = copies.find("gala").unwrap();
        assert_eq!(copy.fresh(at(9_999)), Some(&Known::Missing));
        assert!(!copy.ask(at(9_999)) && copy.ask(at(10_000)));
        copies.hear(&event, Known::Missing, at(10_000));
        copies.outdate(&event);
        assert_eq!(copies.find("gala").unwrap().fresh(at(10_001)), None);
    }

    #[test]
    fn an_older_revision_that_comes_late_is_not_believed() {
        let mut copy = heard(state(true), 10_001);
        let rev = copy.last().unwrap().rev();
        copy.hear(state(false), at(10_002));
        assert_eq!(copy.last().unwrap().rev(), rev);
    }

    #[test]
    fn a_crowded_hub_is_left_alone_for_five_seconds() {
        let mut copy = Copy::default();
        copy.crowd(2, at(0));
        copy.crowd(3, at(1_000));
        assert!(copy.is_crowded(2, at(4_999)) && !copy.is_crowded(2, at(5_000)) && copy.is_crowded(3, at(5_000)));
        assert!(!copy.is_crowded(0, at(1)));
        copy.crowd(3, at(6_000));
        assert_eq!(copy.crowded, [(3, at(6_000))]);
    }

    #[test]
    fn questions_without_an_answer_are_counted_until_there_is_one() {
        let mut copies = Copies::default();
        let event: EventName = "main".parse().unwrap();
        copies.fail(&event, at(0));
        copies.fail(&event, at(300));
        assert_eq!(copies.copy(&event).unanswered(), 2);
        copies.hear(&event, state(false), at(600));
        assert_eq!(copies.copy(&event).unanswered(), 0);
    }

    #[test]
    fn made_up_names_do_not_push_events_out() {
        let mut copies = Copies::default();
        let event: EventName = "main".parse().unwrap();
        copies.hear(&event, state(false), at(0));
        for number in 0..3 * COPIES_MAX {
            copies.hear(&format!("x{number}").parse().unwrap(), Known::Missing, at(1));
        }
        assert!(copies.0.len() <= COPIES_MAX);
        assert!(copies.find("main").is_some());
    }
}
