//! What of the runtime belongs to no single concern: a request's context, and randomness.

use wasm_bindgen::prelude::*;

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
