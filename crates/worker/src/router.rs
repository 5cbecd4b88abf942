//! Which call goes where, and who may read its answer.

use downbeat_core::EventName;
use downbeat_wire::Route;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::token::Scope;
use web_sys::{Request, Response};
use worker::Env;

use crate::reply::{Readers, Reply};
use crate::request::Target;
use crate::runtime::Context;
use crate::{auth, emergency, live, log_key, operator, public, request, rundowns, runtime, time};

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
    if let (Route::Live(event), "GET") = (&route, method.as_str()) {
        let joined = live::join(&request, env, ctx, &target, event).await;
        return joined.unwrap_or_else(|problem| Reply::from(problem).into_response(readers, head));
    }
    let reply = match method.as_str() {
        "OPTIONS" => Ok(options(&route)),
        "GET" | "HEAD" => get(&request, env, ctx, route, &target).await,
        _ => change(&method, request, env, ctx, route).await,
    };
    reply.unwrap_or_else(Reply::from).into_response(readers, head)
}

/// Returns who may read the answer to a call from another site's page.
fn readers(method: &str, route: &Route) -> Readers {
    match (method, route) {
        // Pages deliver it.
        (_, Route::Emergency(_)) => Readers::Public,
        (
            _,
            Route::Commands(_) | Route::Log(_) | Route::Audience(_) | Route::Token | Route::Events | Route::Rundowns(_),
        )
        | ("PUT" | "POST" | "DELETE", _) => Readers::Operators,
        _ => Readers::Public,
    }
}

async fn get(request: &Request, env: &Env, ctx: &Context, route: Route, target: &Target<'_>) -> Result<Reply, Problem> {
    let region = request::region(request);
    match &route {
        Route::Time => {
            let event = runtime::default_event(env, EventName::clone);
            time::answer(env, ctx, &event, region, false).await
        }
        Route::EventTime(event) => time::answer(env, ctx, event, region, true).await,
        Route::Event(event) => {
            let operator = auth::authorize(env, request, Scope::Read).is_ok();
            public::state(env, ctx, event, region, operator).await
        }
        Route::Status(event) => public::status(env, ctx, event, region).await,
        Route::RundownPointer(event) => public::rundown_pointer(env, ctx, event, region).await,
        Route::Rundown(event, digest) => {
            let known = request.headers().get("if-none-match").ok().flatten();
            rundowns::get(env, ctx, event, *digest, known.as_deref()).await
        }
        Route::Rundowns(event) => rundowns::list(env, request, target, event).await,
        Route::Key => log_key::public(env).await,
        Route::Token => operator::grant(env, request),
        Route::Events => operator::events(env, request, target.query).await,
        Route::Log(event) => operator::log(env, request, target.query, event).await,
        Route::Audience(event) => operator::audience(env, request, event).await,
        Route::Commands(_) | Route::Live(_) | Route::Emergency(_) => Ok(not_allowed(&request.method(), &route)),
    }
}

async fn change(method: &str, request: Request, env: &Env, ctx: &Context, route: Route) -> Result<Reply, Problem> {
    match (method, &route) {
        ("PUT", Route::Event(event)) => operator::configure(env, request, event).await,
        ("DELETE", Route::Event(event)) => {
            operator::delete(env, &request, Target::of(&request.url()).query, event).await
        }
        ("PUT", Route::Rundown(event, digest)) => rundowns::put(env, request, event, *digest).await,
        ("DELETE", Route::Rundown(event, digest)) => rundowns::delete(env, &request, event, *digest).await,
        ("POST", Route::Emergency(event)) => emergency::submit(env, ctx, request, event).await,
        ("POST", Route::Commands(event)) => operator::command(env, request, event).await,
        _ => Ok(not_allowed(method, &route)),
    }
}

fn options(route: &Route) -> Reply {
    let reply = Reply::empty(204).header("allow", route.methods());
    match readers("OPTIONS", route) {
        Readers::Public => {
            let methods = if matches!(route, Route::Emergency(_)) { route.methods() } else { "GET, HEAD, OPTIONS" };
            reply.header("access-control-allow-methods", methods).header("access-control-max-age", "86400")
        }
        Readers::Operators => reply,
    }
}

fn not_allowed(method: &str, route: &Route) -> Reply {
    let method: String = method.chars().take(20).collect();
    let detail = format!("{} does not take {method}; it takes {}", route.path(), route.methods());
    Reply::from(Problem::new(Code::MethodNotAllowed, detail)).header("allow", route.methods())
}
