//! Random evenings as one viewer has them: the cueing against a naive viewer, and what has to hold whatever happens.
//!
//! The evenings are the same in every run. `PROPTEST_RNG_SEED=<number> PROPTEST_CASES=<number>` tries others; a failure
//! prints the shortest evening that shows it.

mod naive;

use downbeat_core::cueing::*;
use downbeat_core::*;
use naive::{Cue, Viewer};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const ORIGIN_MS: i64 = 1_704_067_200_000;
const STARTS_AT_MS: i64 = 5_000;

/// One thing that happens to a viewer.
#[derive(Clone, Debug)]
enum Act {
    /// Time passes; the page ticks at its end. Negative: the idea of time steps back.
    Tick(i64),
    /// The page ticks at each deadline for so long.
    Watch(i64),
    /// The timeline changes so long after now, before now where the news is late: to a position, to a rate.
    Change(i64, Option<i64>, Option<u16>),
    /// Another rundown.
    Rundown(Vec<Cue>),
    /// The clock says that it stepped.
    Step,
    /// The page is loaded again.
    Reload,
}

/// Times cluster, so that cues, holds and ticks meet in one millisecond.
fn times() -> impl Strategy<Value = i64> {
    prop_oneof![(0..60_i64).prop_map(|n| n * 500), 0..30_000_i64]
}

fn lates() -> impl Strategy<Value = naive::Late> {
    prop_oneof![
        Just(naive::Late::Skip),
        Just(naive::Late::Resume),
        (0..6_000_i64).prop_map(naive::Late::Within),
        Just(naive::Late::Latest),
    ]
}

fn rundowns() -> impl Strategy<Value = Vec<Cue>> {
    let cue = (times(), prop::option::of(1..9_000_i64), any::<bool>(), lates(), 0..3_u32, 0..24_u64, 0..2_u64);
    vec(cue, 0..12).prop_map(|cues| {
        let mut ids = BTreeSet::new();
        let mut cues: Vec<Cue> = cues
            .into_iter()
            .filter(|(.., id, _)| ids.insert(*id))
            // Of one id a cue is always of one kind, as people have it; the rest may change.
            .map(|(time, length, _, late, lane, id, content)| Cue {
                id,
                content,
                time,
                end: length.map(|length| time + length),
                is_state: id % 2 == 0,
                late,
                lane,
            })
            .collect();
        cues.sort_by_key(|cue| (cue.time, cue.lane, cue.id));
        cues
    })
}

fn acts() -> impl Strategy<Value = Act> {
    let position = prop::option::weighted(0.6, prop_oneof![4 => times(), 1 => -3_000..0_i64]);
    let rate = prop::option::weighted(0.7, prop_oneof![3 => Just(0), 3 => Just(1_000), 2 => 250..4_000_u16]);
    prop_oneof![
        6 => (0..900_i64).prop_map(Act::Tick),
        2 => (-2_500..9_000_i64).prop_map(Act::Tick),
        3 => (0..9_000_i64).prop_map(Act::Watch),
        4 => (-3_000..6_000_i64, position, rate).prop_map(|(ms, position, rate)| Act::Change(ms, position, rate)),
        1 => rundowns().prop_map(Act::Rundown),
        1 => Just(Act::Step),
        1 => Just(Act::Reload),
    ]
}

fn evenings() -> impl Strategy<Value = (Vec<Cue>, Vec<Act>)> {
    (rundowns(), vec(acts(), 1..24))
}

fn listed(cue: &Cue) -> ListedCue {
    ListedCue {
        key: CueKey::from_bits(cue.id),
        time: Position::from_millis(cue.time),
        end: cue.end.map(Position::from_millis),
        kind: if cue.is_state { Kind::State } else { Kind::Moment },
        late: match cue.late {
            naive::Late::Skip => Late::Skip,
            naive::Late::Resume => Late::Resume,
            naive::Late::Within(window) => Late::Within(Span::from_millis(window)),
            naive::Late::Latest => Late::Latest,
        },
        lane: cue.lane,
        jitter: Span::ZERO,
        preload: None,
        needs: None,
    }
}

/// The same cues, with all that makes cueing harder.
fn elaborate(cue: &Cue) -> ListedCue {
    let ms = |ms: u64| Span::from_millis(ms.cast_signed());
    let needs = Needs { bound: ms(20 + cue.id), otherwise: Otherwise::Skip };
    ListedCue {
        jitter: ms(cue.id * 40),
        preload: Some(Lead { lead: ms(cue.id * 400), spread: ms(cue.id * 300) }),
        needs: cue.id.is_multiple_of(3).then_some(needs),
        ..listed(cue)
    }
}

/// An evening being had, with instants as milliseconds from `origin`.
struct Having {
    origin: ServerTime,
    now: i64,
    timeline: EventTimeline,
    cueing: Cueing,
    cues: Vec<Cue>,
    list: fn(&Cue) -> ListedCue,
}

impl Having {
    fn new(cues: &[Cue], origin: ServerTime, list: fn(&Cue) -> ListedCue) -> Self {
        let timeline = EventTimeline::starting_at(origin + Span::from_millis(STARTS_AT_MS));
        let mut having = Self { origin, now: 0, timeline, cueing: Cueing::new(None), cues: cues.to_vec(), list };
        having.hand_over();
        having
    }

    fn at(&self, ms: i64) -> ServerTime {
        self.origin + Span::from_millis(ms)
    }

    fn rundown(&mut self, cues: &[Cue]) {
        let old = std::mem::replace(&mut self.cues, cues.to_vec());
        let list = CueList::new(self.cues.iter().map(self.list), &Seed::new(7));
        self.cueing.handle_rundown(list, |before, after| old[before].content == self.cues[after].content);
    }

    fn hand_over(&mut self) {
        self.rundown(&self.cues.clone());
        self.cueing.handle_timeline(self.timeline.clone());
    }

    fn change(&mut self, in_ms: i64, position: Option<i64>, rate: Option<u16>) {
        let rate = rate.and_then(Rate::from_thousandths);
        let from = self.at(self.now + in_ms);
        self.timeline.change(from, position.map(Position::from_millis), rate);
        self.cueing.handle_timeline(self.timeline.clone());
    }

    fn tick(&mut self, bound_ms: i64) -> Vec<Effect> {
        self.cueing.handle_tick(self.at(self.now), Span::from_millis(bound_ms));
        std::iter::from_fn(|| self.cueing.poll_effect()).collect()
    }

    /// The whole millisecond at which to tick next, if there is one by `until`.
    fn deadline(&self, until: i64) -> Option<i64> {
        let deadline = self.cueing.next_deadline()? - self.origin;
        Some(((deadline.as_micros() + 999).div_euclid(1_000)).max(self.now)).filter(|ms| *ms <= until)
    }

    fn reload(&mut self) {
        let memory = self.cueing.memory().to_string();
        self.cueing = Cueing::new(Some(memory.parse().unwrap()));
        self.hand_over();
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Tick(ms) => self.now += ms,
            Act::Watch(_) => {}
            Act::Change(in_ms, position, rate) => self.change(*in_ms, *position, *rate),
            Act::Rundown(cues) => self.rundown(cues),
            Act::Step => self.cueing.handle_step(),
            Act::Reload => self.reload(),
        }
    }

    /// Does what `act` says, and gives the effects.
    fn have(&mut self, act: &Act, bound_ms: i64) -> Vec<Effect> {
        self.act(act);
        let mut effects = Vec::new();
        match act {
            Act::Tick(_) => effects.extend(self.tick(bound_ms)),
            Act::Watch(ms) => {
                let until = self.now + ms;
                while let Some(deadline) = self.deadline(until) {
                    self.now = deadline;
                    effects.extend(self.tick(bound_ms));
                }
                self.now = until;
            }
            _ => {}
        }
        effects
    }
}

/// Compares one tick of the cueing with one of the naive viewer.
fn compare(having: &mut Having, viewer: &mut Viewer) -> Result<(), TestCaseError> {
    let effects = having.tick(30);
    let firings = viewer.tick(having.now);
    let mut late: BTreeMap<u64, i64> = firings.into_iter().collect();
    for effect in &effects {
        if let Effect::Fire { cue, timing, .. } = effect {
            let expected = late.remove(&cue.key.bits());
            prop_assert!(expected.is_some(), "{} ms: {:?} fires", having.now, cue);
            let over = timing.lateness.as_millis() - expected.unwrap_or_default();
            prop_assert!((0..=1).contains(&over), "{} ms: {:?}, expected {:?} ms late", having.now, effect, expected);
        }
    }
    prop_assert!(late.is_empty(), "{} ms: {:?} should fire", having.now, late);
    let active: BTreeSet<u64> = having.cueing.active().map(|cue| cue.key.bits()).collect();
    prop_assert_eq!(&active, &viewer.active, "at {} ms", having.now);
    Ok(())
}

/// Follows what effects say of states; what they say has to make sense by itself.
fn shown(effects: &[Effect], on: &mut BTreeSet<u64>) -> Result<(), TestCaseError> {
    for effect in effects {
        match effect {
            Effect::Enter { cue, into, .. } => {
                prop_assert!(on.insert(cue.key.bits()), "{:?} enters twice", cue);
                prop_assert!(*into >= Span::ZERO);
            }
            Effect::Leave { cue } => prop_assert!(on.remove(&cue.key.bits()), "{:?} leaves and was not there", cue),
            Effect::Adjust { cue, .. } => prop_assert!(on.contains(&cue.key.bits()), "{:?} is adjusted", cue),
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_viewer_has_what_a_naive_viewer_has((cues, acts) in evenings()) {
        let mut having = Having::new(&cues, ServerTime::from_millis(ORIGIN_MS), listed);
        let mut viewer = Viewer::default();
        viewer.rundown(cues);
        viewer.timeline(having.timeline.segments(), STARTS_AT_MS, ORIGIN_MS);
        for act in acts.iter().chain([&Act::Watch(10_000)]) {
            having.act(act);
            viewer.timeline(having.timeline.segments(), STARTS_AT_MS, ORIGIN_MS);
            match act {
                Act::Rundown(cues) => viewer.rundown(cues.clone()),
                Act::Reload => viewer.reload(),
                Act::Tick(_) => compare(&mut having, &mut viewer)?,
                Act::Watch(ms) => {
                    let until = having.now + ms;
                    while let Some(deadline) = having.deadline(until) {
                        // The naive viewer looks in between as well, and finds nothing.
                        for ms in (viewer_at(&having)..deadline).step_by(37) {
                            prop_assert!(viewer.tick(ms).is_empty(), "{} ms is no deadline, only {}", ms, deadline);
                        }
                        having.now = deadline;
                        compare(&mut having, &mut viewer)?;
                    }
                    having.now = until;
                }
                Act::Change(..) | Act::Step => {}
            }
        }
    }

    #[test]
    fn a_moment_fires_at_most_once((cues, acts) in evenings(), bounds in vec(0..60_i64, 24)) {
        let mut having = Having::new(&cues, ServerTime::from_millis(ORIGIN_MS), elaborate);
        let mut fired = BTreeSet::new();
        for (act, bound_ms) in acts.iter().zip(bounds) {
            for effect in having.have(act, bound_ms) {
                if let Effect::Fire { cue, .. } = effect {
                    prop_assert!(fired.insert(cue.key), "{:?} fires twice, the second time at {} ms", cue, having.now);
                }
            }
        }
    }

    #[test]
    fn a_moment_fires_at_most_once_though_another_rundown_comes_with_the_reload((cues, acts) in evenings(), other in rundowns()) {
        let mut having = Having::new(&cues, ServerTime::from_millis(ORIGIN_MS), elaborate);
        // The same cues must stand at the same times: a page that reloads into another rundown knows no more.
        let other: Vec<Cue> = other.into_iter().map(|cue| cues.iter().find(|old| old.id == cue.id).cloned().unwrap_or(cue)).collect();
        let mut fired = BTreeSet::new();
        let mut acts = acts;
        let half = acts.len() / 2;
        acts.retain(|act| !matches!(act, Act::Rundown(_)));
        for (nth, act) in acts.iter().enumerate() {
            if nth == half {
                let memory = having.cueing.memory();
                having.cueing = Cueing::new(Some(memory));
                having.cues.clone_from(&other);
                having.cues.sort_by_key(|cue| (cue.time, cue.lane, cue.id));
                having.hand_over();
            }
            for effect in having.have(act, 30) {
                if let Effect::Fire { cue, .. } = effect {
                    prop_assert!(fired.insert(cue.key), "{:?} fires twice", cue);
                }
            }
        }
    }

    #[test]
    fn states_are_entered_before_they_are_left((cues, acts) in evenings(), bounds in vec(0..60_i64, 24)) {
        let mut having = Having::new(&cues, ServerTime::from_millis(ORIGIN_MS), elaborate);
        let mut on = BTreeSet::new();
        for (act, bound_ms) in acts.iter().zip(bounds) {
            let effects = having.have(act, bound_ms);
            if matches!(act, Act::Reload) {
                on.clear();
            }
            shown(&effects, &mut on)?;
            if !effects.is_empty() {
                let active: BTreeSet<u64> = having.cueing.active().map(|cue| cue.key.bits()).collect();
                prop_assert_eq!(&active, &on, "at {} ms, after {:?}", having.now, act);
            }
        }
    }

    #[test]
    fn a_seek_gives_the_states_that_watching_gives(cues in rundowns(), seeks in vec(-1_000..40_000_i64, 1..6)) {
        let cues: Vec<Cue> = cues.into_iter().map(|cue| Cue { late: naive::Late::Resume, ..cue }).collect();
        let origin = ServerTime::from_millis(ORIGIN_MS);
        let mut seeker = Having::new(&cues, origin, listed);
        for target in seeks {
            seeker.change(0, Some(target), Some(1_000));
            seeker.tick(30);
            let mut watcher = Having::new(&cues, origin, listed);
            watcher.tick(30);
            watcher.have(&Act::Watch(STARTS_AT_MS + target), 30);
            watcher.have(&Act::Tick(0), 30);
            let states = |having: &Having| having.cueing.active().map(|cue| cue.key).collect::<BTreeSet<_>>();
            prop_assert_eq!(states(&seeker), states(&watcher), "at {} ms", target);
            seeker.have(&Act::Watch(700), 30);
        }
    }

    #[test]
    fn moving_every_instant_by_the_same_time_moves_nothing_else((cues, acts) in evenings(), shift_ms in -1_000_000_000..1_000_000_000_i64) {
        let mut here = Having::new(&cues, ServerTime::from_millis(ORIGIN_MS), elaborate);
        let mut there = Having::new(&cues, ServerTime::from_millis(ORIGIN_MS + shift_ms), elaborate);
        for act in &acts {
            prop_assert_eq!(here.have(act, 30), there.have(act, 30));
        }
    }

    #[test]
    fn held_nothing_fires_however_long(cues in rundowns(), held_at in 0..30_000_i64, ticks in vec(1..200_000_i64, 1..9)) {
        let mut having = Having::new(&cues, ServerTime::from_millis(ORIGIN_MS), elaborate);
        having.tick(30);
        having.change(STARTS_AT_MS + held_at, None, Some(0));
        having.have(&Act::Watch(STARTS_AT_MS + held_at), 30);
        having.have(&Act::Tick(1_001), 30);
        for ms in ticks {
            let effects = having.have(&Act::Tick(ms), 30);
            prop_assert!(effects.is_empty(), "{:?}", effects);
            prop_assert_eq!(having.cueing.next_deadline(), None);
        }
    }
}

/// From where the naive viewer may look on.
fn viewer_at(having: &Having) -> i64 {
    having.now + 1
}
