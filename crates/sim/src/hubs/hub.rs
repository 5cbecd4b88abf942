//! A hub's object: core's hub, and around it the sockets, the storage and the timers of a runtime.

use downbeat_core::event::EventState;
use downbeat_core::fanout::hub::{
    ANSWER_WAIT, Answer, BROADCAST_WAIT, Effect, HubError, Limit, Limits, SAVE_DELAY, Source,
};
use downbeat_core::fanout::{Ack, Address, Gathering, Hub, Report, Tree};
use downbeat_core::session::News;
use downbeat_core::{Epoch, ServerTime, Span, Version};
use std::collections::VecDeque;

use super::context::{Context, START, confirmed_news, place};
use super::message::{Caller, EventInput, HubInput, Message, RelayCall, ViewerInput};
use super::network::Network;

/// Small, so that hubs fill when strangers come, but not so small that it is the limit which keeps strangers out.
const LIMITS: Limits = Limits { crowded: 700, full: 701, ..Limits::DEFAULT };

/// How long a join takes a hub's thread: 2 ms, measured on a busy machine with four hubs in one process.
const JOIN_COST: Span = Span::from_millis(2);

/// How long a refused join takes it: 0.2 ms.
const REFUSAL_COST: Span = Span::from_micros(200);

/// How long anything else takes it: 0.1 ms.
const COST: Span = Span::from_micros(100);

/// The longest time from the arrival of a change at a hub to the end of its broadcast: 900 ms, for which reports wait.
const BROADCAST_MAX: Span = BROADCAST_WAIT;

/// How many hubs are tried for a viewer, as the worker does.
const TRIES: u32 = 4;

/// A socket that a hub has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Socket {
    pub(super) number: u32,
    /// The viewer behind it; `None` for one that only notes what it is sent.
    pub(super) viewer: Option<usize>,
    /// The latest state that was sent to it, by its place.
    sent: (u32, u64),
}

/// A call that has not been answered.
#[derive(Debug)]
struct Call {
    number: u32,
    caller: Option<Caller>,
    version: Version,
    below: Gathering,
    /// How many hubs below have not answered.
    open: usize,
    is_broadcast_over: bool,
}

/// A broadcast in progress.
#[derive(Debug)]
struct Broadcast {
    number: u32,
    /// The sockets, as they were at its start.
    sockets: Vec<u32>,
    asked: Vec<u32>,
    news: News,
}

#[derive(Debug)]
pub(super) struct HubObject {
    number: u16,
    hub: Hub<u32, News>,
    memory: u32,
    sockets: Vec<Socket>,
    saved: Option<EventState>,
    /// What pings are answered with.
    pong: Option<Version>,
    /// When the alarm goes off, and the deadline it was set for, which an eviction forgets.
    alarm: Option<ServerTime>,
    deadline: Option<ServerTime>,
    calls: Vec<Call>,
    called: u32,
    questions: u32,
    joining: Vec<(usize, u32, u32)>,
    broadcast: Option<Broadcast>,
    /// What has arrived and waits for its turn, and when it arrived.
    queue: VecDeque<(ServerTime, HubInput)>,
    /// Until when the thread is busy.
    busy_until: ServerTime,
    /// When the change that is being sent arrived.
    change_arrived: Option<ServerTime>,
}

impl HubObject {
    /// Creates the object with `sockets` sockets of viewers that only note what they are sent.
    pub(super) fn new(number: u16, sockets: u32) -> Self {
        let socket = |number| Socket { number, viewer: None, sent: (0, 0) };
        Self {
            number,
            hub: Hub::new(number, LIMITS, None, sockets),
            memory: 0,
            // Numbers that viewers' sockets do not have.
            sockets: (0..sockets).map(|place| socket(u32::MAX - place)).collect(),
            saved: None,
            pong: None,
            alarm: Some(START + Span::from_millis(15_000)),
            deadline: None,
            calls: Vec::new(),
            called: 0,
            questions: 0,
            joining: Vec::new(),
            broadcast: None,
            queue: VecDeque::new(),
            busy_until: START,
            change_arrived: None,
        }
    }

    /// Sets the alarm that the crowd set when it joined.
    pub(super) fn set_first_alarm(&self, network: &mut Network) {
        if let Some(at) = self.alarm {
            network.send(at, Message::Hub(self.number, HubInput::Alarm(at)));
        }
    }

    /// Handles an input when its turn comes.
    pub(super) fn receive(&mut self, input: HubInput, context: &mut Context<'_>) {
        self.queue.push_back((context.now, input));
        if self.queue.len() == 1 {
            if self.busy_until <= context.now {
                self.take_turn(context);
            } else {
                context.network.send(self.busy_until, Message::Turn(self.number));
            }
        } else if matches!(self.queue.back(), Some((_, HubInput::Relay(_)))) {
            context.network.counts.queued += 1;
        }
    }

    /// Handles the input that waits longest.
    pub(super) fn take_turn(&mut self, context: &mut Context<'_>) {
        let Some((arrived, input)) = self.queue.pop_front() else { return };
        let is_stranger = matches!(input, HubInput::Stranger { .. });
        let is_change = matches!(input, HubInput::Relay(_) | HubInput::Answer { .. });
        let (sockets, was_sending) = (self.sockets.len(), self.hub.is_sending());
        self.handle(input, context);
        if is_change && self.hub.is_sending() && !was_sending {
            self.change_arrived = Some(arrived);
        }
        if !self.hub.is_sending()
            && let Some(arrived) = self.change_arrived.take()
        {
            let took = context.now - arrived;
            assert!(took <= BROADCAST_MAX, "hub {} took {took:?} for a broadcast", self.number);
        }
        let cost = match is_stranger {
            true if self.sockets.len() > sockets => JOIN_COST,
            true => REFUSAL_COST,
            false => COST,
        };
        self.busy_until = context.now + cost;
        if !self.queue.is_empty() {
            context.network.send(self.busy_until, Message::Turn(self.number));
        }
        if !is_stranger {
            self.check(context.history);
        }
    }

    pub(super) const fn number(&self) -> u16 {
        self.number
    }

    pub(super) fn epoch(&self) -> Option<&Epoch> {
        self.hub.state().map(EventState::epoch)
    }

    /// Returns what it answers workers, if its state is still in use and looked after.
    pub(super) fn current(&self) -> Option<News> {
        let state = self.hub.state().filter(|_| self.deadline.is_some())?;
        Some(confirmed_news(state, self.hub.confirmed()))
    }

    /// Returns how many polls it knows of in the last 10 s.
    pub(super) fn polls(&self, now: ServerTime) -> u64 {
        self.hub.report(None, now).polls.into()
    }

    pub(super) fn has(&self, socket: u32) -> bool {
        self.sockets.iter().any(|other| other.number == socket)
    }

    pub(super) const fn pong(&self) -> Option<&Version> {
        self.pong.as_ref()
    }

    /// Evicts the object from memory. Its sockets stay in one case of two, as they do in hibernation. A change that was sent
    /// and not saved yet is forgotten: an older one that arrives late is then sent after it. That is no harm: viewers ignore
    /// it, and the hub asks the event within 15 s.
    pub(super) fn evict(&mut self, context: &mut Context<'_>) {
        context.network.counts.evicted += 1;
        self.memory += 1;
        self.calls.clear();
        self.joining.clear();
        self.broadcast = None;
        self.deadline = None;
        self.change_arrived = None;
        if context.network.chance(50) {
            self.close_all(context);
        }
        let saved = self.saved.clone().map(|state| (state.clone(), state.version().to_string()));
        let kept = saved.as_ref().map_or((0, 0), |(state, _)| place(state.epoch(), state.rev()));
        self.sockets.iter_mut().for_each(|socket| socket.sent = socket.sent.min(kept));
        self.hub = Hub::new(self.number, LIMITS, saved, self.sockets.len() as u32);
        self.perform_effects(context);
    }

    /// Closes the sockets of viewers; those that only note what they are sent reconnect at once, to have a crowd.
    fn close_all(&mut self, context: &mut Context<'_>) {
        for socket in self.sockets.extract_if(.., |socket| socket.viewer.is_some()) {
            close(socket.viewer, socket.number, context);
        }
    }

    pub(super) fn handle(&mut self, input: HubInput, context: &mut Context<'_>) {
        let now = context.now;
        match input {
            HubInput::Relay(call) => self.handle_relay(call, context),
            HubInput::Reports { memory, call, reports } if memory == self.memory => {
                if let Some(call) = self.calls.iter_mut().find(|other| other.number == call) {
                    call.below.handle_reports(reports);
                    call.open = call.open.saturating_sub(1);
                }
            }
            HubInput::RoundOver { memory, call } if memory == self.memory => {
                self.calls.iter_mut().filter(|other| other.number == call).for_each(|call| call.open = 0);
            }
            HubInput::BroadcastOver { memory, call } if memory == self.memory => {
                let call = self.calls.iter_mut().find(|other| other.number == call);
                call.into_iter().for_each(|call| call.is_broadcast_over = true);
            }
            HubInput::Answer { memory, question, answer }
                if memory == self.memory && question == self.questions && self.hub.is_refreshing() =>
            {
                let before = self.hub.state().map(EventState::version);
                self.hub.handle_answer(answer, now);
                let has_recovered = before.is_some() && before != self.hub.state().map(EventState::version);
                context.network.counts.recovered += u32::from(has_recovered);
            }
            HubInput::Slice { memory, number } if memory == self.memory => self.send_slice(number, context),
            HubInput::Greet { memory, socket } if memory == self.memory => {
                let confirmed = self.hub.confirmed();
                if let Some(greeting) = self.hub.greeting(now, |state| confirmed_news(state, confirmed)) {
                    self.send(socket, &greeting, false, context);
                }
            }
            HubInput::Save { memory } if memory == self.memory && self.hub.text_to_save().is_some() => {
                self.saved = self.hub.state().cloned();
            }
            HubInput::Alarm(at) if self.alarm == Some(at) => {
                (self.alarm, self.deadline) = (None, None);
                self.hub.handle_alarm(self.sockets.len() as u32, now);
            }
            HubInput::Join { viewer, socket, tries } => {
                self.hub.require_state();
                self.joining.push((viewer, socket, tries));
            }
            HubInput::Ack { socket, ack } => {
                let before = self.hub.report(None, now).share.late.len();
                assert!(self.hub.handle_frame(&socket, now), "hub {} closes a viewer for one ack", self.number);
                self.hub.handle_ack(&socket, &ack, now);
                context.network.counts.acks += (self.hub.report(None, now).share.late.len() > before) as u32;
            }
            HubInput::Polled => {
                context.network.counts.polls += u32::from(self.hub.handle_request(1, now).is_ok());
            }
            HubInput::Left { socket } => {
                self.sockets.retain(|other| other.number != socket);
                self.joining.retain(|(_, joining, _)| *joining != socket);
                self.hub.handle_closed(&socket, now);
            }
            HubInput::Stranger { socket, address, floods, stays } => {
                self.admit_stranger(socket, address, floods, stays, context);
            }
            _ => {}
        }
        self.perform_effects(context);
        self.admit(context);
        self.answer_calls(context);
    }

    fn handle_relay(&mut self, RelayCall { hubs, within, state, caller }: RelayCall, context: &mut Context<'_>) {
        self.called += 1;
        let (number, memory, now) = (self.called, self.memory, context.now);
        let mut below = Gathering::below(Tree::of(hubs), self.number, within);
        let mut open = 0;
        if let Some(round) = below.next_round() {
            open = round.hubs.len();
            let caller = Some(Caller::Hub { hub: self.number, memory, call: number });
            let call = RelayCall { hubs, within: round.relay, state: state.clone(), caller };
            round.hubs.into_iter().for_each(|hub| context.call(hub, &call));
            let over = HubInput::RoundOver { memory, call: number };
            context.network.send(now + round.wait, Message::Hub(self.number, over));
        }
        let over = HubInput::BroadcastOver { memory, call: number };
        context.network.send(now + BROADCAST_WAIT, Message::Hub(self.number, over));
        let version = state.version();
        self.hub.handle_state(*state, version.to_string(), Source::Relay);
        self.calls.push(Call { number, caller, version, below, open, is_broadcast_over: false });
    }

    /// Answers the calls that no longer wait for anything.
    fn answer_calls(&mut self, context: &mut Context<'_>) {
        let hub = &self.hub;
        let is_done = |call: &mut Call| call.open == 0 && (call.is_broadcast_over || hub.has_sent(&call.version));
        for call in self.calls.extract_if(.., is_done) {
            let reports: Vec<Report> = call.below.reports().cloned().chain([hub.report(None, context.now)]).collect();
            let message = match call.caller {
                Some(Caller::Event { announcement }) => Message::Event(EventInput::Reports { announcement, reports }),
                Some(Caller::Hub { hub, memory, call }) => {
                    Message::Hub(hub, HubInput::Reports { memory, call, reports })
                }
                None => continue,
            };
            context.network.transmit(context.now, message);
        }
    }

    /// Accepts or refuses the viewers who wait, once the hub has a state or knows that there is none.
    fn admit(&mut self, context: &mut Context<'_>) {
        if self.hub.awaits_state() {
            return;
        }
        for (viewer, socket, tries) in std::mem::take(&mut self.joining) {
            let limit = if tries == TRIES { Limit::Full } else { Limit::Crowded };
            let count = self.sockets.len() as u32;
            match self.hub.handle_join(limit, None, || count, context.now) {
                Ok(()) => {
                    self.sockets.push(Socket { number: socket, viewer: Some(viewer), sent: (0, 0) });
                    assert!(self.sockets.len() as u32 <= LIMITS.full, "hub {} takes too many", self.number);
                    self.hub.handle_joined(socket, None, context.now);
                }
                Err(HubError::Full { instead: Some(instead) } | HubError::Busy { instead: Some(instead) })
                    if tries < TRIES =>
                {
                    context.network.counts.refused += 1;
                    let join = HubInput::Join { viewer, socket, tries: tries + 1 };
                    context.network.send(context.now, Message::Hub(instead, join));
                }
                Err(_) => close(Some(viewer), socket, context),
            }
        }
        self.perform_effects(context);
    }

    /// Accepts or refuses a stranger, who may send a hundred acks at once.
    fn admit_stranger(&mut self, socket: u32, address: Address, floods: bool, stays: Span, context: &mut Context<'_>) {
        let (count, now) = (self.sockets.len() as u32, context.now);
        let was_sending = self.hub.is_sending();
        if self.hub.handle_join(Limit::Crowded, Some(address), || count, now).is_err() {
            context.network.counts.turned_away += 1;
            return;
        }
        assert!(!was_sending, "hub {} takes strangers amid a broadcast", self.number);
        context.network.counts.strangers += 1;
        self.sockets.push(Socket { number: socket, viewer: None, sent: (0, 0) });
        self.hub.handle_joined(socket, Some(address), now);
        let rev = self.hub.state().map(EventState::rev).unwrap_or_default();
        let before = self.hub.report(None, now).share;
        let is_closed = floods
            && (0..100).any(|_| {
                let is_read = self.hub.handle_frame(&socket, now);
                self.hub.handle_ack(&socket, &Ack::new(rev, now + Span::from_millis(3_600_000)), now);
                !is_read
            });
        assert_eq!(is_closed, floods, "a flood is noticed");
        assert_eq!(self.hub.report(None, now).share, before, "nobody asked this stranger");
        context.network.counts.floods += u32::from(is_closed);
        let leaves = if is_closed { now } else { now + stays };
        context.network.send(leaves, Message::Hub(self.number, HubInput::Left { socket }));
    }

    fn perform_effects(&mut self, context: &mut Context<'_>) {
        let (memory, now) = (self.memory, context.now);
        while let Some(effect) = self.hub.poll_effect() {
            let hub = self.number;
            match effect {
                Effect::AskEvent => {
                    self.questions += 1;
                    self.hub.handle_asked(now);
                    let question = self.questions;
                    let over = HubInput::Answer { memory, question, answer: Answer::Failed };
                    context.network.send(now + ANSWER_WAIT, Message::Hub(hub, over));
                    context.network.transmit(now, Message::Event(EventInput::Question { hub, memory, question }));
                }
                Effect::AnswerPings(version) => self.pong = Some(version),
                Effect::Broadcast(number) => self.start_broadcast(number, context),
                Effect::Greet(socket) => {
                    context.network.send(now, Message::Hub(hub, HubInput::Greet { memory, socket }))
                }
                Effect::Save => context.network.send(now + SAVE_DELAY, Message::Hub(hub, HubInput::Save { memory })),
                Effect::CloseAll | Effect::Delete => self.close_all(context),
                Effect::Wake => {}
            }
        }
        if self.deadline != self.hub.next_deadline() {
            self.deadline = self.hub.next_deadline();
            self.alarm = self.deadline.or(self.alarm);
            if let Some(at) = self.deadline {
                context.network.send(at, Message::Hub(self.number, HubInput::Alarm(at)));
            }
        }
    }

    fn start_broadcast(&mut self, number: u32, context: &mut Context<'_>) {
        let sockets: Vec<u32> = self.sockets.iter().map(|socket| socket.number).collect();
        let asked = self.hub.start_broadcast(number, sockets.len() as u32, |place| sockets[place as usize]);
        let (Some(asked), Some(state)) = (asked, self.hub.state()) else { return };
        context.network.counts.superseded += u32::from(self.broadcast.is_some());
        self.broadcast = Some(Broadcast { number, sockets, asked, news: confirmed_news(state, self.hub.confirmed()) });
        self.send_slice(number, context);
    }

    fn send_slice(&mut self, number: u32, context: &mut Context<'_>) {
        let Some(broadcast) = self.broadcast.take_if(|broadcast| broadcast.number == number) else { return };
        let Some(slice) = self.hub.next_slice(number, context.now) else { return };
        let is_last = slice.end == broadcast.sockets.len() as u32;
        for place in slice {
            let asks = broadcast.asked.contains(&place);
            self.send(broadcast.sockets[place as usize], &broadcast.news, asks, context);
        }
        self.broadcast = Some(broadcast);
        if is_last {
            return self.send_slice(number, context);
        }
        let next = HubInput::Slice { memory: self.memory, number };
        let wait = Span::from_millis(context.network.below(20));
        context.network.send(context.now + wait, Message::Hub(self.number, next));
    }

    fn send(&mut self, socket: u32, news: &News, ack: bool, context: &mut Context<'_>) {
        let Some(socket) = self.sockets.iter_mut().find(|other| other.number == socket) else { return };
        let sent = place(&news.epoch, news.rev);
        assert!(sent >= socket.sent, "hub {} goes back from {:?} to {sent:?}", self.number, socket.sent);
        socket.sent = sent;
        if let Some(viewer) = socket.viewer {
            let input = ViewerInput::Push { socket: socket.number, news: news.clone(), hub: self.number, ack };
            context.network.transmit(context.now, Message::Viewer(viewer, input));
        }
    }

    /// Checks what must hold after every step: a hub has only states that the event had, and reports none that it has not.
    pub(super) fn check(&self, history: &[EventState]) {
        let Some(state) = self.hub.state() else { return };
        assert!(self.hub.report(None, START).rev <= state.rev(), "hub {} reports what it does not have", self.number);
        if let Some(newest) = history.last()
            && newest.epoch() == state.epoch()
        {
            assert!(history.contains(state), "hub {} has a state that the event never had", self.number);
        }
    }

    /// Asserts that the hub and all its sockets have `truth`, unless nobody needs it.
    pub(super) fn assert_well(&self, truth: &EventState) {
        assert!(self.alarm.is_some(), "hub {} has viewers, and would not notice a change that it missed", self.number);
        assert_eq!(self.hub.state(), Some(truth), "hub {}", self.number);
        let newest = place(truth.epoch(), truth.rev());
        assert!(self.sockets.iter().all(|socket| socket.sent == newest), "hub {}: {:?}", self.number, self.sockets);
    }
}

fn close(viewer: Option<usize>, socket: u32, context: &mut Context<'_>) {
    if let Some(viewer) = viewer {
        let delay = context.network.delay();
        context.network.send(context.now + delay, Message::Viewer(viewer, ViewerInput::Closed { socket }));
    }
}
