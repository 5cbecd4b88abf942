//! A viewer who arrives: core's session, and around it what a page does.

use downbeat_core::clock::{Exchange, WallTime};
use downbeat_core::session::{Connection, Effect, Request};
use downbeat_core::{LocalTime, Rev, Seed, ServerTime, Session, Span, retry};

use super::server::{Reply, Work};
use crate::world::BEGIN;

/// What every device's clock shows when the world begins.
const ORIGIN: LocalTime = LocalTime::from_micros(77_000_000);

#[derive(Debug)]
pub(super) struct Viewer {
    number: u32,
    session: Session,
    /// When its next deadline is scheduled.
    pub(super) scheduled: Option<Span>,
    /// The latest request for time or state, and the latest for the status; answers to others are ignored.
    latest: [Option<u32>; 2],
    requests: u32,
    /// The socket that is open or being opened.
    socket: Option<u64>,
    sockets: u32,
    /// The sockets that it closed because nothing came through them in time.
    given_up: u32,
    arrived_at: Span,
    pub(super) live_at: Option<Span>,
    /// When it knew of the pause.
    pub(super) knew_at: Option<Span>,
    pub(super) is_live: bool,
}

fn local(now: Span) -> LocalTime {
    ORIGIN + now
}

impl Viewer {
    pub(super) fn new(number: u32, seed: Seed, now: Span) -> Self {
        Self {
            number,
            session: Session::new(seed, None, local(now)),
            scheduled: None,
            latest: [None; 2],
            requests: 0,
            socket: None,
            sockets: 0,
            given_up: 0,
            arrived_at: now,
            live_at: None,
            knew_at: None,
            is_live: false,
        }
    }

    pub(super) fn arrived_at(&self) -> Span {
        self.arrived_at
    }

    /// Returns how many requests it sent, how many sockets it tried to open, and how many of those it gave up.
    pub(super) fn counts(&self) -> (u32, u32, u32) {
        (self.requests, self.sockets, self.given_up)
    }

    pub(super) fn next_deadline(&self) -> Span {
        self.session.next_deadline() - ORIGIN
    }

    pub(super) fn handle_tick(&mut self, now: Span) {
        if self.next_deadline() <= now {
            self.session.handle_tick(local(now), WallTime::from_millis(now.as_millis()));
        }
    }

    pub(super) fn handle_reply(&mut self, reply: Reply, now: Span) {
        let is_current = |socket| self.socket == Some(socket);
        match reply {
            Reply::Answer { work, sent_at, served_at, news, retry_after } => {
                let (slot, number) = match work {
                    Work::Status { number } => (1, number),
                    Work::Time { number } | Work::State { number } => (0, number),
                    _ => unreachable!("only requests are answered"),
                };
                if self.latest[slot].take_if(|latest| *latest == number).is_none() {
                    return;
                }
                if let Some(wait) = retry_after {
                    self.session.handle_wait(wait, local(now));
                }
                if slot == 1 {
                    return self.session.handle_news(news, local(now));
                }
                let served_at = ServerTime::from_millis((BEGIN + served_at).as_millis());
                let exchange = Exchange::new(local(sent_at), served_at, served_at, local(now));
                let exchange = exchange.expect("neither clock runs back in this world");
                self.session.handle_answer(&exchange, Some(news), None, local(now));
            }
            Reply::Push { socket, push } if is_current(socket) => self.session.handle_push(push, local(now)),
            Reply::Pong { socket, version } if is_current(socket) => self.session.handle_pong(&version, local(now)),
            Reply::Refused { socket, wait } if is_current(socket) => {
                self.socket = None;
                match wait {
                    Some(wait) => self.session.handle_close(1_013, &retry::reason(wait), local(now)),
                    None => self.session.handle_closed(local(now)),
                }
            }
            Reply::Push { .. } | Reply::Pong { .. } | Reply::Refused { .. } => {}
        }
    }

    /// Does what the session asks for. Returns what to send, and when it left.
    pub(super) fn perform_effects(&mut self, now: Span) -> Vec<(Work, Span)> {
        let mut works = Vec::new();
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::Request(request) => {
                    self.requests += 1;
                    let number = self.requests;
                    self.latest[usize::from(request == Request::Status)] = Some(number);
                    works.push(match request {
                        Request::Time => (Work::Time { number }, now),
                        Request::State => (Work::State { number }, now),
                        Request::Status => (Work::Status { number }, now),
                    });
                }
                Effect::AbortRequest => self.latest[0] = None,
                Effect::OpenSocket { .. } => {
                    self.sockets += 1;
                    let socket = u64::from(self.number) << 32 | u64::from(self.sockets);
                    assert!(self.socket.replace(socket).is_none(), "one socket at a time");
                    works.push((Work::Join { socket }, now));
                }
                Effect::CloseSocket => {
                    self.given_up += 1;
                    let socket = self.socket.take().expect("there is one to close");
                    works.push((Work::Gone { socket }, now));
                }
                Effect::Ping => {
                    let socket = self.socket.expect("pings go through a socket");
                    works.push((Work::Ping { socket }, now));
                }
                _ => {}
            }
        }
        works
    }

    /// Notes what has become of the viewer.
    pub(super) fn note(&mut self, now: Span, paused_at: Option<Span>) {
        self.is_live = self.session.connection() == Connection::Live;
        if self.is_live && self.live_at.is_none() {
            self.live_at = Some(now);
        }
        let knows = self.session.state().is_some_and(|news| news.rev > Rev::FIRST);
        if paused_at.is_some() && knows && self.knew_at.is_none() {
            self.knew_at = Some(now);
        }
    }
}
