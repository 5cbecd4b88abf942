//! What everyone may read besides the time: the event's state, the pointer to its rundown, and rundowns.

use downbeat_core::{Digest, EventName};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::{Route, RundownPointer, StateBody, rundown};
use worker::{Bucket, Env};

use crate::Context;
use crate::clock;
use crate::event;
use crate::reply::{Keep, Reply, unavailable};

/// Gives the whole public state of an event. `authoritative` asks the event itself, for operators who decide on it.
pub(crate) async fn state(env: &Env, ctx: &Context, event: &EventName, authoritative: bool) -> Result<Reply, Problem> {
    let state =
        if authoritative { event::state(env, event).await? } else { event::copied_state(env, ctx, event).await? };
    let body = StateBody::new(event, &state, clock::now());
    Ok(Reply::json(200, serde_json::to_string(&body).expect(TEXT_KEYS)))
}

/// Gives which rundown the event has, and where.
pub(crate) async fn rundown_pointer(env: &Env, ctx: &Context, event: &EventName) -> Result<Reply, Problem> {
    let state = event::copied_state(env, ctx, event).await?;
    let digest = state.rundown();
    let bytes = match digest {
        Some(digest) => rundown_bytes(env, event, digest).await?,
        None => None,
    };
    let pointer = RundownPointer {
        epoch: state.epoch().clone(),
        rev: state.rev(),
        rundown: digest,
        url: digest.map(|digest| Route::Rundown(event.clone(), digest).path()),
        integrity: digest.map(rundown::integrity),
        bytes,
    };
    Ok(Reply::json(200, serde_json::to_string(&pointer).expect(TEXT_KEYS)).keep(Keep::Moment))
}

pub(crate) const TEXT_KEYS: &str = "bodies have only text for keys";

/// Gives a rundown; `known` is the tag the reader already has, from `If-None-Match`.
pub(crate) async fn rundown(
    env: &Env,
    event: &EventName,
    digest: Digest,
    known: Option<&str>,
) -> Result<Reply, Problem> {
    let tag = format!("\"{digest}\"");
    let tagged = |reply: Reply| reply.keep(Keep::Forever).header("etag", tag.clone());
    let has_it = known.is_some_and(|tags| {
        tags.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == tag || known == "*")
    });
    let object = bucket(env)?
        .get(rundown_key(event, digest))
        .execute()
        .await
        .map_err(|error| unavailable("the store of rundowns", &error))?
        .ok_or_else(|| unknown_rundown(event, digest))?;
    if has_it {
        return Ok(tagged(Reply::empty(304)));
    }
    let body = object.body().ok_or_else(|| unknown_rundown(event, digest))?;
    let bytes = body.bytes().await.map_err(|error| unavailable("the store of rundowns", &error))?;
    Ok(tagged(Reply::bytes(bytes)))
}

/// Gives how many bytes a rundown has; nothing if it is not there.
pub(crate) async fn rundown_bytes(env: &Env, event: &EventName, digest: Digest) -> Result<Option<u64>, Problem> {
    let object = bucket(env)?.head(rundown_key(event, digest)).await;
    Ok(object.map_err(|error| unavailable("the store of rundowns", &error))?.map(|object| object.size()))
}

/// Gives the bucket that holds the rundowns.
pub(crate) fn bucket(env: &Env) -> Result<Bucket, Problem> {
    env.bucket("RUNDOWNS").map_err(|error| unavailable("the store of rundowns (the R2 binding RUNDOWNS)", &error))
}

/// Gives the key under which a rundown lies in the bucket.
pub(crate) fn rundown_key(event: &EventName, digest: Digest) -> String {
    format!("rundowns/{event}/{digest}.json")
}

/// Says that there is no such rundown.
pub(crate) fn unknown_rundown(event: &EventName, digest: Digest) -> Problem {
    Problem::new(
        Code::UnknownRundown,
        format!("event \"{event}\" has no rundown {digest}; put it there first, with \"downbeat cues publish\""),
    )
}
