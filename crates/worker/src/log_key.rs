//! The key that signs the anchors of logs: made at first use, kept in an object of its own, or given as a secret.
//!
//! An answer waits for the key a moment, and leaves without an anchor if there is none: no change depends on it.

use downbeat_core::{EventName, EventState, Span};
use downbeat_wire::anchor::{AnchorKey, KeySet, signed_bytes};
use downbeat_wire::emergency::Signature;
use downbeat_wire::log::CHAIN_START;
use downbeat_wire::problem::Problem;
use downbeat_wire::{Anchor, LogEntry, json};
use js_sys::{Array, JSON, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use worker::{Env, Error, Result, SqlStorage, SqlStorageValue};

use crate::clock;
use crate::object::{self, Object, ObjectRequest};
use crate::reply::{CachePolicy, Reply, unavailable};

/// The path of the private key at its object; no public path leads to it.
pub(crate) const KEY_PATH: &str = "/log-key";

/// The name of the secret that takes the object's place: a private JSON Web Key.
const SECRET: &str = "DOWNBEAT_LOG_KEY";

/// The object that keeps the key. It is of the catalog's class, and has nothing to do with the list of events.
const KEY: Object<'_> = Object { binding: "CATALOG", name: "log-key", region: None };

/// How long an answer waits for its anchor: 300 ms, beside the announcement. Hubs have the change by then.
const ANCHOR_WAIT: Span = Span::from_millis(300);

/// How long the public key is waited for: 5 s.
const KEY_WAIT: Span = Span::from_millis(5_000);

/// The algorithm, as WebCrypto names it.
const ED25519: &str = "Ed25519";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = generateKey)]
    fn generate_key(algorithm: &str, extractable: bool, usages: &Array) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = exportKey)]
    fn export_key(format: &str, key: &JsValue) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    fn import_key(
        format: &str,
        key: &JsValue,
        algorithm: &str,
        extractable: bool,
        usages: &Array,
    ) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = sign)]
    fn sign(algorithm: &str, key: &JsValue, bytes: &Uint8Array) -> core::result::Result<Promise, JsValue>;
}

/// The key, ready to sign.
struct Signer {
    key: JsValue,
    public: AnchorKey,
}

thread_local! {
    static SIGNER: RefCell<Option<Rc<Signer>>> = const { RefCell::new(None) };
}

/// Signs the entry that the last change of `state` has made. `None` if that cannot be done in time.
pub(crate) async fn anchor(env: &Env, event: &EventName, state: &EventState, entry: &LogEntry) -> Option<Anchor> {
    let anchored = async {
        let signer = signer(env).await?;
        let (epoch, rev, hash, at) = (state.epoch().clone(), entry.rev, entry.hash.unwrap_or(CHAIN_START), entry.at);
        let bytes = Uint8Array::from(&*signed_bytes(event, &epoch, rev, hash, at));
        let signature = Uint8Array::new(&JsFuture::from(sign(ED25519, &signer.key, &bytes)?).await?);
        let signature: [u8; 64] = signature.to_vec().try_into().map_err(|_| JsValue::from("not a signature"))?;
        let signature = Signature::from_bytes(signature);
        Ok::<_, JsValue>(Anchor { event: event.clone(), epoch, rev, hash, at, key: signer.public, signature })
    };
    match clock::within(ANCHOR_WAIT, anchored).await {
        Some(Ok(anchor)) => Some(anchor),
        Some(Err(error)) => {
            worker::console_error!("event {event} has no anchor for its log: {error:?}");
            None
        }
        None => {
            worker::console_error!("event {event} has no anchor for its log in time");
            None
        }
    }
}

/// Returns the public key, for everyone.
pub(crate) async fn public(env: &Env) -> core::result::Result<Reply, Problem> {
    let no_key = |error: &Error| unavailable("the key of the log", error);
    match clock::within(KEY_WAIT, signer(env)).await {
        Some(Ok(signer)) => Ok(Reply::json(200, json::text(&KeySet::of(signer.public))).cached(CachePolicy::Short)),
        Some(Err(error)) => Err(no_key(&Error::from(error))),
        None => Err(no_key(&Error::RustError("no answer in time".to_owned()))),
    }
}

/// Returns the private key of this server, in the object that keeps it; makes it at first.
pub(crate) async fn stored(sql: &SqlStorage) -> Result<Reply> {
    let read = || -> Result<Option<String>> {
        match sql.exec("SELECT jwk FROM log_key", None)?.raw().next().transpose()?.as_deref() {
            Some([SqlStorageValue::String(jwk)]) => Ok(Some(jwk.clone())),
            _ => Ok(None),
        }
    };
    sql.exec("CREATE TABLE IF NOT EXISTS log_key (one INTEGER PRIMARY KEY CHECK (one = 1), jwk TEXT NOT NULL)", None)?;
    if let Some(jwk) = read()? {
        return Ok(Reply::json(200, jwk));
    }
    // Others may do the same meanwhile; the first one to be kept counts.
    let made = made().await?;
    sql.exec("INSERT INTO log_key (one, jwk) VALUES (1, ?) ON CONFLICT DO NOTHING", vec![made.into()])?;
    Ok(Reply::json(200, read()?.unwrap_or_default()))
}

/// Makes a key; returns it as the text of a private JSON Web Key.
async fn made() -> core::result::Result<String, JsValue> {
    let usages = Array::of2(&"sign".into(), &"verify".into());
    let pair = JsFuture::from(generate_key(ED25519, true, &usages)?).await?;
    let jwk = JsFuture::from(export_key("jwk", &Reflect::get(&pair, &"privateKey".into())?)?).await?;
    Ok(JSON::stringify(&jwk)?.into())
}

/// Returns the key from this isolate's memory; at first from the secret or the object. The call to the object goes on if
/// this one is given up, so that the next one has the key.
async fn signer(env: &Env) -> core::result::Result<Rc<Signer>, JsValue> {
    if let Some(signer) = SIGNER.with_borrow(Clone::clone) {
        return Ok(signer);
    }
    let env = env.clone();
    let load = future_to_promise(AssertUnwindSafe(async move {
        let jwk = match env.var(SECRET) {
            Ok(secret) => secret.to_string(),
            Err(_) => match object::send(&env, KEY, ObjectRequest::get(KEY_PATH)).await? {
                (200, jwk) => jwk,
                (status, _) => return Err(format!("the key's object answers {status}").into()),
            },
        };
        let signer = imported(&jwk).await?;
        SIGNER.with_borrow_mut(|kept| *kept = Some(Rc::new(signer)));
        Ok(JsValue::UNDEFINED)
    }));
    JsFuture::from(load).await?;
    SIGNER.with_borrow(Clone::clone).ok_or_else(|| "the key is gone".into())
}

async fn imported(jwk: &str) -> core::result::Result<Signer, JsValue> {
    // No error shows any of it.
    let parsed = JSON::parse(jwk).map_err(|_| JsValue::from("the log's key is not a JSON Web Key"))?;
    let public = Reflect::get(&parsed, &"x".into())?.as_string().and_then(|x| x.parse().ok());
    let public = public.ok_or("the log's key is not an Ed25519 key")?;
    let key = import_key("jwk", &parsed, ED25519, false, &Array::of1(&"sign".into()))?;
    let key = JsFuture::from(key).await.map_err(|_| JsValue::from("the log's key is not a private Ed25519 key"))?;
    Ok(Signer { key, public })
}
