//! The sockets a hub holds, as the runtime has them.
//!
//! workers-rs' own calls make a list of all sockets and a new text for each send; a broadcast is one text and a walk.

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

#[wasm_bindgen(inline_js = "export async function send_slices(sockets, ends, asked, text, asking, still) {
    let [place, next] = [0, 0];
    for (const end of ends) {
        if (place > 0) {
            await scheduler.wait(0);
            if (!still()) return false;
        }
        for (; place < end; place++) {
            const asks = place === asked[next];
            if (asks) next++;
            try { sockets[place].send(asks ? asking : text); } catch {}
        }
    }
    return true;
}")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn send_slices(
        sockets: &Array,
        ends: &[u32],
        asked: &[u32],
        text: &JsString,
        asking: &JsString,
        still: &JsValue,
    ) -> Result<JsValue, JsValue>;
}

/// Sends `text` to all of `sockets`, and `asking` to those at the places `asked`, in slices that end at `ends`. Between
/// two slices what was sent leaves, and `still` may end it; says whether it came to its end. In JavaScript, since
/// crossing over for each socket and slice costs a tenth of a broadcast. A socket that is closing takes nothing, and
/// its viewer comes back.
pub(crate) async fn send_all(
    sockets: &Array,
    ends: &[u32],
    asked: &[u32],
    [text, asking]: &[JsString; 2],
    still: impl FnMut() -> bool + 'static,
) -> bool {
    let still = Closure::<dyn FnMut() -> bool>::new(still);
    let sent = send_slices(sockets, ends, asked, text, asking, still.as_ref()).await;
    sent.is_ok_and(|sent| sent.is_truthy())
}

impl Socket {
    /// Returns the socket that the runtime handed over.
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

/// Returns the sockets that `state`'s object holds.
pub(crate) fn held(state: &State) -> Array {
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
