//! Announcing a state to hubs and gathering their reports. Which hubs, when and for how long, core decides.

use downbeat_core::EventName;
use downbeat_core::fanout::Gathering;
use futures_util::future::join_all;
use js_sys::Promise;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;
use worker::Env;

use crate::clock;
use crate::hub::Relay;
use crate::runtime::promise;

/// Makes the calls of `gathering`, with the text of the `state` or for reports only; returns it with the reports that
/// came in time.
pub(crate) async fn gather(env: &Env, event: &EventName, gathering: Gathering, state: Option<Rc<str>>) -> Gathering {
    let hubs = gathering.hubs();
    let gathering = Rc::new(RefCell::new(gathering));
    loop {
        let round = gathering.borrow_mut().next_round();
        let Some(round) = round else { break };
        let relay = Relay { hubs, within: round.relay, state: state.clone() };
        let calls = round.hubs.iter().map(|hub| JsFuture::from(call(env, event, *hub, relay.clone(), &gathering)));
        clock::within(round.wait, join_all(calls)).await;
    }
    gathering.borrow().clone()
}

/// Calls one hub at once. The promise goes on when its round is over.
fn call(env: &Env, event: &EventName, hub: u16, relay: Relay, gathering: &Rc<RefCell<Gathering>>) -> Promise {
    let (env, event, gathering) = (env.clone(), event.clone(), gathering.clone());
    promise(async move {
        match relay.send(&env, &event, hub).await {
            Ok(reports) => gathering.borrow_mut().handle_reports(reports),
            Err(error) => worker::console_error!("hub {hub} of event {event} does not answer: {error}"),
        }
    })
}
