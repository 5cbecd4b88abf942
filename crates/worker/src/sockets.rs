//! The sockets a hub holds, as the runtime has them.
//!
//! The calls of workers-rs make a list of all sockets and a new text for each send; a broadcast has one text for all.

use downbeat_core::ServerTime;
use downbeat_core::fanout::hub::Silence;
use js_sys::{Array, Date, JsString};
use wasm_bindgen::prelude::*;
use worker::worker_sys::WebSocketRequestResponsePair;
use worker::{State, WebSocketIncomingMessage};

use downbeat_wire::live::{Ack, Close, FRAME_BYTES_MAX, PING};

use crate::clock;

#[wasm_bindgen]
extern "C" {
    type Holder;

    #[wasm_bindgen(method, js_name = getWebSockets)]
    fn web_sockets(this: &Holder) -> Array;

    #[wasm_bindgen(method, js_name = getWebSocketAutoResponseTimestamp)]
    fn auto_response(this: &Holder, socket: &Socket) -> Option<Date>;

    #[wasm_bindgen(method, js_name = setWebSocketAutoResponse)]
    fn set_auto_response(this: &Holder, pair: Option<&WebSocketRequestResponsePair>);

    /// One viewer's socket.
    #[derive(Clone, PartialEq)]
    pub(crate) type Socket;

    #[wasm_bindgen(method, catch, js_name = send)]
    fn send_text(this: &Socket, text: &JsString) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = close)]
    fn close_with(this: &Socket, code: u16, reason: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = serializeAttachment)]
    fn serialize_attachment(this: &Socket, text: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = deserializeAttachment)]
    fn deserialize_attachment(this: &Socket) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(inline_js = "export async function judge_slices(state, sockets, size, judge, go_on) {
    for (let place = 0; place < sockets.length && go_on(); await scheduler.wait(0)) {
        for (const end = Math.min(place + size, sockets.length); place < end; place++) {
            const socket = sockets[place];
            if (socket.readyState !== 1) continue;
            const pinged = state.getWebSocketAutoResponseTimestamp(socket)?.getTime();
            const noted = pinged === undefined ? socket.silentSince ?? socket.deserializeAttachment()?.silentSince : undefined;
            judge(socket, pinged, noted);
        }
    }
}
export function note_silence(socket, since) {
    socket.silentSince = since;
}
export function save_silence(socket, since) {
    socket.serializeAttachment({ silentSince: since });
}")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn judge_slices(
        state: &JsValue,
        sockets: &Array,
        size: u32,
        judge: &JsValue,
        go_on: &JsValue,
    ) -> Result<JsValue, JsValue>;

    fn note_silence(socket: &Socket, since: f64);

    #[wasm_bindgen(catch)]
    fn save_silence(socket: &Socket, since: f64) -> Result<(), JsValue>;
}

/// How many sockets are judged before others have their turn: 64, a fraction of a millisecond.
const JUDGED: u32 = 64;

/// Does with each of `sockets` what `judge` says of when it pinged last, or else of when it was noted to be silent; ends
/// as soon as it may not go on.
pub(crate) async fn judge_silence(
    state: &State,
    sockets: &Array,
    may_go_on: impl Fn() -> bool + 'static,
    judge: impl Fn(Option<ServerTime>, Option<ServerTime>) -> Silence + 'static,
) {
    let instant = |ms: Option<f64>| ms.map(|ms| ServerTime::from_millis(ms as i64));
    let judge = Closure::<dyn Fn(Socket, Option<f64>, Option<f64>)>::new(move |socket: Socket, pinged, noted| {
        match judge(instant(pinged), instant(noted)) {
            Silence::None | Silence::Noted => {}
            // The object may be evicted before the next alarm, and what is saved with the socket stays.
            Silence::Unnoted => _ = save_silence(&socket, milliseconds(clock::now())),
            Silence::TooLong => socket.close(Close::Silent),
        }
    });
    let may_go_on = Closure::<dyn Fn() -> bool>::new(may_go_on);
    let state: &JsValue = state.as_raw().as_ref();
    if let Err(error) = judge_slices(state, sockets, JUDGED, judge.as_ref(), may_go_on.as_ref()).await {
        worker::console_error!("a hub cannot look for silent sockets: {error:?}");
    }
}

/// Whole milliseconds, far below 2^53: the conversion is exact.
fn milliseconds(instant: ServerTime) -> f64 {
    instant.as_millis() as f64
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

    /// Notes that nothing has come through it since `since`. Kept in memory only, since an attachment takes 1.5 KB.
    pub(crate) fn note_silence(&self, since: ServerTime) {
        note_silence(self, milliseconds(since));
    }

    /// Attaches a text, which stays with the socket when its object is evicted: at most 2 KiB.
    pub(crate) fn attach(&self, text: &str) {
        let _ = self.serialize_attachment(text);
    }

    /// Returns the text that is attached.
    pub(crate) fn attachment(&self) -> Option<String> {
        self.deserialize_attachment().ok()?.as_string()
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

/// Closes a socket that its viewer has closed with `code`.
pub(crate) fn close_in_turn(socket: &worker::WebSocket, code: usize) {
    // Codes below 1000 and the reserved ones only mean that none was sent.
    let code = u16::try_from(code).ok().filter(|code| matches!(code, 1_000..=1_003 | 1_007..=1_014 | 3_000..=4_999));
    let _ = socket.close(Some(code.unwrap_or(1_000)), Some(""));
}

/// Returns when the runtime last answered a ping of `socket`, by the object's clock; `None` if it never did.
pub(crate) fn pinged(state: &State, socket: &Socket) -> Option<ServerTime> {
    let holder: &JsValue = state.as_raw().as_ref();
    let answered = holder.unchecked_ref::<Holder>().auto_response(socket)?;
    Some(ServerTime::from_millis(answered.get_time() as i64))
}

/// Has the runtime answer pings with `text` from now on, without waking the object.
pub(crate) fn answer_pings(state: &State, text: &str) {
    if let Ok(pair) = WebSocketRequestResponsePair::new(PING, text) {
        state.set_websocket_auto_response(&pair);
    }
}

/// Has pings come to the object as frames from now on.
pub(crate) fn receive_pings(state: &State) {
    let holder: &JsValue = state.as_raw().as_ref();
    holder.unchecked_ref::<Holder>().set_auto_response(None);
}

/// Parses a frame from a viewer: acks are all it may send, besides pings, which the runtime answers.
pub(crate) fn parse(message: WebSocketIncomingMessage) -> Result<Ack, Close> {
    match message {
        WebSocketIncomingMessage::Binary(_) => Err(Close::Bytes),
        WebSocketIncomingMessage::String(frame) if frame.len() > FRAME_BYTES_MAX => Err(Close::TooLong),
        WebSocketIncomingMessage::String(frame) => Ack::parse(&frame).ok_or(Close::Unknown),
    }
}
