//! An event, its hubs, their viewers, and a network between them that loses, repeats, delays and reorders.
//!
//! Event state, announcements, hubs and sessions are those that ship; only the shells around them, which would own
//! sockets, storage and timers, are made here. A hub does one thing after the other, and a join takes it longest. Strangers
//! join and leave by the hundred, and flood. Objects are evicted from memory in the middle of their work, and hubs lose
//! their sockets. [`World::heal`] ends all of that.

mod context;
mod counts;
mod event;
mod hub;
mod message;
mod network;
mod viewer;

use downbeat_core::fanout::Polls;
use downbeat_core::{EventState, Seed, ServerTime, Span};

use self::context::{Context, HUBS, START, news};
use self::event::EventObject;
use self::hub::HubObject;
use self::message::Message;
use self::network::Network;
use self::viewer::Viewer;

pub use self::counts::Counts;

/// How many viewers there are with a session, besides those that only note what they are sent.
pub const VIEWERS: usize = 3;

/// A world with one event.
#[derive(Debug)]
pub struct World {
    now: ServerTime,
    network: Network,
    event: EventObject,
    hubs: Vec<HubObject>,
    viewers: Vec<Viewer>,
    /// Every state of the event's present epoch, the newest last.
    history: Vec<EventState>,
}

impl World {
    /// Creates the world of a seed. It is bad: see [`Self::heal`].
    pub fn new(seed: u64) -> Self {
        let mut network = Network::new(Seed::new(seed));
        let state = event::create(0, START);
        let viewers = (0..VIEWERS).map(|number| Viewer::new(number, network.seed())).collect();
        let hubs: Vec<_> = (0..HUBS).map(|number| HubObject::new(number, 30 + network.below(12) as u32)).collect();
        network.send(START + Span::from_millis(3_000), Message::Change);
        hubs.iter().for_each(|hub| hub.set_first_alarm(&mut network));
        Self { now: START, network, event: EventObject::new(state.clone()), hubs, viewers, history: vec![state] }
    }

    /// From now on nothing is lost, repeated, outdated or evicted, and nobody changes the event.
    pub fn heal(&mut self) {
        self.network.heal();
    }

    /// Returns how often what happened so far.
    pub const fn counts(&self) -> &Counts {
        &self.network.counts
    }

    /// Lets time pass until `ms` after the beginning, from one message or deadline to the next.
    pub fn run_until(&mut self, ms: i64) {
        let end = START + Span::from_millis(ms);
        loop {
            self.poll_viewers();
            let deadline = self.viewers.iter().map(Viewer::next_deadline).min().unwrap_or(end).max(self.now);
            let arrival = self.network.next_arrival().unwrap_or(end);
            if deadline.min(arrival) >= end {
                break;
            }
            self.now = deadline.min(arrival);
            if arrival <= deadline
                && let Some(message) = self.network.receive()
            {
                self.deliver(message);
            } else {
                self.viewers.iter_mut().for_each(|viewer| viewer.handle_tick(self.now));
            }
        }
        self.now = end;
    }

    /// Returns how many viewers poll, as the hubs estimate it.
    pub fn polling(&self) -> u64 {
        Polls::viewers(self.hubs.iter().map(|hub| hub.polls(self.now)).sum())
    }

    /// Asserts that every viewer and every hub with viewers has the event's state, and that nobody polls.
    pub fn assert_well(&self) {
        let truth = self.event.state();
        assert_eq!(self.polling(), 0, "all have a socket");
        for viewer in &self.viewers {
            viewer.assert_well(&news(truth), self.now);
        }
        for hub in &self.hubs {
            hub.assert_well(truth);
        }
    }

    fn poll_viewers(&mut self) {
        let mut context = Context { now: self.now, network: &mut self.network, history: &mut self.history };
        for viewer in &mut self.viewers {
            viewer.perform_effects(&mut context, &self.hubs);
        }
    }

    fn deliver(&mut self, message: Message) {
        let mut context = Context { now: self.now, network: &mut self.network, history: &mut self.history };
        match message {
            Message::Change => {
                let epoch = self.event.state().epoch();
                let mut known = self.viewers.iter().map(Viewer::epoch).chain(self.hubs.iter().map(HubObject::epoch));
                let is_settled = known.all(|known| known == Some(epoch));
                self.event.change(is_settled, &mut context);
                if context.network.happens(10) {
                    let hub = context.network.below(i64::from(HUBS)) as usize;
                    self.hubs[hub].evict(&mut context);
                }
            }
            Message::Event(input) => self.event.handle(input, &mut context),
            Message::Storm(hub) => context.storm(hub),
            Message::Hub(hub, input) => self.hubs[usize::from(hub)].receive(input, &mut context),
            Message::Turn(hub) => self.hubs[usize::from(hub)].take_turn(&mut context),
            Message::Viewer(viewer, input) => {
                let viewer = &mut self.viewers[viewer];
                viewer.handle(input, self.now);
                viewer.check(context.history);
            }
        }
    }
}
