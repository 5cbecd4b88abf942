//! The shell around core's hub: it tells the hub what happens, and performs the hub's effects.

use core::future::poll_fn;
use core::task::{Poll, Waker};
use downbeat_core::fanout::hub::{ANSWER_WAIT, Answer, Effect, Hub, Limits, SAVE_DELAY};
use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::live::Close;
use downbeat_wire::{StateBody, StateFrame, json};
use js_sys::JsString;
use std::cell::{Cell, RefCell};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;
use worker::{Env, State};

use crate::clock;
use crate::event;
use crate::hub_store::HubStore;
use crate::sockets::{self, Socket};

/// The variable that sets both limits of a hub, for tests.
const SOCKETS_VARIABLE: &str = "HUB_SOCKETS_MAX";

/// One hub, in its object.
pub(crate) struct HubShell {
    pub(crate) state: State,
    pub(crate) env: Env,
    pub(crate) event: EventName,
    store: HubStore,
    hub: RefCell<Hub<Socket, JsString>>,
    /// Who waits for a condition of the hub.
    waiting: RefCell<Vec<Waker>>,
    /// When the alarm is set to go off.
    alarm: Cell<Option<ServerTime>>,
}

impl HubShell {
    /// Creates hub `number` of `event` from what its object has saved.
    pub(crate) fn new(state: State, env: Env, event: EventName, number: u16) -> Rc<Self> {
        let store = HubStore::new(&state);
        let saved = store.state().unwrap_or_else(|error| {
            worker::console_error!("hub {number} of event {event} cannot read its state: {error}");
            None
        });
        let limit = env.var(SOCKETS_VARIABLE).ok().and_then(|limit| limit.to_string().parse().ok());
        let limits = limit.map_or(Limits::DEFAULT, |limit| Limits { crowded: limit, full: limit });
        let hub = Hub::new(number, limits, saved, sockets::all(&state).length());
        let (waiting, alarm) = (RefCell::default(), Cell::default());
        let shell = Rc::new(Self { state, env, event, store, hub: RefCell::new(hub), waiting, alarm });
        shell.perform_effects();
        shell
    }

    /// Tells the hub what happened now, and performs the effects.
    pub(crate) fn handle<T>(self: &Rc<Self>, input: impl FnOnce(&mut Hub<Socket, JsString>, ServerTime) -> T) -> T {
        let output = input(&mut self.hub.borrow_mut(), clock::now());
        self.perform_effects();
        output
    }

    /// Waits until `condition` holds.
    pub(crate) async fn until(&self, condition: impl Fn(&Hub<Socket, JsString>) -> bool) {
        poll_fn(|context| {
            if condition(&self.hub.borrow()) {
                return Poll::Ready(());
            }
            self.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn perform_effects(self: &Rc<Self>) {
        loop {
            let effect = self.hub.borrow_mut().poll_effect();
            match effect {
                Some(effect) => self.perform(effect),
                None => return self.set_alarm(),
            }
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect<Socket>) {
        let shell = self.clone();
        match effect {
            Effect::AskEvent => self.spawn(async move {
                let answer = shell.ask_event().await;
                shell.handle(|hub, now| hub.handle_answer(answer, now));
            }),
            Effect::AnswerPings(version) => sockets::answer_pings(&self.state, &version.to_string()),
            Effect::Broadcast(number) => self.spawn(async move { shell.broadcast(number).await }),
            Effect::Greet(socket) => self.spawn(async move {
                clock::wait(Span::ZERO).await;
                let greeting = shell.handle(|hub, now| {
                    let number = hub.number();
                    hub.greeting(now, |state| shell.frames(number, state, now)[0].clone())
                });
                if let Some(greeting) = greeting {
                    socket.send(&greeting);
                }
            }),
            Effect::Save => self.spawn(async move {
                clock::wait(SAVE_DELAY).await;
                if let Some(text) = shell.hub.borrow().text_to_save()
                    && let Err(error) = shell.store.save(text)
                {
                    worker::console_error!("a hub of event {} cannot save its state: {error}", shell.event);
                }
            }),
            Effect::CloseAll => self.close_all(Close::Restart),
            Effect::Delete => {
                self.close_all(Close::Deleted);
                self.spawn(async move {
                    let storage = shell.state.storage();
                    if let Err(error) = storage.delete_all().await {
                        worker::console_error!("a hub of event {} cannot delete its state: {error}", shell.event);
                    }
                });
            }
            Effect::Wake => self.waiting.take().into_iter().for_each(Waker::wake),
        }
    }

    fn close_all(&self, why: Close) {
        let sockets = sockets::all(&self.state);
        (0..sockets.length()).for_each(|place| sockets::at(&sockets, place).close(why));
    }

    async fn ask_event(&self) -> Answer {
        match clock::within(ANSWER_WAIT, event::state_text(&self.env, &self.event)).await {
            Some(Ok(Some((state, text)))) => Answer::State { state, text },
            Some(Ok(None)) => Answer::Missing,
            Some(Err(error)) => {
                worker::console_error!("event {} does not answer its hub: {error}", self.event);
                Answer::Failed
            }
            None => {
                worker::console_error!("event {} does not answer its hub in time", self.event);
                Answer::Failed
            }
        }
    }

    async fn broadcast(self: Rc<Self>, number: u32) {
        let sockets = sockets::all(&self.state);
        let (asked, frames) = {
            let mut hub = self.hub.borrow_mut();
            let asked = hub.start_broadcast(number, sockets.length(), |place| sockets::at(&sockets, place));
            let (Some(asked), Some(state)) = (asked, hub.state()) else { return };
            (asked, self.frames(hub.number(), state, clock::now()))
        };
        let shell = self.clone();
        let next = move || shell.handle(|hub, _| hub.next_slice(number)).map_or(0, |slice| slice.end);
        sockets::send_all(&sockets, &asked, &frames, next).await;
    }

    /// Returns the frame of the state now, and the same with a request for an ack.
    fn frames(&self, number: u16, state: &EventState, now: ServerTime) -> [JsString; 2] {
        let body = json::text(&StateBody::new(&self.event, state, now));
        [false, true].map(|ack| StateFrame::of_body(&body, number, ack).into())
    }

    fn set_alarm(&self) {
        let deadline = self.hub.borrow().next_deadline();
        if self.alarm.replace(deadline) == deadline {
            return;
        }
        let Some(deadline) = deadline else { return };
        let storage = self.state.storage();
        self.spawn(async move {
            if let Err(error) = storage.set_alarm(clock::duration(deadline - clock::now())).await {
                worker::console_error!("a hub cannot set its alarm: {error}");
            }
        });
    }

    /// Starts work that goes on when the request it began in is over.
    fn spawn(&self, work: impl Future<Output = ()> + 'static) {
        let promise = future_to_promise(AssertUnwindSafe(async {
            work.await;
            Ok(JsValue::UNDEFINED)
        }));
        let _ = self.state.as_raw().wait_until(&promise);
    }
}
