//! The servers by which members of a room reach each other: `GET /v1/events/{room}/ice`.

use downbeat_core::{EventName, ServerTime, Span};
use downbeat_wire::problem::{Code, Problem};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use worker::Env;

/// The variable with a list of servers as `RTCIceServer[]`, in JSON.
const SERVERS_VARIABLE: &str = "ICE_SERVERS";

/// The secret that a TURN server shares with this one (coturn's `static-auth-secret`).
const TURN_SECRET: &str = "TURN_SECRET";

/// The variable with that server's URLs, separated by commas: `turn:turn.example.com:3478,turns:…`.
const TURN_URLS: &str = "TURN_URLS";

/// How long a credential for that server counts: 1 h. Source: the design.
const TURN_LIFE: Span = Span::from_millis(3_600_000);

/// The server without any of these variables.
const DEFAULT_SERVER: &str = "stun:stun.cloudflare.com:3478";

#[wasm_bindgen(inline_js = "export async function hmac_sha1(secret, text) {
    const bytes = (text) => new TextEncoder().encode(text);
    const key = await crypto.subtle.importKey('raw', bytes(secret), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
    return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(text)))));
}")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn hmac_sha1(secret: &str, text: &str) -> Result<JsValue, JsValue>;
}

/// Returns the servers, the text of `{"iceServers":[…]}`. A TURN server relays media, which costs its operator, so it is only for
/// rooms that were made with a token.
pub(crate) async fn servers(env: &Env, room: &EventName, has_token: bool, now: ServerTime) -> Result<String, Problem> {
    let variable = |name: &str| env.var(name).ok().map(|value| value.to_string()).filter(|value| !value.is_empty());
    let mut servers: Vec<Value> = match variable(SERVERS_VARIABLE) {
        Some(text) => downbeat_wire::json::read(text.as_bytes()).map_err(|error| {
            let detail = format!("the variable {SERVERS_VARIABLE} is not a list of servers in JSON: {error}");
            Problem::new(Code::Internal, detail)
        })?,
        None => vec![json!({ "urls": DEFAULT_SERVER })],
    };
    if let (true, Some(secret), Some(urls)) = (has_token, variable(TURN_SECRET), variable(TURN_URLS)) {
        let expiry = (now + TURN_LIFE).as_millis() / 1_000;
        let username = format!("{expiry}:{room}");
        let signed = hmac_sha1(&secret, &username).await.ok().and_then(|signed| signed.as_string());
        let credential = signed.ok_or_else(|| Problem::new(Code::Internal, "the TURN credential cannot be made"))?;
        let urls: Vec<&str> = urls.split(',').map(str::trim).collect();
        servers.push(json!({ "urls": urls, "username": username, "credential": credential }));
    }
    Ok(json!({ "iceServers": servers }).to_string())
}
