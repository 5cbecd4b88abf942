//! Operators' calls: they set up an event, change it, and read its log. Publishing is in `rundowns.rs`.
//!
//! `auth.rs` has checked the token and the event; what depends on the body is checked here.

use downbeat_core::{Command, Configuration, EventName, EventState};
use downbeat_wire::permission;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::route::RESET;
use downbeat_wire::token::Grant;
use downbeat_wire::{Route, command, configuration, json, metrics, refusal};
use web_sys::Request;
use worker::Env;

use crate::catalog::Entry;
use crate::event::TOKEN_HEADER;
use crate::names::Lookup;
use crate::object::ObjectRequest;
use crate::reply::{Reply, unavailable};
use crate::request::{Target, body};
use crate::rundowns;
use crate::{catalog, clock, event};

/// Returns what the request's token allows.
pub(crate) fn grant(grant: &Grant) -> Reply {
    Reply::json(200, json::text(grant))
}

/// Creates an event or changes its configuration. What would be refused makes nothing, and a new event is registered
/// before it is made.
pub(crate) async fn configure(
    env: &Env,
    request: Request,
    grant: &Grant,
    query: &str,
    name: &EventName,
) -> Result<Reply, Problem> {
    let body = body(request).await?;
    let caller = grant.caller();
    let (wanted, actor) = configuration::parse(&body)?;
    caller.check(&permission::configuration(&wanted))?;
    if (Target { path: "", query }).has(RESET) {
        // It makes no event, whatever its body says.
        event::check_operators(env, name).await?;
    } else {
        register(env, name, wanted, actor.as_deref().unwrap_or(&caller.id)).await?;
    }
    let path = format!("{}?{query}", Route::Event(name.clone()).path());
    let headers = vec![(TOKEN_HEADER, caller.to_string())];
    event::call(env, name, ObjectRequest { method: "PUT", path: &path, headers, body: Some(&body) }).await
}

/// Registers an event that is not known, if this configuration would make one.
async fn register(env: &Env, name: &EventName, wanted: Configuration, actor: &str) -> Result<(), Problem> {
    let known = catalog::lookup(env, name).await;
    if known == Lookup::Exists {
        return Ok(());
    }
    // The list may be silent or partial: then only the event's object knows.
    if known == Lookup::Unknown {
        match event::state(env, name).await {
            Err(problem) if problem.is(Code::UnknownEvent) => {}
            _ => return Ok(()),
        }
    }
    let now = clock::now();
    let epoch = "unused".parse().expect("a word can be an epoch");
    EventState::create(wanted, epoch, actor, now).map_err(|refusal| refusal::problem(&refusal, name, None, now))?;
    let reserved = catalog::put(env, name, Entry::Reserved).await;
    reserved.map_err(|error| unavailable("the list of events, which a new event is entered in first,", &error))
}

/// Deletes an event with all that is stored for it. One that is under way or has viewers is deleted with `?force` only.
pub(crate) async fn delete(env: &Env, grant: &Grant, query: &str, name: &EventName) -> Result<Reply, Problem> {
    let path = format!("{}?{query}", Route::Event(name.clone()).path());
    let headers = vec![(TOKEN_HEADER, grant.caller().to_string())];
    let reply = event::call(env, name, ObjectRequest { method: "DELETE", path: &path, headers, body: None }).await?;
    if matches!(reply.status(), 200 | 404) {
        worker::console_log!("event {name} was deleted with the token \"{}\"", grant.id);
        event::handle_deleted(name);
    }
    Ok(reply)
}

/// Applies a command, or with `?dryRun` answers what it would do. The scopes of an `undo` depend on the event's state,
/// so its object checks them.
pub(crate) async fn command(env: &Env, request: Request, grant: &Grant, name: &EventName) -> Result<Reply, Problem> {
    let url = request.url();
    let body = body(request).await?;
    let caller = grant.caller();
    let parsed = command::parse(&body, &caller.id)?;
    caller.check(permission::command(&parsed.command).as_slice())?;
    event::check_operators(env, name).await?;
    if let Command::Rundown { rundown: Some(digest), .. } = parsed.command
        && rundowns::stored(env, name, digest).await?.is_none()
    {
        event::state(env, name).await?;
        return Err(rundowns::unknown(name, digest));
    }
    let path = format!("{}?{}", Route::Commands(name.clone()).path(), Target::of(&url).query);
    let headers = vec![(TOKEN_HEADER, caller.to_string())];
    event::call(env, name, ObjectRequest { method: "POST", path: &path, headers, body: Some(&body) }).await
}

/// Returns a page of the log.
pub(crate) async fn log(env: &Env, query: &str, name: &EventName) -> Result<Reply, Problem> {
    event::call(env, name, ObjectRequest::get(&format!("{}?{query}", Route::Log(name.clone()).path()))).await
}

/// Returns how many viewers are connected, and what a sample of them acknowledged; or the history of that, if `route` is it.
pub(crate) async fn audience(env: &Env, name: &EventName, route: &Route) -> Result<Reply, Problem> {
    event::call(env, name, ObjectRequest::get(&route.path())).await
}

/// Returns the same for Prometheus.
pub(crate) async fn metrics(env: &Env, name: &EventName) -> Result<Reply, Problem> {
    let path = Route::Metrics(name.clone()).path();
    Ok(event::call(env, name, ObjectRequest::get(&path)).await?.of_type(metrics::CONTENT_TYPE))
}

/// Returns the list of events: those that the token is for.
pub(crate) async fn events(env: &Env, grant: &Grant, query: &str) -> Result<Reply, Problem> {
    let mut list = catalog::list(env, query).await?;
    list.events.retain(|event| grant.check_event(&event.name).is_ok());
    Ok(Reply::json(200, json::text(&list)))
}
