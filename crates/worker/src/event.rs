//! Calls to an event's object, and this isolate's copies of what events and hubs answered.

use downbeat_core::fanout::{Door, Rate, Region, is_recent, joins as joins_hub};
use downbeat_core::object_clock::{CALL_MAX, CallTime};
use downbeat_core::{EventName, EventState, Refusal, ServerTime, Span};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::{json, refusal};
use std::cell::RefCell;
use wasm_bindgen_futures::JsFuture;
use worker::{Env, Error};

use crate::catalog;
use crate::clock;
use crate::copies::{Copies, Copy, Snapshot};
use crate::hub;
use crate::names::Lookup;
use crate::object::{self, Object, ObjectRequest};
use crate::reply::{Reply, unavailable};
use crate::runtime::{Context, promise};
use crate::spread::next_spread;

/// The path of the whole state at an event's object and at its hubs, for workers; no public path leads to it.
pub(crate) const STATE_PATH: &str = "/state";

/// The parameter of [`STATE_PATH`] at a hub that says how many polls of the status this isolate has answered since it asked last.
pub(crate) const POLLS_PARAMETER: &str = "polls";

/// The header that carries the id and the scopes of the operator's token from the worker to the object.
pub(crate) const TOKEN_HEADER: &str = "x-downbeat-token";

/// The longest wait of `/time` for a state: 300 ms. Source: the design.
const TIME_WAIT: Span = Span::from_millis(300);

/// The longest wait of a viewer's socket for the first state of an event: 2 s, as for a hub.
const JOIN_WAIT: Span = Span::from_millis(2_000);

/// How often a waiting viewer's request checks for the state: every 16 ms and up to 31 ms more.
const JOIN_POLL: Span = Span::from_millis(16);

/// The longest wait of an operator's call for the object, after which the same command can be sent again.
const OPERATOR_WAIT: Span = CALL_MAX;

/// How often a request checks whether another one has refreshed the copy: every 10 ms.
const POLL: Span = Span::from_millis(10);

thread_local! {
    static COPIES: RefCell<Copies> = RefCell::default();
}

/// Calls `work` with this isolate's copies. It must not wait.
pub(crate) fn copies<T>(work: impl FnOnce(&mut Copies) -> T) -> T {
    COPIES.with_borrow_mut(work)
}

/// Calls `work` with this isolate's copy of `event`.
pub(crate) fn copy<T>(event: &EventName, work: impl FnOnce(&mut Copy) -> T) -> T {
    copies(|copies| work(copies.copy(event)))
}

/// Counts a poll of the status that is not answered from a fresh copy. It makes no copy.
pub(crate) fn handle_poll(event: &EventName) {
    copies(|copies| copies.find(event.as_str()).into_iter().for_each(|copy| copy.handle_polls(1)));
}

/// Notes how long a call to a hub took.
pub(crate) fn handle_call(took: Span) {
    copies(|copies| copies.pressure.handle_call(took, clock::now()));
}

/// Returns how long those who ask now should wait before they ask again; `None` unless this isolate is slow.
pub(crate) fn retry_after(now: ServerTime) -> Option<Span> {
    copies(|copies| copies.pressure.retry_after(now))
}

/// Returns how fast viewers join an event with so many `hubs` while this isolate is as slow as it is.
pub(crate) fn joins(hubs: u16, now: ServerTime) -> Rate {
    copies(|copies| copies.pressure.slowed(Door::joins(hubs), now))
}

/// Notes how long the line is of those who wait to join.
pub(crate) fn handle_line(wait: Span, now: ServerTime) {
    copies(|copies| copies.pressure.handle_line(wait, now));
}

/// Returns the name of an event's object.
fn object(event: &EventName) -> Object<'_> {
    Object { binding: "EVENT", name: event.as_str(), region: None }
}

/// Returns whether this isolate has had a state of `event`. It makes no copy.
fn is_known(event: &EventName) -> bool {
    copies(|copies| copies.find(event.as_str()).is_some_and(|copy| copy.last().is_some()))
}

/// Returns whether this isolate knows that there is no event of this name. It makes no copy and does not wait.
pub(crate) fn is_made_up(env: &Env, ctx: &Context, event: &EventName) -> bool {
    !is_known(event) && catalog::is_missing(env, ctx, event)
}

/// Checks that there is an event, for what is stored beside its state.
pub(crate) async fn check_exists(env: &Env, ctx: &Context, event: &EventName) -> Result<(), Problem> {
    // Without an answer the store is asked, which makes nothing.
    let exists = is_known(event)
        || !catalog::is_missing(env, ctx, event) && catalog::admits(env, ctx, event).await.unwrap_or(true);
    if exists { Ok(()) } else { Err(unknown_event(event)) }
}

/// Checks that an operator's event may exist, before its object is called.
pub(crate) async fn check_operators(env: &Env, event: &EventName) -> Result<(), Problem> {
    if !is_known(event) && catalog::lookup(env, event).await == Lookup::Missing {
        return Err(unknown_event(event));
    }
    Ok(())
}

/// Notes that an event was deleted.
pub(crate) fn handle_deleted(event: &EventName) {
    apply(event, Snapshot::Missing, clock::now());
}

/// Applies what an event or its hub answered; `confirmed` is the latest instant at which the event's object is known to have had
/// that state.
fn apply(event: &EventName, snapshot: Snapshot, confirmed: ServerTime) {
    if snapshot == Snapshot::Missing {
        catalog::handle_missing(event);
    }
    copies(|copies| copies.apply(event, snapshot, confirmed, clock::now()));
}

/// Refreshes the copy from a hub. A failure is noted in the copy and logged.
async fn refresh(env: Env, ctx: Context, event: EventName, region: Option<Region>) {
    let began = clock::now();
    match request_snapshot(&env, &ctx, &event, region).await {
        Ok((snapshot, confirmed)) => {
            apply(&event, snapshot, confirmed);
            handle_call(clock::now() - began);
        }
        Err(error) => {
            worker::console_error!("event {event} does not answer: {error}");
            copies(|copies| copies.handle_failure(&event, clock::now()));
        }
    }
}

/// Requests the state from a hub near `region`: a thousand isolates must not all call one object. After a failure any
/// hub will do. For a name without an event no hub is called.
async fn request_snapshot(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    region: Option<Region>,
) -> worker::Result<(Snapshot, ServerTime)> {
    if !is_known(event) && !catalog::admits(env, ctx, event).await? {
        return Ok((Snapshot::Missing, clock::now()));
    }
    let (hubs, failures) = copy(event, |copy| (copy.last().map(|state| state.delivery().hubs), copy.failures()));
    let hub = match (hubs, failures) {
        (Some(hubs), 0) => joins_hub(hubs, region, next_spread(), None),
        (Some(hubs), _) => joins_hub(hubs, None, next_spread(), None),
        // Every event has a first hub.
        (None, 0) => 0,
        (None, _) => return snapshot(env, event).await,
    };
    let polls = copy(event, Copy::take_polls);
    let path = format!("{STATE_PATH}?{POLLS_PARAMETER}={polls}");
    // They are counted once, and none is lost to a hub that does not answer.
    let answer = hub::send(env, event, hub, ObjectRequest::get(&path)).await;
    let (status, text) = answer.inspect_err(|_| copy(event, |copy| copy.handle_polls(polls)))?;
    // A hub's answer begins with the time.
    let (confirmed, state) = text.split_once(' ').filter(|_| status == 200).unwrap_or(("", &text));
    let confirmed = confirmed.parse().ok().and_then(ServerTime::try_from_millis).unwrap_or(ServerTime::from_millis(0));
    Ok((copied(parse((status, state.to_owned()))?), confirmed))
}

/// Requests the state from the event itself. The time that goes with it lets a quick call vouch for the object's clock.
async fn snapshot(env: &Env, event: &EventName) -> worker::Result<(Snapshot, ServerTime)> {
    let asked_at = clock::now();
    let time = (clock::TIME_HEADER, clock::call_time_text(CallTime::new(asked_at)));
    let request = ObjectRequest { headers: vec![time], ..ObjectRequest::get(STATE_PATH) };
    Ok((copied(parse(object::send(env, object(event), request).await?)?), asked_at))
}

fn copied(answer: Option<(Box<EventState>, String)>) -> Snapshot {
    answer.map_or(Snapshot::Missing, |(state, _)| Snapshot::State(state))
}

fn parse((status, text): (u16, String)) -> worker::Result<Option<(Box<EventState>, String)>> {
    match status {
        200 => Ok(Some((Box::new(json::read(text.as_bytes())?), text))),
        404 => Ok(None),
        _ => Err(Error::RustError(format!("unexpected status {status}"))),
    }
}

/// Returns the state of the event itself with its text, for hub number `hub`, which has so many `sockets` and is crowded at
/// so many; `None` if the event does not exist.
pub(crate) async fn state_text(
    env: &Env,
    event: &EventName,
    hub: u16,
    (sockets, crowded): (u32, u32),
) -> worker::Result<Option<(Box<EventState>, String)>> {
    let path = format!("{STATE_PATH}?hub={hub}&sockets={sockets}&crowded={crowded}");
    parse(object::send(env, object(event), ObjectRequest::get(&path)).await?)
}

/// Refreshes the copy of `event` after the answer has left.
pub(crate) fn refresh_later(env: &Env, ctx: &Context, event: &EventName, region: Option<Region>) {
    start_refresh(env, ctx, event, region);
}

/// Starts a refresh that goes on when the request no longer waits for it, so that a late answer still counts.
fn start_refresh(env: &Env, ctx: &Context, event: &EventName, region: Option<Region>) -> JsFuture {
    let promise = promise(refresh(env.clone(), ctx.clone(), event.clone(), region));
    ctx.wait_until(&promise);
    JsFuture::from(promise)
}

/// Waits until the copy of `event` is fresh, for [`TIME_WAIT`] at most. Of many concurrent requests one refreshes it.
pub(crate) async fn wait_for_refresh(env: &Env, ctx: &Context, event: &EventName, region: Option<Region>) {
    let mut waited = Span::ZERO;
    while waited < TIME_WAIT {
        if copy(event, |copy| copy.start_refresh(clock::now())) {
            if clock::within(TIME_WAIT - waited, start_refresh(env, ctx, event, region)).await.is_none() {
                copies(|copies| copies.handle_failure(event, clock::now()));
            }
            return;
        }
        clock::wait(POLL).await;
        waited = waited + POLL;
        if copy(event, |copy| copy.fresh(clock::now()).is_some() || copy.failed_lately(clock::now())) {
            return;
        }
    }
}

/// Returns the state of `event` from its object, for those who are about to change it.
pub(crate) async fn state(env: &Env, event: &EventName) -> Result<EventState, Problem> {
    check_operators(env, event).await?;
    let (snapshot, asked_at) = bounded(snapshot(env, event)).await.map_err(|error| silent(event, &error))?;
    apply(event, snapshot.clone(), asked_at);
    match snapshot {
        Snapshot::State(state) => Ok(*state),
        Snapshot::Missing => Err(unknown_event(event)),
    }
}

/// Returns the state of `event` from its object, for those who change what is stored beside it. An archived one is refused.
pub(crate) async fn changeable_state(env: &Env, event: &EventName) -> Result<EventState, Problem> {
    let state = state(env, event).await?;
    match state.is_archived() {
        true => Err(refusal::problem(&Refusal::Archived, event, Some(&state), clock::now())),
        false => Ok(state),
    }
}

/// Calls `work` with the last state of `event` that this isolate has, however old, for what seldom changes. Without one
/// it waits, longer than `/time`, since there is nothing else to answer.
pub(crate) async fn last_state<T>(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    region: Option<Region>,
    work: impl FnOnce(&EventState) -> T,
) -> Result<T, Problem> {
    if is_made_up(env, ctx, event) {
        return Err(unknown_event(event));
    }
    let began = clock::now();
    let unknown = |copy: &mut Copy| copy.fresh(clock::now()).is_none() && copy.last().is_none();
    loop {
        if copy(event, |copy| copy.start_refresh(clock::now())) {
            refresh_later(env, ctx, event, region);
        }
        if !copy(event, unknown) || !is_recent(Some(began), JOIN_WAIT, clock::now()) {
            break;
        }
        // Thousands may wait here: they check seldom, and not all at the same instant.
        clock::wait(JOIN_POLL + Span::from_millis((next_spread() % 32) as i64)).await;
    }
    copy(event, |copy| match (copy.fresh(clock::now()), copy.last()) {
        (Some(Snapshot::Missing), _) => Err(unknown_event(event)),
        (_, Some(state)) => Ok(work(state)),
        (_, None) => Err(no_answer(event)),
    })
}

/// Returns the state of `event` as this isolate has it, at most a second old, for all who only read.
pub(crate) async fn copied_state(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    region: Option<Region>,
) -> Result<EventState, Problem> {
    if is_made_up(env, ctx, event) {
        return Err(unknown_event(event));
    }
    if copy(event, |copy| copy.fresh(clock::now()).is_none()) {
        wait_for_refresh(env, ctx, event, region).await;
    }
    copy(event, |copy| match copy.fresh(clock::now()) {
        Some(Snapshot::State(state)) => Ok(EventState::clone(state)),
        Some(Snapshot::Missing) => Err(unknown_event(event)),
        None => Err(no_answer(event)),
    })
}

/// Waits for `answer`, for [`OPERATOR_WAIT`] at most.
async fn bounded<T>(answer: impl Future<Output = worker::Result<T>>) -> worker::Result<T> {
    clock::within(OPERATOR_WAIT, answer).await.unwrap_or_else(|| Err(Error::RustError("no answer in time".to_owned())))
}

fn no_answer(event: &EventName) -> Problem {
    silent(event, &Error::RustError("no answer in time".to_owned()))
}

fn silent(event: &EventName, error: &Error) -> Problem {
    unavailable(&format!("event \"{event}\""), error)
}

/// Returns the problem of an event that does not exist.
pub(crate) fn unknown_event(event: &EventName) -> Problem {
    Problem::new(
        Code::UnknownEvent,
        format!("there is no event \"{event}\"; check the name, or make it with \"downbeat event set\""),
    )
}

/// Sends a request with this worker's time, which is the one that viewers have. If the object's own clock shows another
/// time, it answers with that, and is called again with what this call tells about the offset.
async fn send_with_time(env: &Env, event: &EventName, request: ObjectRequest<'_>) -> worker::Result<(u16, String)> {
    let send = async |call: CallTime| {
        let mut request = request.clone();
        request.headers.push((clock::TIME_HEADER, clock::call_time_text(call)));
        object::send(env, object(event), request).await
    };
    let call = CallTime::new(clock::now());
    let (status, text) = send(call).await?;
    let own = text.parse().ok().and_then(ServerTime::try_from_millis);
    match (status, own) {
        (clock::CALL_AGAIN, Some(own)) => send(call.repeated(own, clock::now())).await,
        _ => Ok((status, text)),
    }
}

/// Sends a request that changes nothing to the object, and returns the status and the text of its answer.
pub(crate) async fn ask(env: &Env, event: &EventName, request: ObjectRequest<'_>) -> Result<(u16, String), Problem> {
    bounded(object::send(env, object(event), request)).await.map_err(|error| silent(event, &error))
}

/// Sends an operator's request to the object, and returns its answer unchanged.
pub(crate) async fn call(env: &Env, event: &EventName, request: ObjectRequest<'_>) -> Result<Reply, Problem> {
    check_operators(env, event).await?;
    let changes = request.method != "GET";
    let answer = bounded(send_with_time(env, event, request)).await;
    if changes {
        copies(|copies| copies.expire(event));
    }
    let (status, text) = answer.map_err(|error| silent(event, &error))?;
    let reply = Reply::json(status, text);
    Ok(if status < 400 { reply } else { reply.into_problem() })
}
