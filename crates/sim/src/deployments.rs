//! Two deployments of one event behind one name, and viewers: what becomes of them when the name leads elsewhere, when storage
//! is restored, and when a cache answers oddly.
//!
//! Event state, hub and session are those that ship. The network is quick and loses nothing: what is simulated is who says
//! what. [`crate::hubs`] has the bad network.

mod message;
mod server;
mod viewer;

use downbeat_core::session::News;
use downbeat_core::{Seed, Span};
use std::collections::BTreeMap;

pub(crate) use self::message::news;
use self::message::{Context, Message, START};
use self::server::Server;
use self::viewer::Viewer;

pub use self::message::Deployment;

/// How many viewers there are.
const VIEWERS: usize = 12;

/// The world.
#[derive(Debug)]
pub struct World {
    context: Context,
    servers: [Server; 2],
    viewers: Vec<Viewer>,
    /// To which deployment the name leads.
    name: Deployment,
    /// What answers are to say, instead of what the server knows, for how many of them.
    odd: Option<(News, u32)>,
}

impl World {
    /// Creates the world of a seed.
    pub fn new(seed: u64) -> Self {
        let mut seed = Seed::new(seed);
        let viewers = (0..VIEWERS).map(|number| Viewer::new(number, Seed::new(seed.next_u64()))).collect();
        let context = Context { now: START, seed, messages: BTreeMap::new(), sent: 0 };
        Self {
            context,
            servers: [Server::new("main"), Server::new("other")],
            viewers,
            name: Deployment::Main,
            odd: None,
        }
    }

    /// Makes the name lead to `deployment`. Sockets stay where they are.
    pub fn lead_to(&mut self, deployment: Deployment) {
        self.name = deployment;
    }

    /// Closes all sockets of `deployment`.
    pub fn close_sockets(&mut self, deployment: Deployment) {
        self.servers[deployment as usize].close_all(&mut self.context);
    }

    /// An operator of `deployment` holds its event, or lets it go on.
    pub fn command(&mut self, deployment: Deployment) {
        self.servers[deployment as usize].command(&mut self.context);
    }

    /// Keeps a copy of the storage of `deployment`'s event.
    pub fn back_up(&mut self, deployment: Deployment) {
        self.servers[deployment as usize].back_up();
    }

    /// Restores the storage of `deployment`'s event from the copy. Its hub goes on, and does not know.
    pub fn restore(&mut self, deployment: Deployment) {
        self.servers[deployment as usize].restore();
    }

    /// Begins a new epoch in the restored event of `deployment`, which names the one it replaces.
    pub fn replace_epoch(&mut self, deployment: Deployment) {
        self.servers[deployment as usize].replace_epoch(&mut self.context);
    }

    /// Restarts the hub of `deployment` from what was saved, which closes its sockets.
    pub fn restart(&mut self, deployment: Deployment) {
        self.servers[deployment as usize].restart(&mut self.context);
    }

    /// Makes the next `count` answers say what `deployment` knows.
    pub fn answer_oddly(&mut self, deployment: Deployment, count: u32) {
        let server = &self.servers[deployment as usize];
        self.odd = server.answer().or_else(|| Some(news(server.state(), None))).map(|news| (news, count));
    }

    /// Shows all pages again, which ask at once.
    pub fn wake(&mut self) {
        self.viewers.iter_mut().for_each(|viewer| viewer.wake(self.context.now));
        self.perform_effects();
    }

    /// Returns how many viewers are live.
    pub fn live(&self) -> usize {
        self.viewers.iter().filter(|viewer| viewer.is_live()).count()
    }

    /// Lets `ms` pass.
    pub fn run(&mut self, ms: i64) {
        let end = self.context.now + Span::from_millis(ms);
        loop {
            self.perform_effects();
            let deadlines = self.viewers.iter().map(Viewer::next_deadline);
            let alarms = self.servers.iter().filter_map(Server::next_deadline);
            let arrival = self.context.messages.keys().next().map(|(at, _)| *at);
            let next = deadlines.chain(alarms).chain(arrival).min().unwrap_or(end).max(self.context.now);
            if next >= end {
                break;
            }
            self.context.now = next;
            while let Some(entry) = self.context.messages.first_entry().filter(|entry| entry.key().0 <= next) {
                let message = entry.remove();
                self.deliver(message);
            }
            self.servers.iter_mut().for_each(|server| server.tick(&mut self.context));
            self.viewers.iter_mut().for_each(|viewer| viewer.tick(next));
        }
        self.context.now = end;
    }

    /// Asserts that every viewer is live and has what the event's object of `deployment` has.
    pub fn assert_follows(&self, deployment: Deployment) {
        let truth = self.servers[deployment as usize].state();
        self.viewers.iter().for_each(|viewer| viewer.assert_follows(&news(truth, None)));
    }

    /// Asserts that no viewer is live who does not have what the event's object of `deployment` has.
    pub fn assert_honest(&self, deployment: Deployment) {
        let truth = self.servers[deployment as usize].state();
        self.viewers
            .iter()
            .filter(|viewer| viewer.is_live())
            .for_each(|viewer| viewer.assert_follows(&news(truth, None)));
    }

    fn deliver(&mut self, message: Message) {
        match message {
            Message::Viewer(number, input) => self.viewers[number].handle(input, self.context.now),
            Message::Join { at, viewer, socket } => self.servers[at as usize].join(viewer, socket, &mut self.context),
            Message::Left { at, socket } => self.servers[at as usize].leave(socket, self.context.now),
        }
        self.perform_effects();
    }

    fn perform_effects(&mut self) {
        for viewer in &mut self.viewers {
            viewer.perform_effects(self.name, &mut self.servers, &mut self.odd, &mut self.context);
        }
    }
}
