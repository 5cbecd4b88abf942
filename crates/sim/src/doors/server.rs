//! A server that can serve only so much: one queue, and a cost for each piece of work. Whom it lets join and when, what it
//! says of its load: core decides that, as in the worker.

use downbeat_core::fanout::{Door, Pressure, Rate, RefuseBy, Turn};
use downbeat_core::session::{News, Push};
use downbeat_core::{ServerTime, Span, Version};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::world::BEGIN;

/// How much longer everything takes than at a real server, and how many fewer viewers come.
const SCALE: i64 = 10;

/// How long each kind of work takes the server.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// An answer over HTTP.
    pub answer: Span,
    /// Receiving a request to join.
    pub arrival: Span,
    /// Letting a request wait, and going on with it.
    pub turn: Span,
    /// Making a socket for a request that was received.
    pub join: Span,
    /// Accepting the socket of such a request only to close it with a wait.
    pub refusal: Span,
    /// Refusing such a request with status 503.
    pub plain_refusal: Span,
    /// Sending a change through one socket.
    pub push: Span,
    /// Answering a ping.
    pub pong: Span,
}

impl Costs {
    /// What was measured of one process of the Workers runtime, ten times as long.
    pub const MEASURED: Self = Self {
        answer: Span::from_micros(1_000),
        arrival: Span::from_micros(3_500),
        turn: Span::from_micros(300),
        join: Span::from_micros(8_500),
        refusal: Span::from_micros(3_000),
        plain_refusal: Span::from_micros(800),
        push: Span::from_micros(270),
        pong: Span::from_micros(300),
    };
}

/// How a server treats what it cannot serve at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// It does everything in order, also for clients that have gone, and says nothing about its load.
    Eager,
    /// It sends changes first, lets joins wait for their turn, refuses others with a wait, and says when it is slow.
    Admitting,
}

/// How fast viewers join: a tenth of what a worker begins.
const JOINS: Rate = Rate::per_second(60, 1).with_debt(u32::MAX);

/// Something that reaches the server.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) viewer: u32,
    pub(super) work: Work,
    /// When the viewer sent it.
    pub(super) sent_at: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Time {
        number: u32,
    },
    State {
        number: u32,
    },
    Status {
        number: u32,
    },
    Join {
        socket: u64,
    },
    /// A request to join with this socket has waited for its turn.
    Turn {
        socket: u64,
    },
    Ping {
        socket: u64,
    },
    /// The client closed a socket, or gave up opening it.
    Gone {
        socket: u64,
    },
}

/// What a viewer receives.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Answer {
        work: Work,
        sent_at: Span,
        served_at: Span,
        news: News,
        retry_after: Option<Span>,
    },
    Push {
        socket: u64,
        push: Push,
    },
    Pong {
        socket: u64,
        version: Version,
    },
    /// The socket was refused, with the wait that the server asks for if the client can read it.
    Refused {
        socket: u64,
        wait: Option<Span>,
    },
}

#[derive(Debug)]
pub(super) struct Server {
    policy: Policy,
    costs: Costs,
    news: News,
    queue: VecDeque<(Span, Job)>,
    /// The sockets to which the change is still to be sent.
    pushes: VecDeque<(u64, u32)>,
    /// The change itself, which comes behind what is queued unless changes go first.
    pause: Option<(usize, News)>,
    sockets: BTreeMap<u64, u32>,
    gone: BTreeSet<u64>,
    is_busy: bool,
    door: Door,
    pressure: Pressure,
    /// Those who wait for their turn to join, and when that comes.
    line: Vec<(Span, Job)>,
    /// How many sockets were made, also for clients that had gone.
    pub(super) made: u32,
}

impl Server {
    pub(super) fn new(policy: Policy, costs: Costs, news: News) -> Self {
        Self {
            policy,
            costs,
            news,
            queue: VecDeque::new(),
            pushes: VecDeque::new(),
            pause: None,
            sockets: BTreeMap::new(),
            gone: BTreeSet::new(),
            is_busy: false,
            door: Door::default(),
            pressure: Pressure::default(),
            line: Vec::new(),
            made: 0,
        }
    }

    pub(super) fn enqueue(&mut self, job: Job, now: Span) {
        self.queue.push_back((now, job));
    }

    /// Returns those who have just begun to wait for their turn, and when that comes.
    pub(super) fn take_line(&mut self) -> Vec<(Span, Job)> {
        std::mem::take(&mut self.line)
    }

    pub(super) fn handle_gone(&mut self, socket: u64) {
        if self.sockets.remove(&socket).is_none() {
            self.gone.insert(socket);
        }
    }

    /// Pauses the event: at once, or behind everything that is queued.
    pub(super) fn pause(&mut self, news: News) {
        match self.policy {
            Policy::Admitting => self.announce(news),
            Policy::Eager => self.pause = Some((self.queue.len(), news)),
        }
    }

    fn announce(&mut self, news: News) {
        self.news = news;
        self.pushes = self.sockets.iter().map(|(socket, viewer)| (*socket, *viewer)).collect();
    }

    pub(super) fn finish(&mut self) {
        self.is_busy = false;
    }

    /// Begins the next piece of work, if there is any and none is in progress. Returns how long it takes, and what comes
    /// of it for whom.
    pub(super) fn begin(&mut self, now: Span) -> Option<(Span, Option<(u32, Reply)>)> {
        if self.is_busy {
            return None;
        }
        if let Some((0, _)) = self.pause {
            let (_, news) = self.pause.take().expect("it was just there");
            self.announce(news);
        }
        let (cost, reply) = match self.pushes.pop_front() {
            Some((socket, viewer)) => (self.costs.push, Some((viewer, self.push(socket)))),
            None => {
                let (queued_at, job) = self.queue.pop_front()?;
                if let Some((ahead, _)) = &mut self.pause {
                    *ahead -= 1;
                }
                let (cost, reply) = self.serve(&job, now - queued_at, now);
                (cost, reply.map(|reply| (job.viewer, reply)))
            }
        };
        self.is_busy = true;
        Some((cost, reply))
    }

    fn serve(&mut self, job: &Job, waited: Span, now: Span) -> (Span, Option<Reply>) {
        let at = ServerTime::from_millis((BEGIN + now).as_millis());
        if !matches!(job.work, Work::Gone { .. }) {
            self.pressure.handle_call(Span::from_micros(waited.as_micros() / SCALE), at);
        }
        match job.work {
            Work::Time { .. } | Work::State { .. } | Work::Status { .. } => {
                let mut news = self.news.clone();
                if matches!(job.work, Work::Time { .. }) {
                    news.details = None;
                }
                let served_at = now + self.costs.answer;
                let retry_after = (self.policy == Policy::Admitting).then(|| self.retry_after(job.work, at)).flatten();
                let answer = Reply::Answer { work: job.work, sent_at: job.sent_at, served_at, news, retry_after };
                (self.costs.answer, Some(answer))
            }
            Work::Join { socket } => self.join(socket, job, now, at),
            Work::Turn { socket } => self.make(socket, job, self.costs.turn),
            Work::Ping { socket } if self.sockets.contains_key(&socket) => {
                let version = Version { epoch: self.news.epoch.clone(), rev: self.news.rev };
                (self.costs.pong, Some(Reply::Pong { socket, version }))
            }
            Work::Ping { .. } | Work::Gone { .. } => (Span::ZERO, None),
        }
    }

    /// As the worker does: who asks for the state will join next.
    fn retry_after(&mut self, work: Work, at: ServerTime) -> Option<Span> {
        let slow = self.pressure.retry_after(at);
        match work {
            Work::State { .. } => slow.max(self.door.announce(self.pressure.slowed(JOINS, at), at)),
            _ => slow,
        }
    }

    /// Receives a request to join: makes the socket if it is its turn.
    fn join(&mut self, socket: u64, job: &Job, now: Span, at: ServerTime) -> (Span, Option<Reply>) {
        let received = self.costs.arrival;
        if self.policy == Policy::Admitting && !self.gone.contains(&socket) {
            let joins = self.pressure.slowed(JOINS, at);
            let turn = self.door.turn(joins, at);
            self.pressure.handle_line(self.door.line(joins, at), at);
            match turn {
                Turn::Join => {}
                Turn::Wait(wait) => {
                    self.line.push((now + wait, Job { work: Work::Turn { socket }, ..job.clone() }));
                    return (received, None);
                }
                Turn::Refused(come_back) => {
                    let (cost, wait) = match come_back.by {
                        RefuseBy::Closing => (self.costs.refusal, Some(come_back.wait)),
                        RefuseBy::Answer => (self.costs.plain_refusal, None),
                    };
                    return (received + cost, Some(Reply::Refused { socket, wait }));
                }
            }
        }
        self.make(socket, job, received)
    }

    /// Makes a socket after what was `spent` on the request; for a client that has gone only if the server does not look.
    fn make(&mut self, socket: u64, job: &Job, spent: Span) -> (Span, Option<Reply>) {
        let is_gone = self.gone.remove(&socket);
        if is_gone && self.policy == Policy::Admitting {
            return (Span::ZERO, None);
        }
        self.made += 1;
        if is_gone {
            return (spent + self.costs.join, None);
        }
        self.sockets.insert(socket, job.viewer);
        (spent + self.costs.join, Some(self.push(socket)))
    }

    fn push(&self, socket: u64) -> Reply {
        Reply::Push { socket, push: Push { news: self.news.clone(), hub: 0, ack: false } }
    }
}
