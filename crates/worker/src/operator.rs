//! Operators' calls: they set up an event, change it, and read its log. Publishing is in `rundowns.rs`.

use downbeat_core::{Command, Configuration, EventName, EventState};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::token::Scope;
use downbeat_wire::{Route, command, configuration, json, refusal};
use web_sys::Request;
use worker::Env;

use crate::auth::authorize;
use crate::catalog::Entry;
use crate::event::TOKEN_HEADER;
use crate::names::Lookup;
use crate::object::ObjectRequest;
use crate::reply::{Reply, unavailable};
use crate::request::{Target, body};
use crate::rundowns;
use crate::{auth, catalog, clock, event};

/// Returns what the request's token allows.
pub(crate) fn grant(env: &Env, request: &Request) -> Result<Reply, Problem> {
    Ok(Reply::json(200, json::text(&auth::grant(env, request)?)))
}

/// Creates an event or changes its configuration. What would be refused makes nothing, and a new event is registered
/// before it is made.
pub(crate) async fn configure(env: &Env, request: Request, name: &EventName) -> Result<Reply, Problem> {
    let token = authorize(env, &request, Scope::Operate)?;
    let body = body(request).await?;
    let (wanted, actor) = configuration::parse(&body)?;
    register(env, name, wanted, actor.as_deref().unwrap_or(token.as_str())).await?;
    let path = Route::Event(name.clone()).path();
    let headers = vec![(TOKEN_HEADER, token.to_string())];
    let reply =
        event::call(env, name, ObjectRequest { method: "PUT", path: &path, headers, body: Some(&body) }).await?;
    // On every success, not only the first: its answer may have been lost. If it fails, the event registers itself.
    if reply.status() < 300
        && let Err(error) = catalog::put(env, name, Entry::Made).await
    {
        worker::console_error!("event {name} is missing from the list: {error}");
    }
    Ok(reply)
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
pub(crate) async fn delete(env: &Env, request: &Request, query: &str, name: &EventName) -> Result<Reply, Problem> {
    let token = authorize(env, request, Scope::Operate)?;
    let path = format!("{}?{query}", Route::Event(name.clone()).path());
    let headers = vec![(TOKEN_HEADER, token.to_string())];
    let reply = event::call(env, name, ObjectRequest { method: "DELETE", path: &path, headers, body: None }).await?;
    if matches!(reply.status(), 200 | 404) {
        worker::console_log!("event {name} was deleted with the token \"{token}\"");
        event::handle_deleted(name);
    }
    Ok(reply)
}

/// Applies a command, or with `?dryRun` answers what it would do. `rundown` needs the scope `publish`, all others
/// `operate`.
pub(crate) async fn command(env: &Env, request: Request, name: &EventName) -> Result<Reply, Problem> {
    // The scope depends on the body, and no body is read before its sender has shown a token.
    let header = auth::header(&request);
    let url = request.url();
    let shown = |scope| auth::authorize_header(env, header.as_deref(), scope);
    let either = shown(Scope::Operate).or_else(|refused| shown(Scope::Publish).map_err(|_| refused))?;
    let body = body(request).await?;
    let parsed = command::parse(&body, either.as_str())?;
    let scope = if matches!(parsed.command, Command::Rundown { .. }) { Scope::Publish } else { Scope::Operate };
    let token = shown(scope)?;
    event::check_operators(env, name).await?;
    if let Command::Rundown { rundown: Some(digest) } = parsed.command
        && rundowns::bytes(env, name, digest).await?.is_none()
    {
        event::state(env, name).await?;
        return Err(rundowns::unknown(name, digest));
    }
    let path = format!("{}?{}", Route::Commands(name.clone()).path(), Target::of(&url).query);
    let headers = vec![(TOKEN_HEADER, token.to_string())];
    event::call(env, name, ObjectRequest { method: "POST", path: &path, headers, body: Some(&body) }).await
}

/// Returns a page of the log.
pub(crate) async fn log(env: &Env, request: &Request, query: &str, name: &EventName) -> Result<Reply, Problem> {
    authorize(env, request, Scope::Read)?;
    event::call(env, name, ObjectRequest::get(&format!("{}?{query}", Route::Log(name.clone()).path()))).await
}

/// Returns how many viewers are connected, and what a sample of them acknowledged.
pub(crate) async fn audience(env: &Env, request: &Request, name: &EventName) -> Result<Reply, Problem> {
    authorize(env, request, Scope::Read)?;
    event::call(env, name, ObjectRequest::get(&Route::Audience(name.clone()).path())).await
}

/// Returns the list of events.
pub(crate) async fn events(env: &Env, request: &Request, query: &str) -> Result<Reply, Problem> {
    authorize(env, request, Scope::Read)?;
    catalog::list(env, query).await
}
