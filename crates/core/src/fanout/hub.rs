//! What a hub decides: who may join, what is sent to whom and when, and when the event is asked for its state.
//!
//! A change goes before everything else. While one is due or being sent, nobody joins; joins have a rate, so that a change
//! never waits behind a crowd of them; addresses that only join and leave have a lower one ([`HubError`]); a socket that
//! floods is closed, and nobody else notices; so is one through which nothing comes any more ([`Silence`]).

mod acks;
mod admission;
mod drops;
mod effect;
mod frames;
mod refresh;
mod silence;
#[cfg(test)]
mod tests;

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use self::acks::Acks;
use self::admission::{Capacity, Filling, Joins};
use self::drops::Drops;
use self::frames::FrameLimits;
use self::refresh::Refresh;
use super::address::Address;
use super::choice::joins_instead;
use super::gathering::Report;
use super::polls::Polls;
use super::recent::is_recent;
use super::slices::Slices;
use super::tally::{Ack, Share};
use crate::event::{EventState, Sizing};
use crate::name::Rev;
use crate::time::{ServerTime, Span};
use crate::version::{Freshness, Version};

pub use self::admission::{HubError, JOINS_PER_SECOND, Limit, Limits};
pub use self::effect::{Answer, Effect, Source};
pub use self::silence::Silence;

/// The longest wait for the event's answer to its hub: 3 s. No answer by then is [`Answer::Failed`].
pub const ANSWER_WAIT: Span = Span::from_millis(3_000);

/// The longest wait for a broadcast before the hub reports without it: 900 ms, within the second an operator waits.
pub const BROADCAST_WAIT: Span = Span::from_millis(900);

/// How long after a broadcast the state is saved: 5 ms. Reports leave first; a write would hold them back.
pub const SAVE_DELAY: Span = Span::from_millis(5);

/// How wrong the clock of a viewer who acknowledges a change may be: 250 ms, from which on viewers step theirs.
const CLOCK_ERROR: Span = Span::from_millis(250);

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
/// let (limit, address) = (Limit::Crowded, "203.0.113.7".parse().ok());
/// hub.handle_join(limit, address, || 0, now)?;
/// hub.handle_joined("anna", address, now);
/// let effects: Vec<_> = core::iter::from_fn(|| hub.poll_effect()).collect();
/// assert!(effects.contains(&Effect::Greet("anna")));
/// assert_eq!(hub.next_deadline(), Some(now + Span::from_millis(15_000)));
/// # Ok::<(), HubError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hub<S, T> {
    number: u16,
    capacity: Capacity,
    joins: Joins,
    drops: Drops<S>,
    current: Option<Current<T>>,
    /// The revision that all sockets have been sent.
    sent: Rev,
    broadcast: Broadcast,
    acks: Acks<S>,
    polls: Polls,
    frames: FrameLimits<S>,
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
    /// When the event was last asked and had this state.
    asked_at: Option<ServerTime>,
    /// Whether the hub had it before the question in progress.
    precedes_question: bool,
}

impl<T> Current<T> {
    const fn new(state: EventState, text: String) -> Self {
        Self { state, text, greeting: None, asked_at: None, precedes_question: false }
    }
}

/// The latest broadcast. Its number tells it from the ones it replaced.
#[derive(Clone, Debug, Default)]
struct Broadcast {
    number: u32,
    progress: Progress,
}

/// How far a broadcast is.
#[derive(Clone, Debug, Default)]
enum Progress {
    Due,
    /// What is left of it.
    Sending(Slices),
    #[default]
    Done,
}

impl<S: Clone + PartialEq, T: Clone> Hub<S, T> {
    /// Creates the hub with this number, from the state it `saved` before it was evicted and the `sockets` it still has.
    pub fn new(number: u16, limits: Limits, saved: Option<(EventState, String)>, sockets: u32) -> Self {
        let mut hub = Self {
            number,
            capacity: Capacity::new(limits, sockets),
            joins: Joins::default(),
            drops: Drops::default(),
            current: None,
            sent: Rev::default(),
            broadcast: Broadcast::default(),
            acks: Acks::default(),
            polls: Polls::default(),
            frames: FrameLimits::default(),
            refresh: Refresh::default(),
            effects: VecDeque::new(),
        };
        if let Some((state, text)) = saved {
            hub.sent = state.rev();
            hub.effects.push_back(Effect::AnswerPings(state.version()));
            hub.current = Some(Current::new(state, text));
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
        (self.sent == current.state.rev() && matches!(self.broadcast.progress, Progress::Done))
            .then_some(&*current.text)
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

    /// Decides whether a viewer may join, who comes from `address` if that is known. `count` counts the sockets; it is
    /// called only if the hub may be full, since counting 8,000 takes 4 ms. Until [`Self::handle_joined`] the shell must
    /// not yield.
    ///
    /// # Errors
    /// [`HubError::Dropping`] if the address dropped too many sockets; [`HubError::Busy`] while a change is sent, or if
    /// as many have joined as may in a second; [`HubError::Full`] if `limit` is reached or the event no longer has this
    /// hub; otherwise why there is no state.
    pub fn handle_join(
        &mut self,
        limit: Limit,
        address: Option<Address>,
        count: impl FnOnce() -> u32,
        now: ServerTime,
    ) -> Result<(), HubError> {
        let hubs = self.state().ok_or_else(|| self.refresh.error())?.delivery().hubs;
        if let Some(address) = address {
            self.drops.check(address, now).map_err(|wait| HubError::Dropping { wait })?;
        }
        if self.is_sending() || !self.joins.have_room(now) {
            return Err(HubError::Busy { instead: joins_instead(hubs, self.number) });
        }
        self.capacity.check(limit, self.number, hubs, count)
    }

    /// Counts a viewer whose socket was accepted.
    pub fn handle_joined(&mut self, socket: S, address: Option<Address>, now: ServerTime) {
        if self.capacity.add() == Filling::More
            && self.state().is_some_and(|state| state.delivery().sizing != Sizing::Fixed)
        {
            self.ask_event();
        }
        self.joins.take(now);
        if let Some(address) = address {
            self.drops.handle_joined(socket.clone(), address, now);
        }
        self.effects.push_back(Effect::Greet(socket));
        self.keep_alive(now);
    }

    /// Handles that the question of [`Effect::AskEvent`] leaves now: the event had what it answers then, or later.
    pub fn handle_asked(&mut self, now: ServerTime) {
        self.refresh.handle_asked(now);
    }

    /// Returns the latest instant at which the event's object is known to have had the hub's state.
    pub fn confirmed(&self) -> Option<ServerTime> {
        let current = self.current.as_ref()?;
        current.asked_at.max(Some(current.state.last_change().at()))
    }

    /// Returns the state as text for a worker that requests it, and that has answered so many `polls` since it did so last.
    ///
    /// # Errors
    /// Why there is no state.
    pub fn handle_request(&mut self, polls: u32, now: ServerTime) -> Result<&str, HubError> {
        self.polls.add(polls, now);
        if self.current.is_some() {
            self.refresh.handle_request(now);
            self.keep_alive(now);
        }
        self.text().ok_or_else(|| self.refresh.error())
    }

    /// Returns how many sockets it has, at most, and how many make it crowded, for the event that adds hubs.
    pub const fn occupancy(&self) -> (u32, u32) {
        (self.capacity.sockets_at_most(), self.capacity.crowded())
    }

    /// Applies a state if it is newer than the current one. One of another epoch, an older one, or the same revision with other
    /// content is applied only if the event itself sent it, since its storage may have been restored; otherwise the event is
    /// asked. If only hubs were added, viewers are sent nothing.
    pub fn handle_state(&mut self, state: EventState, text: String, source: Source) {
        if let Some(current) = self.current.as_mut().filter(|current| state.has_grown_since(&current.state)) {
            (current.state, current.text) = (state, text);
            // A broadcast in progress ends with that anyway, and not before all sockets have been sent it.
            if matches!(self.broadcast.progress, Progress::Done) {
                self.effects.push_back(Effect::Save);
            }
            return;
        }
        let version = state.version();
        if let Some(current) = &self.current {
            match version.freshness(Some(&current.state.version())) {
                Freshness::Newer => {}
                Freshness::NotNewer if current.state == state || current.state.has_grown_since(&state) => return,
                // The event said which epoch is over.
                Freshness::OtherEpoch if state.replaces() == Some(current.state.epoch()) => self.sent = Rev::default(),
                _ if source == Source::Relay => return self.ask_event(),
                // What came after the question was asked may be newer than the answer.
                Freshness::NotNewer if !current.precedes_question => return,
                Freshness::NotNewer | Freshness::OtherEpoch => self.sent = Rev::default(),
            }
        }
        self.current = Some(Current::new(state, text));
        self.broadcast = Broadcast { number: self.broadcast.number.wrapping_add(1), progress: Progress::Due };
        self.effects.push_back(Effect::AnswerPings(version));
        self.effects.push_back(Effect::Broadcast(self.broadcast.number));
    }

    /// Applies the event's answer.
    pub fn handle_answer(&mut self, answer: Answer, now: ServerTime) {
        self.refresh.handle_answer(answer != Answer::Failed, now);
        match answer {
            Answer::State { state, text } => {
                let version = state.version();
                self.handle_state(*state, text, Source::Event);
                if let Some(current) = self.current.as_mut().filter(|current| current.state.version() == version) {
                    (current.asked_at, current.greeting) = (self.refresh.asked_at(), None);
                }
            }
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
            self.broadcast = Broadcast { number: self.broadcast.number.wrapping_add(1), progress: Progress::Done };
            self.refresh.stop();
            self.effects.push_back(Effect::Delete);
            self.effects.push_back(Effect::Wake);
        }
    }

    /// Asks the event for a change that was missed. `sockets` is how many there are: while there is one, or workers
    /// request the state, this is due again every 15 s.
    pub fn handle_alarm(&mut self, sockets: u32, now: ServerTime) {
        self.capacity.recount(sockets);
        self.refresh.handle_alarm(sockets, now);
        self.ask_event();
    }

    /// Starts a broadcast of the current state to `sockets` sockets, and returns the places of those that are asked for
    /// an ack. `socket_at` returns the socket at a place. `None` if a newer broadcast has replaced this one.
    pub fn start_broadcast(&mut self, number: u32, sockets: u32, socket_at: impl FnMut(u32) -> S) -> Option<Vec<u32>> {
        let hubs = self.current.as_ref().filter(|_| number == self.broadcast.number)?.state.delivery().hubs;
        self.capacity.recount(sockets);
        self.broadcast.progress = Progress::Sending(Slices::of(sockets));
        Some(self.acks.ask(Share::sample(self.number, hubs, sockets), sockets, socket_at))
    }

    /// Returns the places of the next sockets to send to. `None` if all have been sent to, or if a newer broadcast has
    /// replaced this one: it goes to all of them as well.
    pub fn next_slice(&mut self, number: u32, now: ServerTime) -> Option<Range<u32>> {
        let Progress::Sending(slices) = &mut self.broadcast.progress else { return None };
        if number != self.broadcast.number {
            return None;
        }
        let slice = slices.next(now);
        if slice.is_none() {
            self.broadcast.progress = Progress::Done;
            self.finish_broadcast();
        }
        slice
    }

    /// Returns whether a change is due or being sent to a socket. What can wait should.
    pub const fn is_sending(&self) -> bool {
        !matches!(self.broadcast.progress, Progress::Done) && self.capacity.sockets_at_most() > 0
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
    /// state, or older, it turned out, once the event has answered, that it is over.
    pub fn has_sent(&self, version: &Version) -> bool {
        match self.state() {
            Some(state) if *state.epoch() == version.epoch && state.rev() >= version.rev => {
                self.sent >= version.rev && (state.rev() == version.rev || !self.refresh.is_in_progress())
            }
            Some(state) if *state.epoch() == version.epoch => false,
            _ => !self.refresh.is_in_progress(),
        }
    }

    /// Returns the hub's report. `sockets` is how many there are; `None` takes the number the last broadcast went to,
    /// since counting would hold its last slice back.
    pub fn report(&self, sockets: Option<u32>, now: ServerTime) -> Report {
        let sockets = sockets.unwrap_or(self.capacity.sockets_at_most());
        let epoch = self.state().map(|state| state.epoch().clone());
        let (share, polls) = (self.acks.share().clone(), self.polls.lately(now));
        Report { hub: self.number, epoch, rev: self.sent, sockets, share, polls }
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

    /// Counts a frame from a socket, and returns whether to read it. If not, the socket is to be closed: it floods.
    pub fn handle_frame(&mut self, socket: &S, now: ServerTime) -> bool {
        self.frames.admits(socket, now)
    }

    /// Counts an ack, once, if it is for the current revision and from a viewer who was asked. Nobody can have applied a
    /// change later than its ack arrived, or than its effect if that is yet to come; what claims more counts as that.
    pub fn handle_ack(&mut self, socket: &S, ack: &Ack, now: ServerTime) {
        match &self.current {
            Some(current) if current.state.rev() == ack.rev => {
                let effective_at = current.state.last_change().effective_at();
                let latest = now.max(effective_at) + CLOCK_ERROR;
                self.acks.handle_ack(socket, ack, ack.applied_at.min(latest) - effective_at);
            }
            _ if ack.rev == Rev::default() => self.acks.handle_elsewhere(socket),
            _ => {}
        }
    }

    /// Returns what to do about a socket that `pinged` last, or else was `noted` to be silent.
    pub fn silence(&self, pinged: Option<ServerTime>, noted: Option<ServerTime>, now: ServerTime) -> Silence {
        Silence::of(pinged, noted, self.capacity.silent_after(), now)
    }

    /// Releases a closed socket: while it is kept here, its connection stays open.
    pub fn handle_closed(&mut self, socket: &S, now: ServerTime) {
        self.acks.handle_closed(socket);
        self.frames.handle_closed(socket);
        self.drops.handle_closed(socket, now);
    }

    /// Asks the event unless that is already in progress.
    fn ask_event(&mut self) {
        if self.refresh.start() {
            self.current.iter_mut().for_each(|current| current.precedes_question = true);
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
