//! Doors open: many viewers arrive within seconds at a server that can serve only so much.
//!
//! Viewers are core's sessions over a good network. The server is a model: one queue, and a cost for each kind of work
//! ([`Costs`]). What is simulated is how much work viewers make for it, and whether what it does still serves anybody.
//!
//! Everything is a tenth of a real server: it takes ten times as long for everything, and a tenth of the viewers come.

mod outcome;
mod server;
mod viewer;

use downbeat_core::session::{Details, News};
use downbeat_core::{EventTimeline, Position, Rate, Rev, Seed, Segment, ServerTime, Span, Timeline};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::Dice;
use crate::world::BEGIN;
pub use outcome::Outcome;
pub use server::{Costs, Policy};
use server::{Job, Reply, Server, Work};
use viewer::Viewer;

/// Who arrives, and at what kind of server.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The number of viewers.
    pub viewers: u32,
    /// The time over which they arrive, evenly.
    pub arrival: Span,
    /// When the event is paused.
    pub pause_at: Span,
    /// When the world ends.
    pub end: Span,
    /// How the server treats what it cannot serve.
    pub policy: Policy,
    /// How long each kind of work takes the server.
    pub costs: Costs,
    /// The seed of everything.
    pub seed: u64,
}

/// What happens next.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there are few, and each is used once")]
enum Event {
    Arrives(u32),
    /// A viewer's deadline, unless it has moved since.
    Deadline(u32),
    /// Something reaches the server.
    Request(Job),
    /// The server is done with the work in progress.
    Served,
    /// Something reaches a viewer.
    Reply(u32, Reply),
    Pause,
}

/// The viewers, the server, and what is on its way between them.
#[derive(Debug)]
struct World {
    now: Span,
    events: BinaryHeap<Reverse<(i64, u64)>>,
    contents: BTreeMap<u64, Event>,
    count: u64,
    dice: Dice,
    server: Server,
    /// Those who have arrived.
    viewers: Vec<Viewer>,
    /// The reply to the work in progress, and to whom it goes.
    in_progress: Option<(u32, Reply)>,
    paused_at: Option<Span>,
    outcome: Outcome,
}

/// Lets the doors open, and returns what became of everyone.
pub fn run(plan: &Plan) -> Outcome {
    let mut seed = Seed::new(plan.seed);
    let mut world = World {
        now: Span::ZERO,
        events: BinaryHeap::new(),
        contents: BTreeMap::new(),
        count: 0,
        dice: Dice::new(Seed::new(seed.next_u64())),
        server: Server::new(plan.policy, plan.costs, news(None)),
        viewers: Vec::new(),
        in_progress: None,
        paused_at: None,
        outcome: Outcome::new(plan.viewers),
    };
    for number in 0..plan.viewers {
        let at = plan.arrival.as_micros() * i64::from(number) / i64::from(plan.viewers);
        world.schedule(Span::from_micros(at), Event::Arrives(number));
    }
    world.schedule(plan.pause_at, Event::Pause);
    while let Some(Reverse((at, key))) = world.events.pop() {
        let event = world.contents.remove(&key).expect("each event has its contents");
        if Span::from_micros(at) > plan.end {
            break;
        }
        world.now = Span::from_micros(at);
        world.handle(event, &mut seed);
    }
    world.outcome.finish(&world.viewers, &world.server, plan.pause_at);
    world.outcome
}

/// Returns the event's state: on since the world began, and paused from `paused_at` on.
fn news(paused_at: Option<Span>) -> News {
    let mut timeline = EventTimeline::starting_at(BEGIN);
    let mut rev = Rev::FIRST;
    if let Some(at) = paused_at {
        let from = ServerTime::from_millis((BEGIN + at).as_millis() + 500);
        let held = Segment { from, position: Position::from_millis(at.as_millis() + 500), rate: Rate::HELD };
        timeline.timeline = Timeline::from_segments(vec![timeline.segments()[0], held]).expect("they are in order");
        rev = rev.next();
    }
    let details = Some(Details { messages: Vec::new(), pushes: true, replaces: None, confirmed: None });
    News { epoch: "doors".parse().expect("it is an epoch"), rev, timeline, rundown: None, details }
}

impl World {
    fn schedule(&mut self, at: Span, event: Event) {
        self.count += 1;
        self.events.push(Reverse((at.as_micros(), self.count)));
        self.contents.insert(self.count, event);
    }

    /// Returns how long one way takes: 15 to 20 ms, and sometimes longer.
    fn way(&mut self) -> Span {
        Span::from_millis(15) + self.dice.exponential(Span::from_millis(5))
    }

    fn handle(&mut self, event: Event, seed: &mut Seed) {
        match event {
            Event::Arrives(number) => {
                self.viewers.push(Viewer::new(number, Seed::new(seed.next_u64()), self.now));
                self.settle(number);
            }
            Event::Deadline(number) => {
                let viewer = &mut self.viewers[number as usize];
                viewer.scheduled = None;
                viewer.handle_tick(self.now);
                self.settle(number);
            }
            Event::Request(job) => {
                self.server.enqueue(job, self.now);
                self.serve();
            }
            Event::Served => {
                if let Some((viewer, reply)) = self.in_progress.take() {
                    let way = self.way();
                    self.schedule(self.now + way, Event::Reply(viewer, reply));
                }
                self.server.finish();
                self.serve();
            }
            Event::Reply(number, reply) => {
                self.viewers[number as usize].handle_reply(reply, self.now);
                self.settle(number);
            }
            Event::Pause => {
                self.paused_at = Some(self.now);
                self.server.pause(news(self.paused_at));
                self.serve();
            }
        }
    }

    /// Lets the server begin the next piece of work, if it has any.
    fn serve(&mut self) {
        if let Some((cost, reply)) = self.server.begin(self.now) {
            self.in_progress = reply;
            self.schedule(self.now + cost, Event::Served);
            for (at, job) in self.server.take_line() {
                self.schedule(at, Event::Request(job));
            }
        }
    }

    /// Does what a viewer's session asks for, and sets its alarm.
    fn settle(&mut self, number: u32) {
        let viewer = &mut self.viewers[number as usize];
        let works = viewer.perform_effects(self.now);
        viewer.note(self.now, self.paused_at);
        for (work, sent_at) in works {
            let way = self.way();
            match work {
                // The server notices at once that a client has gone, if it looks.
                Work::Gone { socket } => self.server.handle_gone(socket),
                work => self.schedule(self.now + way, Event::Request(Job { viewer: number, work, sent_at })),
            }
        }
        let viewer = &mut self.viewers[number as usize];
        let deadline = viewer.next_deadline().max(self.now + Span::from_micros(1));
        if viewer.scheduled.is_none_or(|scheduled| deadline < scheduled) {
            viewer.scheduled = Some(deadline);
            self.schedule(deadline, Event::Deadline(number));
        }
    }
}
