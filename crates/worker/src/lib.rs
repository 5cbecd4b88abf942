//! The edge worker: it tells the time and the event's status, and takes an operator's commands to the event.
//!
//! This crate is a shell and therefore *forbids* deciding anything: what an instant means, what a command does and
//! what travels stand in core and wire. Here are the runtime's sockets, storage and clock, each in one file.
//!
//! | file | for |
//! | --- | --- |
//! | `time.rs` | the hot path: `/time` from a copy of the state |
//! | `copies.rs`, `event.rs` | that copy, and how it is renewed |
//! | `public.rs`, `operator.rs`, `rundowns.rs` | all other calls |
//! | `emergency.rs` | what was signed while the worker was away |
//! | `event_do.rs`, `store.rs` | the event's object, and what it keeps |
//! | `live.rs` | finding a hub for a viewer |
//! | `hub_do.rs`, `hub_store.rs`, `sockets.rs` | a hub: the sockets it holds, and what it keeps |
//! | `fanout.rs`, `hub.rs` | telling all hubs, and asking one |
//! | `object.rs` | calling an object |
//! | `catalog_do.rs` | which events there are |

mod auth;
mod catalog_do;
mod clock;
mod copies;
mod emergency;
mod event;
mod event_do;
mod fanout;
mod hub;
mod hub_do;
mod hub_store;
mod live;
mod object;
mod operator;
mod public;
mod reply;
mod request;
mod rundowns;
mod sockets;
mod spread;
mod store;
mod time;

use downbeat_core::EventName;
use downbeat_wire::Route;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::token::Scope;
use std::cell::OnceCell;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::{Request, Response};
use worker::Env;

use crate::reply::{Readers, Reply};
use crate::request::Target;

#[wasm_bindgen]
extern "C" {
    /// The runtime's view of one request: what may go on after the answer.
    #[derive(Clone, Debug)]
    pub type Context;

    #[wasm_bindgen(method, js_name = waitUntil)]
    fn wait_until(this: &Context, promise: &js_sys::Promise);

    #[wasm_bindgen(js_namespace = crypto, js_name = randomUUID)]
    fn random_uuid() -> String;
}

/// Returns 16 random hexadecimal digits.
fn random_hex() -> String {
    random_uuid().chars().filter(char::is_ascii_hexdigit).take(16).collect()
}

/// Answers a request: `/time` in the same turn where it can, everything else with a promise.
#[wasm_bindgen]
pub fn fetch(request: Request, env: Env, ctx: Context) -> JsValue {
    if let Some(response) = time::answer_now(&request, &env, &ctx) {
        return response.into();
    }
    future_to_promise(AssertUnwindSafe(async move { Ok(answer(request, &env, &ctx).await.into()) })).into()
}

/// Works with the event of `/time`: the variable `DEFAULT_EVENT`, or `main`.
fn default_event<T>(env: &Env, work: impl FnOnce(&EventName) -> T) -> T {
    thread_local! {
        static DEFAULT: OnceCell<EventName> = const { OnceCell::new() };
    }
    DEFAULT.with(|default| {
        work(default.get_or_init(|| {
            let named = env.var("DEFAULT_EVENT").ok().and_then(|name| name.to_string().parse().ok());
            named.unwrap_or_else(|| "main".parse().expect("\"main\" follows the rule of names"))
        }))
    })
}

async fn answer(request: Request, env: &Env, ctx: &Context) -> Response {
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

/// Says who may read the answer of a call from another site's page.
fn readers(method: &str, route: &Route) -> Readers {
    match (method, route) {
        // Pages hand it in.
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
            let event = default_event(env, EventName::clone);
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
            rundowns::get(env, event, *digest, known.as_deref()).await
        }
        Route::Rundowns(event) => rundowns::list(env, request, target, event).await,
        Route::Token => operator::grant(env, request),
        Route::Events => operator::events(env, request).await,
        Route::Log(event) => operator::log(env, request, target.query, event).await,
        Route::Audience(event) => operator::audience(env, request, event).await,
        Route::Commands(_) | Route::Live(_) | Route::Emergency(_) => Ok(not_allowed(&request.method(), &route)),
    }
}

async fn change(method: &str, request: Request, env: &Env, ctx: &Context, route: Route) -> Result<Reply, Problem> {
    match (method, &route) {
        ("PUT", Route::Event(event)) => operator::configure(env, request, event).await,
        ("PUT", Route::Rundown(event, digest)) => rundowns::put(env, request, event, *digest).await,
        ("DELETE", Route::Rundown(event, digest)) => rundowns::delete(env, &request, event, *digest).await,
        ("POST", Route::Emergency(event)) => emergency::hand_in(env, ctx, request, event).await,
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
