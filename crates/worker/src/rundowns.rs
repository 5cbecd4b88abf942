//! The store of rundowns (R2): each is stored under its event and the hash of its bytes.

use downbeat_core::{Digest, EventName, ServerTime};
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::{RundownPage, StoredRundown, json};
use web_sys::Request;
use worker::{Bucket, Env, HttpMetadata};

use crate::event;
use crate::reply::{CachePolicy, Reply, unavailable};
use crate::request::{Target, body};
use crate::runtime::Context;

/// The most rundowns on one page of the list: 500.
///
/// Reason: R2 lists up to 1,000 at a time, sometimes fewer; a page is about 80 KB.
const PAGE_MAX: u32 = 500;

/// Returns a rundown, or 304 if the reader has it: `known` is the header `If-None-Match`.
pub(crate) async fn get(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    digest: Digest,
    known: Option<&str>,
) -> Result<Reply, Problem> {
    event::check_exists(env, ctx, event).await?;
    let tag = format!("\"{digest}\"");
    let tagged = |reply: Reply| reply.cached(CachePolicy::Immutable).header("etag", tag.clone());
    let has_it = known.is_some_and(|tags| {
        tags.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == tag || known == "*")
    });
    let object = bucket(env)?
        .get(key(event, digest))
        .execute()
        .await
        .map_err(|error| broken(&error))?
        .ok_or_else(|| unknown(event, digest))?;
    if has_it {
        return Ok(tagged(Reply::empty(304)));
    }
    let body = object.body().ok_or_else(|| unknown(event, digest))?;
    let bytes = body.bytes().await.map_err(|error| broken(&error))?;
    Ok(tagged(Reply::bytes(bytes)))
}

/// Stores a rundown under the hash of its bytes. An existing one is stored again, so that it counts as new when old ones
/// are deleted.
pub(crate) async fn put(env: &Env, request: Request, name: &EventName, digest: Digest) -> Result<Reply, Problem> {
    let content = body(request).await?;
    event::state(env, name).await?;
    let actual = digest_of(&content);
    if actual != digest {
        let detail = format!(
            "the body's SHA-256 is {actual}, the path says {digest}; it may have been changed on its way: send it again"
        );
        return Err(Problem::new(Code::DigestMismatch, detail).with("sha256", actual.to_string()));
    }
    Rundown::parse(&content).map_err(|error| {
        Problem::new(
            Code::NotARundown,
            format!("this is not a rundown: {error}; make one with \"downbeat cues compile\""),
        )
    })?;
    let status = if bytes(env, name, digest).await?.is_some() { 200 } else { 201 };
    let stored = format!(r#"{{"rundown":"{digest}","bytes":{}}}"#, content.len());
    let metadata = HttpMetadata { content_type: Some("application/json".to_owned()), ..HttpMetadata::default() };
    let bucket = bucket(env)?;
    let put = bucket.put(key(name, digest), content).http_metadata(metadata);
    put.execute().await.map_err(|error| broken(&error))?;
    Ok(Reply::json(status, stored))
}

/// Returns a page of what is stored for an event, sorted by digest.
pub(crate) async fn list(env: &Env, target: &Target<'_>, event: &EventName) -> Result<Reply, Problem> {
    event::state(env, event).await?;
    let prefix = prefix(event);
    let bucket = bucket(env)?;
    let mut listing = bucket.list().prefix(prefix.as_str()).limit(PAGE_MAX);
    if let Some(after) = target.parameter("after") {
        let after: Digest = after.parse().map_err(|_| {
            Problem::new(Code::BadRequest, "\"after\" is not a SHA-256; use the last digest of the page before")
        })?;
        listing = listing.start_after(key(event, after));
    }
    let objects = listing.execute().await.map_err(|error| broken(&error))?;
    let stored = |object: worker::Object| {
        let rundown = object.key().strip_prefix(&prefix)?.strip_suffix(".json")?.parse().ok()?;
        let stored_at = ServerTime::from_millis(i64::try_from(object.uploaded().as_millis()).unwrap_or(i64::MAX));
        Some(StoredRundown { rundown, bytes: object.size(), stored_at, version: object.version() })
    };
    let more = objects.truncated();
    let page = RundownPage { rundowns: objects.objects().into_iter().filter_map(stored).collect(), more };
    Ok(Reply::json(200, json::text(&page)))
}

/// Deletes a rundown that the event does not have, if its version is the one in `If-Match`.
pub(crate) async fn delete(env: &Env, request: &Request, name: &EventName, digest: Digest) -> Result<Reply, Problem> {
    let named = request.headers().get("if-match").ok().flatten().unwrap_or_default();
    let version = named.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(|| {
        Problem::new(Code::BadRequest, "the header If-Match is missing; send the version from the list, in quotes")
    })?;
    if event::state(env, name).await?.rundown() == Some(digest) {
        let detail = format!("event \"{name}\" has rundown {digest} right now; point it at another one first");
        return Err(Problem::new(Code::RundownInUse, detail));
    }
    let object = bucket(env)?.head(key(name, digest)).await.map_err(|error| broken(&error))?;
    let object = object.ok_or_else(|| unknown(name, digest))?;
    if object.version() != version {
        let detail = format!("rundown {digest} was published again meanwhile; ask for the list anew");
        return Err(Problem::new(Code::Changed, detail));
    }
    bucket(env)?.delete(key(name, digest)).await.map_err(|error| broken(&error))?;
    Ok(Reply::empty(204))
}

/// Deletes every rundown of an event that is being deleted; returns how many there were. Without a store there are none.
pub(crate) async fn delete_all(env: &Env, event: &EventName) -> worker::Result<u64> {
    let Ok(bucket) = env.bucket("RUNDOWNS") else { return Ok(0) };
    let mut deleted = 0;
    loop {
        let page = bucket.list().prefix(prefix(event)).limit(PAGE_MAX).execute().await?;
        let keys: Vec<String> = page.objects().iter().map(worker::Object::key).collect();
        if keys.is_empty() {
            return Ok(deleted);
        }
        deleted += keys.len() as u64;
        bucket.delete_multiple(keys).await?;
    }
}

/// Returns how many bytes a rundown has; `None` if it is not stored.
pub(crate) async fn bytes(env: &Env, event: &EventName, digest: Digest) -> Result<Option<u64>, Problem> {
    let object = bucket(env)?.head(key(event, digest)).await;
    Ok(object.map_err(|error| broken(&error))?.map(|object| object.size()))
}

/// Returns the problem of a rundown that is not stored.
pub(crate) fn unknown(event: &EventName, digest: Digest) -> Problem {
    Problem::new(
        Code::UnknownRundown,
        format!("event \"{event}\" has no rundown {digest}; publish it first, with \"downbeat cues publish\""),
    )
}

fn bucket(env: &Env) -> Result<Bucket, Problem> {
    env.bucket("RUNDOWNS").map_err(|error| unavailable("the store of rundowns (the R2 binding RUNDOWNS)", &error))
}

fn broken(error: &worker::Error) -> Problem {
    unavailable("the store of rundowns", error)
}

fn prefix(event: &EventName) -> String {
    format!("rundowns/{event}/")
}

fn key(event: &EventName, digest: Digest) -> String {
    format!("{}{digest}.json", prefix(event))
}
