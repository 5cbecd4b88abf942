//! The server, which repeats the `t1` of requests, and the cache before it.

use std::collections::BTreeMap;

use downbeat_core::event::{Configuration, EventState};
use downbeat_core::session::{Details, News, Request as Asks};
use downbeat_core::{Command, Request, ServerTime, Span, Version};

use super::message::{Answer, Asked};
use crate::world::BEGIN;

/// A cache that was set up without regard to `Cache-Control`.
#[derive(Clone, Copy, Debug)]
pub struct Cache {
    /// How long it answers with what it stored.
    pub keeps: Span,
    /// Whether it says how old its answers are.
    pub says_age: bool,
    /// Whether it also caches the whole state, which carries the time too.
    pub caches_state: bool,
}

#[derive(Debug)]
pub(super) struct Server {
    state: EventState,
    commands: u32,
    pub(super) cache: Option<Cache>,
    /// What the cache stored, by path, and when.
    stored: BTreeMap<&'static str, (Answer, ServerTime)>,
}

impl Server {
    pub(super) fn new() -> Self {
        let configuration = Configuration { starts_at: Some(BEGIN), ..Configuration::default() };
        let epoch = "k3v9x2m4".parse().expect("this is an epoch");
        let state = EventState::create(configuration, epoch, "maria", BEGIN).expect("this is a configuration");
        Self { state, commands: 0, cache: None, stored: BTreeMap::new() }
    }

    pub(super) fn command(&mut self, now: ServerTime) {
        self.commands += 1;
        let id = format!("c{}", self.commands).parse().expect("this is an id");
        let command = if self.commands % 2 == 1 { Command::Pause { message: None } } else { Command::Resume };
        let request = Request { id, command, actor: "maria".to_owned(), reason: None, if_rev: None, at: None };
        self.state.handle_command(&request, None, self.stamp(now)).expect("it runs, or is held");
    }

    /// Returns the server's time in whole milliseconds, as it stamps what it sends.
    pub(super) fn stamp(&self, now: ServerTime) -> ServerTime {
        ServerTime::from_millis(now.as_millis())
    }

    pub(super) fn version(&self) -> Version {
        self.state.version()
    }

    pub(super) fn news(&self) -> News {
        let details = Details { messages: Vec::new(), pushes: true, replaces: None, confirmed: None };
        News {
            epoch: self.state.epoch().clone(),
            rev: self.state.rev(),
            timeline: self.state.timeline(),
            rundown: None,
            details: Some(details),
        }
    }

    /// Answers a request that arrives `now`, by way of the cache if that `is_behind` it.
    pub(super) fn answer(&mut self, asked: &Asked, is_behind: bool, now: ServerTime) -> Answer {
        let made = self.make(asked.request, Some(asked.t1.clone()), now);
        let Some((cache, path)) =
            self.cache.filter(|_| is_behind).and_then(|cache| Some((cache, cache.path(asked.request)?)))
        else {
            return made;
        };
        if let Some((stored, at)) = self.stored.get(path).filter(|(_, at)| now - *at < cache.keeps) {
            // At least a second: a cache that calls what it stored fresh says nothing.
            let age = cache.says_age.then(|| ((now - *at).as_millis() / 1_000).max(1));
            return Answer { age, ..stored.clone() };
        }
        self.stored.insert(path, (made.clone(), now));
        made
    }

    /// Fills the cache with answers to requests without a `t1`.
    pub(super) fn visit(&mut self, now: ServerTime) {
        let cache = self.cache.expect("there is a cache to fill");
        for request in [Asks::Time, Asks::State] {
            if let Some(path) = cache.path(request) {
                let made = self.make(request, None, now);
                self.stored.insert(path, (made, now));
            }
        }
    }

    fn make(&self, request: Asks, t1: Option<String>, now: ServerTime) -> Answer {
        let mut news = self.news();
        if request == Asks::Time {
            news.details = None;
        }
        Answer { server_time: self.stamp(now), t1, age: None, news }
    }
}

impl Cache {
    /// Returns under what it stores the answer to a request; `None` for what it does not cache. The status may be cached, by design.
    const fn path(self, request: Asks) -> Option<&'static str> {
        match request {
            Asks::Time => Some("time"),
            Asks::State if self.caches_state => Some("state"),
            Asks::State | Asks::Status => None,
        }
    }
}
