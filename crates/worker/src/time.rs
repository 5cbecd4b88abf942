//! `GET /time` and `GET /v1/events/{event}/time`: the calls that tens of thousands make at the same moment. And
//! `GET /v1/events/{event}/status`, which as many poll while they have no socket.
//!
//! With a fresh copy of the state the answer is made in the same turn, without a promise; the copy is refreshed after the
//! answer has left. Without one the call for the time waits for a hub, 300 ms at most: the time is always answered, if need be with
//! the status `unknown`.

use downbeat_core::fanout::Region;
use downbeat_core::{EventName, ServerTime};
use downbeat_wire::TimeBody;
use downbeat_wire::problem::Problem;
use downbeat_wire::time::{parse_t1, write_time};
use std::cell::RefCell;
use web_sys::{Headers, Request, Response, ResponseInit};
use worker::Env;

use crate::copies::{Prepared, Snapshot};
use crate::event;
use crate::reply::{EXPOSED, Reply};
use crate::request::Target;
use crate::runtime::{Context, default_event};
use crate::{clock, request};

thread_local! {
    static ANSWER: RefCell<String> = RefCell::new(String::with_capacity(1_024));
    static TIME_INIT: ResponseInit = init("no-store");
    /// Caches may keep it for a moment.
    static STATUS_INIT: ResponseInit = init("public, max-age=2");
}

/// Returns the headers of an answer, made once: a plain object would be converted for every response.
fn init(cache_control: &str) -> ResponseInit {
    let headers = Headers::new().expect(OURS);
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", cache_control),
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", EXPOSED),
        ("timing-allow-origin", "*"),
        ("x-content-type-options", "nosniff"),
    ] {
        headers.set(name, value).expect(OURS);
    }
    if cache_control != "no-store" {
        headers.set("cache-tag", "event").expect(OURS);
    }
    let init = ResponseInit::new();
    init.set_headers(&headers);
    init
}

const OURS: &str = "the headers are ours: ASCII without line breaks";

/// Returns the event that `path` asks about, and for what, if the answer can be prepared.
fn subject<'a>(path: &'a str, default: &'a EventName) -> Option<(&'a str, Prepared)> {
    if path == "/time" {
        return Some((default.as_str(), Prepared::Time));
    }
    let rest = path.strip_prefix("/v1/events/")?;
    let prepared = |end, prepared| rest.strip_suffix(end).map(|event| (event, prepared));
    prepared("/time", Prepared::Time).or_else(|| prepared("/status", Prepared::Status))
}

/// Answers at once, if this is `GET …/time` or `GET …/status` and the copy is fresh.
pub(crate) fn answer_now(request: &Request, env: &Env, ctx: &Context) -> Option<Response> {
    let url = request.url();
    let target = Target::of(&url);
    if !(target.path.ends_with("/time") || target.path.ends_with("/status")) || request.method() != "GET" {
        return None;
    }
    let now = clock::now();
    default_event(env, |default| {
        let (event, prepared) = subject(target.path, default)?;
        event::copies(|copies| {
            let respond = |tail: &str| respond(now, prepared, &target, tail);
            let (response, refresh) = copies.answer(prepared, event, now, respond)?;
            if refresh {
                event::refresh_later(env, ctx, &event.parse().ok()?, request::region(request));
            }
            Some(response)
        })
    })
}

fn respond(now: ServerTime, prepared: Prepared, target: &Target<'_>, tail: &str) -> Response {
    let (init, t1) = match prepared {
        Prepared::Time => (&TIME_INIT, t1(target)),
        // Caches give it to others.
        Prepared::Status => (&STATUS_INIT, None),
    };
    ANSWER.with_borrow_mut(|text| {
        write_time(text, now, t1, tail);
        init.with(|init| Response::new_with_opt_str_and_init(Some(text), init)).expect(OURS)
    })
}

/// Returns what the request wants repeated.
pub(crate) fn t1<'a>(target: &Target<'a>) -> Option<&'a str> {
    target.parameter("t1").and_then(parse_t1)
}

/// Answers when there was no fresh copy. An event that does not exist is an error if the request `named` it, while
/// `/time` answers `unknown`.
pub(crate) async fn answer(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    region: Option<Region>,
    t1: Option<&str>,
    named: bool,
) -> Result<Reply, Problem> {
    if named && event::is_made_up(env, ctx, event) {
        return Err(event::unknown_event(event));
    }
    let received_at = clock::now();
    let waited = event::copy(event, |copy| copy.fresh(received_at).is_none() && !copy.failed_lately(received_at));
    if waited {
        event::wait_for_refresh(env, ctx, event, region).await;
    } else if event::copy(event, |copy| copy.start_refresh(received_at)) {
        event::refresh_later(env, ctx, event, region);
    }

    let now = clock::now();
    let mut body = event::copy(event, |copy| match copy.fresh(now) {
        Some(Snapshot::State(state)) => Ok(TimeBody::new(state, now)),
        Some(Snapshot::Missing) if named => Err(event::unknown_event(event)),
        _ => Ok(TimeBody::unknown(copy.last(), now)),
    })?;
    body.received_at = waited.then_some(received_at);
    body.retry_after = event::retry_after(now);
    body.t1 = t1.map(str::to_owned);
    Ok(Reply::json(200, body.to_json()))
}
