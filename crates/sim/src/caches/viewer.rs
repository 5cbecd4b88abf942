//! A viewer: core's session, and around it a page that asks and keeps a socket.

use downbeat_core::clock::{Exchange, WallTime};
use downbeat_core::session::{Connection, Effect, Failure, Lack, News, Push, Request, Wait};
use downbeat_core::{LocalTime, Seed, ServerTime, Session, Span, Version};
use downbeat_wire::freshness::{CacheSign, Freshness, TimedAnswer};

use super::message::{Answer, Asked, Context, Input, Message};
use crate::network::Kind;
use crate::world::BEGIN;
use crate::{Device, Dice, Network};

/// The time within which viewers arrive: 10 s.
const ARRIVAL: Span = Span::from_millis(10_000);

#[derive(Debug)]
pub(super) struct Viewer {
    number: usize,
    device: Device,
    pub(super) network: Network,
    session: Session,
    freshness: Freshness,
    /// The socket that is open or being opened, and the one that has arrived at the server.
    socket: Option<u32>,
    pub(super) joined: Option<u32>,
    sockets: u32,
    /// The session's deadline by the device's clock, and when that is.
    deadline: (LocalTime, ServerTime),
    /// How many requests for the time it sent.
    requests: usize,
}

impl Viewer {
    pub(super) fn new(number: usize, seed: Seed, dice: &mut Dice) -> Self {
        let mut seed = seed;
        let arrives = BEGIN + seed.span_below(ARRIVAL);
        let device = Device::ordinary(BEGIN, dice);
        let kind = Kind::ALL[number % Kind::ALL.len()];
        let network = Network::new(kind, BEGIN, Dice::new(Seed::new(seed.next_u64())));
        let session = Session::new(seed, None, device.local(arrives));
        Self {
            number,
            device,
            network,
            session,
            freshness: Freshness::default(),
            socket: None,
            joined: None,
            sockets: 0,
            deadline: (LocalTime::from_micros(i64::MIN), BEGIN),
            requests: 0,
        }
    }

    /// Whether what it asks goes through the cache.
    pub(super) const fn is_behind(&self) -> bool {
        !self.number.is_multiple_of(3)
    }

    /// Whether the network lets sockets through.
    pub(super) const fn has_sockets(&self) -> bool {
        self.number % 4 != 1
    }

    pub(super) const fn requests(&self) -> usize {
        self.requests
    }

    pub(super) fn next_deadline(&mut self) -> ServerTime {
        let local = self.session.next_deadline();
        // Found by bisection, and asked for after every step of every viewer.
        if self.deadline.0 != local {
            self.deadline = (local, self.device.when(local));
        }
        self.deadline.1
    }

    pub(super) fn tick(&mut self, now: ServerTime) {
        let local = self.device.local(now);
        if self.session.next_deadline() <= local {
            self.session.handle_tick(local, WallTime::from_millis(self.device.wall(now).as_millis()));
        }
    }

    pub(super) fn handle(&mut self, input: Input, at: ServerTime) {
        let now = self.device.local(at);
        match input {
            Input::Answer { asked, answer } => self.handle_answer(&asked, answer, at),
            Input::Push { socket, sent, news } if self.socket == Some(socket) => {
                self.session.handle_pushed_time(sent, now);
                self.session.handle_push(Push { news, hub: 0, ack: false }, now);
            }
            Input::Pong { socket, version } if self.socket == Some(socket) => self.session.handle_pong(&version, now),
            Input::Closed { socket } if self.socket == Some(socket) => {
                self.socket = None;
                self.session.handle_closed(now);
            }
            Input::Push { .. } | Input::Pong { .. } | Input::Closed { .. } => {}
        }
    }

    fn handle_answer(&mut self, asked: &Asked, answer: Answer, at: ServerTime) {
        let now = self.device.local(at);
        let Answer { server_time, t1, age, news } = answer;
        if asked.request == Request::Status {
            return self.session.handle_news(news, now);
        }
        let age = age.map(|seconds| seconds.to_string());
        let timed = TimedAnswer { t1: t1.as_deref(), age: age.as_deref(), server_time, sent: asked.sent, arrived: now };
        // The session judges what has the time of an earlier answer, as in the viewers that ship.
        if self.freshness.check(&asked.t1, &timed).is_err_and(|sign| sign != CacheSign::SameTime) {
            return self.session.handle_failure(asked.request, Failure::StaleTime, now);
        }
        let exchange = Exchange::new(asked.sent, server_time, server_time, now).expect("neither clock runs back");
        self.session.handle_answer(&exchange, Some(news), None, now);
    }

    pub(super) fn perform_effects(&mut self, context: &mut Context) {
        let viewer = self.number;
        while let Some(effect) = self.session.poll_effect() {
            let now = context.now;
            match effect {
                Effect::Request(request) => {
                    self.requests += usize::from(request != Request::Status);
                    let t1 = self.freshness.next_t1(self.device.wall(now));
                    let asked = Asked { request, t1, sent: self.device.local(now) };
                    context.send(Message::Asked { viewer, asked }, self.network.there(now));
                }
                Effect::OpenSocket { .. } => {
                    self.sockets += 1;
                    self.socket = Some(self.sockets);
                    context.send(Message::Joined { viewer, socket: self.sockets }, self.network.there(now));
                }
                Effect::CloseSocket => (self.socket, self.joined) = (None, None),
                Effect::Ping => {
                    let socket = self.socket.expect("pings go through a socket");
                    context.send(Message::Pinged { viewer, socket }, self.network.there(now));
                }
                _ => {}
            }
        }
    }

    pub(super) fn assert_right(&self, now: ServerTime) {
        let Some(reading) = self.session.reading(self.device.local(now)) else { return };
        let off = reading.time - now;
        assert!(off.max(-off) <= reading.bound, "{self}: off by {off:?}, bound {:?}", reading.bound);
    }

    pub(super) fn assert_knows(&self, truth: &News) {
        let version = |news: &News| Version { epoch: news.epoch.clone(), rev: news.rev };
        assert_eq!(self.session.state().map(version), Some(version(truth)), "{self}");
    }

    pub(super) fn assert_recovered(&self) {
        // Only an answer that is believed ends that the time is missing.
        assert!(matches!(self.session.connection(), Connection::Live | Connection::Polling(_)), "{self}");
    }

    pub(super) fn assert_told(&self) {
        let connection = self.session.connection();
        let is_told = matches!(
            connection,
            Connection::Lacking(_, Lack::Time) | Connection::Acquiring(Wait::Failed(Failure::StaleTime))
        );
        assert_eq!(is_told, self.is_behind(), "{self}");
    }
}

impl std::fmt::Display for Viewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "viewer {}: {:?}, {:?}", self.number, self.session.connection(), self.device)
    }
}
