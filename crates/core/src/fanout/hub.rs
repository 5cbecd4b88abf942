//! What a hub decides: who may join, what is sent to whom and when, and when the event is asked for its state.

mod acks;
mod admission;
mod effect;
mod frames;
mod refresh;
#[cfg(test)]
mod tests;

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use self::acks::Acks;
use self::admission::Capacity;
use self::frames::FrameLimit;
use self::refresh::Refresh;
use super::gathering::Report;
use super::recent::is_recent;
use super::slices::Slices;
use super::tally::Share;
use crate::event::EventState;
use crate::name::Rev;
use crate::time::{ServerTime, Span};
use crate::version::{Freshness, Version};

pub use self::admission::{HubError, Limit, Limits};
pub use self::effect::{Answer, Effect, Source};

/// The longest wait for the event's answer to its hub: 3 s. No answer by then is [`Answer::Failed`].
pub const ANSWER_WAIT: Span = Span::from_millis(3_000);

/// The longest wait for a broadcast before the hub reports without it: 900 ms, within the second an operator waits.
pub const BROADCAST_WAIT: Span = Span::from_millis(900);

/// How long after a broadcast the state is saved: 5 ms. Reports leave first; a write would hold them back.
pub const SAVE_DELAY: Span = Span::from_millis(5);

/// The longest use of one greeting: 1 s. What it says of the current instant, the viewer's clock corrects.
const GREETING_KEPT: Span = Span::from_millis(1_000);

/// A hub, without I/O: the shell reports what happens (`handle_*`), then does what [`Self::poll_effect`] returns, until
/// that is `None`, and calls [`Self::handle_alarm`] at [`Self::next_deadline`].
///
/// `S` identifies a viewer's socket, `T` is the text of a frame.
///
/// ```
/// # use downbeat_core::fanout::hub::{Answer, Effect, Hub, HubError, Limit, Limits};
/// # use downbeat_core::{Configuration, EventState, ServerTime, Span};
/// # let now = ServerTime::from_millis(1_704_067_200_000);
/// # let start = || Configuration { starts_at: Some(now), ..Configuration::default() };
/// # let state = || EventState::create(start(), "e1".parse().unwrap(), "maria", now).unwrap();
/// let mut hub: Hub<&str, String> = Hub::new(0, Limits::DEFAULT, None, 0);
/// // A viewer comes, and the hub has no state yet: it asks the event.
/// hub.require_state();
/// assert_eq!(hub.poll_effect(), Some(Effect::AskEvent));
/// hub.handle_answer(Answer::State { state: state().into(), text: "{}".to_owned() }, now);
/// // Once the event has answered, the viewer has room, and is sent the state.
/// hub.handle_join(Limit::Crowded, || 0)?;
/// hub.handle_joined("anna", now);
/// let effects: Vec<_> = core::iter::from_fn(|| hub.poll_effect()).collect();
/// assert!(effects.contains(&Effect::Greet("anna")));
/// assert_eq!(hub.next_deadline(), Some(now + Span::from_millis(15_000)));
/// # Ok::<(), HubError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hub<S, T> {
    number: u16,
    capacity: Capacity,
    current: Option<Current<T>>,
    /// The revision that all sockets have been sent.
    sent: Rev,
    broadcast: Broadcast,
    acks: Acks<S>,
    frames: FrameLimit,
    refresh: Refresh,
    effects: VecDeque<Effect<S>>,
}

/// The state a hub has.
#[derive(Clone, Debug)]
struct Current<T> {
    state: EventState,
    /// The state as the event wrote it.
    text: String,
    /// What joiners are sent, and when it was written.
    greeting: Option<(ServerTime, T)>,
}

/// The latest broadcast. Its number tells it from the ones it replaced.
#[derive(Clone, Debug, Default)]
struct Broadcast {
    number: u32,
    /// What is left of it; `None` before it starts and after it ends.
    slices: Option<Slices>,
}

impl<S: PartialEq, T: Clone> Hub<S, T> {
    /// Creates the hub with this number, from the state it `saved` before it was evicted and the `sockets` it still has.
    pub fn new(number: u16, limits: Limits, saved: Option<(EventState, String)>, sockets: u32) -> Self {
        let mut hub = Self {
            number,
            capacity: Capacity::new(limits, sockets),
            current: None,
            sent: Rev::default(),
            broadcast: Broadcast::default(),
            acks: Acks::default(),
            frames: FrameLimit::default(),
            refresh: Refresh::default(),
            effects: VecDeque::new(),
        };
        if let Some((state, text)) = saved {
            hub.sent = state.rev();
            hub.effects.push_back(Effect::AnswerPings(state.version()));
            hub.current = Some(Current { state, text, greeting: None });
        }
        hub
    }

    /// Returns its number among the event's hubs.
    pub const fn number(&self) -> u16 {
        self.number
    }

    /// Returns the state it has.
    pub fn state(&self) -> Option<&EventState> {
        self.current.as_ref().map(|current| &current.state)
    }

    /// Returns the state as the event wrote it.
    pub fn text(&self) -> Option<&str> {
        self.current.as_ref().map(|current| &*current.text)
    }

    /// Returns the text to save now: that of the state, if all sockets have been sent it. While a newer one is still being
    /// sent there is none to save; the end of its broadcast brings another [`Effect::Save`].
    pub fn text_to_save(&self) -> Option<&str> {
        let current = self.current.as_ref()?;
        (self.sent == current.state.rev() && self.broadcast.slices.is_none()).then_some(&*current.text)
    }

    /// Returns what the shell is to do next.
    pub fn poll_effect(&mut self) -> Option<Effect<S>> {
        self.effects.pop_front()
    }

    /// Returns when to call [`Self::handle_alarm`]; `None` while nobody needs the state.
    pub const fn next_deadline(&self) -> Option<ServerTime> {
        self.refresh.deadline()
    }

    /// Asks the event if the hub has no state. Then [`Self::awaits_state`] holds until it has answered.
    pub fn require_state(&mut self) {
        if self.current.is_none() {
            self.ask_event();
        }
    }

    /// Returns whether the hub has no state and waits for the event's.
    pub const fn awaits_state(&self) -> bool {
        self.current.is_none() && self.refresh.is_in_progress()
    }

    /// Returns whether the event has been asked and has not answered yet.
    pub const fn is_refreshing(&self) -> bool {
        self.refresh.is_in_progress()
    }

    /// Decides whether a viewer may join. `count` counts the sockets; it is called only if the hub may be full, since
    /// counting 8,000 takes 4 ms. Until [`Self::handle_joined`] the shell must not yield.
    ///
    /// # Errors
    /// [`HubError::Full`] if `limit` is reached or the event no longer has this hub; otherwise why there is no state.
    pub fn handle_join(&mut self, limit: Limit, count: impl FnOnce() -> u32) -> Result<(), HubError> {
        let hubs = self.state().ok_or_else(|| self.refresh.error())?.delivery().hubs;
        self.capacity.check(limit, self.number, hubs, count)
    }

    /// Counts a viewer whose socket was accepted.
    pub fn handle_joined(&mut self, socket: S, now: ServerTime) {
        self.capacity.add();
        self.effects.push_back(Effect::Greet(socket));
        self.keep_alive(now);
    }

    /// Returns the state as text for a worker that requests it.
    ///
    /// # Errors
    /// Why there is no state.
    pub fn handle_request(&mut self, now: ServerTime) -> Result<&str, HubError> {
        if self.current.is_some() {
            self.refresh.handle_request(now);
            self.keep_alive(now);
        }
        self.text().ok_or_else(|| self.refresh.error())
    }

    /// Applies a state if it is newer than the current one. One of another epoch is applied only if the event itself
    /// sent it; otherwise the event is asked.
    pub fn handle_state(&mut self, state: EventState, text: String, source: Source) {
        let (version, current) = (state.version(), self.state().map(EventState::version));
        match version.freshness(current.as_ref()) {
            Freshness::NotNewer => return,
            Freshness::OtherEpoch if source == Source::Relay => return self.ask_event(),
            Freshness::OtherEpoch => self.sent = Rev::default(),
            Freshness::Newer => {}
        }
        self.current = Some(Current { state, text, greeting: None });
        self.broadcast = Broadcast { number: self.broadcast.number.wrapping_add(1), slices: None };
        self.effects.push_back(Effect::AnswerPings(version));
        self.effects.push_back(Effect::Broadcast(self.broadcast.number));
    }

    /// Applies the event's answer.
    pub fn handle_answer(&mut self, answer: Answer, now: ServerTime) {
        self.refresh.handle_answer(answer != Answer::Failed, now);
        match answer {
            Answer::State { state, text } => self.handle_state(*state, text, Source::Event),
            // It was deleted, and that did not reach this hub.
            Answer::Missing => self.handle_deleted(),
            Answer::Failed => {}
        }
        self.effects.push_back(Effect::Wake);
    }

    /// Forgets the state, and has the sockets closed: the event was deleted. A later event of this name is a new one.
    pub fn handle_deleted(&mut self) {
        if self.current.take().is_some() {
            self.sent = Rev::default();
            // A broadcast in progress ends.
            self.broadcast = Broadcast { number: self.broadcast.number.wrapping_add(1), slices: None };
            self.refresh.stop();
            self.effects.push_back(Effect::Delete);
            self.effects.push_back(Effect::Wake);
        }
    }

    /// Asks the event for a change that was missed. `sockets` is how many there are: while there is one, or workers
    /// request the state, this is due again every 15 s.
    pub fn handle_alarm(&mut self, sockets: u32, now: ServerTime) {
        self.refresh.handle_alarm(sockets, now);
        self.ask_event();
    }

    /// Starts a broadcast of the current state to `sockets` sockets, and returns the places of those that are asked for
    /// an ack. `socket_at` returns the socket at a place. `None` if a newer broadcast has replaced this one.
    pub fn start_broadcast(&mut self, number: u32, sockets: u32, socket_at: impl FnMut(u32) -> S) -> Option<Vec<u32>> {
        let hubs = self.current.as_ref().filter(|_| number == self.broadcast.number)?.state.delivery().hubs;
        self.capacity.recount(sockets);
        self.broadcast.slices = Some(Slices::of(sockets));
        Some(self.acks.ask(Share::sample(self.number, hubs, sockets), sockets, socket_at))
    }

    /// Returns the places of the next sockets to send to. `None` if all have been sent to, or if a newer broadcast has
    /// replaced this one: it goes to all of them as well.
    pub fn next_slice(&mut self, number: u32) -> Option<Range<u32>> {
        if number != self.broadcast.number {
            return None;
        }
        let slice = self.broadcast.slices.as_mut()?.next();
        if slice.is_none() {
            self.broadcast.slices = None;
            self.finish_broadcast();
        }
        slice
    }

    fn finish_broadcast(&mut self) {
        let Some(Current { state, .. }) = &self.current else { return };
        self.sent = state.rev();
        if self.number >= state.delivery().hubs {
            self.effects.push_back(Effect::CloseAll);
        }
        self.effects.push_back(Effect::Save);
        self.effects.push_back(Effect::Wake);
    }

    /// Returns whether all sockets have been sent `version` or a later one. If it is of another epoch than the current
    /// state, it turned out, once the event has answered, that the epoch is over.
    pub fn has_sent(&self, version: &Version) -> bool {
        match self.state() {
            Some(state) if *state.epoch() == version.epoch => self.sent >= version.rev,
            _ => !self.refresh.is_in_progress(),
        }
    }

    /// Returns the hub's report. `sockets` is how many there are; `None` takes the number the last broadcast went to,
    /// since counting would hold its last slice back.
    pub fn report(&self, sockets: Option<u32>) -> Report {
        let sockets = sockets.unwrap_or(self.capacity.sockets_at_most());
        Report { hub: self.number, rev: self.sent, sockets, share: self.acks.share().clone() }
    }

    /// Returns the frame for a viewer who joins: the last one if it still says what is true, otherwise one that `write`
    /// makes. `None` without a state.
    pub fn greeting(&mut self, now: ServerTime, write: impl FnOnce(&EventState) -> T) -> Option<T> {
        let Current { state, greeting, .. } = self.current.as_mut()?;
        let is_valid = |at: ServerTime| {
            is_recent(Some(at), GREETING_KEPT, now) && state.next_change(at).is_none_or(|next| now < next)
        };
        match greeting {
            Some((at, text)) if is_valid(*at) => Some(text.clone()),
            _ => Some(greeting.insert((now, write(state))).1.clone()),
        }
    }

    /// Counts a frame from a viewer, and returns whether to read it: at most 1,000 a second are read.
    pub fn handle_frame(&mut self, now: ServerTime) -> bool {
        self.frames.admits(now)
    }

    /// Counts an ack, once, if it is for the current revision and from a viewer who was asked.
    pub fn handle_ack(&mut self, socket: &S, rev: Rev, applied_at: ServerTime) {
        if let Some(current) = &self.current
            && current.state.rev() == rev
        {
            self.acks.handle_ack(socket, applied_at - current.state.last_change().effective_at());
        }
    }

    /// Releases a closed socket: while it is kept here, its connection stays open.
    pub fn handle_closed(&mut self, socket: &S) {
        self.acks.handle_closed(socket);
    }

    /// Asks the event unless that is already in progress.
    fn ask_event(&mut self) {
        if self.refresh.start() {
            self.effects.push_back(Effect::AskEvent);
        }
    }

    /// Has the event asked now if that is due, and every 15 s from now on.
    fn keep_alive(&mut self, now: ServerTime) {
        if self.refresh.keep_alive(now) {
            self.ask_event();
        }
    }
}
