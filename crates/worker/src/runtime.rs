//! What of the runtime belongs to no single concern: a request's context, randomness, and the event of `/time`.

use downbeat_core::EventName;
use std::cell::OnceCell;
use wasm_bindgen::prelude::*;
use worker::Env;

#[wasm_bindgen]
extern "C" {
    /// The runtime's context of one request: what may go on after the answer.
    #[derive(Clone, Debug)]
    pub type Context;

    #[wasm_bindgen(method, js_name = waitUntil)]
    pub(crate) fn wait_until(this: &Context, promise: &js_sys::Promise);

    #[wasm_bindgen(js_namespace = crypto, js_name = randomUUID)]
    fn random_uuid() -> String;
}

/// Returns 16 random hexadecimal digits.
pub(crate) fn random_hex() -> String {
    random_uuid().chars().filter(char::is_ascii_hexdigit).take(16).collect()
}

/// Calls `work` with the event of `/time`: the variable `DEFAULT_EVENT`, or `main`.
pub(crate) fn default_event<T>(env: &Env, work: impl FnOnce(&EventName) -> T) -> T {
    thread_local! {
        static DEFAULT: OnceCell<EventName> = const { OnceCell::new() };
    }
    DEFAULT.with(|default| {
        work(default.get_or_init(|| {
            let named = env.var("DEFAULT_EVENT").ok().and_then(|name| name.to_string().parse().ok());
            named.unwrap_or_else(|| "main".parse().expect("\"main\" follows the rule of names"))
        }))
    })
}
