//! One change on its way from an event to a million viewers: the hubs, the tree and the reports that ship, over calls
//! between continents that take their time and now and then get lost.

use std::collections::{BTreeMap, VecDeque};

use downbeat_core::event::{Configuration, EventState, HubCount};
use downbeat_core::fanout::hub::{Effect, Limits, Source};
use downbeat_core::fanout::{DEGREE, Gathering, Hub, Region, Report, Tree};
use downbeat_core::{Command, Request, Seed, ServerTime, Span};

use crate::Dice;

/// When the change is made: 2024-01-01T00:00:00Z.
const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

/// How long a call takes one way between regions, by [`Region::distance`], in ms: half of typical round trips between
/// data centres.
const ONE_WAY_MS: [i64; 7] = [4, 35, 55, 75, 105, 125, 145];

/// How much longer a call takes on average than the shortest one: 5 ms.
const JITTER: Span = Span::from_millis(5);

/// How long a hub takes to send to one socket: 27 µs. Source: `scripts/bench push`.
pub(crate) const SEND: Span = Span::from_micros(27);

/// How long an object takes to handle a call: 1 ms.
const HANDLE: Span = Span::from_millis(1);

/// Who calls and is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Object {
    Event,
    Hub(u16),
}

#[derive(Clone, Debug)]
enum Message {
    Call { from: Object, number: u64, within: Option<Span> },
    Reports { number: u64, reports: Vec<Report> },
    RoundOver { round: u32 },
    Slice { broadcast: u32 },
}

/// A hub that has been called, and what it still waits for.
#[derive(Debug)]
struct HubObject {
    hub: Hub<u32, ()>,
    sockets: u32,
    calls: Vec<(Object, u64)>,
    below: Gathering,
    /// The numbers of its calls that have no answer.
    open: Vec<u64>,
    is_waiting: bool,
    done_at: Option<ServerTime>,
}

/// How a change got around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The calls that were made.
    pub calls: u64,
    /// How many calls lead from the event to the furthest hub.
    pub depth: u16,
    /// When each hub had sent the change to its last viewer, the earliest first, counted from the change.
    pub done: Vec<Span>,
    /// When the operator was answered.
    pub answered: Span,
    /// How many hubs had confirmed it by then.
    pub acked: u16,
    /// How many sockets those had sent it to.
    pub sockets: u64,
}

/// The world of one change.
#[derive(Debug)]
struct World {
    now: ServerTime,
    dice: Dice,
    loss: f64,
    state: EventState,
    tree: Tree,
    hubs: Vec<HubObject>,
    gathering: Gathering,
    round: u32,
    open: Vec<u64>,
    /// Calls that wait until one of six is answered.
    queue: VecDeque<(u16, Option<Span>)>,
    answered: Option<Delivered>,
    inbox: BTreeMap<(ServerTime, u64), (Object, Message)>,
    sent: u64,
    calls: u64,
}

/// Announces a pause to `hubs` hubs with `sockets` viewers each; the share `loss` of all calls and answers gets lost. What
/// happens depends on `seed` alone.
pub fn announce(hubs: u16, sockets: u32, loss: f64, seed: u64) -> Delivered {
    let mut world = World::new(hubs, sockets, loss, seed);
    world.next_round();
    while let Some(((now, _), (to, message))) = world.inbox.pop_first() {
        world.now = now;
        match to {
            Object::Event => world.handle_event(message),
            Object::Hub(hub) => world.handle_hub(hub, message),
        }
    }
    let mut done: Vec<Span> = world.hubs.iter().filter_map(|hub| hub.done_at.map(|at| at - START)).collect();
    done.sort_unstable();
    let answered = world.answered.take().expect("the event answers after its last round");
    Delivered { calls: world.calls, done, ..answered }
}

impl World {
    fn new(hubs: u16, sockets: u32, loss: f64, seed: u64) -> Self {
        let configuration =
            Configuration { starts_at: Some(START), hubs: Some(HubCount::Fixed(hubs)), ..Configuration::default() };
        let epoch = "million".parse().expect("this is an epoch");
        let before = EventState::create(configuration, epoch, "maria", START).expect("this is a configuration");
        let mut state = before.clone();
        let id = "p1".parse().expect("this is an id");
        let pause = Command::Pause { message: None };
        let pause = Request { id, command: pause, actor: "maria".to_owned(), reason: None, if_rev: None, at: None };
        state.handle_command(&pause, None, START).expect("an event can be paused");
        let tree = Tree::of(hubs);
        let hub = |number| HubObject {
            hub: Hub::new(number, Limits::DEFAULT, Some((before.clone(), String::new())), sockets),
            sockets,
            calls: Vec::new(),
            below: Gathering::below(tree, number, None),
            open: Vec::new(),
            is_waiting: false,
            done_at: None,
        };
        Self {
            now: START,
            dice: Dice::new(Seed::new(seed)),
            loss,
            gathering: Gathering::new(tree, state.rev()),
            state,
            tree,
            hubs: (0..hubs).map(hub).collect(),
            round: 0,
            open: Vec::new(),
            queue: VecDeque::new(),
            answered: None,
            inbox: BTreeMap::new(),
            sent: 0,
            calls: 0,
        }
    }

    /// Delivers a message to `to` at `at`.
    fn post(&mut self, at: ServerTime, to: Object, message: Message) {
        self.sent += 1;
        self.inbox.insert((at, self.sent), (to, message));
    }

    /// Sends a message between two objects; it may get lost.
    fn send(&mut self, from: Object, to: Object, message: Message) {
        // The operator who made the event is in western Europe.
        let region = |object| match object {
            Object::Event => Region::WestEurope,
            Object::Hub(hub) => Region::of_hub(hub),
        };
        let way = Span::from_millis(ONE_WAY_MS[usize::from(region(from).distance(region(to)))]);
        let late = self.dice.exponential(JITTER);
        if !self.dice.chance(self.loss) {
            self.post(self.now + HANDLE + way + late, to, message);
        }
    }

    /// Calls a hub; returns the call's number.
    fn call(&mut self, from: Object, hub: u16, within: Option<Span>) -> u64 {
        self.calls += 1;
        let number = self.calls;
        self.send(from, Object::Hub(hub), Message::Call { from, number, within });
        number
    }

    fn next_round(&mut self) {
        let Some(round) = self.gathering.next_round() else { return self.answer() };
        self.round += 1;
        self.queue.extend(round.hubs.into_iter().map(|hub| (hub, round.relay)));
        self.post(self.now + round.wait, Object::Event, Message::RoundOver { round: self.round });
        self.call_queued();
    }

    fn call_queued(&mut self) {
        while self.open.len() < usize::from(DEGREE)
            && let Some((hub, within)) = self.queue.pop_front()
        {
            let number = self.call(Object::Event, hub, within);
            self.open.push(number);
        }
    }

    fn handle_event(&mut self, message: Message) {
        match message {
            Message::Reports { number, reports } => {
                self.gathering.handle_reports(reports);
                self.open.retain(|open| *open != number);
                self.call_queued();
                if self.open.is_empty() && self.answered.is_none() {
                    self.next_round();
                }
            }
            Message::RoundOver { round } if round == self.round && self.answered.is_none() => {
                // A call that has no answer by now is given up.
                self.open.clear();
                self.next_round();
            }
            _ => {}
        }
    }

    fn answer(&mut self) {
        self.answered = Some(Delivered {
            calls: 0,
            depth: self.tree.depth(),
            done: Vec::new(),
            answered: self.now - START,
            acked: self.gathering.reached(),
            sockets: self.gathering.sockets(),
        });
    }

    fn handle_hub(&mut self, number: u16, message: Message) {
        let place = usize::from(number);
        match message {
            Message::Call { from, number: call, within } => {
                self.hubs[place].calls.push((from, call));
                let mut below = Gathering::below(self.tree, number, within);
                if let Some(round) = below.next_round() {
                    self.hubs[place].below = below;
                    self.hubs[place].is_waiting = true;
                    self.post(self.now + round.wait, Object::Hub(number), Message::RoundOver { round: 0 });
                    for hub in round.hubs {
                        let call = self.call(Object::Hub(number), hub, round.relay);
                        self.hubs[place].open.push(call);
                    }
                }
                self.hubs[place].hub.handle_state(self.state.clone(), String::new(), Source::Relay);
            }
            Message::Reports { number: call, reports } => {
                let hub = &mut self.hubs[place];
                hub.below.handle_reports(reports);
                hub.open.retain(|open| *open != call);
                hub.is_waiting &= !hub.open.is_empty();
            }
            Message::RoundOver { .. } => self.hubs[place].is_waiting = false,
            Message::Slice { broadcast } => self.send_slice(number, broadcast),
        }
        self.perform_effects(number);
        self.answer_calls(number);
    }

    fn perform_effects(&mut self, number: u16) {
        let place = usize::from(number);
        while let Some(effect) = self.hubs[place].hub.poll_effect() {
            if let Effect::Broadcast(broadcast) = effect {
                let HubObject { hub, sockets, .. } = &mut self.hubs[place];
                hub.start_broadcast(broadcast, *sockets, |place| place);
                self.send_slice(number, broadcast);
            }
        }
    }

    fn send_slice(&mut self, number: u16, broadcast: u32) {
        let hub = &mut self.hubs[usize::from(number)];
        match hub.hub.next_slice(broadcast, self.now) {
            Some(slice) => {
                let takes = Span::from_micros(SEND.as_micros() * slice.len() as i64);
                self.post(self.now + takes, Object::Hub(number), Message::Slice { broadcast });
            }
            None => hub.done_at = hub.done_at.or(Some(self.now)),
        }
    }

    /// Answers the calls to a hub once it has sent the change and waits for no hub below it.
    fn answer_calls(&mut self, number: u16) {
        let hub = &mut self.hubs[usize::from(number)];
        if hub.is_waiting || !hub.hub.has_sent(&self.state.version()) {
            return;
        }
        let reports: Vec<Report> = hub.below.reports().cloned().chain([hub.hub.report(None, self.now)]).collect();
        for (to, call) in core::mem::take(&mut hub.calls) {
            self.send(Object::Hub(number), to, Message::Reports { number: call, reports: reports.clone() });
        }
    }
}
