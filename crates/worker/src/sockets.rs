//! The sockets a hub holds, as the runtime has them.
//!
//! workers-rs' own calls make a list of all sockets and a new text for each send; a broadcast is one text and a walk.

use core::ops::Range;
use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;
use worker::State;
use worker::worker_sys::WebSocketRequestResponsePair;

use downbeat_wire::live::{Close, PING};

#[wasm_bindgen]
extern "C" {
    type Holder;

    #[wasm_bindgen(method, js_name = getWebSockets)]
    fn web_sockets(this: &Holder) -> Array;

    /// One viewer's socket.
    #[derive(Clone, PartialEq)]
    pub(crate) type Socket;

    #[wasm_bindgen(method, catch, js_name = send)]
    fn send_text(this: &Socket, text: &JsString) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = close)]
    fn close_with(this: &Socket, code: u16, reason: &str) -> Result<(), JsValue>;
}

#[wasm_bindgen(
    inline_js = "export function send_all(sockets, from, to, text) {
        for (let place = from; place < to; place++) try { sockets[place].send(text); } catch {}
    }"
)]
extern "C" {
    fn send_all(sockets: &Array, from: u32, to: u32, text: &JsString);
}

/// Sends a text to those of `sockets` at `places`: in JavaScript, since crossing over for each costs 4 % of a broadcast.
/// A socket that is closing takes nothing, and its viewer comes back.
pub(crate) fn send(sockets: &Array, places: Range<u32>, text: &JsString) {
    if !places.is_empty() {
        send_all(sockets, places.start, places.end, text);
    }
}

impl Socket {
    /// Gives the socket that the runtime handed over.
    pub(crate) fn of(socket: &worker::WebSocket) -> Self {
        let socket: &JsValue = AsRef::<worker::web_sys::WebSocket>::as_ref(socket).as_ref();
        socket.clone().unchecked_into()
    }

    /// Sends a text. A socket that is closing takes nothing, and its viewer comes back.
    pub(crate) fn send(&self, text: &JsString) {
        let _ = self.send_text(text);
    }

    /// Closes it, saying why.
    pub(crate) fn close(&self, why: Close) {
        let _ = self.close_with(why.code(), why.reason());
    }
}

/// Gives the sockets that `state`'s object holds.
pub(crate) fn held(state: &State) -> Array {
    let holder: &JsValue = state.as_raw().as_ref();
    holder.unchecked_ref::<Holder>().web_sockets()
}

/// Gives the socket at `place`.
pub(crate) fn at(sockets: &Array, place: u32) -> Socket {
    sockets.get(place).unchecked_into()
}

/// Has the runtime answer pings with `text` from now on, without waking the object.
pub(crate) fn answer_pings(state: &State, text: &str) {
    if let Ok(pair) = WebSocketRequestResponsePair::new(PING, text) {
        state.set_websocket_auto_response(&pair);
    }
}
