//! The sockets a hub holds, as the runtime has them.
//!
//! The calls of workers-rs make a list of all sockets and a new text for each send; a broadcast has one text for all.

use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;
use worker::worker_sys::WebSocketRequestResponsePair;
use worker::{State, WebSocketIncomingMessage};

use downbeat_wire::live::{Ack, Close, FRAME_BYTES_MAX, PING};

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

#[wasm_bindgen(inline_js = "export async function send_slices(sockets, asked, text, asking, next) {
    let [place, index] = [0, 0];
    for (let end = next(); end > place; end = next()) {
        for (; place < end; place++) {
            const asks = place === asked[index];
            if (asks) index++;
            try { sockets[place].send(asks ? asking : text); } catch {}
        }
        if (place < sockets.length) await scheduler.wait(0);
    }
}")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn send_slices(
        sockets: &Array,
        asked: &[u32],
        text: &JsString,
        asking: &JsString,
        next: &JsValue,
    ) -> Result<JsValue, JsValue>;
}

/// Sends `text` to all of `sockets`, and `asking` to those at the places `asked`, slice by slice: `next` returns where the
/// next slice ends, 0 after the last. Between two slices what was sent leaves.
///
/// In JavaScript, since a call from WebAssembly for each socket costs a tenth of a broadcast. A socket that is closing
/// ignores what is sent, and its viewer joins again.
pub(crate) async fn send_all(
    sockets: &Array,
    asked: &[u32],
    [text, asking]: &[JsString; 2],
    next: impl FnMut() -> u32 + 'static,
) {
    let next = Closure::<dyn FnMut() -> u32>::new(next);
    let _ = send_slices(sockets, asked, text, asking, next.as_ref()).await;
}

impl Socket {
    /// Returns the same socket as the runtime has it.
    pub(crate) fn of(socket: &worker::WebSocket) -> Self {
        let socket: &JsValue = AsRef::<worker::web_sys::WebSocket>::as_ref(socket).as_ref();
        socket.clone().unchecked_into()
    }

    /// Sends a text. A socket that is closing ignores it, and its viewer joins again.
    pub(crate) fn send(&self, text: &JsString) {
        let _ = self.send_text(text);
    }

    /// Closes it with a code and a reason.
    pub(crate) fn close(&self, why: Close) {
        let _ = self.close_with(why.code(), why.reason());
    }
}

/// Returns all sockets of the object with this `state`.
pub(crate) fn all(state: &State) -> Array {
    let holder: &JsValue = state.as_raw().as_ref();
    holder.unchecked_ref::<Holder>().web_sockets()
}

/// Returns the socket at `place`.
pub(crate) fn at(sockets: &Array, place: u32) -> Socket {
    sockets.get(place).unchecked_into()
}

/// Has the runtime answer pings with `text` from now on, without waking the object.
pub(crate) fn answer_pings(state: &State, text: &str) {
    if let Ok(pair) = WebSocketRequestResponsePair::new(PING, text) {
        state.set_websocket_auto_response(&pair);
    }
}

/// Parses a frame from a viewer: acks are all it may send, besides pings, which the runtime answers.
pub(crate) fn parse(message: WebSocketIncomingMessage) -> Result<Ack, Close> {
    match message {
        WebSocketIncomingMessage::Binary(_) => Err(Close::Bytes),
        WebSocketIncomingMessage::String(frame) if frame.len() > FRAME_BYTES_MAX => Err(Close::TooLong),
        WebSocketIncomingMessage::String(frame) => Ack::parse(&frame).ok_or(Close::Unknown),
    }
}
