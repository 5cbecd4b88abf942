//! Operators' calls: they set up an event, change it, and read its log. Publishing is in `rundowns.rs`.

use downbeat_core::{Command, EventName};
use downbeat_wire::problem::Problem;
use downbeat_wire::token::Scope;
use downbeat_wire::{Route, command, json};
use web_sys::Request;
use worker::Env;

use crate::auth::authorize;
use crate::event::TOKEN_HEADER;
use crate::object::ObjectRequest;
use crate::reply::Reply;
use crate::request::{Target, body};
use crate::rundowns;
use crate::{auth, catalog_do, event};

/// Returns what the request's token allows.
pub(crate) fn grant(env: &Env, request: &Request) -> Result<Reply, Problem> {
    Ok(Reply::json(200, json::text(&auth::grant(env, request)?)))
}

/// Creates an event or changes its configuration.
pub(crate) async fn configure(env: &Env, request: Request, name: &EventName) -> Result<Reply, Problem> {
    let token = authorize(env, &request, Scope::Operate)?;
    let body = body(request).await?;
    let path = Route::Event(name.clone()).path();
    let headers = vec![(TOKEN_HEADER, token.to_string())];
    let reply =
        event::call(env, name, ObjectRequest { method: "PUT", path: &path, headers, body: Some(&body) }).await?;
    // On every success, not only the first: its answer may have been lost.
    if reply.status() < 300 {
        catalog_do::add(env, name).await;
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
pub(crate) async fn events(env: &Env, request: &Request) -> Result<Reply, Problem> {
    authorize(env, request, Scope::Read)?;
    catalog_do::list(env).await
}
