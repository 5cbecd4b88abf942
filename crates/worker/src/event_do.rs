//! The object that is an event: it loads the state, lets core decide, keeps the result, and answers. In that order.

use downbeat_core::{EventName, EventState, Outcome};
use downbeat_wire::log::{LogEntry, PAGE_MAX};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::{CommandAnswer, DeliveryReport, Route, StateBody, command, configuration, refusal};
use serde_json::Value;
use std::cell::RefCell;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::clock;
use crate::event::{STATE_PATH, TOKEN_HEADER, unknown_event};
use crate::public::TEXT_KEYS;
use crate::reply::{Readers, Reply, unavailable};
use crate::request::{Target, body};
use crate::store::Store;

/// One event.
#[durable_object(fetch)]
pub struct EventDo {
    store: Store,
    /// The state as it is kept. Written only after the store has it.
    state: RefCell<Option<EventState>>,
}

impl DurableObject for EventDo {
    fn new(state: State, _env: Env) -> Self {
        Self { store: Store::new(&state), state: RefCell::default() }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let reply = self.answer(request.inner().clone()?).await.unwrap_or_else(Reply::from);
        Ok(reply.into_response(Readers::Operators, false).into())
    }
}

impl EventDo {
    async fn answer(&self, request: web_sys::Request) -> core::result::Result<Reply, Problem> {
        let url = request.url();
        let target = Target::of(&url);
        if target.path == STATE_PATH {
            return Ok(match self.state()? {
                Some(state) => Reply::json(200, serde_json::to_string(&state).expect(TEXT_KEYS)),
                None => Reply::empty(404),
            });
        }
        let token = request.headers().get(TOKEN_HEADER).ok().flatten().unwrap_or_default();
        match (request.method().as_str(), Route::parse(target.path)) {
            ("PUT", Some(Route::Event(event))) => self.configure(&event, &token, &body(request).await?),
            ("POST", Some(Route::Commands(event))) => self.command(&event, &token, &body(request).await?),
            ("GET", Some(Route::Log(event))) => self.log(&event, &target),
            _ => Err(Problem::new(Code::UnknownPath, "an event's object has nothing at this path")),
        }
    }

    /// Gives the state, from memory if it was read before.
    fn state(&self) -> core::result::Result<Option<EventState>, Problem> {
        if self.state.borrow().is_none() {
            let state = self.store.state().map_err(broken)?;
            *self.state.borrow_mut() = state;
        }
        Ok(self.state.borrow().clone())
    }

    /// Keeps `state` with its entry in the log, then believes it.
    fn keep(&self, state: EventState, token: &str, body: Value, answer: &str) -> core::result::Result<(), Problem> {
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
        self.store.keep(&state, change.id(), &entry.sealed(), answer).map_err(broken)?;
        *self.state.borrow_mut() = Some(state);
        Ok(())
    }

    /// Makes the event, or changes its configuration.
    fn configure(&self, event: &EventName, token: &str, body: &[u8]) -> core::result::Result<Reply, Problem> {
        let (wanted, actor) = configuration::parse(body)?;
        let actor = actor.unwrap_or_else(|| token.to_owned());
        let now = clock::now();
        let logged = configuration::body(&wanted, &actor);
        let before = self.state()?;
        let refused = |error| refusal::problem(&error, event, before.as_ref(), now);
        let (status, changed, state) = match before.clone() {
            None => (201, true, EventState::create(wanted, epoch()?, &actor, now).map_err(refused)?),
            Some(mut state) => {
                let changed = state.handle_configuration(wanted, &actor, now).map_err(refused)?;
                (200, changed, state)
            }
        };
        let answer = serde_json::to_string(&StateBody::new(event, &state, now)).expect(TEXT_KEYS);
        if changed {
            self.keep(state, token, logged, &answer)?;
        }
        Ok(Reply::json(status, answer))
    }

    /// Applies a command, or repeats the first answer to it.
    fn command(&self, event: &EventName, token: &str, body: &[u8]) -> core::result::Result<Reply, Problem> {
        let request = command::parse(body, token)?;
        let before = self.state()?.ok_or_else(|| unknown_event(event))?;
        let answered = self.store.answered(&request.id).map_err(broken)?;
        let now = clock::now();
        let mut state = before.clone();
        let outcome = state
            .handle_command(&request, answered.as_ref().map(|answered| &answered.receipt), now)
            .map_err(|error| refusal::problem(&error, event, Some(&before), now))?;
        let answer = match (outcome, answered) {
            (Outcome::Repeated(_), Some(answered)) => return Ok(Reply::json(200, answered.answer)),
            (Outcome::Applied { rev, effective_at, replaced }, _) => CommandAnswer {
                rev,
                effective_at,
                replaced,
                state: StateBody::new(event, &state, now),
                delivery: DeliveryReport::default(),
            },
            (Outcome::Repeated(_), None) => unreachable!("core repeats only what it was shown"),
        };
        let answer = serde_json::to_string(&answer).expect(TEXT_KEYS);
        self.keep(state, token, command::body(&request), &answer)?;
        Ok(Reply::json(200, answer))
    }

    /// Gives a page of the log.
    fn log(&self, event: &EventName, target: &Target<'_>) -> core::result::Result<Reply, Problem> {
        self.state()?.ok_or_else(|| unknown_event(event))?;
        let number = |name: &str, rule: &str| match target.parameter(name) {
            None => Ok(None),
            Some(text) => text.parse::<i64>().map(Some).map_err(|_| {
                Problem::new(Code::BadRequest, format!("the parameter \"{name}\" is no number; {rule}"))
                    .with("parameter", name)
            }),
        };
        let before = number("before", "give a revision")?;
        let limit = number("limit", "give 1 to 200")?.unwrap_or(50).clamp(1, i64::from(PAGE_MAX));
        Ok(Reply::json(200, self.store.log_page(before, limit).map_err(broken)?))
    }
}

fn broken(error: worker::Error) -> Problem {
    unavailable("the event's store", &error)
}

/// Draws the name of a new life: 64 random bits.
fn epoch() -> core::result::Result<downbeat_core::Epoch, Problem> {
    let drawn = crate::random_hex();
    drawn.parse().map_err(|error| Problem::new(Code::Internal, format!("no epoch could be drawn: {error}")))
}
