//! What is for the crew only: the notes of a stored rundown, beside it, wherever it is found. Only operators get them, and no
//! isolate keeps a copy.

use downbeat_core::{Digest, EventName};
use downbeat_wire::problem::Problem;
use downbeat_wire::route::STORE;
use downbeat_wire::{Notes, Route};
use web_sys::Request;
use worker::Env;

use super::bucket::{self, Bucket};
use super::problems::unknown;
use super::{Store, store};
use crate::event;
use crate::object::ObjectRequest;
use crate::reply::Reply;
use crate::request::{Target, body};

/// The notes of a rundown for which none were put.
pub(crate) const NONE: &str = r#"{"cues":[]}"#;

/// Returns the notes of a rundown.
pub(crate) async fn get(env: &Env, target: &Target<'_>, name: &EventName, digest: Digest) -> Result<Reply, Problem> {
    if let Store::Bucket(bucket) = store(env, target)? {
        event::state(env, name).await?;
        if is_in(&bucket, target, name, digest).await? {
            let stored = bucket::notes(&bucket, name, digest).await?;
            return Ok(Reply::json(200, stored.unwrap_or_else(|| NONE.to_owned())));
        }
    }
    let path = Route::Notes(name.clone(), digest).path();
    event::call(env, name, ObjectRequest::get(&path)).await
}

/// Stores the notes of a rundown in the place of earlier ones.
pub(crate) async fn put(
    env: &Env,
    request: Request,
    target: &Target<'_>,
    name: &EventName,
    digest: Digest,
) -> Result<Reply, Problem> {
    let notes = Notes::parse(&body(request).await?)?;
    let text = notes.to_json();
    let store = store(env, target)?;
    // Who names a store copies from one to the other.
    match target.parameter(STORE) {
        Some(_) => event::state(env, name).await?,
        None => event::changeable_state(env, name).await?,
    };
    let changed = match store {
        Store::Bucket(bucket) if is_in(&bucket, target, name, digest).await? => {
            let before = bucket::notes(&bucket, name, digest).await?;
            let changed = before.as_deref().unwrap_or(NONE) != text;
            if changed {
                bucket::put_notes(&bucket, name, digest, &text).await?;
            }
            changed
        }
        _ => {
            let path = Route::Notes(name.clone(), digest).path();
            let request = ObjectRequest { method: "PUT", body: Some(text.as_bytes()), ..ObjectRequest::get(&path) };
            match event::call(env, name, request).await? {
                reply if reply.status() < 300 => reply.status() == 201,
                refused => return Ok(refused),
            }
        }
    };
    Ok(Reply::json(200, format!(r#"{{"cues":{},"changed":{changed}}}"#, notes.cues.len())))
}

/// Returns whether a rundown is in the bucket. If it is not, the event's own storage may have it, unless the request names
/// the bucket.
async fn is_in(bucket: &Bucket, target: &Target<'_>, name: &EventName, digest: Digest) -> Result<bool, Problem> {
    match bucket::has(bucket, name, digest).await? {
        false if target.parameter(STORE).is_some() => Err(unknown(name, digest)),
        has_it => Ok(has_it),
    }
}
