//! States that operators signed while this worker was down. They need no token: the signature is the authority.
//!
//! Anyone may send anything here, and when the worker is back every open page sends the same. What this isolate's copy of
//! the state can decide, it decides, and only a document with a valid signature reaches the event's object.

use downbeat_core::event::{EmergencyKey, EmergencyState};
use downbeat_core::{EventName, EventState, Refusal, ServerTime};
use downbeat_wire::emergency::{DOCUMENT_BYTES_MAX, signed_bytes, too_large};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::{EmergencyDocument, Route, StateBody, json, refusal};
use js_sys::{Array, Promise, Uint8Array};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Request;
use worker::Env;

use crate::clock;
use crate::event;
use crate::object::ObjectRequest;
use crate::reply::Reply;
use crate::request::{body_within, region};
use crate::runtime::Context;

/// The header that carries the key by which the signature is valid from the worker to the object.
pub(crate) const KEY_HEADER: &str = "x-downbeat-emergency-key";

/// The token in the log.
pub(crate) const TOKEN: &str = "emergency";

/// The algorithm, as WebCrypto names it.
const ED25519: &str = "Ed25519";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    fn import_key(
        format: &str,
        key: &Uint8Array,
        algorithm: &str,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = verify)]
    fn verify(algorithm: &str, key: &JsValue, signature: &Uint8Array, signed: &Uint8Array) -> Result<Promise, JsValue>;
}

/// Passes a signed state on to its event unless the event has it, and returns the event's state.
pub(crate) async fn submit(env: &Env, ctx: &Context, request: Request, name: &EventName) -> Result<Reply, Problem> {
    let region = region(&request);
    let body = body_within(request, DOCUMENT_BYTES_MAX, too_large).await?;
    let document = EmergencyDocument::parse(&body)?;
    let signed = read(&document, name)?;
    let state = event::copied_state(env, ctx, name, region).await?;
    let changes = changes_event(&state, &signed).map_err(|error| refused(&error, name, &state))?;
    let Some(channel) = state.emergency() else {
        return Err(Problem::new(Code::BadSignature, format!("the event \"{name}\" has no emergency key")));
    };
    if !is_signed(&document, &channel.key).await {
        return Err(wrong_signature(name));
    }
    if !changes {
        return Ok(answer(name, &state, clock::now()));
    }
    let path = Route::Emergency(name.clone()).path();
    let headers = vec![(KEY_HEADER, channel.key.to_string())];
    event::call(env, name, ObjectRequest { method: "POST", path: &path, headers, body: Some(&body) }).await
}

/// Parses the state in a document about the event `name`.
pub(crate) fn read(document: &EmergencyDocument, name: &EventName) -> Result<EmergencyState, Problem> {
    let signed = document.state()?;
    if signed.event == *name {
        return Ok(signed);
    }
    let detail = format!("the signed state is of the event \"{}\", not of \"{name}\"", signed.event);
    Err(Problem::invalid_field("/state/event", detail))
}

/// Returns the body of the entry in the log of a state that was taken at `now`.
pub(crate) fn logged(document: &EmergencyDocument, signed: &EmergencyState, now: ServerTime) -> Value {
    json!({
        "actor": signed.actor, "reason": signed.reason, "signedAt": signed.signed_at, "takenAt": now,
        "state": document.state, "signature": document.signature,
    })
}

/// Returns the answer: the event's state at `now`.
pub(crate) fn answer(name: &EventName, state: &EventState, now: ServerTime) -> Reply {
    Reply::json(200, json::text(&StateBody::new(name, state, now)))
}

/// Returns the problem of a signed state that the event refuses.
pub(crate) fn refused(error: &Refusal, name: &EventName, state: &EventState) -> Problem {
    refusal::problem(error, name, Some(state), clock::now())
}

/// Returns the problem of a signature that is not the event's.
pub(crate) fn wrong_signature(name: &EventName) -> Problem {
    Problem::new(Code::BadSignature, format!("this was not signed with the emergency key of the event \"{name}\""))
}

/// Returns whether the event would change.
fn changes_event(state: &EventState, signed: &EmergencyState) -> Result<bool, Refusal> {
    state.clone().handle_emergency(signed)
}

async fn is_signed(document: &EmergencyDocument, key: &EmergencyKey) -> bool {
    let checked = async {
        let usages = Array::of1(&"verify".into());
        let key = import_key("raw", &Uint8Array::from(&key.as_bytes()[..]), ED25519, false, &usages)?;
        let key = JsFuture::from(key).await?;
        let signature = Uint8Array::from(&document.signature.as_bytes()[..]);
        let signed = Uint8Array::from(&signed_bytes(&document.state)[..]);
        JsFuture::from(verify(ED25519, &key, &signature, &signed)?).await
    };
    let checked: Result<JsValue, JsValue> = checked.await;
    // Any error counts as an invalid signature.
    checked.is_ok_and(|right| right.is_truthy())
}
