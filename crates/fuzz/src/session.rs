//! What happens to one viewer, in any order: answers, pushes, pongs, losses, jumps of the clock, reloads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use downbeat_core::clock::{Exchange, WallTime};
use downbeat_core::cueing::{self, CueKey};
use downbeat_core::session::{Details, Effect, Failure, News, Push, Request};
use downbeat_core::{
    Digest, Epoch, EventTimeline, LocalTime, Position, Rate, Rev, Seed, Segment, ServerTime, Session, Span, Timeline,
    Version,
};
use downbeat_sheet::Rundown;

use crate::story::Story;

/// The most steps: 200.
const STEPS_MAX: usize = 200;

/// The most effects after one step: 1,000. More is taken for a session that never comes to rest.
const EFFECTS_MAX: usize = 1_000;

/// When the event begins: 2024-01-01.
const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// The rundowns an event may name: moments, states that exclude each other, and one that is the other moved.
const SHEETS: [&str; 2] = [
    r#"{"version":1,"actions":{"flash":{"kind":"moment"},"look":{"kind":"state"}},"tracks":{"look":{"exclusive":true}},"cues":[
      {"time":0,"action":"flash","id":"a"},{"time":5,"action":"flash","id":"b","late":{"within":"60s"}},
      {"time":5,"action":"look","id":"s","track":"look","until":30},{"time":30,"action":"look","id":"t","track":"look"},
      {"time":40,"action":"flash","id":"c","jitter":"2s"}]}"#,
    r#"{"version":1,"actions":{"flash":{"kind":"moment"},"look":{"kind":"state"}},"tracks":{"look":{"exclusive":true}},"cues":[
      {"time":6,"action":"flash","id":"b","late":{"within":"60s"}},
      {"time":8,"action":"look","id":"s","track":"look","until":50},
      {"time":12,"action":"flash","id":"d"},{"time":40,"action":"flash","id":"c"}]}"#,
];

/// The same, compiled once.
static RUNDOWNS: LazyLock<[(Digest, Rundown); 2]> = LazyLock::new(|| {
    SHEETS.map(|sheet| {
        let rundown = downbeat_sheet::compile(sheet).rundown.expect("the sheets above have no errors");
        (rundown.digest(), rundown)
    })
});

/// One thing that happens.
#[derive(Arbitrary, Debug)]
enum Step {
    Tick {
        ms: u16,
    },
    /// The tick at which the session asked to be woken.
    Deadline,
    Wake {
        ms: u16,
    },
    Answer {
        there_ms: u8,
        back_ms: u8,
        state: Option<State>,
    },
    Failure {
        request: u8,
        failure: u8,
    },
    Status {
        state: State,
    },
    Push {
        state: State,
        ack: bool,
    },
    Pong {
        epoch: u8,
        rev: u8,
    },
    Closed,
    Rundown {
        number: bool,
    },
    RundownFailure {
        number: bool,
    },
    /// The server's clock is another: the worker moved.
    ServerJump {
        ms: i16,
    },
    /// The device slept: its wall clock went on without the other.
    Sleep {
        ms: u16,
    },
    /// The page is loaded again.
    Reload,
}

/// A state that the server might send.
#[derive(Arbitrary, Debug)]
struct State {
    epoch: u8,
    rev: u8,
    held_at_ms: Option<i16>,
    from_ms: i16,
    ended: bool,
    rundown: Option<bool>,
    whole: bool,
    pushes: bool,
}

struct World {
    session: Session,
    now: LocalTime,
    wall: i64,
    server: i64,
    fired: BTreeSet<CueKey>,
    /// The epoch in which they fired, also before a reload.
    fired_in: Option<Epoch>,
    active: BTreeSet<CueKey>,
    /// The rundown that is followed, and the one that was before a reload.
    followed: Option<bool>,
    remembered: Option<bool>,
    highest: BTreeMap<String, Rev>,
    epoch: Option<Epoch>,
    past: BTreeSet<String>,
}

/// Reads the steps from the bytes, and takes them.
///
/// # Panics
/// If an older state returns, a moment fires twice, a state is entered twice or left without having been entered, or the
/// session never comes to rest.
pub fn run(bytes: &[u8]) {
    let mut input = Unstructured::new(bytes);
    let mut world = World::new();
    let mut story = Story::default();
    for _ in 0..STEPS_MAX {
        if input.is_empty() {
            return;
        }
        let Ok(step) = Step::arbitrary(&mut input) else { return };
        story.add(&step);
        world.take(step);
        world.settle();
    }
}

fn viewer() -> Seed {
    Seed::from_parts(&[b"gala", b"viewer 17"])
}

impl World {
    fn new() -> Self {
        let now = LocalTime::from_micros(5_000_000);
        Self {
            session: Session::new(viewer(), None, now),
            now,
            wall: START.as_millis(),
            server: START.as_millis(),
            fired: BTreeSet::new(),
            fired_in: None,
            active: BTreeSet::new(),
            followed: None,
            remembered: None,
            highest: BTreeMap::new(),
            epoch: None,
            past: BTreeSet::new(),
        }
    }

    fn pass(&mut self, ms: i64) {
        self.now += Span::from_millis(ms);
        self.wall += ms;
        self.server += ms;
    }

    fn wall(&self) -> WallTime {
        WallTime::from_millis(self.wall)
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Tick { ms } => {
                self.pass(ms.into());
                self.session.handle_tick(self.now, self.wall());
            }
            Step::Deadline => {
                let deadline = self.session.next_deadline();
                let ms = (deadline.as_micros() - self.now.as_micros()).div_euclid(1_000) + 1;
                self.pass(ms.clamp(0, 3_600_000));
                self.session.handle_tick(self.now, self.wall());
            }
            Step::Wake { ms } => {
                self.pass(ms.into());
                self.session.handle_wake(self.now, self.wall());
            }
            Step::Answer { there_ms, back_ms, state } => {
                let (t1, t2) = (self.now, ServerTime::from_millis(self.server + i64::from(there_ms)));
                self.pass(i64::from(there_ms) + i64::from(back_ms));
                if let Ok(exchange) = Exchange::new(t1, t2, t2, self.now) {
                    let news = state.map(|state| self.news(&state));
                    self.session.handle_answer(&exchange, news, None, self.now);
                }
            }
            Step::Failure { request, failure } => {
                let request = [Request::Time, Request::State, Request::Status][usize::from(request) % 3];
                let failures = [Failure::Timeout, Failure::Unreachable, Failure::UnknownEvent, Failure::NoAnswer];
                self.session.handle_failure(request, failures[usize::from(failure) % 4], self.now);
            }
            Step::Status { state } => {
                let news = self.news(&state);
                self.session.handle_news(news, self.now);
            }
            Step::Push { state, ack } => {
                let news = self.news(&State { whole: true, ..state });
                self.session.handle_push(Push { news, hub: 0, ack }, self.now);
            }
            Step::Pong { epoch, rev } => {
                let said = Version { epoch: epoch_of(epoch), rev: Rev::new(rev.into()) };
                self.session.handle_pong(&said, self.now);
            }
            Step::Closed => self.session.handle_closed(self.now),
            Step::Rundown { number } => {
                let (digest, rundown) = &RUNDOWNS[usize::from(number)];
                let list = rundown.cue_list(&viewer());
                if self.session.handle_rundown(*digest, list, |_, _| true, self.now) {
                    // A memory from before a reload is exact only with the rundown it was made with.
                    if self.remembered.take().is_some_and(|before| before != number) {
                        self.fired.clear();
                    }
                    self.followed = Some(number);
                }
            }
            Step::RundownFailure { number } => {
                self.session.handle_rundown_failure(RUNDOWNS[usize::from(number)].0, self.now);
            }
            Step::ServerJump { ms } => self.server += i64::from(ms),
            Step::Sleep { ms } => {
                self.wall += i64::from(ms);
                self.server += i64::from(ms);
            }
            Step::Reload => {
                let memory = self.session.memory();
                self.remembered = self.followed.take().or(self.remembered);
                self.session = Session::new(viewer(), Some(memory), self.now);
                self.active.clear();
                (self.epoch, self.past) = (None, BTreeSet::new());
                self.highest.clear();
            }
        }
    }

    fn news(&self, state: &State) -> News {
        let from = START + Span::from_millis(i64::from(state.from_ms));
        let mut segments = vec![Segment { from, position: Position::START, rate: Rate::NORMAL }];
        if let Some(ms) = state.held_at_ms {
            let ms = i64::from(ms.unsigned_abs()) + 1;
            let held =
                Segment { from: from + Span::from_millis(ms), position: Position::from_millis(ms), rate: Rate::HELD };
            segments.push(held);
        }
        let timeline = Timeline::from_segments(segments).expect("the second begins later");
        let ended_at = state.ended.then_some(from + Span::from_millis(70_000));
        let mut timeline = EventTimeline { timeline, starts_at: from, ended_at };
        if let Some(ended_at) = ended_at {
            timeline.change(ended_at, None, Some(Rate::HELD));
        }
        let details = state.whole.then(|| Details {
            messages: vec![from],
            pushes: state.pushes,
            replaces: None,
            confirmed: None,
        });
        let rundown = state.rundown.map(|number| RUNDOWNS[usize::from(number)].0);
        News { epoch: epoch_of(state.epoch), rev: Rev::new(state.rev.into()), timeline, rundown, details }
    }

    /// Handles the effects, and checks what must hold after them.
    fn settle(&mut self) {
        let epoch = self.session.state().map(|known| known.epoch.clone());
        if epoch.is_some() && epoch != self.fired_in {
            // A new life of the event: everything begins anew.
            self.fired.clear();
            self.fired_in = epoch;
        }
        let mut count = 0;
        while let Some(effect) = self.session.poll_effect() {
            count += 1;
            assert!(count <= EFFECTS_MAX, "the session comes to rest");
            if let Effect::Cue(cue) = effect {
                self.cue(&cue);
            }
        }
        if let Some(known) = self.session.state() {
            if self.epoch.as_ref().is_some_and(|epoch| *epoch != known.epoch) {
                self.past.extend(self.epoch.take().map(|epoch| epoch.to_string()));
            }
            assert!(!self.past.contains(known.epoch.as_str()), "a past epoch does not return");
            let highest = self.highest.entry(known.epoch.to_string()).or_default();
            assert!(known.rev >= *highest, "revision {} after {highest}", known.rev);
            *highest = known.rev;
            self.epoch = Some(known.epoch.clone());
        }
        if let Some(reading) = self.session.reading(self.now) {
            assert!(reading.bound >= Span::ZERO);
        }
    }

    fn cue(&mut self, effect: &cueing::Effect) {
        match effect {
            cueing::Effect::Fire { cue, .. } => assert!(self.fired.insert(cue.key), "{cue:?} fired twice"),
            cueing::Effect::Enter { cue, .. } => assert!(self.active.insert(cue.key), "{cue:?} was entered twice"),
            cueing::Effect::Leave { cue } => {
                assert!(self.active.remove(&cue.key), "{cue:?} was left, but never entered")
            }
            cueing::Effect::Adjust { cue, .. } => assert!(self.active.contains(&cue.key), "{cue:?} is not active"),
            cueing::Effect::Standby { .. } | cueing::Effect::Withhold { .. } => {}
        }
    }
}

fn epoch_of(number: u8) -> Epoch {
    format!("e{}", number % 4).parse().expect("an epoch's name")
}
