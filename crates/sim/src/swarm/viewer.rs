//! A viewer of a run: core's session on a device, behind a network and before a server that misbehave.

use std::collections::BTreeMap;

use downbeat_core::clock::{ClockChange, Exchange, WallTime};
use downbeat_core::cueing::{self, CueKey, CueList, Kind as CueKind, Late, ListedCue};
use downbeat_core::session::{Connection, Effect, Failure, News, Push, Request};
use downbeat_core::{LocalTime, Position, Seed, ServerTime, Session, Span, Version};

use super::faults::{Case, Fault};
use super::invariants::{CONVERGES, Invariants, LIVE, Violation};
use super::server::{RUNDOWN, Server};
use super::surroundings::Surroundings;
use crate::world::BEGIN;

/// How long a request may take before the page gives it up: 10 s.
const TIMEOUT: Span = Span::from_millis(10_000);

/// What happens to a viewer.
#[derive(Debug)]
enum Arrival {
    Answer {
        request: Request,
        number: u32,
        sent_at: ServerTime,
        t1: LocalTime,
        served_at: ServerTime,
        news: Box<News>,
    },
    Failure {
        request: Request,
        number: u32,
        failure: Failure,
    },
    Rundown,
    Push {
        socket: u32,
        news: Box<News>,
    },
    Pong {
        socket: u32,
        version: Version,
    },
    Closed {
        socket: u32,
    },
    /// The page is shown again.
    Shown,
    /// Its hub sends a change. This happens at the server, whatever the device does.
    HubSends,
}

#[derive(Debug)]
pub(super) struct Viewer<'a> {
    server: &'a Server,
    number: u32,
    now: ServerTime,
    calm_at: ServerTime,
    around: Surroundings,
    seed: Seed,
    session: Session,
    coming: BTreeMap<(ServerTime, u32), Arrival>,
    numbers: u32,
    /// The latest request for time or state, and the latest for the status; answers to others are ignored.
    latest: [Option<u32>; 2],
    socket: Option<u32>,
    /// When the last frame of the socket arrives; they keep their order.
    last_frame: ServerTime,
    /// When the device woke last, until an answer to a later request has shown how long it slept.
    slept_until: Option<ServerTime>,
    invariants: Invariants,
}

impl<'a> Viewer<'a> {
    pub(super) fn new(case: &Case, server: &'a Server, number: u32) -> Self {
        let mut seed = Seed::from_parts(&[b"swarm", &case.seed.to_le_bytes(), &number.to_le_bytes()]);
        let arrived_at = BEGIN + seed.span_below(Span::from_micros(case.calm_after.as_micros() / 3));
        let around = Surroundings::new(case, number, arrived_at, &mut seed);
        let session = Session::new(Seed::new(seed.next_u64()), None, around.device.local(arrived_at));
        let invariants = Invariants::new(case.has(Fault::WildSkew));
        let mut viewer = Self {
            server,
            number,
            now: arrived_at,
            calm_at: case.calm_at(),
            around,
            seed,
            session,
            coming: BTreeMap::new(),
            numbers: 0,
            latest: [None; 2],
            socket: None,
            last_frame: arrived_at,
            slept_until: None,
            invariants,
        };
        server.changes().filter(|at| *at > arrived_at).for_each(|at| viewer.schedule(at, Arrival::HubSends));
        let shown: Vec<_> = viewer.around.shown().filter(|at| *at > arrived_at).collect();
        shown.into_iter().for_each(|at| viewer.arrive(at, Arrival::Shown));
        viewer
    }

    /// Watches until everything should have converged, and says what did not hold.
    pub(super) fn watch(mut self, claim: fn(&Session) -> Result<(), String>) -> Result<(), Violation> {
        let outcome = self.run(claim);
        outcome.map_err(|what| Violation { viewer: self.number, after: self.now - BEGIN, what })
    }

    fn run(&mut self, claim: fn(&Session) -> Result<(), String>) -> Result<(), String> {
        let (settled_at, end) = (self.calm_at + CONVERGES, self.calm_at + LIVE);
        let mut is_settled = false;
        loop {
            self.perform_effects()?;
            let doubts = self.slept_until.is_some();
            self.invariants.check(&self.session, self.now, self.local(), doubts)?;
            claim(&self.session)?;
            let deadline = self.around.timer(self.session.next_deadline(), self.now);
            let next = self.coming.first_key_value().map(|((at, _), _)| *at).filter(|at| *at <= deadline);
            let at = next.unwrap_or(deadline).max(self.now);
            if self.around.slept(self.now, at) {
                self.slept_until = Some(at);
            }
            if at >= settled_at && !is_settled {
                self.now = settled_at;
                self.settled()?;
                is_settled = true;
            }
            if at >= end {
                self.now = end;
                let connection = self.session.connection();
                // A clock that bounds do not allow for contradicts what the server proved, and the page says so.
                let is_live = connection == Connection::Live || self.invariants.is_unbounded;
                return if is_live { Ok(()) } else { Err(format!("it is not live after the calm: {connection:?}")) };
            }
            self.now = at;
            match next.and_then(|_| self.coming.pop_first()) {
                Some((_, arrival)) => self.handle(arrival),
                None => self.session.handle_tick(self.local(), self.wall()),
            }
        }
    }

    /// Checks what must hold once everybody has had time to converge.
    fn settled(&self) -> Result<(), String> {
        let truth = self.server.truth(self.now);
        let state = self.session.state().ok_or("it knows no state in the calm")?;
        if state.rev != truth.rev {
            return Err(format!("it is at revision {} in the calm, not {}", state.rev, truth.rev));
        }
        let reading = self.session.reading(self.local()).ok_or("it knows no time in the calm")?;
        let (shown, expected) = (state.position(reading.time), truth.position(self.now));
        let off = shown - expected;
        if off.max(-off) > reading.bound + Span::from_millis(1) && !self.invariants.is_unbounded {
            return Err(format!("its position is off by {} µs in the calm", off.as_micros()));
        }
        Ok(())
    }

    fn local(&self) -> LocalTime {
        self.around.device.local(self.now)
    }

    fn wall(&self) -> WallTime {
        WallTime::from_millis(self.around.device.wall(self.now).as_millis())
    }

    fn schedule(&mut self, at: ServerTime, arrival: Arrival) {
        self.numbers += 1;
        self.coming.insert((at, self.numbers), arrival);
    }

    /// Lets something arrive at the page at `at`, or as soon as the page runs again.
    fn arrive(&mut self, at: ServerTime, arrival: Arrival) {
        self.schedule(self.around.runs_at(at), arrival);
    }

    /// Lets a frame that the hub sends at `at` arrive after those before it, unless the line is silent.
    fn frame(&mut self, at: ServerTime, arrival: Arrival) {
        let delay = self.around.frame(at);
        self.last_frame = self.last_frame.max(at + delay);
        if !self.around.is_captive(at) {
            self.arrive(self.last_frame, arrival);
        }
    }

    fn handle(&mut self, arrival: Arrival) {
        let now = self.local();
        match arrival {
            Arrival::Answer { request, number, sent_at, t1, served_at, news } if self.is_latest(request, number) => {
                let news = *news;
                if request == Request::Status {
                    return self.session.handle_news(news, now);
                }
                let served_at = ServerTime::from_millis(served_at.as_millis());
                self.slept_until = self.slept_until.filter(|woke_at| sent_at < *woke_at);
                let exchange = Exchange::new(t1, served_at, served_at, now.max(t1)).expect("neither clock runs back");
                let news = if request == Request::Time { News { details: None, ..news } } else { news };
                self.session.handle_answer(&exchange, Some(news), None, now);
            }
            Arrival::Failure { request, number, failure } if self.is_latest(request, number) => {
                self.session.handle_failure(request, failure, now);
            }
            Arrival::Rundown => {
                let cues = CueList::new((0..30_u32).map(cue), &self.seed);
                self.session.handle_rundown(RUNDOWN, cues, |_, _| true, now);
            }
            Arrival::Push { socket, news } if self.socket == Some(socket) => {
                self.session.handle_push(Push { news: *news, hub: 0, ack: false }, now);
            }
            Arrival::Pong { socket, version } if self.socket == Some(socket) => self.session.handle_pong(&version, now),
            Arrival::Closed { socket } if self.socket == Some(socket) => {
                self.socket = None;
                self.session.handle_closed(now);
            }
            Arrival::Shown => self.session.handle_wake(now, self.wall()),
            Arrival::HubSends => {
                if let Some(socket) = self.socket {
                    let news = Box::new(self.server.of_hubs(self.now));
                    self.frame(self.now, Arrival::Push { socket, news });
                }
            }
            _ => {}
        }
    }

    fn is_latest(&mut self, request: Request, number: u32) -> bool {
        self.latest[usize::from(request == Request::Status)].take_if(|latest| *latest == number).is_some()
    }

    fn perform_effects(&mut self) -> Result<(), String> {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::Request(request) => self.ask(request),
                Effect::AbortRequest => self.latest[0] = None,
                Effect::OpenSocket { .. } => self.open_socket(),
                Effect::CloseSocket => self.socket = None,
                Effect::Ping => {
                    let Some(socket) = self.socket else { continue };
                    let there_at = self.now + self.around.there(self.now);
                    let News { epoch, rev, .. } = self.server.of_hubs(there_at);
                    if !self.around.is_captive(self.now) {
                        self.frame(there_at, Arrival::Pong { socket, version: Version { epoch, rev } });
                    }
                }
                Effect::LoadRundown { .. } => {
                    let there_at = self.now + self.around.there(self.now);
                    let back = self.around.back(there_at);
                    self.arrive(there_at + back, Arrival::Rundown);
                }
                Effect::Clock(ClockChange::Step | ClockChange::Flush) => self.invariants.start_over(self.now),
                Effect::Cue(cueing::Effect::Fire { cue, .. }) => self.invariants.fire(cue.index)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn ask(&mut self, request: Request) {
        self.numbers += 1;
        let (number, sent_at, t1) = (self.numbers, self.now, self.local());
        self.latest[usize::from(request == Request::Status)] = Some(number);
        let there_at = sent_at + self.around.there(sent_at);
        let arrives_at = there_at + self.around.back(there_at);
        let failure = |failure| Arrival::Failure { request, number, failure };
        if self.around.is_captive(sent_at) {
            return self.arrive(arrives_at, failure(Failure::NoAnswer));
        }
        match self.server.answer(there_at) {
            _ if arrives_at - sent_at > TIMEOUT => self.arrive(sent_at + TIMEOUT, failure(Failure::Timeout)),
            Some(news) => {
                let answer =
                    Arrival::Answer { request, number, sent_at, t1, served_at: there_at, news: Box::new(news) };
                self.arrive(arrives_at, answer);
            }
            None => self.arrive(arrives_at, failure(Failure::Unreachable)),
        }
    }

    fn open_socket(&mut self) {
        self.numbers += 1;
        let socket = self.numbers;
        self.socket = Some(socket);
        let there = self.around.there(self.now) + self.around.back(self.now) + self.around.there(self.now);
        let opened_at = self.now + there;
        self.last_frame = opened_at;
        if self.around.is_captive(self.now) || !self.server.opens(opened_at) {
            return self.arrive(opened_at, Arrival::Closed { socket });
        }
        let news = Box::new(self.server.of_hubs(opened_at));
        self.frame(opened_at, Arrival::Push { socket, news });
        if let Some(closed_at) = self.server.closes(opened_at).filter(|at| !self.around.is_captive(*at)) {
            self.arrive(closed_at, Arrival::Closed { socket });
        }
    }
}

/// Returns a moment that fires a minute after the one before.
fn cue(number: u32) -> ListedCue {
    ListedCue {
        key: CueKey::of_id(number.to_le_bytes()),
        time: Position::from_millis((i64::from(number) + 1) * 60_000),
        end: None,
        kind: CueKind::Moment,
        late: Late::Within(Span::from_millis(2_000)),
        lane: 0,
        jitter: Span::ZERO,
        preload: None,
        needs: None,
    }
}
