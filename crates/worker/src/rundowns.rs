//! Rundowns: each is stored under its event and the hash of its bytes. They are in a bucket (R2) where one is bound to the
//! worker, and otherwise in the event's own storage.
//!
//! What is in the event's storage is found in either case. So a bucket may be bound later, and rundowns be copied into it
//! at any time.

mod bucket;
mod copies;
pub(crate) mod notes;
mod problems;

use core::cell::RefCell;
use downbeat_core::{Digest, EventName, Span};
use downbeat_sheet::{Rundown, digest_of};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::route::STORE;
use downbeat_wire::{Route, json};
use std::rc::Rc;
use web_sys::Request;
use worker::Env;

use crate::object::ObjectRequest;
use crate::reply::{CachePolicy, Reply};
use crate::request::{Target, body};
use crate::runtime::Context;
use crate::{clock, event};
use bucket::Bucket;
use copies::{Copied, RundownCopies};
use problems::{broken, damaged, in_use};

pub(crate) use problems::{changed, unknown};

/// The binding of the bucket.
const BINDING: &str = "RUNDOWNS";

/// How often a request checks whether another one has the rundown: every 20 ms.
const POLL: Span = Span::from_millis(20);

thread_local! {
    static COPIES: RefCell<RundownCopies> = RefCell::default();
}

/// Where rundowns are put, listed and deleted.
enum Store {
    Bucket(Bucket),
    Event,
}

/// Returns the bucket if one is bound, or the event's own storage; or the one of them that the request names.
fn store(env: &Env, target: &Target<'_>) -> Result<Store, Problem> {
    match (target.parameter(STORE), bucket::bound(env, BINDING)) {
        (None | Some("bucket"), Some(bucket)) => Ok(Store::Bucket(bucket)),
        (None | Some("event"), _) => Ok(Store::Event),
        _ => Err(Problem::new(
            Code::BadRequest,
            "\"store\" is \"event\", or \"bucket\" if the worker's configuration binds one as RUNDOWNS",
        )),
    }
}

/// Returns a rundown, or 304 if the reader has it: `known` is the header `If-None-Match`.
pub(crate) async fn get(
    env: &Env,
    ctx: &Context,
    event: &EventName,
    digest: Digest,
    known: Option<&str>,
) -> Result<Reply, Problem> {
    event::check_exists(env, ctx, event).await?;
    let bytes = copied(env, event, digest).await?.ok_or_else(|| unknown(event, digest))?;
    let tag = format!("\"{digest}\"");
    let has_it = known.is_some_and(|tags| {
        tags.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == tag || known == "*")
    });
    let reply = if has_it { Reply::empty(304) } else { Reply::bytes(bytes) };
    Ok(reply.cached(CachePolicy::Immutable).header("etag", tag))
}

/// Stores a rundown under the hash of its bytes. An existing one is stored again, so that it counts as new when old ones
/// are deleted.
pub(crate) async fn put(
    env: &Env,
    request: Request,
    target: &Target<'_>,
    name: &EventName,
    digest: Digest,
) -> Result<Reply, Problem> {
    let content = body(request).await?;
    let store = store(env, target)?;
    // Who names a store copies from one to the other, which changes nothing of the event.
    match target.parameter(STORE) {
        Some(_) => event::state(env, name).await?,
        None => event::changeable_state(env, name).await?,
    };
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
    let stored = format!(r#"{{"rundown":"{digest}","bytes":{}}}"#, content.len());
    let status = match store {
        Store::Bucket(bucket) => bucket::put(&bucket, name, digest, &content).await?,
        Store::Event => {
            let path = Route::Rundown(name.clone(), digest).path();
            let request = ObjectRequest { method: "PUT", body: Some(&content), ..ObjectRequest::get(&path) };
            match event::call(env, name, request).await? {
                reply if reply.status() < 300 => reply.status(),
                refused => return Ok(refused),
            }
        }
    };
    Ok(Reply::json(status, stored))
}

/// Returns a page of what is stored for an event, sorted by digest.
pub(crate) async fn list(env: &Env, target: &Target<'_>, event: &EventName) -> Result<Reply, Problem> {
    let after = target.parameter("after").map(str::parse).transpose().map_err(|_| {
        Problem::new(Code::BadRequest, "\"after\" is not a SHA-256; use the last digest of the page before")
    })?;
    match store(env, target)? {
        Store::Bucket(bucket) => {
            event::state(env, event).await?;
            Ok(Reply::json(200, json::text(&bucket::list(&bucket, event, after).await?)))
        }
        Store::Event => {
            let path = format!("{}?{}", Route::Rundowns(event.clone()).path(), target.query);
            event::call(env, event, ObjectRequest::get(&path)).await
        }
    }
}

/// Deletes a rundown that the event does not have, with its notes, if its version is the one in `If-Match`.
pub(crate) async fn delete(
    env: &Env,
    request: &Request,
    target: &Target<'_>,
    name: &EventName,
    digest: Digest,
) -> Result<Reply, Problem> {
    let named = request.headers().get(IF_MATCH).ok().flatten().unwrap_or_default();
    let version = named.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(|| {
        Problem::new(Code::BadRequest, "the header If-Match is missing; send the version from the list, in quotes")
    })?;
    let store = store(env, target)?;
    if event::changeable_state(env, name).await?.rundown() == Some(digest) {
        return Err(in_use(name, digest));
    }
    COPIES.with_borrow_mut(|copies| copies.remove(name, digest));
    match store {
        Store::Bucket(bucket) => bucket::delete(&bucket, name, digest, version).await?,
        Store::Event => {
            let path = Route::Rundown(name.clone(), digest).path();
            let headers = vec![(IF_MATCH, version.to_owned())];
            let request = ObjectRequest { method: "DELETE", headers, ..ObjectRequest::get(&path) };
            let reply = event::call(env, name, request).await?;
            if reply.status() >= 300 {
                return Ok(reply);
            }
        }
    }
    Ok(Reply::empty(204))
}

/// The header with the version that a rundown must have to be deleted.
pub(crate) const IF_MATCH: &str = "if-match";

/// Deletes every rundown of an event from the bucket, and their notes; returns how many rundowns there were. Without a
/// bucket there are none.
pub(crate) async fn delete_all(env: &Env, event: &EventName) -> Result<u64, Problem> {
    match bucket::bound(env, BINDING) {
        Some(bucket) => bucket::delete_all(&bucket, event).await,
        None => Ok(0),
    }
}

/// Returns a rundown as this isolate has it, and requests it first if it has not: thousands of viewers ask for it at
/// once, and one request of the isolate is enough. `None` if it is not stored.
pub(crate) async fn copied(env: &Env, event: &EventName, digest: Digest) -> Result<Option<Rc<[u8]>>, Problem> {
    let is_current =
        event::copies(|copies| copies.find(event.as_str()).and_then(|copy| copy.last()?.rundown()) == Some(digest));
    loop {
        match COPIES.with_borrow_mut(|copies| copies.find(event, digest, is_current, clock::now())) {
            Copied::Present(bytes) => return Ok(Some(bytes)),
            Copied::Requested => clock::wait(POLL).await,
            Copied::Absent => break,
            Copied::Refused => {
                let detail =
                    "too many rundowns are asked for that are not an event's current one; try again in a second";
                return Err(Problem::new(Code::Unavailable, detail));
            }
        }
    }
    // Whoever has wrong bytes under this name keeps them for a year.
    let stored = match stored(env, event, digest).await {
        Ok(Some(bytes)) if digest_of(&bytes) != digest => Err(damaged(event, digest)),
        stored => stored,
    };
    let bytes = stored.as_ref().ok().cloned().flatten();
    COPIES.with_borrow_mut(|copies| copies.handle_answer(event, digest, bytes, clock::now()));
    stored
}

/// Returns the bytes of a rundown from where it is stored; `None` if it is not.
pub(crate) async fn stored(env: &Env, event: &EventName, digest: Digest) -> Result<Option<Rc<[u8]>>, Problem> {
    if let Some(bucket) = bucket::bound(env, BINDING)
        && let Some(text) = bucket::get(&bucket, event, digest).await?
    {
        return Ok(Some(text.into_bytes().into()));
    }
    let path = Route::Rundown(event.clone(), digest).path();
    match event::ask(env, event, ObjectRequest::get(&path)).await? {
        (200, text) => Ok(Some(text.into_bytes().into())),
        (404, _) => Ok(None),
        (status, _) => Err(broken(&worker::Error::RustError(format!("unexpected status {status}")))),
    }
}
