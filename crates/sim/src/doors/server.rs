//! A server that can serve only so much: one queue, and a cost for each piece of work.

use downbeat_core::session::{News, Push};
use downbeat_core::{Span, Version};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How long each kind of work takes the server.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// An answer over HTTP.
    pub answer: Span,
    /// Making a socket.
    pub join: Span,
    /// Accepting a socket only to close it with a wait.
    pub refusal: Span,
    /// Refusing a handshake with status 503.
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
        join: Span::from_micros(12_000),
        refusal: Span::from_micros(6_500),
        plain_refusal: Span::from_micros(4_300),
        push: Span::from_micros(270),
        pong: Span::from_micros(300),
    };
}

/// How a server treats what it cannot serve at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// It does everything in order, also for clients that have gone, and says nothing about its load.
    Eager,
    /// It sends changes first, takes a number of joins a second, refuses others with a wait, and says when it is slow.
    Admitting,
}

/// The joins a second that an admitting server takes: 50.
const JOINS_PER_SECOND: i64 = 50;

/// The time whose joins it takes at once after a calm: 2 s.
const JOINS_BURST: Span = Span::from_millis(2_000);

/// The longest time that a join may have waited: 2 s.
const JOIN_WAIT_MAX: Span = Span::from_millis(2_000);

/// The refusals a second above which they are plain: 20.
const REFUSALS_PER_SECOND: usize = 20;

/// How long a question has waited when an admitting server calls itself slow: 200 ms.
const SLOW: Span = Span::from_millis(200);

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
    /// Until when the joins that were taken use up the rate.
    taken_until: Span,
    /// Until when those that were refused will.
    promised_until: Span,
    refusals: VecDeque<Span>,
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
            taken_until: Span::ZERO,
            promised_until: Span::ZERO,
            refusals: VecDeque::new(),
            made: 0,
        }
    }

    pub(super) fn enqueue(&mut self, job: Job, now: Span) {
        self.queue.push_back((now, job));
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
        match job.work {
            Work::Time { .. } | Work::State { .. } | Work::Status { .. } => {
                let mut news = self.news.clone();
                if matches!(job.work, Work::Time { .. }) {
                    news.details = None;
                }
                let served_at = now + self.costs.answer;
                let retry_after = self.retry_after(waited);
                let answer = Reply::Answer { work: job.work, sent_at: job.sent_at, served_at, news, retry_after };
                (self.costs.answer, Some(answer))
            }
            Work::Join { socket } => self.join(socket, job.viewer, waited, now),
            Work::Ping { socket } if self.sockets.contains_key(&socket) => {
                let version = Version { epoch: self.news.epoch.clone(), rev: self.news.rev };
                (self.costs.pong, Some(Reply::Pong { socket, version }))
            }
            Work::Ping { .. } | Work::Gone { .. } => (Span::ZERO, None),
        }
    }

    fn join(&mut self, socket: u64, viewer: u32, waited: Span, now: Span) -> (Span, Option<Reply>) {
        let is_gone = self.gone.remove(&socket);
        if self.policy != Policy::Eager {
            if is_gone {
                return (Span::ZERO, None);
            }
            if let Some(refusal) = self.refuse(socket, waited, now) {
                return refusal;
            }
        }
        self.made += 1;
        if is_gone {
            return (self.costs.join, None);
        }
        self.sockets.insert(socket, viewer);
        (self.costs.join, Some(self.push(socket)))
    }

    /// Refuses a join that waited too long or exceeds the rate, with the time at which its turn comes.
    fn refuse(&mut self, socket: u64, waited: Span, now: Span) -> Option<(Span, Option<Reply>)> {
        let interval = Span::from_micros(1_000_000 / JOINS_PER_SECOND);
        let taken_until = self.taken_until.max(now - JOINS_BURST) + interval;
        if waited <= JOIN_WAIT_MAX && taken_until <= now + interval {
            self.taken_until = taken_until;
            return None;
        }
        self.refusals.retain(|at| now - *at < Span::from_millis(1_000));
        self.refusals.push_back(now);
        if self.refusals.len() > REFUSALS_PER_SECOND {
            return Some((self.costs.plain_refusal, Some(Reply::Refused { socket, wait: None })));
        }
        self.promised_until = self.promised_until.max(now) + interval;
        let wait = (self.promised_until - now).max(Span::from_millis(100)).min(Span::from_millis(60_000));
        Some((self.costs.refusal, Some(Reply::Refused { socket, wait: Some(wait) })))
    }

    fn retry_after(&self, waited: Span) -> Option<Span> {
        let is_slow = self.policy != Policy::Eager && waited > SLOW;
        is_slow.then(|| {
            Span::from_micros(waited.as_micros() * 4).max(Span::from_millis(1_000)).min(Span::from_millis(6_000))
        })
    }

    fn push(&self, socket: u64) -> Reply {
        Reply::Push { socket, push: Push { news: self.news.clone(), hub: 0, ack: false } }
    }
}
