//! What of the runtime belongs to no single concern: a request's context, randomness, and the event of `/time`.

use downbeat_core::EventName;
use std::cell::OnceCell;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use worker::Env;

#[wasm_bindgen]
extern "C" {
    /// The runtime's context of one request: what may go on after the answer.
    #[derive(Clone, Debug)]
    pub type Context;

    #[wasm_bindgen(method, js_name = waitUntil)]
    pub(crate) fn wait_until(this: &Context, promise: &js_sys::Promise);

    /// `true` if a viewer has waited for their turn to join. entry.js sets it.
    #[wasm_bindgen(method, getter, js_name = hasWaited)]
    pub(crate) fn has_waited(this: &Context) -> Option<bool>;

    #[wasm_bindgen(js_namespace = crypto, js_name = randomUUID)]
    fn random_uuid() -> String;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill_random(bytes: &mut [u8]);
}

/// Starts work, and returns a promise that is resolved when it is done.
pub(crate) fn promise(work: impl Future<Output = ()> + 'static) -> js_sys::Promise {
    // Boxed, so that what surrounds it is compiled once and not for each kind of work.
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    future_to_promise(AssertUnwindSafe(async {
        work.await;
        Ok(JsValue::UNDEFINED)
    }))
}

/// Returns 16 random hexadecimal digits.
pub(crate) fn random_hex() -> String {
    random_uuid().chars().filter(char::is_ascii_hexdigit).take(16).collect()
}

/// Returns random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill_random(&mut bytes);
    bytes
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
