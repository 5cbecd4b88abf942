//! One event behind a cache that answers for the time, and viewers, of whom some ask past it.
//!
//! Session and the check of answers ([`downbeat_wire::freshness`]) are those that ship. Devices and networks are those of
//! [`crate::device`] and [`crate::network`]. The cache knows no `Cache-Control`: it answers whatever the query with what it stored.

mod message;
mod server;
mod viewer;

use std::collections::BTreeMap;

use downbeat_core::{Seed, Span};

use self::message::{Context, Input, Message};
use self::server::Server;
use self::viewer::Viewer;
use crate::Dice;
use crate::world::BEGIN;

pub use self::server::Cache;

/// How many viewers there are. Every third asks past the cache, and every fourth has no sockets.
pub const VIEWERS: usize = 12;

/// The world. After every step each viewer's time is within its bound, if that is asked for.
#[derive(Debug)]
pub struct World {
    context: Context,
    server: Server,
    viewers: Vec<Viewer>,
    is_strict: bool,
}

impl World {
    /// Creates the world of a seed. Viewers arrive within its first 10 s.
    pub fn new(seed: u64) -> Self {
        let mut seed = Seed::new(seed);
        let mut dice = Dice::new(Seed::new(seed.next_u64()));
        let viewers = (0..VIEWERS).map(|number| Viewer::new(number, Seed::new(seed.next_u64()), &mut dice)).collect();
        let context = Context { now: BEGIN, messages: BTreeMap::new(), sent: 0 };
        Self { context, server: Server::new(), viewers, is_strict: true }
    }

    /// Lets viewers be wrong: for what a client cannot notice by itself. [`World::assert_right`] says when that is over.
    #[must_use]
    pub fn lenient(self) -> Self {
        Self { is_strict: false, ..self }
    }

    /// Puts a cache before the server.
    pub fn cache(&mut self, cache: Cache) {
        self.server.cache = Some(cache);
    }

    /// Has somebody else ask for all that the cache caches, without a `t1`.
    pub fn visit(&mut self) {
        self.server.visit(self.context.now);
    }

    /// Takes the cache away.
    pub fn end_cache(&mut self) {
        self.server.cache = None;
    }

    /// An operator holds the event, or lets it go on, past the cache.
    pub fn command(&mut self) {
        self.server.command(self.context.now);
        for viewer in 0..VIEWERS {
            self.push(viewer);
        }
        self.perform_effects();
    }

    /// Returns how many requests for the time the busiest viewer behind the cache has sent.
    pub fn requests_max(&self) -> usize {
        self.viewers.iter().filter(|viewer| viewer.is_behind()).map(Viewer::requests).max().unwrap_or_default()
    }

    /// Returns how many requests for the time viewers behind the cache have sent in all, and how many viewers these are.
    pub fn requests(&self) -> (usize, usize) {
        let behind = || self.viewers.iter().filter(|viewer| viewer.is_behind());
        (behind().map(Viewer::requests).sum(), behind().count())
    }

    /// Lets `ms` pass.
    pub fn run(&mut self, ms: i64) {
        let end = self.context.now + Span::from_millis(ms);
        loop {
            self.perform_effects();
            let deadlines = self.viewers.iter_mut().map(Viewer::next_deadline);
            let arrival = self.context.messages.keys().next().map(|(at, _)| *at);
            let next = deadlines.chain(arrival).min().unwrap_or(end).max(self.context.now);
            if next >= end {
                break;
            }
            self.context.now = next;
            while let Some(entry) = self.context.messages.first_entry().filter(|entry| entry.key().0 <= next) {
                let message = entry.remove();
                self.deliver(message);
            }
            self.viewers.iter_mut().for_each(|viewer| viewer.tick(next));
            if self.is_strict {
                self.assert_right();
            }
        }
        self.context.now = end;
    }

    /// Asserts that no viewer's time is off by more than its bound says.
    pub fn assert_right(&self) {
        self.viewers.iter().for_each(|viewer| viewer.assert_right(self.context.now));
    }

    /// Asserts that every viewer knows the event's newest revision.
    pub fn assert_knows(&self) {
        self.viewers.iter().for_each(|viewer| viewer.assert_knows(&self.server.news()));
    }

    /// Asserts that nothing is missing at any viewer any more.
    pub fn assert_recovered(&self) {
        self.viewers.iter().for_each(Viewer::assert_recovered);
    }

    /// Asserts that every viewer behind the cache says so, and that the others notice nothing.
    pub fn assert_told(&self) {
        self.viewers.iter().for_each(Viewer::assert_told);
    }

    fn push(&mut self, viewer: usize) {
        let (sent, news) = (self.server.stamp(self.context.now), self.server.news());
        let viewer_there = &mut self.viewers[viewer];
        if let Some(socket) = viewer_there.joined {
            let delay = viewer_there.network.back(self.context.now);
            self.context.send(Message::Viewer { viewer, input: Input::Push { socket, sent, news } }, delay);
        }
    }

    fn deliver(&mut self, message: Message) {
        let now = self.context.now;
        match message {
            Message::Asked { viewer, asked } => {
                let is_behind = self.viewers[viewer].is_behind();
                let answer = self.server.answer(&asked, is_behind, now);
                let delay = self.viewers[viewer].network.back(now);
                self.context.send(Message::Viewer { viewer, input: Input::Answer { asked, answer } }, delay);
            }
            Message::Joined { viewer, socket } => {
                if self.viewers[viewer].has_sockets() {
                    self.viewers[viewer].joined = Some(socket);
                    self.push(viewer);
                } else {
                    let delay = self.viewers[viewer].network.back(now);
                    self.context.send(Message::Viewer { viewer, input: Input::Closed { socket } }, delay);
                }
            }
            Message::Pinged { viewer, socket } => {
                let delay = self.viewers[viewer].network.back(now);
                let version = self.server.version();
                self.context.send(Message::Viewer { viewer, input: Input::Pong { socket, version } }, delay);
            }
            Message::Viewer { viewer, input } => self.viewers[viewer].handle(input, now),
        }
        self.perform_effects();
    }

    fn perform_effects(&mut self) {
        self.viewers.iter_mut().for_each(|viewer| viewer.perform_effects(&mut self.context));
    }
}
