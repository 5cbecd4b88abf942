//! Talking to an event's object, and remembering what it says.

use core::pin::pin;
use core::time::Duration;
use downbeat_core::fanout::{Region, joins};
use downbeat_core::{EventName, EventState, Span};
use downbeat_wire::json;
use downbeat_wire::problem::{Code, Problem};
use futures_util::future::{Either, select};
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use worker::{Delay, Env};

use crate::Context;
use crate::clock;
use crate::copies::{Copies, Copy, Known};
use crate::hub;
use crate::object::{Object, Question, ask};
use crate::reply::{Reply, unavailable};
use crate::spread::next_spread;

/// The path at which the object and its hubs give the whole state to workers; no public path leads to it.
pub(crate) const STATE_PATH: &str = "/state";

/// The header in which the worker tells the object whose token was shown.
pub(crate) const TOKEN_HEADER: &str = "x-downbeat-token";

/// How long `/time` waits for the object: 300 ms. Source: the design.
const WAIT: Duration = Duration::from_millis(300);

/// How long a viewer's socket waits where nothing is known of the event: 5 s.
const JOIN_WAIT: Span = Span::from_millis(5_000);

/// How often such a viewer looks: after 16 to 48 ms.
const JOIN_LOOK: Duration = Duration::from_millis(16);

/// How long an operator's call waits for the object: 10 s, then the same command can be sent again.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a request looks whether another one's question has been answered: every 10 ms.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

thread_local! {
    static COPIES: RefCell<Copies> = RefCell::default();
}

/// Works with this isolate's copies. The closure must not wait.
pub(crate) fn copies<T>(work: impl FnOnce(&mut Copies) -> T) -> T {
    COPIES.with_borrow_mut(work)
}

/// Works with this isolate's copy of `event`.
pub(crate) fn copy<T>(event: &EventName, work: impl FnOnce(&mut Copy) -> T) -> T {
    copies(|copies| work(copies.copy(event)))
}

/// Returns the object that is the event.
fn object(event: &EventName) -> Object<'_> {
    Object { binding: "EVENT", name: event.as_str(), region: None }
}

/// Asks a hub for the state and takes it in. Errors are remembered, and told to the log.
pub(crate) async fn refresh(env: Env, event: EventName, region: Option<Region>) {
    match hub_knows(&env, &event, region).await {
        Ok(known) => copies(|copies| copies.hear(&event, known, clock::now())),
        Err(error) => {
            worker::console_error!("event {event} does not answer: {error}");
            copies(|copies| copies.fail(&event, clock::now()));
        }
    }
}

/// Returns what a hub near `region` knows of `event`: a thousand isolates that ask must not come to one object. After a
/// question without an answer, any other hub is as good.
async fn hub_knows(env: &Env, event: &EventName, region: Option<Region>) -> worker::Result<Known> {
    let (hubs, unanswered) = copy(event, |copy| (copy.last().map(|state| state.delivery().hubs), copy.unanswered()));
    let hub = match (hubs, unanswered) {
        (Some(hubs), 0) => joins(hubs, region, next_spread(), None),
        (Some(hubs), _) => joins(hubs, None, next_spread(), None),
        // Every event has a first hub.
        (None, 0) => 0,
        (None, _) => return known(env, event).await,
    };
    read(hub::ask(env, event, hub, Question::get(STATE_PATH)).await?)
}

async fn known(env: &Env, event: &EventName) -> worker::Result<Known> {
    read(ask(env, object(event), Question::get(STATE_PATH)).await?)
}

fn read(answer: (u16, String)) -> worker::Result<Known> {
    match answer {
        (200, text) => Ok(Known::State(Box::new(json::read(text.as_bytes())?))),
        (404, _) => Ok(Known::Missing),
        (status, _) => Err(worker::Error::RustError(format!("unexpected status {status}"))),
    }
}

/// Returns what the event itself knows: for its hubs.
pub(crate) async fn authoritative(env: &Env, event: &EventName) -> worker::Result<Known> {
    bounded(known(env, event)).await
}

/// Renews the copy of `event` after the answer has left.
pub(crate) fn refresh_later(env: &Env, ctx: &Context, event: &EventName, region: Option<Region>) {
    let refresh = refresh(env.clone(), event.clone(), region);
    ctx.wait_until(&future_to_promise(AssertUnwindSafe(async {
        refresh.await;
        Ok(JsValue::UNDEFINED)
    })));
}

/// Waits until the copy of `event` is fresh, at most [`WAIT`]. Of many requests that come at once, one asks.
pub(crate) async fn wait_for_news(env: &Env, ctx: &Context, event: &EventName, region: Option<Region>) {
    let mut waited = Duration::ZERO;
    while waited < WAIT {
        if copy(event, |copy| copy.ask(clock::now())) {
            // The question goes on when this request no longer waits for it, so that a late answer still counts.
            let refresh = refresh(env.clone(), event.clone(), region);
            let asking = future_to_promise(AssertUnwindSafe(async {
                refresh.await;
                Ok(JsValue::UNDEFINED)
            }));
            ctx.wait_until(&asking);
            if let Either::Left(_) = select(JsFuture::from(asking), Delay::from(WAIT - waited)).await {
                return;
            }
            copies(|copies| copies.fail(event, clock::now()));
            return;
        }
        Delay::from(LOOK_AGAIN).await;
        waited += LOOK_AGAIN;
        if copy(event, |copy| copy.fresh(clock::now()).is_some() || copy.failed_lately(clock::now())) {
            return;
        }
    }
}

/// Returns the state of `event` from its object, for those who are going to change it.
pub(crate) async fn state(env: &Env, event: &EventName) -> Result<EventState, Problem> {
    let known = bounded(known(env, event)).await.map_err(|error| silent(event, &error))?;
    copies(|copies| copies.hear(event, known.clone(), clock::now()));
    match known {
        Known::State(state) => Ok(*state),
        Known::Missing => Err(unknown_event(event)),
    }
}

/// Works with the last state of `event` that this isolate heard of, however old, for what seldom changes. Only where
/// nothing is known yet it waits, and longer than those who ask for the time, since there is nothing else to say.
pub(crate) async fn known_state<T>(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    region: Option<Region>,
    work: impl FnOnce(&EventState) -> T,
) -> Result<T, Problem> {
    let began = clock::now();
    let unknown = |copy: &mut Copy| copy.fresh(clock::now()).is_none() && copy.last().is_none();
    while copy(event, unknown) && (Span::ZERO..JOIN_WAIT).contains(&(clock::now() - began)) {
        if copy(event, |copy| copy.ask(clock::now())) {
            refresh_later(env, ctx, event, region);
        }
        // Thousands may wait here at once: they look seldom, and not all at the same instant.
        Delay::from(JOIN_LOOK + Duration::from_millis(next_spread() % 32)).await;
    }
    if copy(event, |copy| copy.ask(clock::now())) {
        refresh_later(env, ctx, event, region);
    }
    copy(event, |copy| match (copy.fresh(clock::now()), copy.last()) {
        (Some(Known::Missing), _) => Err(unknown_event(event)),
        (_, Some(state)) => Ok(work(state)),
        (_, None) => Err(silent(event, &worker::Error::RustError("no answer in time".to_owned()))),
    })
}

/// Returns the state of `event` as this isolate has it, at most a second old, for all who only read.
pub(crate) async fn copied_state(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    region: Option<Region>,
) -> Result<EventState, Problem> {
    if copy(event, |copy| copy.fresh(clock::now()).is_none()) {
        wait_for_news(env, ctx, event, region).await;
    }
    copy(event, |copy| match copy.fresh(clock::now()) {
        Some(Known::State(state)) => Ok(EventState::clone(state)),
        Some(Known::Missing) => Err(unknown_event(event)),
        None => Err(silent(event, &worker::Error::RustError("no answer in time".to_owned()))),
    })
}

/// Waits for `asked`, but not for ever.
async fn bounded<T>(asked: impl Future<Output = worker::Result<T>>) -> worker::Result<T> {
    match select(pin!(asked), Delay::from(PATIENCE)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(worker::Error::RustError(format!("no answer within {} s", PATIENCE.as_secs()))),
    }
}

fn silent(event: &EventName, error: &worker::Error) -> Problem {
    unavailable(&format!("event \"{event}\""), error)
}

/// Says that there is no such event.
pub(crate) fn unknown_event(event: &EventName) -> Problem {
    Problem::new(
        Code::UnknownEvent,
        format!("there is no event \"{event}\"; check the name, or make it with \"downbeat event set\""),
    )
}

/// Takes an operator's call to the object: what it answers goes back as it is.
pub(crate) async fn call(env: &Env, event: &EventName, question: Question<'_>) -> Result<Reply, Problem> {
    let changes = question.method != "GET";
    let answered = bounded(ask(env, object(event), question)).await;
    if changes {
        copies(|copies| copies.outdate(event));
    }
    let (status, text) = answered.map_err(|error| silent(event, &error))?;
    let reply = Reply::json(status, text);
    Ok(if status < 400 { reply } else { reply.into_problem() })
}
