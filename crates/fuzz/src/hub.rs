//! What happens to one hub, in any order: joins, frames, changes, answers, evictions, broadcasts cut short.

use arbitrary::{Arbitrary, Unstructured};
use downbeat_core::event::HubCount;
use downbeat_core::fanout::hub::{Answer, Effect, Limit, Limits, Source};
use downbeat_core::fanout::{Ack, Hub};
use downbeat_core::{Command, Configuration, EventState, Request, Rev, ServerTime, Span, Version};

use crate::story::Story;

/// The most steps: 200.
const STEPS_MAX: usize = 200;

/// How many revisions each epoch has: 6.
const REVISIONS: usize = 6;

/// Small, so that the hub is crowded and full.
const LIMITS: Limits = Limits { crowded: 5, full: 8, ..Limits::DEFAULT };

/// When it begins: 2024-01-01.
const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// One thing that happens.
#[derive(Arbitrary, Debug)]
enum Step {
    Pass {
        ms: u16,
    },
    Join {
        last_resort: bool,
    },
    Leave {
        place: u8,
    },
    Frames {
        place: u8,
        count: u8,
    },
    Ack {
        place: u8,
        rev: u8,
    },
    /// The event changes.
    Change,
    /// The event lost its storage.
    NewEpoch,
    /// A state arrives, perhaps an old one.
    State {
        back: u8,
        from_event: bool,
    },
    /// The event answers a question, perhaps a stale or a missing one.
    Answer {
        kind: u8,
    },
    Alarm,
    Request,
    /// The shell does the next thing the hub asked for.
    Effect,
    /// The shell sends the next slice of a broadcast.
    Slice,
    /// The object is evicted; its sockets stay, as in hibernation, or are lost.
    Evict {
        sockets_stay: bool,
    },
}

struct Socket {
    number: u32,
    sent: Option<Version>,
}

struct World {
    hub: Hub<u32, Version>,
    now: ServerTime,
    /// Every state there was, by epoch.
    history: Vec<Vec<EventState>>,
    /// The event's state now: the epoch's place, and that in it.
    truth: (usize, usize),
    sockets: Vec<Socket>,
    joined: u32,
    saved: Option<(EventState, String)>,
    questions: u32,
    broadcasts: Vec<(u32, Option<Vec<u32>>)>,
    pong: Option<Version>,
    highest: Option<Version>,
}

/// Reads the steps from the bytes, takes them, and then lets everything become calm.
///
/// # Panics
/// If the hub returns to an older state, believes an epoch that the event did not name, takes more sockets than it may, or
/// leaves one without the newest state.
pub fn run(bytes: &[u8]) {
    let mut input = Unstructured::new(bytes);
    let mut world = World::new();
    let mut story = Story::default();
    for _ in 0..STEPS_MAX {
        if input.is_empty() {
            break;
        }
        let Ok(step) = Step::arbitrary(&mut input) else { break };
        story.add(&step);
        world.take(&step);
        world.check();
    }
    world.calm();
}

/// Returns the states of the epoch with this number.
fn epoch(number: usize) -> Vec<EventState> {
    let start = Configuration { starts_at: Some(START), hubs: Some(HubCount::Fixed(1)), ..Configuration::default() };
    let epoch = format!("e{number}").parse().expect("an epoch's name");
    let first = EventState::create(start, epoch, "maria", START).expect("a start is enough");
    let mut states = vec![first];
    while states.len() < REVISIONS {
        let mut next = states[states.len() - 1].clone();
        let command = if states.len() % 2 == 1 { Command::Pause { message: None } } else { Command::Resume };
        let id = format!("c{}", states.len()).parse().expect("an id");
        let request = Request { id, command, actor: String::new(), reason: None, if_rev: None, at: None };
        let now = START + Span::from_millis(10_000 * states.len() as i64);
        next.handle_command(&request, None, now).expect("a pause and a resume, in turn");
        states.push(next);
    }
    states
}

fn text(state: &EventState) -> String {
    state.version().to_string()
}

impl World {
    fn new() -> Self {
        Self {
            hub: Hub::new(0, LIMITS, None, 0),
            now: START,
            history: vec![epoch(0)],
            truth: (0, 0),
            sockets: Vec::new(),
            joined: 0,
            saved: None,
            questions: 0,
            broadcasts: Vec::new(),
            pong: None,
            highest: None,
        }
    }

    fn truth(&self) -> &EventState {
        &self.history[self.truth.0][self.truth.1]
    }

    fn number_at(&self, place: u8) -> Option<u32> {
        let count = self.sockets.len();
        (count > 0).then(|| self.sockets[usize::from(place) % count].number)
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Pass { ms } => self.now += Span::from_millis(ms.into()),
            Step::Join { last_resort } => self.join(if last_resort { Limit::Full } else { Limit::Crowded }),
            Step::Leave { place } => {
                if let Some(number) = self.number_at(place) {
                    self.sockets.retain(|socket| socket.number != number);
                    self.hub.handle_closed(&number, self.now);
                }
            }
            Step::Frames { place, count } => {
                if let Some(number) = self.number_at(place) {
                    (0..count).for_each(|_| {
                        let _ = self.hub.handle_frame(&number, self.now);
                    });
                }
            }
            Step::Ack { place, rev } => {
                if let Some(number) = self.number_at(place) {
                    self.hub.handle_ack(&number, &Ack::new(Rev::new(rev.into()), self.now), self.now);
                }
            }
            Step::Change => self.truth.1 = (self.truth.1 + 1).min(REVISIONS - 1),
            Step::NewEpoch if self.history.len() < 3 => {
                self.history.push(epoch(self.history.len()));
                self.truth = (self.history.len() - 1, 0);
            }
            Step::NewEpoch => {}
            Step::State { back, from_event } => {
                // Only the event's own words are sure to be about the epoch that is.
                let known: Vec<&EventState> = if from_event {
                    self.history[self.truth.0][..=self.truth.1].iter().collect()
                } else {
                    self.history.iter().flatten().collect()
                };
                let state = known[known.len() - 1 - usize::from(back) % known.len()].clone();
                let source = if from_event { Source::Event } else { Source::Relay };
                let is_future = state.epoch() == self.truth().epoch() && state.rev() > self.truth().rev();
                if !is_future {
                    self.hub.handle_state(state.clone(), text(&state), source);
                }
            }
            Step::Answer { kind } => self.answer(kind),
            Step::Alarm => self.hub.handle_alarm(self.sockets.len() as u32, self.now),
            Step::Request => {
                self.hub.require_state();
                let _ = self.hub.handle_request(self.joined, self.now);
            }
            Step::Effect => {
                self.effect();
            }
            Step::Slice => {
                self.slice();
            }
            Step::Evict { sockets_stay } => {
                // An object with a greeting to send does not sleep; it can only fail, and then its sockets are lost.
                self.sockets.retain(|socket| sockets_stay && socket.sent.is_some());
                self.hub = Hub::new(0, LIMITS, self.saved.clone(), self.sockets.len() as u32);
                (self.questions, self.broadcasts) = (0, Vec::new());
                self.highest = None;
            }
        }
    }

    fn join(&mut self, limit: Limit) {
        self.hub.require_state();
        let count = self.sockets.len() as u32;
        if self.hub.handle_join(limit, None, || count, self.now).is_ok() {
            assert!(count < LIMITS.full, "a full hub takes nobody");
            self.joined += 1;
            self.sockets.push(Socket { number: self.joined, sent: None });
            self.hub.handle_joined(self.joined, None, self.now);
        }
    }

    fn answer(&mut self, kind: u8) {
        if self.questions == 0 {
            return;
        }
        self.questions -= 1;
        let state = Box::new(self.truth().clone());
        let answer = match kind % 4 {
            0 => Answer::Failed,
            _ => Answer::State { text: text(&state), state },
        };
        self.hub.handle_answer(answer, self.now);
    }

    /// Does what the hub asked for next; returns whether there was anything.
    fn effect(&mut self) -> bool {
        let Some(effect) = self.hub.poll_effect() else { return false };
        match effect {
            Effect::AskEvent => self.questions += 1,
            Effect::AnswerPings(version) => self.pong = Some(version),
            Effect::Broadcast(number) => {
                let sockets: Vec<u32> = self.sockets.iter().map(|socket| socket.number).collect();
                let asked = self.hub.start_broadcast(number, sockets.len() as u32, |place| sockets[place as usize]);
                if let Some(asked) = asked {
                    assert!(asked.iter().all(|place| (*place as usize) < sockets.len()));
                    self.broadcasts.push((number, Some(sockets)));
                }
            }
            Effect::Greet(number) => {
                let version = self.hub.greeting(self.now, EventState::version);
                self.send(number, version);
            }
            Effect::Save => {
                if let Some(text) = self.hub.text_to_save().map(str::to_owned) {
                    self.saved = self.hub.state().cloned().map(|state| (state, text));
                }
            }
            Effect::CloseAll => self.sockets.clear(),
            Effect::Delete => self.saved = None,
            Effect::Wake => {}
        }
        true
    }

    fn send(&mut self, number: u32, version: Option<Version>) {
        let Some(version) = version else { return };
        let Some(socket) = self.sockets.iter_mut().find(|socket| socket.number == number) else { return };
        socket.sent = Some(version);
    }

    /// Sends the next slice of the oldest broadcast; returns whether there was one.
    fn slice(&mut self) -> bool {
        let Some((number, sockets)) = self.broadcasts.first().cloned() else { return false };
        let version = self.hub.state().map(EventState::version);
        let Some(slice) = self.hub.next_slice(number, self.now) else {
            self.broadcasts.remove(0);
            return true;
        };
        for place in slice {
            if let Some(number) = sockets.as_ref().and_then(|sockets| sockets.get(place as usize)) {
                self.send(*number, version.clone());
            }
        }
        true
    }

    fn check(&mut self) {
        let Some(state) = self.hub.state() else { return };
        let version = state.version();
        if let Some(highest) = &self.highest
            && highest.epoch == version.epoch
        {
            assert!(version.rev >= highest.rev, "{version} after {highest}");
        }
        assert!(self.hub.text().is_some_and(|text| text == version.to_string()), "the text is that of the state");
        let report = self.hub.report(Some(self.sockets.len() as u32), self.now);
        let answered = report.share.late.len() + report.share.elsewhere as usize;
        assert!(answered <= report.share.asked as usize, "nobody acks twice");
        self.highest = Some(version);
    }

    /// Everything that is under way ends, the event answers, and nothing more goes wrong.
    fn calm(&mut self) {
        for _ in 0..4 {
            self.now += Span::from_millis(60_000);
            self.hub.handle_alarm(self.sockets.len() as u32, self.now);
            let mut steps = 0;
            while self.effect() || self.slice() || self.questions > 0 {
                self.answer(1);
                steps += 1;
                assert!(steps < 10_000, "the hub comes to rest");
            }
        }
        let truth = self.truth().version();
        assert_eq!(self.hub.state().map(EventState::version).as_ref(), Some(&truth), "the hub has the event's state");
        assert_eq!(self.pong.as_ref(), Some(&truth), "and pings are answered with it");
        for socket in &self.sockets {
            assert_eq!(socket.sent.as_ref(), Some(&truth), "socket {} has the newest state", socket.number);
        }
    }
}
