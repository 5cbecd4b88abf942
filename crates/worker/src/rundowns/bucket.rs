//! Rundowns in a bucket (R2), by the runtime's own calls: the wrappers of workers-rs weigh some KB more.

use downbeat_core::{Digest, EventName, ServerTime};
use downbeat_wire::problem::Problem;
use downbeat_wire::{RundownPage, StoredRundown};
use js_sys::{Array, Date, JSON, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::Env;

use super::problems::{broken, changed, unknown};
use crate::rundown_table::PAGE_MAX;

#[wasm_bindgen]
extern "C" {
    /// A bucket that is bound to the worker.
    pub(super) type Bucket;

    #[wasm_bindgen(method, catch, js_name = get)]
    fn get_object(this: &Bucket, key: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = head)]
    fn head_object(this: &Bucket, key: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = put)]
    fn put_object(this: &Bucket, key: &str, content: &Uint8Array, options: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = list)]
    fn list_objects(this: &Bucket, options: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = delete)]
    fn delete_objects(this: &Bucket, keys: &JsValue) -> Result<Promise, JsValue>;

    type Object;

    #[wasm_bindgen(method, catch)]
    fn text(this: &Object) -> Result<Promise, JsValue>;
}

/// Returns the bucket with this binding; `None` if there is none.
pub(super) fn bound(env: &Env, binding: &str) -> Option<Bucket> {
    let bucket = Reflect::get(env, &binding.into()).ok()?;
    bucket.is_object().then(|| bucket.unchecked_into())
}

/// Returns the text of a rundown; `None` if the bucket does not have it.
pub(super) async fn get(bucket: &Bucket, event: &EventName, digest: Digest) -> Result<Option<String>, Problem> {
    object_text(bucket, &key(event, digest)).await
}

/// Returns the text of a rundown's notes; `None` if there are none.
pub(super) async fn notes(bucket: &Bucket, event: &EventName, digest: Digest) -> Result<Option<String>, Problem> {
    object_text(bucket, &notes_key(event, digest)).await
}

/// Returns whether the bucket has a rundown.
pub(super) async fn has(bucket: &Bucket, event: &EventName, digest: Digest) -> Result<bool, Problem> {
    Ok(!answer(bucket.head_object(&key(event, digest))).await?.is_null())
}

async fn object_text(bucket: &Bucket, key: &str) -> Result<Option<String>, Problem> {
    let object = answer(bucket.get_object(key)).await?;
    if object.is_null() {
        return Ok(None);
    }
    Ok(answer(object.unchecked_into::<Object>().text()).await?.as_string())
}

/// Stores a rundown; returns 201, or 200 if it was there.
pub(super) async fn put(bucket: &Bucket, event: &EventName, digest: Digest, content: &[u8]) -> Result<u16, Problem> {
    let status = if has(bucket, event, digest).await? { 200 } else { 201 };
    put_object(bucket, &key(event, digest), content).await?;
    Ok(status)
}

/// Stores the notes of a rundown.
pub(super) async fn put_notes(bucket: &Bucket, event: &EventName, digest: Digest, text: &str) -> Result<(), Problem> {
    put_object(bucket, &notes_key(event, digest), text.as_bytes()).await
}

async fn put_object(bucket: &Bucket, key: &str, content: &[u8]) -> Result<(), Problem> {
    let options = json(r#"{"httpMetadata":{"contentType":"application/json"}}"#);
    answer(bucket.put_object(key, &Uint8Array::from(content), &options)).await?;
    Ok(())
}

/// Returns a page of the list: what comes after `after`.
pub(super) async fn list(bucket: &Bucket, event: &EventName, after: Option<Digest>) -> Result<RundownPage, Problem> {
    let prefix = prefix(event);
    let (objects, more) = objects(bucket, &prefix, after.map(|after| key(event, after))).await?;
    let stored = |object: JsValue| {
        Some(StoredRundown {
            rundown: text(&object, "key")?.strip_prefix(&prefix)?.strip_suffix(".json")?.parse().ok()?,
            bytes: member(&object, "size").as_f64()? as u64,
            stored_at: ServerTime::from_millis(member(&object, "uploaded").unchecked_into::<Date>().get_time() as i64),
            version: text(&object, "version")?,
        })
    };
    Ok(RundownPage { rundowns: objects.iter().filter_map(stored).collect(), more })
}

/// Deletes a rundown, with its notes, if it is this version.
pub(super) async fn delete(bucket: &Bucket, event: &EventName, digest: Digest, version: &str) -> Result<(), Problem> {
    let key = key(event, digest);
    let object = answer(bucket.head_object(&key)).await?;
    if object.is_null() {
        return Err(unknown(event, digest));
    }
    if text(&object, "version").as_deref() != Some(version) {
        return Err(changed(digest));
    }
    let keys: Array = [key, notes_key(event, digest)].into_iter().map(JsValue::from).collect();
    answer(bucket.delete_objects(&keys)).await?;
    Ok(())
}

/// Deletes every rundown of an event, and their notes; returns how many rundowns there were.
pub(super) async fn delete_all(bucket: &Bucket, event: &EventName) -> Result<u64, Problem> {
    delete_below(bucket, &notes_prefix(event)).await?;
    delete_below(bucket, &prefix(event)).await
}

/// Deletes what is below a prefix; returns how much there was.
async fn delete_below(bucket: &Bucket, prefix: &str) -> Result<u64, Problem> {
    let mut deleted = 0;
    loop {
        let (objects, _) = objects(bucket, prefix, None).await?;
        if objects.length() == 0 {
            return Ok(deleted);
        }
        deleted += u64::from(objects.length());
        let keys: Array = objects.iter().map(|object| member(&object, "key")).collect();
        answer(bucket.delete_objects(&keys)).await?;
    }
}

/// Returns up to [`PAGE_MAX`] objects whose keys come after `after`, and whether there are more.
async fn objects(bucket: &Bucket, prefix: &str, after: Option<String>) -> Result<(Array, bool), Problem> {
    let after = after.as_deref().unwrap_or(prefix);
    // Names and digests need no escaping.
    let options = format!(r#"{{"prefix":"{prefix}","startAfter":"{after}","limit":{PAGE_MAX}}}"#);
    let page = answer(bucket.list_objects(&json(&options))).await?;
    Ok((member(&page, "objects").unchecked_into(), member(&page, "truncated").is_truthy()))
}

/// Waits for the answer to a call.
async fn answer(call: Result<Promise, JsValue>) -> Result<JsValue, Problem> {
    let answer = match call {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    answer.map_err(|error| broken(&error.into()))
}

fn json(text: &str) -> JsValue {
    JSON::parse(text).unwrap_or_default()
}

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

fn text(object: &JsValue, name: &str) -> Option<String> {
    member(object, name).as_string()
}

fn prefix(event: &EventName) -> String {
    format!("rundowns/{event}/")
}

fn key(event: &EventName, digest: Digest) -> String {
    format!("{}{digest}.json", prefix(event))
}

fn notes_prefix(event: &EventName) -> String {
    format!("notes/{event}/")
}

fn notes_key(event: &EventName, digest: Digest) -> String {
    format!("{}{digest}.json", notes_prefix(event))
}
