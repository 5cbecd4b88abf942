//! One viewer of an audience: core's session, its device and its network, from opening the page to the end.

use downbeat_core::clock::{Exchange, WallTime};
use downbeat_core::cueing::{self, CueList};
use downbeat_core::session::{Connection, Effect, Push, Request};
use downbeat_core::{LocalTime, Rev, Seed, ServerTime, Session, Span, Version};

use super::measures::{Endpoint, Measures, READING_EVERY};
use super::show::{LEAD, RUNDOWN, Show};
use crate::device::Coarseness;
use crate::network::Kind;
use crate::world::BEGIN;
use crate::{Device, Dice, Network};

/// What a warm worker takes for an answer.
const ANSWER: Span = Span::from_micros(150);

/// How long the copy of the state, from which a worker answers for the time, is used: 1 s.
const COPY_MAX: Span = Span::from_millis(1_000);

/// How long a socket takes to open besides two ways there and back: 20 ms.
const OPENING: Span = Span::from_millis(20);

/// How late a browser's timers are on average: 2 ms.
const TIMER: Span = Span::from_millis(2);

/// How long a socket lasts on average: two hours, on phones 20 minutes.
const SOCKET_LASTS: (Span, Span) = (Span::from_millis(7_200_000), Span::from_millis(1_200_000));

/// What is on its way to a viewer, or happens to it.
#[derive(Clone, Debug)]
enum Arrival {
    Answer {
        request: Request,
        number: u32,
        t1: LocalTime,
        served_at: ServerTime,
    },
    Rundown,
    /// What its hub had when it opened the socket, or when it sent the pause.
    Push {
        socket: u32,
        sent_at: ServerTime,
    },
    Pong {
        socket: u32,
        sent_at: ServerTime,
    },
    /// Its hub sends the pause.
    HubSends,
    Lost {
        socket: u32,
    },
    /// Its clock is read.
    Reading {
        minute: usize,
    },
}

#[derive(Debug)]
pub(super) struct Viewer<'a> {
    show: &'a Show,
    now: ServerTime,
    arrived_at: ServerTime,
    device: Device,
    network: Network,
    is_mobile: bool,
    dice: Dice,
    seed: Seed,
    session: Session,
    /// The session's deadline, by the device's clock and in true time.
    due: (LocalTime, ServerTime),
    /// What is to come, in no order: there is little of it at a time.
    coming: Vec<(ServerTime, Arrival)>,
    /// The latest request for time or state, and the latest for the status; answers to others are ignored.
    latest: [Option<u32>; 2],
    requests: u32,
    socket: Option<u32>,
    sockets: u32,
    is_live: bool,
    was_live: bool,
    knew_at: Option<ServerTime>,
}

impl<'a> Viewer<'a> {
    pub(super) fn new(show: &'a Show, number: u32) -> Self {
        let plan = &show.plan;
        let mut seed = Seed::from_parts(&[&plan.seed.to_le_bytes(), &number.to_le_bytes()]);
        let mut dice = Dice::new(Seed::new(seed.next_u64()));
        let kind = plan.mix.draw(&mut dice);
        let arrived_at = BEGIN - Span::from_micros((plan.arrive.as_micros() as f64 * dice.unit()) as i64);
        let device = Device::ordinary(arrived_at, &mut dice).with_coarseness(coarseness(&mut dice));
        let network = Network::new(kind, arrived_at, Dice::new(Seed::new(seed.next_u64())));
        let session = Session::new(Seed::new(seed.next_u64()), None, device.local(arrived_at));
        let device_due = device.local(arrived_at);
        Self {
            show,
            now: arrived_at,
            arrived_at,
            device,
            network,
            is_mobile: kind == Kind::Mobile,
            dice,
            seed: Seed::new(seed.next_u64()),
            session,
            due: (device_due, arrived_at),
            coming: Vec::new(),
            latest: [None; 2],
            requests: 0,
            socket: None,
            sockets: 0,
            is_live: false,
            was_live: false,
            knew_at: None,
        }
    }

    /// Watches until the end, and notes what is measured.
    pub(super) fn watch(mut self, measures: &mut Measures) {
        measures.viewers += 1;
        self.coming.push((BEGIN, Arrival::Reading { minute: 0 }));
        self.expect_pause();
        let end = self.show.ends_at();
        loop {
            self.perform_effects(measures);
            let deadline = self.deadline();
            let next = (0..self.coming.len()).min_by_key(|place| self.coming[*place].0);
            let arrives = next.map(|place| self.coming[place].0).filter(|at| *at <= deadline);
            let at = arrives.unwrap_or(deadline).max(self.now);
            if at >= end {
                break;
            }
            self.now = at;
            match next.filter(|_| arrives.is_some()) {
                Some(place) => {
                    let (_, arrival) = self.coming.swap_remove(place);
                    self.handle(arrival, measures);
                }
                None => {
                    self.now += self.dice.exponential(TIMER);
                    self.session.handle_tick(self.local(), WallTime::from_millis(self.now.as_millis()));
                }
            }
        }
        let Some(paused_at) = self.show.paused_at() else { return };
        match self.knew_at {
            _ if self.arrived_at > paused_at => measures.pause.absent += 1,
            None => measures.pause.unaware += 1,
            Some(_) => {}
        }
    }

    /// Returns when the session is to be ticked next.
    fn deadline(&mut self) -> ServerTime {
        let local = self.session.next_deadline();
        if local != self.due.0 {
            self.due = (local, self.device.when(local));
        }
        self.due.1
    }

    fn local(&self) -> LocalTime {
        self.device.local(self.now)
    }

    /// Lets its hub send it the pause when it is its turn among the hub's sockets.
    fn expect_pause(&mut self) {
        let (Some(paused_at), Some(delivered)) = (self.show.paused_at(), &self.show.delivered) else { return };
        let hub = (self.dice.unit() * delivered.done.len() as f64) as usize;
        let sockets = i64::from(self.show.plan.viewers) / i64::from(self.show.hubs);
        let before_last = crate::fanout::SEND.as_micros() as f64 * sockets as f64 * self.dice.unit();
        let sent_at = paused_at + delivered.done[hub] - Span::from_micros(before_last as i64);
        self.coming.push((sent_at, Arrival::HubSends));
    }

    fn handle(&mut self, arrival: Arrival, measures: &mut Measures) {
        let now = self.local();
        match arrival {
            Arrival::Answer { request, number, t1, served_at } => {
                let slot = usize::from(request == Request::Status);
                if self.latest[slot].take_if(|latest| *latest == number).is_none() {
                    return;
                }
                let late = Span::from_micros((COPY_MAX.as_micros() as f64 * self.dice.unit()) as i64);
                let mut news = self.show.news(served_at, late).clone();
                if request == Request::Status {
                    return self.session.handle_news(news, now);
                }
                if request == Request::Time {
                    news.details = None;
                }
                let served_at = ServerTime::from_millis(served_at.as_millis());
                let exchange = Exchange::new(t1, served_at, served_at, now.max(t1)).expect("neither clock runs back");
                self.session.handle_answer(&exchange, Some(news), Some(self.show.plan.resync), now);
            }
            Arrival::Rundown => {
                let cues = CueList::new(self.show.cues.iter().copied(), &self.seed);
                self.session.handle_rundown(RUNDOWN, cues, |_, _| true, now);
            }
            Arrival::Push { socket, sent_at } if self.socket == Some(socket) => {
                let news = self.show.news(sent_at, Span::ZERO).clone();
                self.session.handle_push(Push { news, hub: 0, ack: false }, now);
            }
            Arrival::Pong { socket, sent_at } if self.socket == Some(socket) => {
                let news = self.show.news(sent_at, Span::ZERO);
                let version = Version { epoch: news.epoch.clone(), rev: news.rev };
                self.session.handle_pong(&version, now);
            }
            Arrival::Lost { socket } if self.socket == Some(socket) => {
                measures.lost += 1;
                self.socket = None;
                self.session.handle_closed(now);
            }
            Arrival::HubSends => {
                if let Some(socket) = self.socket {
                    let sent_at = self.now;
                    self.arrive_from(sent_at, Arrival::Push { socket, sent_at });
                }
            }
            Arrival::Reading { minute } => {
                self.coming.push((self.now + READING_EVERY, Arrival::Reading { minute: minute + 1 }));
                if let Some(reading) = self.session.reading(now) {
                    measures.note_reading(minute, reading.time - self.now, reading.bound);
                }
            }
            Arrival::Push { .. } | Arrival::Pong { .. } | Arrival::Lost { .. } => {}
        }
        self.note(measures);
    }

    /// Notes when it became live, and when it knew of the pause.
    fn note(&mut self, measures: &mut Measures) {
        let knows = self.session.state().is_some_and(|news| news.rev > Rev::FIRST);
        if let Some(paused_at) = self.show.paused_at()
            && knows
            && self.knew_at.is_none()
        {
            self.knew_at = Some(self.now);
            if self.arrived_at <= paused_at {
                let latency = self.now - paused_at;
                measures.pause.latency.note(latency);
                let channel = if self.is_live { &mut measures.pause.pushed } else { &mut measures.pause.asked };
                channel.note(latency);
                measures.pause.in_time += u64::from(latency <= LEAD);
            }
        }
        self.is_live = self.session.connection() == Connection::Live;
        if self.is_live && !self.was_live {
            self.was_live = true;
            measures.joined.note(self.now - self.arrived_at);
        }
    }

    /// Lets something arrive that leaves the server at `at`.
    fn arrive_from(&mut self, at: ServerTime, arrival: Arrival) {
        let back = self.network.back(at);
        self.coming.push((at + back, arrival));
    }

    fn perform_effects(&mut self, measures: &mut Measures) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::Request(request) => self.ask(request, measures),
                Effect::AbortRequest => self.latest[0] = None,
                Effect::OpenSocket { .. } => self.open_socket(measures),
                Effect::CloseSocket => self.socket = None,
                Effect::Ping => {
                    self.count(Endpoint::Ping, measures);
                    let Some(socket) = self.socket else { continue };
                    let sent_at = self.now + self.network.there(self.now);
                    self.arrive_from(sent_at, Arrival::Pong { socket, sent_at });
                }
                Effect::LoadRundown { .. } => {
                    let served_at = self.now + self.network.there(self.now);
                    self.arrive_from(served_at, Arrival::Rundown);
                }
                Effect::Cue(cueing::Effect::Fire { cue, .. }) => self.note_cue(cue.index, measures),
                _ => {}
            }
        }
        self.note(measures);
    }

    /// Notes how exactly a moment fired, unless viewers spread it on purpose.
    fn note_cue(&self, index: usize, measures: &mut Measures) {
        let cue = self.show.cues[index];
        if cue.jitter == Span::ZERO {
            measures.cues.note(self.now - (BEGIN + Span::from_millis(cue.time.as_millis())));
        }
    }

    fn count(&self, endpoint: Endpoint, measures: &mut Measures) {
        measures.traffic.note(endpoint, self.now - self.show.opens_at());
    }

    fn ask(&mut self, request: Request, measures: &mut Measures) {
        self.count(
            match request {
                Request::Time => Endpoint::Time,
                Request::State => Endpoint::State,
                Request::Status => Endpoint::Status,
            },
            measures,
        );
        self.requests += 1;
        let number = self.requests;
        self.latest[usize::from(request == Request::Status)] = Some(number);
        let served_at = self.now + self.network.there(self.now) + ANSWER;
        let answer = Arrival::Answer { request, number, t1: self.local(), served_at };
        self.arrive_from(served_at, answer);
    }

    fn open_socket(&mut self, measures: &mut Measures) {
        self.count(Endpoint::Live, measures);
        self.sockets += 1;
        let socket = self.sockets;
        self.socket = Some(socket);
        let there = self.network.there(self.now) + self.network.back(self.now) + self.network.there(self.now);
        let sent_at = self.now + there + OPENING;
        self.arrive_from(sent_at, Arrival::Push { socket, sent_at });
        let (lasts, lasts_on_phones) = SOCKET_LASTS;
        let lasts = self.dice.exponential(if self.is_mobile { lasts_on_phones } else { lasts });
        self.coming.push((sent_at + lasts, Arrival::Lost { socket }));
    }
}

/// How the browser rounds the clock: in two of three to 0.1 ms, else to 1 ms.
fn coarseness(dice: &mut Dice) -> Coarseness {
    let step_us = if dice.chance(2.0 / 3.0) { 100.0 } else { 1_000.0 };
    let phase = dice.between(Span::ZERO, Span::from_millis(1));
    Coarseness { step_us, phase, jitters: step_us < 1_000.0 }
}
