//! The shell around core's hub: it tells the hub what happens, and performs the hub's effects.

use core::future::poll_fn;
use core::task::{Poll, Waker};
use downbeat_core::fanout::hub::{ANSWER_WAIT, Answer, Effect, Hub, Limits, SAVE_DELAY};
use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::live::Close;
use downbeat_wire::{StateBody, StateFrame, json};
use js_sys::{Array, JsString};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use worker::{Env, State};

use crate::clock;
use crate::event;
use crate::hub_store::HubStore;
use crate::runtime::promise;
use crate::sockets::{self, Socket};

/// The variable that sets how many sockets a hub takes, for tests.
const SOCKETS_VARIABLE: &str = "HUB_SOCKETS_MAX";

/// The variable that sets after how many ms without a ping a socket is closed, for tests.
const SILENT_VARIABLE: &str = "HUB_SILENT_AFTER";

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
        let number_of = |variable| env.var(variable).ok()?.to_string().parse::<u32>().ok();
        let mut limits = Limits::DEFAULT;
        if let Some(sockets) = number_of(SOCKETS_VARIABLE) {
            (limits.crowded, limits.full) = (sockets, sockets);
        }
        if let Some(ms) = number_of(SILENT_VARIABLE) {
            limits.silent_after = Span::from_millis(ms.into());
        }
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
                shell.hub.borrow_mut().handle_asked(clock::now());
                let answer = shell.ask_event().await;
                shell.handle(|hub, now| hub.handle_answer(answer, now));
            }),
            Effect::AnswerPings(version) => sockets::answer_pings(&self.state, &version.to_string()),
            Effect::Broadcast(number) => self.spawn(async move { shell.broadcast(number).await }),
            Effect::Greet(socket) => self.spawn(async move {
                clock::wait(Span::ZERO).await;
                let greeting = shell.handle(|hub, now| {
                    let (number, confirmed) = (hub.number(), hub.confirmed());
                    hub.greeting(now, |state| shell.frames(number, state, confirmed, now)[0].clone())
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

    /// Closes those of `sockets` that have been silent for too long, slice by slice. It ends when a change is to be sent:
    /// the next alarm is early enough.
    pub(crate) async fn close_silent(self: &Rc<Self>, sockets: &Array) {
        let (shell, judge) = (self.clone(), self.clone());
        let may_go_on = move || !shell.hub.borrow().is_sending();
        let judge = move |pinged, noted| judge.hub.borrow().silence(pinged, noted, clock::now());
        sockets::judge_silence(&self.state, sockets, may_go_on, judge).await;
    }

    async fn ask_event(&self) -> Answer {
        let (number, occupancy) = {
            let hub = self.hub.borrow();
            (hub.number(), hub.occupancy())
        };
        match clock::within(ANSWER_WAIT, event::state_text(&self.env, &self.event, number, occupancy)).await {
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
            (asked, self.frames(hub.number(), state, hub.confirmed(), clock::now()))
        };
        let shell = self.clone();
        let next = move || shell.handle(|hub, now| hub.next_slice(number, now)).map_or(0, |slice| slice.end);
        sockets::send_all(&sockets, &asked, &frames, next).await;
    }

    /// Returns the frame of the state now, and the same with a request for an ack.
    fn frames(&self, number: u16, state: &EventState, confirmed: Option<ServerTime>, now: ServerTime) -> [JsString; 2] {
        let body = json::text(&StateBody { confirmed, ..StateBody::new(&self.event, state, now) });
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
        let _ = self.state.as_raw().wait_until(&promise(work));
    }
}
