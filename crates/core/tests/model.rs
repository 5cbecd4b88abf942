//! Random evenings: the state machine against a naive reference, and what has to hold after every step.
//!
//! The evenings are the same in every run. `PROPTEST_RNG_SEED=<number> PROPTEST_CASES=<number>` tries others, and
//! `scripts/bench histories` a million of them; a failure prints the shortest evening that shows it.

mod reference;

use downbeat_core::message::{Draft, Words};
use downbeat_core::timeline::SEGMENTS_MAX;
use downbeat_core::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use reference::{Gait, Order, Reference, Step, World};

const ORIGIN_MS: i64 = 1_704_067_200_000;

/// One thing an operator does: wait, then ask.
#[derive(Clone, Debug)]
struct Act {
    wait_ms: i64,
    ask: Ask,
    /// How far ahead it is asked for, if it can be scheduled.
    ahead_ms: Option<i64>,
    if_rev: Option<u64>,
}

#[derive(Clone, Debug)]
enum Ask {
    Pause(bool),
    Resume,
    Seek(i64),
    Rate(u16),
    Announce,
    Clear,
    /// To so long after now.
    Reschedule(i64),
    End(bool),
    Reopen,
    Rundown(u8),
    Undo,
}

#[derive(Clone, Debug)]
struct Story {
    /// The start, from the making of the event on.
    starts_in_ms: i64,
    acts: Vec<Act>,
}

fn asks() -> impl Strategy<Value = Ask> {
    prop_oneof![
        4 => any::<bool>().prop_map(Ask::Pause),
        4 => Just(Ask::Resume),
        3 => (-20_000..600_000_i64).prop_map(Ask::Seek),
        3 => (250..=4_000_u16).prop_map(Ask::Rate),
        1 => Just(Ask::Announce),
        1 => Just(Ask::Clear),
        1 => (-1_000..60_000_i64).prop_map(Ask::Reschedule),
        2 => any::<bool>().prop_map(Ask::End),
        2 => Just(Ask::Reopen),
        1 => any::<u8>().prop_map(Ask::Rundown),
        5 => Just(Ask::Undo),
    ]
}

fn acts() -> impl Strategy<Value = Act> {
    // Mostly a busy operator; now and then a minute and more, in which the past is forgotten.
    let wait_ms = prop_oneof![6 => 0..8_000_i64, 1 => 60_000..70_000_i64];
    let ahead_ms = prop::option::weighted(0.4, -5_000..20_000_i64);
    let if_rev = prop::option::weighted(0.1, 1..8_u64);
    (wait_ms, asks(), ahead_ms, if_rev).prop_map(|(wait_ms, ask, ahead_ms, if_rev)| Act {
        wait_ms,
        ask,
        ahead_ms,
        if_rev,
    })
}

fn stories() -> impl Strategy<Value = Story> {
    (-30_000..60_000_i64, vec(acts(), 1..16)).prop_map(|(starts_in_ms, acts)| Story { starts_in_ms, acts })
}

/// How many cases the properties try if nothing else is said.
fn cases() -> u32 {
    ProptestConfig::default().cases
}

/// A story being told, with instants as milliseconds from `origin`.
struct Telling {
    origin: ServerTime,
    event: EventState,
    now: i64,
    commands: u32,
    /// Whether the newest change that changed anything is an undo: then somebody who presses the key again means a redo.
    is_undone: bool,
}

impl Telling {
    fn new(story: &Story, origin: ServerTime) -> Self {
        let starts_at = Some(origin + Span::from_millis(story.starts_in_ms));
        let configuration = Configuration { starts_at, ..Configuration::default() };
        let event = EventState::create(configuration, "e".parse().unwrap(), "maria", origin).unwrap();
        Self { origin, event, now: 0, commands: 0, is_undone: false }
    }

    fn at(&self, ms: i64) -> ServerTime {
        self.origin + Span::from_millis(ms)
    }

    fn request(&mut self, act: &Act) -> Request {
        self.commands += 1;
        let draft = |words: &str| Draft { words: Words::Plain(words.to_owned()), severity: Severity::Info };
        let command = match act.ask {
            Ask::Pause(says) => Command::Pause { message: says.then(|| draft("held")) },
            Ask::Resume => Command::Resume,
            Ask::Seek(ms) => Command::Seek { position: Position::from_millis(ms) },
            Ask::Rate(thousandths) => Command::Rate { rate: Rate::from_thousandths(thousandths).unwrap() },
            Ask::Announce => Command::Announce { message: draft("announced") },
            Ask::Clear => Command::Clear,
            Ask::Reschedule(ms) => Command::Reschedule { starts_at: self.at(self.now + ms) },
            Ask::End(says) => Command::End { message: says.then(|| draft("over")) },
            Ask::Reopen => Command::Reopen,
            Ask::Rundown(byte) => {
                Command::Rundown { rundown: Some(Digest::from_bytes([byte; 32])), url: None, is_rollback: false }
            }
            Ask::Undo if self.is_undone => Command::Redo { rev: None },
            Ask::Undo => Command::Undo { rev: None },
        };
        let ahead_ms = act.ahead_ms.filter(|_| command.can_be_scheduled());
        Request {
            id: format!("c{}", self.commands).parse().unwrap(),
            at: ahead_ms.map(|ahead_ms| self.at(self.now + ahead_ms)),
            command,
            actor: "maria".to_owned(),
            reason: None,
            if_rev: act.if_rev.map(Rev::new),
        }
    }

    /// Asks at `now`; checks what has to hold whatever the answer is.
    fn ask(&mut self, request: &Request) -> Result<Outcome, Refusal> {
        let now = self.at(self.now);
        let before = self.event.clone();
        let answer = self.event.handle_command(request, None, now);
        match &answer {
            Ok(Outcome::Applied { rev, effective_at, .. }) => {
                assert_eq!((*rev, self.event.rev()), (before.rev().next(), before.rev().next()));
                assert!(*effective_at > now && *effective_at >= now + request.command.lead());
                assert!(request.at.is_none_or(|at| *effective_at >= at));
                if !self.event.is_unchanged() {
                    self.is_undone = matches!(request.command, Command::Undo { .. });
                }
            }
            Ok(Outcome::Repeated(receipt)) => panic!("{receipt:?}"),
            Err(_) => assert_eq!(self.event, before, "refused, so unchanged"),
        }
        let timeline = self.event.timeline();
        assert!(timeline.segments().len() <= SEGMENTS_MAX);
        assert!(timeline.segments().windows(2).all(|pair| pair[0].from < pair[1].from), "{timeline:?}");
        answer
    }

    /// The event as one has it who has only just joined.
    fn late_joiner(&self) -> EventState {
        serde_json::from_str(&serde_json::to_string(&self.event).unwrap()).unwrap()
    }

    fn seen(&self, ms: i64) -> (i64, &'static str) {
        let at = self.at(ms);
        (self.event.position(at).as_micros(), self.event.status(at).as_str())
    }
}

fn order(request: &Request, origin: ServerTime) -> Order {
    match &request.command {
        Command::Pause { .. } => Order::Decide(Step::Hold),
        Command::Resume => Order::Decide(Step::Go),
        Command::Seek { position } => Order::Decide(Step::Jump(position.as_millis())),
        Command::Rate { rate } => Order::Decide(Step::Pace((rate.as_factor() * 1_000.0).round() as i64)),
        Command::Reschedule { starts_at } => Order::Reschedule((*starts_at - origin).as_millis()),
        Command::End { .. } => Order::End,
        Command::Reopen => Order::Reopen,
        Command::Undo { .. } | Command::Redo { .. } => Order::Undo,
        Command::Announce { .. } | Command::Clear | Command::Rundown { .. } => Order::Other,
    }
}

/// Undoing a move of the start acts at once on the countdown; its unit tests say how.
fn undoes_a_reschedule(event: &EventState, request: &Request) -> bool {
    matches!(request.command, Command::Undo { .. } | Command::Redo { .. }) && event.undoable().change == "reschedule"
}

/// The instants from `from` to `until`, both in milliseconds, at which event and reference are compared.
fn checked(gait: Gait, from: i64, until: i64) -> Vec<i64> {
    match gait {
        Gait::Steps => (from + 1..=until).filter(|ms| ms % 37 == 0 || ms + 3 > until).collect(),
        Gait::Leaps => {
            let parts = (1..8).map(|part| from + (until - from) * part / 8);
            let mut instants: Vec<i64> =
                parts.chain([from + 1, until - 2, until - 1, until]).filter(|ms| *ms > from && *ms <= until).collect();
            instants.sort_unstable();
            instants.dedup();
            instants
        }
    }
}

/// Tells a story to the event and to the reference, which moves with `gait`, and compares them.
fn compare(story: &Story, gait: Gait) -> Result<(), TestCaseError> {
    let mut telling = Telling::new(story, ServerTime::from_millis(ORIGIN_MS));
    let mut reference = Reference::new(World::new(0, story.starts_in_ms), gait);
    let end = Act { wait_ms: 30_000, ask: Ask::Clear, ahead_ms: None, if_rev: None };
    for act in story.acts.iter().chain([&end]) {
        let late_joiner = telling.late_joiner();
        let until = telling.now + act.wait_ms;
        for instant in checked(gait, telling.now, until) {
            telling.now = instant;
            reference.walk(instant);
            let world = (reference.world.position_us(), reference.world.status());
            prop_assert_eq!(telling.seen(telling.now), world, "at {} ms, before {:?}", telling.now, act);
            let now = telling.at(telling.now);
            prop_assert_eq!(late_joiner.position(now), telling.event.position(now));
        }
        let request = telling.request(act);
        if undoes_a_reschedule(&telling.event, &request) {
            continue;
        }
        let asked = request.at.map_or(telling.now, |at| (at - telling.origin).as_millis());
        let from = asked.max(telling.now + request.command.lead().as_millis());
        let order = order(&request, telling.origin);
        let answer = telling.ask(&request);
        if matches!(answer, Err(Refusal::Stale { .. })) {
            prop_assert_ne!(request.command.name(), "pause");
            continue;
        }
        let is_past = asked < telling.now - request.command.past_max().as_millis();
        prop_assert_eq!(answer.is_err(), is_past || reference.refuses(order, from), "{:?} of {:?}", answer, request);
        if let Ok(Outcome::Applied { effective_at, .. }) = answer {
            prop_assert_eq!(effective_at, telling.at(from));
            // What changes nothing is nothing to undo.
            if !telling.event.is_unchanged() {
                reference.order(order, from);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases() / 2, ..ProptestConfig::default() })]

    #[test]
    fn the_event_stands_where_a_walk_from_millisecond_to_millisecond_leads(story in stories()) {
        compare(&story, Gait::Steps)?;
    }

    #[test]
    fn leaps_lead_the_reference_where_steps_do(story in stories()) {
        let references = [Gait::Steps, Gait::Leaps].map(|gait| {
            let mut telling = Telling::new(&story, ServerTime::from_millis(ORIGIN_MS));
            let mut reference = Reference::new(World::new(0, story.starts_in_ms), gait);
            for act in &story.acts {
                telling.now += act.wait_ms.min(9_000);
                reference.walk(telling.now);
                let request = telling.request(act);
                let asked = request.at.map_or(telling.now, |at| (at - telling.origin).as_millis());
                let from = asked.max(telling.now + request.command.lead().as_millis());
                let order = order(&request, telling.origin);
                if !reference.refuses(order, from) {
                    reference.order(order, from);
                }
            }
            reference.walk(telling.now + 30_000);
            reference.world
        });
        prop_assert_eq!(&references[0], &references[1]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases() * 4, ..ProptestConfig::default() })]

    #[test]
    fn the_event_stands_where_leaps_from_change_to_change_lead(story in stories()) {
        compare(&story, Gait::Leaps)?;
    }
}

proptest! {

    #[test]
    fn the_stored_state_is_the_state(story in stories()) {
        let mut telling = Telling::new(&story, ServerTime::from_millis(ORIGIN_MS));
        for act in &story.acts {
            telling.now += act.wait_ms;
            let request = telling.request(act);
            let _ = telling.ask(&request);
            prop_assert_eq!(&telling.late_joiner(), &telling.event);
        }
    }

    #[test]
    fn until_a_change_takes_effect_old_and_new_state_agree(story in stories()) {
        let mut telling = Telling::new(&story, ServerTime::from_millis(ORIGIN_MS));
        for act in &story.acts {
            telling.now += act.wait_ms;
            let before = telling.event.clone();
            let request = telling.request(act);
            // A start moves the whole countdown, at once.
            let moves_start = matches!(request.command, Command::Reschedule { .. });
            let Ok(Outcome::Applied { effective_at, .. }) = telling.ask(&request) else { continue };
            if moves_start || undoes_a_reschedule(&before, &request) || telling.event.starts_at() != before.starts_at() {
                continue;
            }
            // A later end makes a difference from the former one on.
            let differs_at = before.ended_at().filter(|ended_at| *ended_at > telling.at(telling.now));
            let just_before = differs_at.map_or(effective_at, |ended_at| ended_at.min(effective_at)) - Span::from_millis(1);
            for at in [telling.at(telling.now), telling.at(telling.now + 250).min(just_before), just_before] {
                prop_assert_eq!(telling.event.position(at), before.position(at), "{:?} of {:?}", at, request);
                prop_assert_eq!(telling.event.message(at), before.message(at), "{:?} of {:?}", at, request);
            }
        }
    }

    #[test]
    fn moving_every_instant_by_the_same_time_moves_nothing_else(story in stories(), shift_ms in -1_000_000_000..1_000_000_000_i64) {
        let mut here = Telling::new(&story, ServerTime::from_millis(ORIGIN_MS));
        let mut there = Telling::new(&story, ServerTime::from_millis(ORIGIN_MS + shift_ms));
        for act in &story.acts {
            here.now += act.wait_ms;
            there.now = here.now;
            let (request, shifted) = (here.request(act), there.request(act));
            let (answer, shifted) = (here.ask(&request), there.ask(&shifted));
            match (answer, shifted) {
                (Ok(Outcome::Applied { rev, effective_at, replaced }), Ok(shifted)) => {
                    let effective_at = effective_at + Span::from_millis(shift_ms);
                    prop_assert_eq!(shifted, Outcome::Applied { rev, effective_at, replaced });
                }
                (answer, shifted) => {
                    let variant = |answer| format!("{answer:?}").chars().take_while(|char| *char != '{').collect::<String>();
                    prop_assert_eq!(variant(answer), variant(shifted));
                }
            }
            for ahead_ms in [0, 1, 499, 500, 2_000, 7_777, 60_000] {
                let ms = here.now + ahead_ms;
                prop_assert_eq!(here.seen(ms), there.seen(ms));
                prop_assert_eq!(here.event.message(here.at(ms)), there.event.message(there.at(ms)));
            }
        }
    }

    #[test]
    fn nothing_changes_by_itself_before_the_next_change(story in stories(), part in 0.0..1.0_f64) {
        let mut telling = Telling::new(&story, ServerTime::from_millis(ORIGIN_MS));
        for act in &story.acts {
            telling.now += act.wait_ms;
            let request = telling.request(act);
            let _ = telling.ask(&request);
            let event = &telling.event;
            let shown = |at| (event.status(at), event.message(at).cloned(), event.segment(at));
            let mut now = telling.at(telling.now);
            for _ in 0..SEGMENTS_MAX + 3 {
                let next = event.next_change(now);
                let quiet = next.map_or(Span::from_millis(86_400_000), |next| next - now);
                prop_assert!(quiet > Span::ZERO);
                let between = Span::from_micros((quiet.as_micros() as f64 * part) as i64);
                for at in [now + between, now + quiet - Span::from_micros(1)] {
                    prop_assert_eq!(shown(at), shown(now), "{:?} until {:?}", now, next);
                }
                let Some(next) = next else { break };
                now = next;
            }
            prop_assert_eq!(event.next_change(now), None, "the changes come to an end");
        }
    }

    #[test]
    fn a_cue_is_reached_where_the_position_says_so(story in stories(), cue_ms in -30_000..600_000_i64) {
        let mut telling = Telling::new(&story, ServerTime::from_millis(ORIGIN_MS));
        let cue = Position::from_millis(cue_ms);
        for act in &story.acts {
            telling.now += act.wait_ms;
            let request = telling.request(act);
            let _ = telling.ask(&request);
            let (event, now) = (&telling.event, telling.at(telling.now));
            match event.timeline().reaches(cue, now) {
                None => prop_assert!(event.position(now + Span::from_millis(3_600_000)) < cue),
                Some(at) => {
                    prop_assert!(at >= now && event.position(at) >= cue);
                    prop_assert!(at == now || event.position(at - Span::from_micros(1)) < cue);
                }
            }
        }
    }
}
