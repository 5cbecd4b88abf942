//! A viewer: core's session, and around it a page that asks, keeps a socket and loads the rundown.

use downbeat_core::clock::{Exchange, WallTime};
use downbeat_core::cueing::{self, CueKey, CueList, Kind, Late, ListedCue};
use downbeat_core::fanout::{Ack, joins};
use downbeat_core::session::{Connection, Effect, Failure, News, Push, Request};
use downbeat_core::{Epoch, EventState, LocalTime, Position, Rev, Seed, ServerTime, Session, Span};
use std::collections::BTreeMap;

use super::context::{Context, HUBS, RUNDOWN, START, news, place};
use super::hub::HubObject;
use super::message::{HubInput, Message, ViewerInput};

/// What the device's clock shows when the world begins. It runs as fast as the server's.
const ORIGIN: LocalTime = LocalTime::from_micros(77_000_000);

#[derive(Debug)]
pub(super) struct Viewer {
    number: usize,
    session: Session,
    /// The socket that is open or being opened.
    socket: Option<u32>,
    sockets: u32,
    /// The latest state it had, by its place.
    had: (u32, u64),
    /// How often each cue fired, by the epoch and its key.
    fired: BTreeMap<(u32, u64), u32>,
    /// The sockets that closed, of which the hubs do not know yet.
    closed: Vec<u32>,
}

fn local(now: ServerTime) -> LocalTime {
    ORIGIN + (now - START)
}

impl Viewer {
    pub(super) fn new(number: usize, seed: Seed) -> Self {
        let session = Session::new(seed, None, ORIGIN);
        Self { number, session, socket: None, sockets: 0, had: (0, 0), fired: BTreeMap::new(), closed: Vec::new() }
    }

    pub(super) fn epoch(&self) -> Option<&Epoch> {
        self.session.state().map(|state| &state.epoch)
    }

    pub(super) fn next_deadline(&self) -> ServerTime {
        START + (self.session.next_deadline() - ORIGIN)
    }

    pub(super) fn handle_tick(&mut self, now: ServerTime) {
        if self.next_deadline() <= now {
            self.session.handle_tick(local(now), WallTime::from_millis((now - START).as_millis()));
        }
    }

    pub(super) fn handle(&mut self, input: ViewerInput, now: ServerTime) {
        let now = local(now);
        let is_open = |socket| self.socket == Some(socket);
        match input {
            ViewerInput::Answer { request: Request::Status, news: Some(news), .. } => {
                self.session.handle_news(news, now)
            }
            ViewerInput::Answer { request: Request::Status, news: None, .. } => {
                self.session.handle_failure(Request::Status, Failure::NoAnswer, now);
            }
            ViewerInput::Answer { t1, server, news, .. } => {
                let exchange = Exchange::new(t1, server, server, now).expect("neither clock runs back in this world");
                self.session.handle_answer(&exchange, news, None, now);
            }
            ViewerInput::Failure(request) => self.session.handle_failure(request, Failure::Unreachable, now),
            ViewerInput::Push { socket, news, hub, ack } if is_open(socket) => {
                self.session.handle_push(Push { news, hub, ack }, now);
            }
            ViewerInput::Pong { socket, version } if is_open(socket) => self.session.handle_pong(&version, now),
            ViewerInput::Closed { socket } if is_open(socket) => {
                self.closed.extend(self.socket.take());
                self.session.handle_closed(now);
            }
            ViewerInput::Push { .. } | ViewerInput::Pong { .. } | ViewerInput::Closed { .. } => {}
            ViewerInput::Rundown => {
                let cues = (0..60_i32).map(|index| moment(i64::from(index) * 10_000));
                self.session.handle_rundown(RUNDOWN, CueList::new(cues, &Seed::new(1)), |_, _| true, now);
            }
        }
    }

    pub(super) fn perform_effects(&mut self, context: &mut Context<'_>, hubs: &[HubObject]) {
        context.network.counts.closed += self.closed.len() as u32;
        self.closed.drain(..).for_each(|socket| leave(socket, context));
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::Request(request) => self.send_request(request, context, hubs),
                Effect::OpenSocket { not } => self.open_socket(not, context),
                Effect::CloseSocket => {
                    leave(self.socket.take().expect("there is one to close"), context);
                }
                Effect::Ping => self.ping(context, hubs),
                Effect::Ack { rev, applied_at, bound, lacks_rundown } => {
                    let socket = self.socket.expect("acks go through a socket");
                    // Or it is one that the hub had from a life that is over.
                    assert!(rev == Rev::default() || self.session.state().is_some_and(|state| state.rev == rev));
                    // As far as the device knows: the two ways of an answer took up to 4 s each.
                    assert!((applied_at - context.now).as_millis().abs() <= 4_000);
                    if let Some(hub) = hubs.iter().find(|hub| hub.has(socket)) {
                        let bound = Some(bound);
                        let ack = Ack { bound, lacks_rundown, ..Ack::new(rev, applied_at) };
                        let ack = HubInput::Ack { socket, ack };
                        context.network.transmit(context.now, Message::Hub(hub.number(), ack));
                    }
                }
                Effect::LoadRundown { .. } => self.arrive(ViewerInput::Rundown, context),
                Effect::Cue(cueing::Effect::Fire { cue, .. }) => {
                    let state = self.session.state().expect("cues come with a state");
                    let times = self.fired.entry((place(&state.epoch, state.rev).0, cue.key.bits())).or_default();
                    *times += 1;
                    assert_eq!(*times, 1, "{cue:?} fired again in the same epoch");
                    context.network.counts.fired += 1;
                }
                Effect::State { lateness } => context.network.counts.late += u32::from(lateness > Span::ZERO),
                _ => {}
            }
            self.check(context.history);
        }
    }

    /// Sends something to this viewer, late perhaps, but for certain.
    fn arrive(&self, input: ViewerInput, context: &mut Context<'_>) {
        let delay = context.network.delay();
        context.network.send(context.now + delay, Message::Viewer(self.number, input));
    }

    /// Asks the worker, which answers with what some hub has, or with a copy of that.
    fn send_request(&self, request: Request, context: &mut Context<'_>, hubs: &[HubObject]) {
        let (there, back) = (context.network.delay(), context.network.delay());
        if context.network.loses() {
            if context.network.chance(50) {
                self.arrive(ViewerInput::Failure(request), context);
            }
            return;
        }
        if request == Request::Status {
            let hub = context.network.below(i64::from(HUBS)) as u16;
            context.network.send(context.now + there, Message::Hub(hub, HubInput::Polled));
        }
        let server = ServerTime::from_millis((context.now + there).as_millis());
        let mut news = copy(context, hubs);
        if request == Request::Time {
            news.iter_mut().for_each(|news| news.details = None);
        }
        let news = news.filter(|_| !context.network.happens(15));
        let answer = ViewerInput::Answer { request, t1: local(context.now), server, news };
        context.network.send(context.now + there + back, Message::Viewer(self.number, answer));
    }

    fn open_socket(&mut self, not: Option<u16>, context: &mut Context<'_>) {
        self.sockets += 1;
        // Numbers that no other viewer's sockets have.
        let socket = (self.sockets << 8) + self.number as u32;
        let hubs = context.history.last().map_or(1, |state| state.delivery().hubs);
        let hub = joins(hubs, None, context.network.below(1_000) as u64, not);
        assert!(self.socket.replace(socket).is_none(), "one socket at a time");
        if context.network.happens(30) {
            return self.arrive(ViewerInput::Closed { socket }, context);
        }
        let join = HubInput::Join { viewer: self.number, socket, tries: 1 };
        context.network.transmit(context.now, Message::Hub(hub, join));
        if context.network.happens(50) {
            let after = Span::from_millis(context.network.below(60_000));
            context.network.send(context.now + after, Message::Viewer(self.number, ViewerInput::Closed { socket }));
        }
    }

    /// The runtime answers a ping for the hub that has the socket, without waking it.
    fn ping(&self, context: &mut Context<'_>, hubs: &[HubObject]) {
        let socket = self.socket.expect("pings go through a socket");
        let hub = hubs.iter().find(|hub| hub.has(socket));
        if let Some(version) = hub.and_then(HubObject::pong).cloned() {
            let pong = ViewerInput::Pong { socket, version };
            context.network.transmit(context.now, Message::Viewer(self.number, pong));
        }
    }

    /// Checks what must hold after every step: nobody goes back, and nobody has what the event never had.
    pub(super) fn check(&mut self, history: &[EventState]) {
        let Some(state) = self.session.state() else { return };
        let has = place(&state.epoch, state.rev);
        assert!(has >= self.had, "viewer {} went back from {:?} to {has:?}", self.number, self.had);
        self.had = has;
        if let Some(newest) = history.last()
            && *newest.epoch() == state.epoch
        {
            let said = history.iter().find(|known| known.rev() == state.rev).expect("the event had this revision");
            assert_eq!(state.timeline, said.timeline(), "nobody ever said this");
        }
    }

    /// Asserts that the viewer has the server's state and time.
    pub(super) fn assert_well(&self, truth: &News, now: ServerTime) {
        assert_eq!(self.session.state(), Some(truth), "viewer {}", self.number);
        assert_eq!(self.session.connection(), Connection::Live, "viewer {}", self.number);
        let reading = self.session.reading(local(now)).expect("the time is known");
        assert!((reading.time - now).as_micros().abs() <= reading.bound.as_micros(), "{reading:?} at {now:?}");
        assert_eq!(self.session.status(), Some(truth.status(reading.time)));
    }
}

/// Lets the hubs learn that a socket closed, 10 s later, when nothing for it is on its way any more.
fn leave(socket: u32, context: &mut Context<'_>) {
    for hub in 0..HUBS {
        let at = context.now + Span::from_millis(10_000);
        context.network.send(at, Message::Hub(hub, HubInput::Left { socket }));
    }
}

/// Returns what an isolate answers: the state of some hub, or what was the newest up to three changes ago.
fn copy(context: &mut Context<'_>, hubs: &[HubObject]) -> Option<News> {
    if context.network.happens(40) {
        let age = context.network.below(4) as usize;
        context.network.counts.outdated += u32::from(age > 0);
        return context.history.get(context.history.len().saturating_sub(1 + age)).map(news);
    }
    let first = context.network.below(hubs.len() as i64) as usize;
    let known = (0..hubs.len()).find_map(|step| hubs[(first + step) % hubs.len()].current());
    known.or_else(|| context.history.last().map(news))
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
