//! The object that is a hub: it holds viewers' sockets, sends them the state, and passes it on.
//!
//! It knows the state from whoever told it, keeps it after sending, and looks at the event itself when it wakes and
//! every 15 s, so that a change that never came is found.

use core::time::Duration;
use downbeat_core::fanout::{Gathering, Report, Share, Slices, Tree, joins_instead};
use downbeat_core::version::Freshness;
use downbeat_core::{EventName, EventState, Rev, ServerTime, Span};
use downbeat_wire::live::{Ack, Close, FRAME_BYTES_MAX};
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::{StateBody, StateFrame, json};
use js_sys::{JsString, Promise};
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use worker::{
    Delay, DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    durable_object,
};

use crate::copies::Known;
use crate::event::{self, STATE_PATH, unknown_event};
use crate::hub::{INSTEAD_HEADER, LIVE_PATH, RELAY_PATH, Relay, named, within};
use crate::hub_store::HubStore;
use crate::reply::{Readers, Reply};
use crate::request::{Target, body};
use crate::sockets::{self, Socket};
use crate::{clock, fanout};

/// How many sockets a hub holds before it sends viewers on: 2,000, which a broadcast reaches within 60 ms.
const SOCKETS_AIM: u32 = 2_000;

/// How many sockets a hub holds at most, where no other has room: 10,000. The runtime's own limit is 32,768, and
/// passing it throws.
const SOCKETS_MAX: u32 = 10_000;

/// The variable that sets both of them, for tests.
const SOCKETS_VARIABLE: &str = "HUB_SOCKETS_MAX";

/// How long a hub goes without looking at the event: 15 s. Source: the design.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// How long a hub that was asked goes on looking, though it holds no socket: 60 s.
const ASKED_KEPT: Span = Span::from_millis(60_000);

/// How long a look at the event may take: 3 s.
const LOOK_PATIENCE: Duration = Duration::from_secs(3);

/// How long whoever told a hub something waits until that was sent to all: 900 ms.
const SENT_PATIENCE: Duration = Duration::from_millis(900);

/// How often who told a hub something looks whether it has been sent: every 5 ms.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// How often joiners look whether the event has answered the hub: every 20 ms, since there may be thousands.
const LOOK_SELDOM: Duration = Duration::from_millis(20);

/// How old the text for joiners may be: 1 s. What it says of this instant is told by the viewer's own clock.
const TEXT_KEPT: Span = Span::from_millis(1_000);

/// How many frames a second a hub reads: 1,000, eight times the sample. What comes above that is not looked at.
const FRAMES_MAX: u32 = 1_000;

/// One hub.
#[durable_object]
pub struct HubDo(Rc<Hub>);

struct Hub {
    state: State,
    env: Env,
    /// The event's name and the hub's number; nothing for an object that somebody named otherwise.
    name: Option<(EventName, u16)>,
    store: HubStore,
    sockets_aim: u32,
    sockets_max: u32,
    held: RefCell<Held>,
}

/// What a hub knows.
#[derive(Default)]
struct Held {
    state: Option<Rc<EventState>>,
    /// The state as the event wrote it.
    text: Rc<str>,
    /// What joiners are sent, and when it was written.
    joiners: Option<(ServerTime, JsString)>,
    /// How many sockets there are, not counting who left since they were counted.
    sockets_at_most: u32,
    /// The revision that all sockets were sent.
    sent: Rev,
    /// What ends when that has been sent which is being sent.
    sending: Option<JsValue>,
    share: Share,
    /// Who was asked to acknowledge it and has not.
    asked: Vec<Socket>,
    /// In which second how many frames came.
    frames: Option<(ServerTime, u32)>,
    /// When the event was last looked at, and whether that is going on.
    looked_at: Option<ServerTime>,
    looking: bool,
    /// When somebody last asked for the state.
    asked_at: Option<ServerTime>,
    alarm_set: bool,
}

impl DurableObject for HubDo {
    fn new(state: State, env: Env) -> Self {
        let store = HubStore::new(&state);
        let mut held = Held::default();
        match store.state() {
            Ok(Some((known, text))) => {
                sockets::answer_pings(&state, &known.version().to_string());
                held = Held { sent: known.rev(), state: Some(Rc::new(known)), text: text.into(), ..held };
            }
            Ok(None) => {}
            Err(error) => worker::console_error!("a hub's state cannot be read: {error}"),
        }
        held.sockets_at_most = sockets::held(&state).length();
        let limit = env.var(SOCKETS_VARIABLE).ok().and_then(|limit| limit.to_string().parse().ok());
        Self(Rc::new(Hub {
            name: state.id().name().as_deref().and_then(named),
            store,
            sockets_aim: limit.unwrap_or(SOCKETS_AIM),
            sockets_max: limit.unwrap_or(SOCKETS_MAX),
            held: RefCell::new(held),
            state,
            env,
        }))
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let request = request.inner().clone()?;
        let url = request.url();
        let target = Target::of(&url);
        let Some((event, hub)) = &self.0.name else {
            return reply(Err(Problem::new(Code::UnknownPath, "a hub's name is an event's, a slash and a number")));
        };
        match target.path {
            LIVE_PATH => self.0.join(event, *hub, target.parameter("last") == Some("1")).await,
            STATE_PATH => reply(self.0.tell_state(event).await),
            RELAY_PATH => {
                let number = |name| target.parameter(name).and_then(|text| text.parse::<u16>().ok());
                let within = number("within").filter(|ms| *ms > 0).map(|ms| Duration::from_millis(ms.into()));
                let hubs = number("hubs").unwrap_or_default();
                reply(self.0.relay(event, *hub, Relay { hubs, within, state: None }, request).await)
            }
            _ => reply(Err(Problem::new(Code::UnknownPath, "a hub has nothing at this path"))),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.0.held.borrow_mut().alarm_set = false;
        let _ = JsFuture::from(self.0.look()).await;
        if self.0.is_needed() {
            self.0.set_alarm();
        }
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        self.0.hear(&Socket::of(&socket), message);
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _reason: String, _clean: bool) -> Result<()> {
        self.0.forget(&Socket::of(&socket));
        // Codes under 1000 and the reserved ones only mean that there was none.
        let code =
            u16::try_from(code).ok().filter(|code| matches!(code, 1_000..=1_003 | 1_007..=1_014 | 3_000..=4_999));
        let _ = socket.close(Some(code.unwrap_or(1_000)), Some(""));
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        self.0.forget(&Socket::of(&socket));
        Ok(())
    }
}

fn reply(reply: core::result::Result<Reply, Problem>) -> Result<Response> {
    Ok(reply.unwrap_or_else(Reply::from).into_response(Readers::Operators, false).into())
}

impl Hub {
    /// Takes a viewer, if there is room.
    async fn join(self: &Rc<Self>, event: &EventName, hub: u16, last: bool) -> Result<Response> {
        if self.known().is_none() {
            let _ = JsFuture::from(self.look()).await;
        }
        let Some(known) = self.known() else { return reply(Err(self.nothing_known(event))) };
        // No waiting from here on: what is counted is what is accepted.
        let retired = hub >= known.delivery().hubs;
        if retired || !self.has_room(if last { self.sockets_max } else { self.sockets_aim }) {
            let problem = Problem::new(Code::Full, format!("hub {hub} of event \"{event}\" has no room; try another"));
            let full = Reply::from(problem);
            return reply(Ok(match joins_instead(known.delivery().hubs, hub) {
                Some(instead) => full.header(INSTEAD_HEADER, instead.to_string()),
                None => full,
            }));
        }
        let pair = WebSocketPair::new()?;
        self.state.accept_web_socket(&pair.server);
        self.held.borrow_mut().sockets_at_most += 1;
        self.greet(event.clone(), hub, Socket::of(&pair.server));
        self.tend();
        Response::from_websocket(pair.client)
    }

    /// Whether fewer than `limit` sockets are held. They are counted when they may not be: counting walks through them
    /// all, 4 ms for 8,000.
    fn has_room(&self, limit: u32) -> bool {
        let mut held = self.held.borrow_mut();
        if held.sockets_at_most >= limit {
            held.sockets_at_most = sockets::held(&self.state).length();
        }
        held.sockets_at_most < limit
    }

    /// Sends the state to a viewer who joins, once the response has left: what is sent before it is held in a buffer
    /// that stays with the socket, 7 KB.
    fn greet(self: &Rc<Self>, event: EventName, number: u16, socket: Socket) {
        let hub = self.clone();
        let _ = self.go_on(async move {
            Delay::from(Duration::ZERO).await;
            if let Some(known) = hub.known() {
                socket.send(&hub.joiners_text(&event, number, &known));
            }
        });
    }

    /// Tells the state to a worker.
    async fn tell_state(self: &Rc<Self>, event: &EventName) -> core::result::Result<Reply, Problem> {
        if self.known().is_none() {
            let _ = JsFuture::from(self.look()).await;
        }
        if self.known().is_none() {
            return Err(self.nothing_known(event));
        }
        self.held.borrow_mut().asked_at = Some(clock::now());
        self.tend();
        Ok(Reply::json(200, self.held.borrow().text.to_string()))
    }

    /// Passes a change on to the hubs below, sends it to all sockets, and reports; without a change it only reports.
    async fn relay(
        self: &Rc<Self>,
        event: &EventName,
        hub: u16,
        mut relay: Relay,
        request: web_sys::Request,
    ) -> core::result::Result<Reply, Problem> {
        let body = body(request).await?;
        let broken = |_| Problem::new(Code::BadRequest, "what was told is no state");
        relay.state = (!body.is_empty()).then(|| String::from_utf8(body)).transpose().map_err(|_| broken(()))?;
        let tree = Tree::of(relay.hubs);
        let gathering = Rc::new(RefCell::new(Gathering::new(tree, Rev::default())));
        let children = if relay.within.is_some() { tree.children(hub) } else { 0..0 };
        // First those below, who are further from the event; their calls leave when this hub yields for the first time.
        let passed_on = fanout::pass_on(&self.env, event, children, &relay, &gathering);
        let told = relay.state.is_some();
        if let Some(text) = relay.state {
            let state: EventState = json::read(text.as_bytes()).map_err(|_| broken(()))?;
            self.take(state, text, false).await;
        }
        passed_on.await;
        let mut reports: Vec<Report> = gathering.borrow().reports().cloned().collect();
        reports.push(self.report(hub, told));
        Ok(Reply::json(200, json::text(&reports)))
    }

    /// Says what is known; of a change that was `told`, how many sockets were sent it. They were counted for that, and
    /// counting again would hold the last slice back.
    fn report(&self, hub: u16, told: bool) -> Report {
        let held = self.held.borrow();
        let sockets = if told { held.sockets_at_most } else { sockets::held(&self.state).length() };
        Report { hub, rev: held.sent, sockets, share: held.share.clone() }
    }

    /// Takes in a state that was told, and comes back when all sockets have been sent it, or a later one.
    /// `authoritative` says that the event itself told it.
    async fn take(self: &Rc<Self>, state: EventState, text: String, authoritative: bool) {
        let told = state.version();
        let known = self.known().map(|known| known.version());
        match told.freshness(known.as_ref()) {
            Freshness::OtherEpoch if !authoritative => {
                let _ = JsFuture::from(self.look()).await;
                return;
            }
            Freshness::NotNewer => {}
            Freshness::Newer | Freshness::OtherEpoch => {
                sockets::answer_pings(&self.state, &told.to_string());
                let mut held = self.held.borrow_mut();
                if known.is_none_or(|known| known.epoch != told.epoch) {
                    held.sent = Rev::default();
                }
                held.state = Some(Rc::new(state));
                held.text = text.into();
                held.joiners = None;
                drop(held);
                // It goes on when whoever told it waits no longer.
                let hub = self.clone();
                let sending = self.go_on(async move {
                    if hub.broadcast().await {
                        hub.clone().keep_soon();
                    }
                });
                self.held.borrow_mut().sending = Some(sending.into());
            }
        }
        within(SENT_PATIENCE, self.all_sent(told.rev)).await;
    }

    /// Comes back when all sockets have been sent `rev`, or a later one.
    async fn all_sent(&self, rev: Rev) {
        let mut waited_for = None;
        loop {
            let sending = {
                let held = self.held.borrow();
                if held.sent >= rev || held.sending == waited_for {
                    return;
                }
                held.sending.clone()
            };
            // What is sent now may give way to something newer.
            if let Some(sending) = &sending {
                let _ = JsFuture::from(Promise::from(sending.clone())).await;
            }
            waited_for = sending;
        }
    }

    /// Sends the state to all sockets, slice by slice, and says whether it was. A newer state that comes meanwhile ends
    /// it, since that is sent to all of them as well.
    async fn broadcast(self: &Rc<Self>) -> bool {
        let (Some((event, hub)), Some(state)) = (&self.name, self.known()) else { return false };
        let sockets = sockets::held(&self.state);
        let count = sockets.length();
        let asked = Share::sample(state.delivery().hubs, count);
        let frames = self.frames(event, *hub, &state);
        {
            let mut held = self.held.borrow_mut();
            held.sockets_at_most = count;
            held.share = Share { asked, late: Vec::new() };
        }
        let ends: Vec<u32> = Slices::of(count).map(|slice| slice.end).collect();
        let places: Vec<u32> = (0..count).filter(|place| Share::asks(*place, count, asked)).collect();
        self.held.borrow_mut().asked = places.iter().map(|place| sockets::at(&sockets, *place)).collect();
        let (hub_now, this) = (self.clone(), state.clone());
        let still = move || hub_now.known().is_some_and(|known| Rc::ptr_eq(&known, &this));
        if !sockets::send_all(&sockets, &ends, &places, &frames, still).await {
            return false;
        }
        self.held.borrow_mut().sent = state.rev();
        if *hub >= state.delivery().hubs {
            // This event no longer has so many hubs: its viewers find another.
            (0..count).for_each(|place| sockets::at(&sockets, place).close(Close::Restart));
        }
        true
    }

    /// Keeps the state once the reports have left, which would wait for the disk otherwise.
    fn keep_soon(self: Rc<Self>) {
        let hub = self.clone();
        let _ = self.go_on(async move {
            Delay::from(LOOK_AGAIN).await;
            let text = hub.held.borrow().text.clone();
            if let Err(error) = hub.store.keep(&text) {
                worker::console_error!("a hub ({:?}) keeps nothing: {error}", hub.name);
            }
        });
    }

    /// Returns the frame of the state now, and the same asking for an ack.
    fn frames(&self, event: &EventName, hub: u16, state: &EventState) -> [JsString; 2] {
        let body = json::text(&StateBody::new(event, state, clock::now()));
        [false, true].map(|ack| StateFrame::of_body(&body, hub, ack).into())
    }

    fn joiners_text(&self, event: &EventName, hub: u16, state: &EventState) -> JsString {
        let now = clock::now();
        if let Some((at, text)) = &self.held.borrow().joiners
            && (Span::ZERO..TEXT_KEPT).contains(&(now - *at))
            && state.next_change(*at).is_none_or(|next| now < next)
        {
            return text.clone();
        }
        let [text, _] = self.frames(event, hub, state);
        self.held.borrow_mut().joiners = Some((now, text.clone()));
        text
    }

    /// Hears a frame: an ack of somebody who was asked counts, once.
    fn hear(&self, socket: &Socket, message: WebSocketIncomingMessage) {
        let now = clock::now();
        let mut held = self.held.borrow_mut();
        let second = held.frames.filter(|(since, _)| (Span::ZERO..Span::from_millis(1_000)).contains(&(now - *since)));
        let (since, count) = second.unwrap_or((now, 0));
        held.frames = Some((since, count.saturating_add(1)));
        if count >= FRAMES_MAX {
            return;
        }
        let frame = match message {
            WebSocketIncomingMessage::Binary(_) => return socket.close(Close::Bytes),
            WebSocketIncomingMessage::String(frame) if frame.len() > FRAME_BYTES_MAX => {
                return socket.close(Close::TooLong);
            }
            WebSocketIncomingMessage::String(frame) => frame,
        };
        let Some(ack) = Ack::parse(&frame) else { return socket.close(Close::Unknown) };
        let Some(state) = held.state.clone().filter(|state| state.rev() == ack.rev) else { return };
        if let Some(place) = held.asked.iter().position(|asked| asked == socket) {
            held.asked.swap_remove(place);
            held.share.applied(ack.applied_at - state.last_change().effective_at());
        }
    }

    /// Lets go of a socket that is closed: while it is held here, its connection stays open.
    fn forget(&self, socket: &Socket) {
        self.held.borrow_mut().asked.retain(|asked| asked != socket);
    }

    /// Looks at the event itself: what was missed is taken in. Of many who want that, one looks.
    fn look(self: &Rc<Self>) -> Promise {
        let hub = self.clone();
        self.go_on(async move {
            let Some((event, _)) = &hub.name else { return };
            if hub.held.borrow().looking {
                let mut waited = Duration::ZERO;
                while hub.held.borrow().looking && waited < LOOK_PATIENCE {
                    Delay::from(LOOK_SELDOM).await;
                    waited += LOOK_SELDOM;
                }
                return;
            }
            hub.held.borrow_mut().looking = true;
            let heard = within(LOOK_PATIENCE, event::authoritative(&hub.env, event)).await;
            {
                let mut held = hub.held.borrow_mut();
                held.looking = false;
                held.looked_at = matches!(heard, Some(Ok(_))).then(clock::now);
            }
            match heard {
                Some(Ok(Known::State(state))) => {
                    let text = json::text(&*state);
                    hub.take(*state, text, true).await;
                }
                Some(Ok(Known::Missing)) => {}
                Some(Err(error)) => worker::console_error!("event {event} does not answer its hub: {error}"),
                None => worker::console_error!("event {event} does not answer its hub"),
            }
        })
    }

    /// Sees to it that the event is looked at now if that is due, and from now on every 15 s.
    fn tend(self: &Rc<Self>) {
        self.set_alarm();
        let looked_at = self.held.borrow().looked_at;
        let kept = Span::from_millis(LOOK_EVERY.as_millis() as i64);
        if looked_at.is_none_or(|at| !(Span::ZERO..kept).contains(&(clock::now() - at))) {
            let _ = self.look();
        }
    }

    fn is_needed(&self) -> bool {
        let asked_at = self.held.borrow().asked_at;
        sockets::held(&self.state).length() > 0
            || asked_at.is_some_and(|at| (Span::ZERO..ASKED_KEPT).contains(&(clock::now() - at)))
    }

    fn set_alarm(&self) {
        if core::mem::replace(&mut self.held.borrow_mut().alarm_set, true) {
            return;
        }
        let storage = self.state.storage();
        let _ = self.go_on(async move {
            if let Err(error) = storage.set_alarm(LOOK_EVERY).await {
                worker::console_error!("a hub has no alarm: {error}");
            }
        });
    }

    fn known(&self) -> Option<Rc<EventState>> {
        self.held.borrow().state.clone()
    }

    fn nothing_known(&self, event: &EventName) -> Problem {
        match self.held.borrow().looked_at {
            Some(_) => unknown_event(event),
            None => Problem::new(Code::Unavailable, format!("event \"{event}\" does not answer its hub")),
        }
    }

    /// Does something that goes on when the request it began in is over.
    fn go_on(&self, work: impl Future<Output = ()> + 'static) -> Promise {
        let promise = future_to_promise(AssertUnwindSafe(async {
            work.await;
            Ok(JsValue::UNDEFINED)
        }));
        let _ = self.state.as_raw().wait_until(&promise);
        promise
    }
}
