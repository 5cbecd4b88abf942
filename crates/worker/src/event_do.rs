//! The object that is an event: it loads the state, lets core decide, saves the result, and answers. In that order.

mod audience;
mod change;
mod deletion;
mod log_page;
mod registration;
mod rundowns;

use downbeat_core::event::Reset;
use downbeat_core::fanout::{Gathering, Occupancy, Retries, SampleNumber, Tree};
use downbeat_core::object_clock::{DecisionClock, ObjectClock};
use downbeat_core::{Command, CommandId, EventName, EventState, Outcome, ServerTime, Span};
use downbeat_wire::log::{self, LogEntry};
use downbeat_wire::permission::{self, Caller};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::route::FORCE;
use downbeat_wire::{
    Anchor, ClockReport, CommandAnswer, DeliveryReport, EmergencyDocument, Route, StateBody, StateExtras, command,
    configuration, json, refusal,
};
use futures_util::future::join;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use worker::{
    DurableObject, Env, Request, Response, Result, State, Storage, WebSocket, WebSocketIncomingMessage, durable_object,
};

use self::change::{Change, Guard};
use crate::emergency::{self, KEY_HEADER};
use crate::event::{STATE_PATH, TOKEN_HEADER, unknown_event};
use crate::reply::{Readers, Reply, unavailable};
use crate::request::{Target, body};
use crate::room::Room;
use crate::rundown_table::RundownTable;
use crate::runtime::random_hex;
use crate::sockets::{self, Socket};
use crate::store::Store;
use crate::{clock, fanout, log_key};

/// How often a repeated command checks whether the first one has been answered: every 10 ms.
const POLL: Span = Span::from_millis(10);

/// One event.
#[durable_object]
pub struct EventDo {
    /// The room, if the event is one; then nothing else here is used.
    room: Option<Room>,
    env: Env,
    /// The event's name; `None` for an object whose name is not an event's.
    name: Option<EventName>,
    storage: Storage,
    store: Rc<Store>,
    rundowns: RundownTable,
    /// The saved state. Changed only after the store has saved the change.
    state: Rc<RefCell<Option<EventState>>>,
    /// The commands that were applied and are being announced before they are answered.
    announcing: RefCell<Vec<CommandId>>,
    /// The repetitions of announcements that hubs have not confirmed.
    retries: Cell<Retries>,
    /// This object's clock, compared with those of the workers that call.
    clock: Cell<ObjectClock>,
    /// How many sockets the hubs have, as they last said.
    occupancy: RefCell<Occupancy>,
    /// The last sample of the audience.
    sampled: Cell<Option<SampleNumber>>,
    /// Whether the catalog has this event, and knows whether it is archived.
    registration: Rc<Cell<Registration>>,
    /// Whether the event is being deleted right now.
    is_deleting: Cell<bool>,
}

/// What an event's object knows of its entry in the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Registration {
    #[default]
    Unknown,
    InProgress,
    Done,
}

/// Removes a command from [`EventDo::announcing`] when it is answered, or its request is cancelled.
struct Announcing<'a>(&'a RefCell<Vec<CommandId>>, &'a CommandId);

impl Drop for Announcing<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().retain(|id| id != self.1);
    }
}

impl DurableObject for EventDo {
    fn new(state: State, env: Env) -> Self {
        let name: Option<EventName> = state.id().name().and_then(|name| name.parse().ok());
        let (storage, store, rundowns) = (state.storage(), Rc::new(Store::new(&state)), RundownTable::new(&state));
        let room = name.as_ref().filter(|name| name.is_room()).cloned();
        Self {
            room: room.map(|name| Room::new(state, env.clone(), name)),
            env,
            name,
            storage,
            store,
            rundowns,
            state: Rc::default(),
            announcing: RefCell::default(),
            retries: Cell::default(),
            clock: Cell::default(),
            occupancy: RefCell::default(),
            sampled: Cell::default(),
            registration: Rc::default(),
            is_deleting: Cell::default(),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        if let Some(room) = &self.room {
            return room.fetch(request.inner().clone()?).await;
        }
        let reply = self.answer(request.inner().clone()?).await.unwrap_or_else(Reply::from);
        self.register();
        Ok(reply.into_response(Readers::Operators, false).into())
    }

    /// Goes on with a deletion; or repeats an announcement that some hubs have not confirmed, or that ended when this object
    /// was evicted.
    async fn alarm(&self) -> Result<Response> {
        if let Some(room) = &self.room {
            room.handle_alarm().await;
            return Response::empty();
        }
        if self.resume_deletion().await {
            return Response::empty();
        }
        if let (Some(event), Ok(Some(state))) = (&self.name, self.state()) {
            self.announce(event, &state, state.delivery().hubs).await;
        }
        self.register();
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        if let Some(room) = &self.room {
            room.handle_message(&Socket::of(&socket), message);
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _reason: String, _clean: bool) -> Result<()> {
        if let Some(room) = &self.room {
            room.handle_closed(&Socket::of(&socket));
        }
        sockets::close_in_turn(&socket, code);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        if let Some(room) = &self.room {
            room.handle_closed(&Socket::of(&socket));
        }
        Ok(())
    }
}

impl EventDo {
    async fn answer(&self, request: web_sys::Request) -> core::result::Result<Reply, Problem> {
        let url = request.url();
        let target = Target::of(&url);
        let own = clock::now();
        let decision = self.compare_clocks(&request, own);
        if target.path == STATE_PATH {
            self.handle_filling(&target).await?;
            return Ok(match self.state()? {
                Some(state) => Reply::json(200, json::text(&state)),
                None => Reply::empty(404),
            });
        }
        let Some(decision) = decision.or((request.method() == "GET").then_some(DecisionClock::OWN)) else {
            return Ok(Reply::json(clock::CALL_AGAIN, own.as_millis().to_string()));
        };
        let caller = Caller::parse(&request.headers().get(TOKEN_HEADER).ok().flatten().unwrap_or_default());
        match (request.method().as_str(), Route::parse(target.path)) {
            ("DELETE", Some(Route::Event(event))) => {
                let guard = if target.has(FORCE) { Guard::Forced } else { Guard::Checked };
                self.delete(&event, guard, decision).await
            }
            ("PUT", Some(Route::Event(event))) => {
                let change = Change::of(&target);
                self.configure(&event, &caller.id, change, &body(request).await?, decision).await
            }
            ("POST", Some(Route::Commands(event))) => {
                self.command(&event, &caller, &target, &body(request).await?, decision).await
            }
            ("POST", Some(Route::Emergency(event))) => {
                let key = request.headers().get(KEY_HEADER).ok().flatten().unwrap_or_default();
                self.emergency(&event, &key, &body(request).await?, decision).await
            }
            (method, Some(Route::Rundown(event, digest))) => {
                self.rundown(method, &event, digest, request, decision).await
            }
            (method, Some(Route::Notes(event, digest))) => self.notes(method, &event, digest, request).await,
            ("GET", Some(Route::Rundowns(event))) => self.list_rundowns(&event, &target),
            ("GET", Some(Route::Log(event))) => self.log(&event, &target),
            ("GET", Some(Route::Audience(event))) => self.audience(&event).await,
            ("GET", Some(Route::AudienceHistory(event))) => self.audience_history(&event),
            ("GET", Some(Route::Metrics(event))) => self.metrics(&event).await,
            _ => Err(Problem::new(Code::UnknownPath, "an event's object has nothing at this path")),
        }
    }

    /// Returns the clock to decide the request by, which arrived at `own`; `None` if the worker is to call again.
    fn compare_clocks(&self, request: &web_sys::Request, own: ServerTime) -> Option<DecisionClock> {
        let header = request.headers().get(clock::TIME_HEADER).ok().flatten();
        let Some(call) = header.as_deref().and_then(clock::parse_call_time) else { return Some(DecisionClock::OWN) };
        let mut clock = self.clock.get();
        let decision = clock.handle_call(call, own);
        self.clock.set(clock);
        if let Some(difference) = decision.and_then(|decision| decision.difference(own)) {
            worker::console_error!(
                "this object's clock says {}, but the worker's {}, which counts",
                difference.object,
                difference.worker
            );
        }
        decision
    }

    /// Returns the state, from memory after the first time.
    fn state(&self) -> core::result::Result<Option<EventState>, Problem> {
        if self.state.borrow().is_none() {
            let state = self.store.state().map_err(broken)?;
            *self.state.borrow_mut() = state;
        }
        Ok(self.state.borrow().clone())
    }

    /// Saves `state` with its entry in the log, then makes it the current one. Returns the entry.
    fn save(
        &self,
        state: EventState,
        token: &str,
        body: Value,
        answer: &str,
    ) -> core::result::Result<LogEntry, Problem> {
        let change = state.last_change();
        let entry = LogEntry {
            rev: state.rev(),
            at: change.at(),
            effective_at: change.effective_at(),
            actor: change.actor().to_owned(),
            token: token.to_owned(),
            name: change.name().to_owned(),
            body,
            prev: self.store.last_hash().map_err(broken)?,
            hash: None,
        };
        let entry = entry.sealed();
        self.check_registration(&state).map_err(broken)?;
        self.store.save(&state, change.id(), &entry, answer).map_err(broken)?;
        *self.state.borrow_mut() = Some(state);
        Ok(entry)
    }

    /// Announces the state to the hubs, and returns how far it got within a second. An alarm repeats the announcement
    /// while hubs have not confirmed it.
    async fn announce(&self, event: &EventName, state: &EventState, hubs: u16) -> DeliveryReport {
        let began = clock::now();
        // Set before anything leaves, in case this object is evicted meanwhile.
        if let Some(after) = self.retries.get().next_after()
            && let Err(error) = self.storage.set_alarm(clock::duration(after)).await
        {
            worker::console_error!("event {event} cannot set its alarm: {error}");
        }
        let gathering = Gathering::new(Tree::of(hubs), state.rev()).of_epoch(state.epoch().clone());
        let mut gathering = fanout::gather(&self.env, event, gathering, Some(json::text(state).into())).await;
        let latest = self.state.borrow().as_ref().map(EventState::rev).unwrap_or_default();
        gathering.handle_latest(latest);
        let is_current = latest == state.rev();
        let mut retries = self.retries.get();
        if gathering.is_complete() && is_current {
            retries.handle_complete();
            // A deletion has an alarm of its own.
            if !self.is_deleting.get() {
                let _ = self.storage.delete_alarm().await;
            }
        } else {
            retries.handle_incomplete();
        }
        self.retries.set(retries);
        self.handle_reports(&gathering);
        let ms = (clock::now() - began).as_millis().unsigned_abs();
        DeliveryReport::new(&gathering, &self.occupancy.borrow(), ms)
    }

    /// Announces the state, and signs the entry that made it meanwhile.
    async fn announce_signed(
        &self,
        event: &EventName,
        state: &EventState,
        hubs: u16,
        entry: &LogEntry,
    ) -> (DeliveryReport, Option<Anchor>) {
        join(self.announce(event, state, hubs), log_key::anchor(&self.env, event, state, entry)).await
    }

    /// Notes how many sockets hubs have.
    fn handle_reports(&self, gathering: &Gathering) {
        let mut occupancy = self.occupancy.borrow_mut();
        gathering.reports().for_each(|report| occupancy.handle_report(report.hub, report.sockets));
    }

    /// Notes how many sockets the hub has that asks for the state, and adds hubs if they are filling up. The alarm announces
    /// these, after the hub has its answer.
    async fn handle_filling(&self, target: &Target<'_>) -> core::result::Result<(), Problem> {
        let number = |name| target.parameter(name).and_then(|text| text.parse::<u32>().ok());
        let (Some(hub), Some(sockets), Some(crowded), Some(mut state)) =
            (number("hub"), number("sockets"), number("crowded"), self.state()?)
        else {
            return Ok(());
        };
        let hub = u16::try_from(hub).unwrap_or(u16::MAX);
        self.occupancy.borrow_mut().handle_report(hub, sockets);
        if sockets > 0 {
            self.sample_audience(&state);
        }
        let has_grown = state.handle_occupancy(&self.occupancy.borrow(), crowded);
        if has_grown {
            self.store.save_state(&state).map_err(broken)?;
            *self.state.borrow_mut() = Some(state);
            self.retries.set(Retries::default());
            self.storage.set_alarm(core::time::Duration::ZERO).await.map_err(broken)?;
        }
        Ok(())
    }

    /// Creates the event, or changes its configuration; or begins a new epoch instead.
    async fn configure(
        &self,
        event: &EventName,
        token: &str,
        change: Change,
        body: &[u8],
        decision: DecisionClock,
    ) -> core::result::Result<Reply, Problem> {
        let (wanted, actor) = configuration::parse(body)?;
        let actor = actor.unwrap_or_else(|| token.to_owned());
        let (now, clock) = ClockReport::at(decision, clock::now());
        let logged = log::with_clock(configuration::body(&wanted, &actor), clock);
        let before = self.state()?;
        if before.is_none() && (self.is_deleting.get() || self.store.is_deleting().map_err(broken)?) {
            return Err(being_deleted(event));
        }
        let refused = |error| refusal::problem(&error, event, before.as_ref(), now);
        let (status, changed, state) = match before.clone() {
            None if change != Change::Configure => return Err(unknown_event(event)),
            None => (201, true, EventState::create(wanted, epoch()?, &actor, now).map_err(refused)?),
            Some(mut state) if change != Change::Configure => {
                let reset = Reset { starts_at: wanted.starts_at, if_rev: wanted.if_rev, reason: wanted.reason };
                let done = match change {
                    Change::Reset => state.handle_reset(&reset, epoch()?, &actor, now),
                    _ => state.handle_restore(epoch()?, &actor, now),
                };
                done.map_err(refused)?;
                (200, true, state)
            }
            Some(mut state) => {
                let changed = state.handle_configuration(wanted, &actor, now).map_err(refused)?;
                (200, changed, state)
            }
        };
        let body = StateBody::new(event, &state, now);
        let extras = StateExtras { clock, anchor: None };
        let answer = match changed {
            true => {
                // To the hubs it no longer has, too. Those it has are created where they belong.
                let hubs = before.map_or(0, |before| before.delivery().hubs).max(state.delivery().hubs);
                self.carry_out(event, state, token, logged, hubs, (body, extras)).await?
            }
            false => extras.text(&body),
        };
        self.registered().await;
        Ok(Reply::json(status, answer))
    }

    /// Saves a change that is answered with the state, announces it to `hubs` hubs, and returns the answer with its anchor.
    async fn carry_out(
        &self,
        event: &EventName,
        state: EventState,
        token: &str,
        logged: Value,
        hubs: u16,
        (body, mut extras): (StateBody, StateExtras),
    ) -> core::result::Result<String, Problem> {
        let entry = self.save(state.clone(), token, logged, &extras.text(&body))?;
        self.register();
        (_, extras.anchor) = self.announce_signed(event, &state, hubs, &entry).await;
        let answer = extras.text(&body);
        self.store.answer(state.rev(), &answer).map_err(broken)?;
        Ok(answer)
    }

    /// Applies a command, or repeats the first answer to it. With `?dryRun` it only answers.
    async fn command(
        &self,
        event: &EventName,
        caller: &Caller,
        target: &Target<'_>,
        body: &[u8],
        decision: DecisionClock,
    ) -> core::result::Result<Reply, Problem> {
        let request = command::parse(body, &caller.id)?;
        while self.announcing.borrow().contains(&request.id) {
            clock::wait(POLL).await;
        }
        let before = self.state()?.ok_or_else(|| unknown_event(event))?;
        let answered = self.store.answered(&request.id).map_err(broken)?;
        // Before anything else about the id is said. Its own repetition was checked at first, by what was the last change then.
        let is_repeated = answered.as_ref().is_some_and(|answered| answered.receipt.command == request.command);
        if matches!(request.command, Command::Undo { .. } | Command::Redo { .. }) && !is_repeated {
            caller.check(&permission::undo(&before.undoable()))?;
        }
        let (now, clock) = ClockReport::at(decision, clock::now());
        let (state, outcome) = before
            .preview_command(&request, answered.as_ref().map(|answered| &answered.receipt), now)
            .map_err(|error| refusal::problem(&error, event, Some(&before), now))?;
        let mut answer = match (outcome, answered) {
            (Outcome::Repeated(_), Some(answered)) => return Ok(Reply::json(200, answered.answer)),
            // A repetition gets this if the object is evicted before the hubs have answered.
            (Outcome::Applied { replaced, .. }, _) => {
                CommandAnswer { clock, ..CommandAnswer::new(event, &state, replaced, now) }
            }
            (Outcome::Repeated(_), None) => unreachable!("core repeats only what it was shown"),
        };
        let text = json::text(&answer);
        if target.has(command::DRY_RUN) {
            return Ok(Reply::json(200, text));
        }
        let logged = log::with_clock(log::with_effect(command::body(&request), &state), clock);
        let entry = self.save(state.clone(), &caller.id, logged, &text)?;

        self.announcing.borrow_mut().push(request.id.clone());
        let _announcing = Announcing(&self.announcing, &request.id);
        (answer.delivery, answer.anchor) = self.announce_signed(event, &state, state.delivery().hubs, &entry).await;
        let text = json::text(&answer);
        self.store.answer(state.rev(), &text).map_err(broken)?;
        Ok(Reply::json(200, text))
    }

    /// Applies a signed state, whose signature is valid by `key`, as the worker has checked.
    async fn emergency(
        &self,
        event: &EventName,
        key: &str,
        body: &[u8],
        decision: DecisionClock,
    ) -> core::result::Result<Reply, Problem> {
        let document = EmergencyDocument::parse(body)?;
        let signed = emergency::read(&document, event)?;
        let before = self.state()?.ok_or_else(|| unknown_event(event))?;
        // The worker's copy may be a second old, and the key may have been replaced since.
        if before.emergency().is_none_or(|channel| channel.key.to_string() != key) {
            return Err(emergency::wrong_signature(event));
        }
        let mut state = before.clone();
        let changed = state.handle_emergency(&signed).map_err(|error| emergency::refused(&error, event, &before))?;
        let (now, clock) = ClockReport::at(decision, clock::now());
        if !changed {
            return Ok(emergency::answer(event, &state, now));
        }
        let logged = log::with_clock(emergency::logged(&document, &signed, now), clock);
        let answer = (StateBody::new(event, &state, now), StateExtras { clock, anchor: None });
        let hubs = state.delivery().hubs;
        Ok(Reply::json(200, self.carry_out(event, state, emergency::TOKEN, logged, hubs, answer).await?))
    }
}

fn broken(error: worker::Error) -> Problem {
    unavailable("the event's store", &error)
}

/// Returns the problem of an event that is being deleted right now.
fn being_deleted(name: &EventName) -> Problem {
    Problem::new(Code::Unavailable, format!("event \"{name}\" is being deleted; try again in a moment"))
}

/// Draws the epoch of a new event: 64 random bits.
fn epoch() -> core::result::Result<downbeat_core::Epoch, Problem> {
    let drawn = random_hex();
    drawn.parse().map_err(|error| Problem::new(Code::Internal, format!("cannot draw an epoch: {error}")))
}
