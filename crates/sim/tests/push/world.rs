//! A server with hubs, one viewer, and a network that loses, repeats, delays and overtakes.

use downbeat_core::clock::{Exchange, WallTime};
use downbeat_core::cueing::{self, CueKey, CueList, Kind, Late, ListedCue};
use downbeat_core::fanout::Version;
use downbeat_core::session::{Connection, Details, Effect, Failure, News, Push, Question};
use downbeat_core::{Digest, EventTimeline, LocalTime, Position, Rate, Rev, Seed, ServerTime, Session, Span};
use std::collections::{BTreeMap, HashMap};

const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);
const RUNDOWN: Digest = Digest::from_bytes([7; 32]);

/// What the device's clock shows when the world begins, which is when the event does.
const ORIGIN: LocalTime = LocalTime::from_micros(77_000_000);

/// What happened, counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) lost: u32,
    pub(crate) repeated: u32,
    pub(crate) outdated: u32,
    pub(crate) socket_ends: u32,
    pub(crate) lives: u32,
    pub(crate) acks: u32,
    pub(crate) fired: u32,
    pub(crate) late: u32,
}

impl Seen {
    pub(crate) fn add(&mut self, other: &Self) {
        self.lost += other.lost;
        self.repeated += other.repeated;
        self.outdated += other.outdated;
        self.socket_ends += other.socket_ends;
        self.lives += other.lives;
        self.acks += other.acks;
        self.fired += other.fired;
        self.late += other.late;
    }
}

/// Something on its way.
enum Coming {
    Answer {
        question: Question,
        t1: LocalTime,
        server: ServerTime,
        news: Option<News>,
    },
    Failure(Question),
    /// Through the socket of this number.
    Push {
        socket: u32,
        push: Push,
    },
    Pong {
        socket: u32,
        version: Version,
    },
    Closed {
        socket: u32,
    },
    Rundown,
    /// An operator does something.
    Change,
}

pub(crate) struct World {
    seed: Seed,
    now: LocalTime,
    session: Session,
    /// What is on its way, by when it arrives.
    coming: BTreeMap<(LocalTime, u32), Coming>,
    count: u32,
    /// Every state of the event's present life, the newest last.
    states: Vec<News>,
    /// The socket that is open or being opened.
    socket: Option<u32>,
    is_well: bool,
    /// The life and revision the viewer had last, the lives counted.
    had: (u32, u64),
    /// How often each cue fired, by the life and its key.
    fired: HashMap<(u32, u64), u32>,
    pub(crate) seen: Seen,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut seed = Seed::new(seed);
        let first = News {
            epoch: "life0".parse().unwrap(),
            rev: Rev::FIRST,
            timeline: EventTimeline::starting_at(START),
            rundown: Some(RUNDOWN),
            details: Some(Details { messages: vec![], pushes: true }),
        };
        let session = Session::new(Seed::new(seed.next_u64()), None, ORIGIN);
        let mut world = Self {
            seed,
            now: ORIGIN,
            session,
            coming: BTreeMap::new(),
            count: 0,
            states: vec![first],
            socket: None,
            is_well: false,
            had: (0, 0),
            fired: HashMap::new(),
            seen: Seen::default(),
        };
        world.send(Span::from_millis(3_000), Coming::Change);
        world
    }

    /// From now on nothing is lost, repeated or outdated, and the operator leaves the event alone.
    pub(crate) fn heal(&mut self) {
        self.is_well = true;
        self.coming.retain(|_, coming| !matches!(coming, Coming::Change));
    }

    /// Lets time pass until so many ms after the beginning.
    pub(crate) fn run_until(&mut self, ms: i64) {
        let end = ORIGIN + Span::from_millis(ms);
        loop {
            while let Some(effect) = self.session.poll_effect() {
                self.do_effect(effect);
                self.check();
            }
            let deadline = self.session.next_deadline().max(self.now);
            let arrival = self.coming.keys().next().copied();
            match arrival.filter(|(at, _)| *at <= deadline) {
                Some(key) if key.0 <= end => {
                    self.now = key.0;
                    let coming = self.coming.remove(&key).unwrap();
                    self.arrive(coming);
                }
                None if deadline <= end => {
                    self.now = deadline;
                    let wall = (self.now - ORIGIN).as_millis();
                    self.session.handle_tick(self.now, WallTime::from_millis(wall));
                }
                _ => break,
            }
        }
        self.now = end;
    }

    /// Asserts that the viewer has what the server has.
    pub(crate) fn assert_well(&self) {
        let truth = self.truth();
        assert_eq!(self.session.state(), Some(truth));
        assert_eq!(self.session.connection(), Connection::Live);
        let (server, reading) = (self.server(), self.session.reading(self.now).unwrap());
        assert!((reading.time - server).as_micros().abs() <= reading.bound.as_micros(), "{reading:?} at {server:?}");
        assert_eq!(self.session.status(), Some(truth.status(reading.time)));
    }

    /// The device's clock is as quick as the server's.
    fn server(&self) -> ServerTime {
        START + (self.now - ORIGIN)
    }

    fn truth(&self) -> &News {
        self.states.last().unwrap()
    }

    fn life(&self) -> u32 {
        life(self.truth())
    }

    fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    fn below(&mut self, limit: i64) -> i64 {
        self.seed.span_below(Span::from_micros(limit)).as_micros()
    }

    /// A way through the network: quick mostly, and now and then not.
    fn way(&mut self) -> Span {
        let slowest = if self.is_well || self.chance(80) { 60 } else { 4_000 };
        self.seed.span_below(Span::from_millis(slowest))
    }

    fn send(&mut self, way: Span, coming: Coming) {
        self.count += 1;
        self.coming.insert((self.now + way, self.count), coming);
    }

    /// Whether something is lost; where nothing is well, about one thing in eight.
    fn loses(&mut self) -> bool {
        let loses = !self.is_well && self.chance(12);
        self.seen.lost += u32::from(loses);
        loses
    }

    /// What some part of the server has: the truth, or what it was up to three changes ago.
    fn copy(&mut self) -> News {
        let age = if self.is_well || self.chance(60) { 0 } else { self.below(4) as usize };
        self.seen.outdated += u32::from(age > 0);
        self.states[self.states.len().saturating_sub(1 + age)].clone()
    }

    fn do_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Ask(question) => self.answer(question),
            Effect::OpenSocket { .. } => {
                self.count += 1;
                let socket = self.count;
                assert_eq!(self.socket.replace(socket), None, "one socket at a time");
                if !self.is_well && self.chance(30) {
                    let way = self.way();
                    self.send(way, Coming::Closed { socket });
                } else if !self.loses() {
                    self.push_copy(socket);
                }
                if !self.is_well && self.chance(50) {
                    let life = self.seed.span_below(Span::from_millis(60_000));
                    self.send(life, Coming::Closed { socket });
                }
            }
            Effect::CloseSocket => assert!(self.socket.take().is_some(), "there is none to close"),
            Effect::Ping => {
                let socket = self.socket.expect("what is pinged is there");
                if !self.loses() {
                    let (way, News { epoch, rev, .. }) = (self.way(), self.copy());
                    self.send(way, Coming::Pong { socket, version: Version { epoch, rev } });
                }
            }
            Effect::Ack { rev, applied_at } => {
                assert!(self.socket.is_some());
                assert_eq!(self.session.state().unwrap().rev, rev);
                // As far as the device can tell: the two ways of an answer took up to 4 s each.
                assert!((applied_at - self.server()).as_millis().abs() <= 4_000);
                self.seen.acks += 1;
            }
            Effect::LoadRundown(_) => {
                let way = self.way();
                self.send(way, Coming::Rundown);
            }
            Effect::Cue(cueing::Effect::Fire { cue, .. }) => {
                let life = life(self.session.state().expect("cues come with a state"));
                let times = self.fired.entry((life, cue.key.bits())).or_default();
                *times += 1;
                assert_eq!(*times, 1, "{cue:?} fired again in the same life");
                self.seen.fired += 1;
            }
            Effect::State { lateness } => self.seen.late += u32::from(lateness > Span::ZERO),
            _ => {}
        }
    }

    fn answer(&mut self, question: Question) {
        let (there, back) = (self.way(), self.way());
        if self.loses() {
            if self.chance(50) {
                self.send(there, Coming::Failure(question));
            }
            return;
        }
        let t1 = self.now;
        let server = START + ((t1 + there) - ORIGIN);
        let server = ServerTime::from_millis(server.as_millis());
        let mut news = self.copy();
        if question == Question::Time {
            news.details = None;
        }
        let is_known = self.is_well || self.chance(85);
        self.send(there + back, Coming::Answer { question, t1, server, news: is_known.then_some(news) });
    }

    fn push_copy(&mut self, socket: u32) {
        let (way, news, ack) = (self.way(), self.copy(), self.chance(30));
        self.send(way, Coming::Push { socket, push: Push { news, hub: (socket % 4) as u16, ack } });
    }

    fn arrive(&mut self, coming: Coming) {
        let now = self.now;
        match coming {
            Coming::Answer { question: Question::Status, news: Some(news), .. } => self.session.handle_news(news, now),
            Coming::Answer { question: Question::Status, news: None, .. } => {
                self.session.handle_failure(Question::Status, Failure::NoAnswer, now);
            }
            Coming::Answer { t1, server, news, .. } => {
                let exchange = Exchange::new(t1, server, server, now).unwrap();
                self.session.handle_answer(&exchange, news, None, now);
            }
            Coming::Failure(question) => self.session.handle_failure(question, Failure::Unreachable, now),
            Coming::Push { socket, push } if self.socket == Some(socket) => self.session.handle_push(push, now),
            Coming::Pong { socket, version } if self.socket == Some(socket) => self.session.handle_pong(&version, now),
            Coming::Closed { socket } if self.socket == Some(socket) => {
                self.socket = None;
                self.seen.socket_ends += 1;
                self.session.handle_closed(now);
            }
            Coming::Push { .. } | Coming::Pong { .. } | Coming::Closed { .. } => {}
            Coming::Rundown => {
                let cues = (0..60_i32).map(|index| moment(i64::from(index) * 10_000));
                self.session.handle_rundown(RUNDOWN, CueList::new(cues, &Seed::new(1)), |_, _| true, now);
            }
            Coming::Change => self.change(),
        }
        self.check();
    }

    /// The operator holds the event, lets it go on or jumps; now and then it is lost and made anew.
    fn change(&mut self) {
        let mut news = self.truth().clone();
        let knows = self.session.state().is_some_and(|state| state.epoch == news.epoch);
        if knows && self.chance(4) {
            self.seen.lives += 1;
            news.epoch = format!("life{}", self.life() + 1).parse().unwrap();
            news.rev = Rev::FIRST;
            self.states.clear();
        } else {
            news.rev = news.rev.next();
            let server = ServerTime::from_millis(self.server().as_millis());
            let lead = Span::from_millis([500, 2_000][usize::from(self.chance(50))]);
            let rate = if self.chance(40) { Rate::HELD } else { Rate::NORMAL };
            let jump = self.chance(20).then(|| Position::from_millis(self.below(500_000)));
            news.timeline.change(server + lead, jump, Some(rate));
        }
        self.states.push(news);
        if let Some(socket) = self.socket {
            if !self.loses() {
                self.push_copy(socket);
            }
            if !self.is_well && self.chance(20) {
                self.seen.repeated += 1;
                self.push_copy(socket);
            }
        }
        let next = self.seed.span_below(Span::from_millis(25_000));
        self.send(next, Coming::Change);
    }

    /// What must hold after every step.
    fn check(&mut self) {
        let Some(state) = self.session.state() else { return };
        let has = (life(state), state.rev.number());
        assert!(has >= self.had, "the viewer went back from {:?} to {has:?}", self.had);
        self.had = has;
        if has.0 == self.life() {
            let said = self.states.iter().find(|known| known.rev == state.rev).unwrap();
            assert_eq!(state.timeline, said.timeline, "nobody ever said this");
        }
    }
}

fn life(news: &News) -> u32 {
    news.epoch.as_str().trim_start_matches("life").parse().unwrap()
}

fn moment(ms: i64) -> ListedCue {
    ListedCue {
        key: CueKey::from_bits(ms as u64),
        time: Position::from_millis(ms),
        end: None,
        kind: Kind::Moment,
        late: Late::Skip,
        lane: 0,
        jitter: Span::ZERO,
        preload: None,
        needs: None,
    }
}
