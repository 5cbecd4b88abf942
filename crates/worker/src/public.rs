//! What everyone may read besides the time: the event's state and the pointer to its rundown.

use downbeat_core::EventName;
use downbeat_core::fanout::Region;
use downbeat_wire::problem::Problem;
use downbeat_wire::rundown::integrity;
use downbeat_wire::{Route, RundownPointer, StateBody, json};
use worker::Env;

use crate::clock;
use crate::event;
use crate::live;
use crate::reply::{CachePolicy, Reply};
use crate::rundowns;
use crate::runtime::Context;

/// Returns the whole public state of an event; with `authoritative` from the event itself, for operators who act on it.
pub(crate) async fn state(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    region: Option<Region>,
    t1: Option<&str>,
    authoritative: bool,
) -> Result<Reply, Problem> {
    let state = match authoritative {
        true => event::state(env, event).await?,
        false => event::copied_state(env, ctx, event, region).await?,
    };
    let now = clock::now();
    // Viewers ask for this before they join.
    let turn = if authoritative { None } else { live::announce(state.delivery().hubs, now) };
    let (retry_after, t1) = (event::retry_after(now).max(turn), t1.map(str::to_owned));
    let confirmed = event::copy(event, |copy| copy.confirmed());
    let body = StateBody { retry_after, confirmed, t1, ..StateBody::new(event, &state, now) };
    Ok(Reply::json(200, json::text(&body)))
}

/// Returns the whole public state for viewers who poll it. Caches may keep it for a moment.
pub(crate) async fn status(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    region: Option<Region>,
) -> Result<Reply, Problem> {
    event::handle_poll(event);
    let state = state(env, ctx, event, region, None, false).await?;
    Ok(state.cached(CachePolicy::Short).header("cache-tag", "event"))
}

/// Returns the digest and the URL of the event's rundown.
pub(crate) async fn rundown_pointer(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    region: Option<Region>,
) -> Result<Reply, Problem> {
    let state = event::copied_state(env, ctx, event, region).await?;
    let digest = state.rundown();
    let bytes = match digest {
        Some(digest) => rundowns::copied(env, event, digest).await?,
        None => None,
    };
    let pointer = RundownPointer {
        epoch: state.epoch().clone(),
        rev: state.rev(),
        rundown: digest,
        url: match state.rundown_url() {
            Some(url) => Some(url.to_string()),
            None => digest.map(|digest| Route::Rundown(event.clone(), digest).path()),
        },
        integrity: digest.map(integrity),
        bytes: bytes.map(|bytes| bytes.len() as u64),
    };
    Ok(Reply::json(200, json::text(&pointer)).cached(CachePolicy::Short))
}
