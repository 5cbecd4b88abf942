//! A viewer: core's session, and around it a page that asks and keeps a socket.

use downbeat_core::clock::{Exchange, WallTime};
use downbeat_core::session::{Connection, Effect, Failure, News, Push, Request};
use downbeat_core::{LocalTime, Seed, ServerTime, Session, Span, Version};

use super::message::{Context, Deployment, Input, Message, START};
use super::server::Server;

/// What the device's clock shows when the world begins. It runs as fast as the server's.
const ORIGIN: LocalTime = LocalTime::from_micros(77_000_000);

/// How long a state must be known before the connection shows that something contradicts it: 3 s, and 100 ms on the way.
const LAG_MAX: Span = Span::from_millis(3_100);

#[derive(Debug)]
pub(super) struct Viewer {
    number: usize,
    session: Session,
    /// The socket that is open or being opened, and where.
    socket: Option<(u32, Deployment)>,
    sockets: u32,
    /// The version that is followed, and since when.
    follows: (Option<Version>, ServerTime),
    /// The version that the last answer named, and the last frame of the socket, and when.
    told: [Option<(Version, ServerTime)>; 2],
}

fn local(now: ServerTime) -> LocalTime {
    ORIGIN + (now - START)
}

fn version(news: &News) -> Version {
    Version { epoch: news.epoch.clone(), rev: news.rev }
}

impl Viewer {
    pub(super) fn new(number: usize, seed: Seed) -> Self {
        let session = Session::new(seed, None, ORIGIN);
        Self { number, session, socket: None, sockets: 0, follows: (None, START), told: [None, None] }
    }

    pub(super) fn next_deadline(&self) -> ServerTime {
        START + (self.session.next_deadline() - ORIGIN)
    }

    pub(super) fn tick(&mut self, now: ServerTime) {
        if self.next_deadline() <= now {
            self.session.handle_tick(local(now), WallTime::from_millis((now - START).as_millis()));
        }
    }

    pub(super) fn wake(&mut self, now: ServerTime) {
        self.session.handle_wake(local(now), WallTime::from_millis((now - START).as_millis()));
    }

    pub(super) fn is_live(&self) -> bool {
        self.session.connection() == Connection::Live
    }

    pub(super) fn handle(&mut self, input: Input, at: ServerTime) {
        let now = local(at);
        let is_open = |socket: u32| self.socket.is_some_and(|(open, _)| open == socket);
        match input {
            Input::Answer { request: Request::Status, news: Some(news), .. } => self.session.handle_news(news, now),
            Input::Answer { request, t1, server, news } => match news {
                Some(news) => {
                    self.told[0] = Some((version(&news), at));
                    let exchange = Exchange::new(t1, server, server, now).expect("neither clock runs back");
                    self.session.handle_answer(&exchange, Some(news), None, now);
                }
                None => self.session.handle_failure(request, Failure::Unreachable, now),
            },
            Input::Push { socket, news } if is_open(socket) => {
                self.told[1] = Some((version(&news), at));
                self.session.handle_push(Push { news, hub: 0, ack: false }, now);
            }
            Input::Pong { socket, version } if is_open(socket) => {
                self.told[1] = Some((version.clone(), at));
                self.session.handle_pong(&version, now);
            }
            Input::Closed { socket } if is_open(socket) => {
                (self.socket, self.told[1]) = (None, None);
                self.session.handle_closed(now);
            }
            Input::Push { .. } | Input::Pong { .. } | Input::Closed { .. } => {}
        }
        self.check(at);
    }

    pub(super) fn perform_effects(
        &mut self,
        name: Deployment,
        servers: &mut [Server; 2],
        odd: &mut Option<(News, u32)>,
        context: &mut Context,
    ) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::Request(request) => {
                    let server = &mut servers[name as usize];
                    server.request(context);
                    let mut news = server.answer();
                    if let Some((said, count)) = odd.as_mut().filter(|(_, count)| *count > 0) {
                        *count -= 1;
                        news = Some(said.clone());
                    }
                    if request == Request::Time {
                        news.iter_mut().for_each(|news| news.details = None);
                    }
                    let server = ServerTime::from_millis(context.now.as_millis());
                    let answer = Input::Answer { request, t1: local(context.now), server, news };
                    context.send(Message::Viewer(self.number, answer));
                }
                Effect::OpenSocket { .. } => {
                    self.sockets += 1;
                    let socket = (self.sockets << 8) + self.number as u32;
                    self.socket = Some((socket, name));
                    context.send(Message::Join { at: name, viewer: self.number, socket });
                }
                Effect::CloseSocket => {
                    if let Some((socket, at)) = self.socket.take() {
                        context.send(Message::Left { at, socket });
                    }
                }
                Effect::Ping => {
                    let (socket, at) = self.socket.expect("pings go through a socket");
                    if let Some(version) = servers[at as usize].pong(socket).cloned() {
                        context.send(Message::Viewer(self.number, Input::Pong { socket, version }));
                    }
                }
                _ => {}
            }
        }
    }

    /// Checks what must hold after every step: nobody is live to whom something else was reported, on whichever way, since they
    /// follow what they follow. (A higher revision is asked for at once.)
    fn check(&mut self, now: ServerTime) {
        let Some(state) = self.session.state().map(version) else { return };
        if self.follows.0.as_ref() != Some(&state) {
            self.follows = (Some(state.clone()), now);
        }
        if !self.is_live() {
            return;
        }
        for (told, at) in self.told.iter().flatten() {
            let contradicts = told.epoch != state.epoch || told.rev < state.rev;
            let is_shown = *at - self.follows.1 > LAG_MAX;
            assert!(!contradicts || !is_shown, "viewer {} is live with {state}, and was told {told}", self.number);
        }
    }

    pub(super) fn assert_follows(&self, truth: &News) {
        let follows = self.session.state().map(version);
        assert_eq!(follows, Some(version(truth)), "viewer {}: {:?}", self.number, self.session.connection());
        assert_eq!(self.session.state().map(|news| &news.timeline), Some(&truth.timeline), "viewer {}", self.number);
        assert!(self.is_live(), "viewer {}: {:?}", self.number, self.session.connection());
    }
}
