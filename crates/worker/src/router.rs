//! Which call goes where, and who may read its answer.

use downbeat_core::EventName;
use downbeat_wire::Route;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::token::Grant;
use web_sys::{Request, Response};
use worker::Env;

use crate::reply::{Readers, Reply};
use crate::request::Target;
use crate::runtime::Context;
use crate::{auth, emergency, live, log_key, operator, public, request, rooms, rundowns, runtime, time, tokens, utc};

/// Answers a request with whatever the path and the method ask for.
pub(crate) async fn answer(request: Request, env: &Env, ctx: &Context) -> Response {
    let (method, url) = (request.method(), request.url());
    let target = Target::of(&url);
    let head = method == "HEAD";
    let Some(route) = Route::parse(target.path) else {
        let detail = format!(
            "there is nothing at {:?}; an event's name has only a-z, 0-9 and \"-\", and a rundown's its SHA-256",
            target.path.chars().take(120).collect::<String>()
        );
        return Reply::from(Problem::new(Code::UnknownPath, detail)).into_response(Readers::Public, head);
    };
    let readers = readers(&method, &route);
    if !route.methods().split(", ").any(|known| known == method) {
        return not_allowed(&method, &route).into_response(readers, head);
    }
    if rooms::concerns(&route) {
        return rooms::answer(request, env, ctx, &target, route).await;
    }
    let grant = match auth::admit(&request, env, ctx, &method, &route).await {
        Ok(grant) => grant,
        Err(problem) => return Reply::from(problem).into_response(readers, head),
    };
    if let (Route::Live(event), "GET") = (&route, method.as_str()) {
        let joined = live::join(&request, env, ctx, &target, event).await;
        return joined.unwrap_or_else(|problem| Reply::from(problem).into_response(readers, head));
    }
    let reply = match method.as_str() {
        "OPTIONS" => Ok(options(&route)),
        "GET" | "HEAD" => get(&request, env, ctx, route, &target, grant.as_ref()).await,
        _ => change(&method, request, env, ctx, route, &target, grant.as_ref()).await,
    };
    reply.unwrap_or_else(Reply::from).into_response(readers, head)
}

/// Returns who may read the answer to a call from another site's page.
fn readers(method: &str, route: &Route) -> Readers {
    match (method, route) {
        // Pages deliver it, and ask with a body.
        (_, Route::Emergency(_) | Route::Utc(_)) => Readers::Public,
        (
            _,
            Route::Commands(_)
            | Route::Log(_)
            | Route::Audience(_)
            | Route::AudienceHistory(_)
            | Route::Metrics(_)
            | Route::Token
            | Route::Tokens
            | Route::OneToken(_)
            | Route::Events
            | Route::Rundowns(_)
            | Route::Notes(..),
        )
        | ("PUT" | "POST" | "DELETE", _) => Readers::Operators,
        _ => Readers::Public,
    }
}

/// Answers what reads. `grant` is what the token allows, of calls that need one.
async fn get(
    request: &Request,
    env: &Env,
    ctx: &Context,
    route: Route,
    target: &Target<'_>,
    grant: Option<&Grant>,
) -> Result<Reply, Problem> {
    let region = request::region(request);
    match (&route, grant) {
        (Route::Time, _) => {
            let event = runtime::default_event(env, EventName::clone);
            time::answer(env, ctx, &event, region, time::t1(target), false).await
        }
        (Route::Utc(form), _) => Ok(utc::reply(*form, target)),
        (Route::EventTime(event), _) => time::answer(env, ctx, event, region, time::t1(target), true).await,
        (Route::Event(event), _) => {
            let operator = auth::may_read(request, env, ctx, event).await;
            public::state(env, ctx, event, region, time::t1(target), operator).await
        }
        (Route::Status(event), _) => public::status(env, ctx, event, region).await,
        (Route::RundownPointer(event), _) => public::rundown_pointer(env, ctx, event, region).await,
        (Route::Rundown(event, digest), _) => {
            let known = request.headers().get("if-none-match").ok().flatten();
            rundowns::get(env, ctx, event, *digest, known.as_deref()).await
        }
        (Route::Rundowns(event), Some(_)) => rundowns::list(env, target, event).await,
        (Route::Notes(event, digest), Some(_)) => rundowns::notes::get(env, target, event, *digest).await,
        (Route::Key, _) => log_key::public(env).await,
        (Route::Token, Some(grant)) => Ok(operator::grant(grant)),
        (Route::Tokens, Some(grant)) => tokens::list(env, grant).await,
        (Route::Events, Some(grant)) => operator::events(env, grant, target.query).await,
        (Route::Log(event), Some(_)) => operator::log(env, target.query, event).await,
        (Route::Audience(event) | Route::AudienceHistory(event), Some(_)) => {
            operator::audience(env, event, &route).await
        }
        (Route::Metrics(event), Some(_)) => operator::metrics(env, event).await,
        _ => Ok(not_allowed(&request.method(), &route)),
    }
}

/// Carries out what changes something. `grant` is what the token allows, of calls that need one.
async fn change(
    method: &str,
    request: Request,
    env: &Env,
    ctx: &Context,
    route: Route,
    target: &Target<'_>,
    grant: Option<&Grant>,
) -> Result<Reply, Problem> {
    match (method, &route, grant) {
        ("PUT", Route::Event(event), Some(grant)) => {
            operator::configure(env, request, grant, target.query, event).await
        }
        ("DELETE", Route::Event(event), Some(grant)) => operator::delete(env, grant, target.query, event).await,
        ("PUT", Route::Rundown(event, digest), Some(_)) => rundowns::put(env, request, target, event, *digest).await,
        ("DELETE", Route::Rundown(event, digest), Some(_)) => {
            rundowns::delete(env, &request, target, event, *digest).await
        }
        ("PUT", Route::Notes(event, digest), Some(_)) => {
            rundowns::notes::put(env, request, target, event, *digest).await
        }
        ("POST", Route::Utc(_), _) => utc::timesync(request).await,
        ("POST", Route::Emergency(event), _) => emergency::submit(env, ctx, request, event).await,
        ("POST", Route::Commands(event), Some(grant)) => operator::command(env, request, grant, event).await,
        ("POST", Route::Token, _) => tokens::redeem(env, ctx, request).await,
        ("POST", Route::Tokens, Some(grant)) => tokens::add(env, request, grant).await,
        ("POST", Route::OneToken(id), Some(grant)) => tokens::rotate(env, request, grant, id).await,
        ("DELETE", Route::OneToken(id), Some(grant)) => tokens::revoke(env, grant, id, target).await,
        _ => Ok(not_allowed(method, &route)),
    }
}

fn options(route: &Route) -> Reply {
    let reply = Reply::empty(204).header("allow", route.methods());
    match readers("OPTIONS", route) {
        Readers::Public => {
            let methods = match route {
                Route::Emergency(_) | Route::Utc(_) => route.methods(),
                _ => "GET, HEAD, OPTIONS",
            };
            let reply = reply.header("access-control-allow-methods", methods).header("access-control-max-age", "86400");
            match route {
                // A clock library says that its body is JSON.
                Route::Utc(_) => reply.header("access-control-allow-headers", "content-type"),
                _ => reply,
            }
        }
        Readers::Operators => reply,
    }
}

fn not_allowed(method: &str, route: &Route) -> Reply {
    let method: String = method.chars().take(20).collect();
    let detail = format!("{} does not take {method}; it takes {}", route.path(), route.methods());
    Reply::from(Problem::new(Code::MethodNotAllowed, detail)).header("allow", route.methods())
}
