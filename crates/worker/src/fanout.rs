//! Taking a change to all hubs, and gathering what they say. Whom to tell, and what is missing, core says.

use core::time::Duration;
use downbeat_core::fanout::{Gathering, Tree};
use downbeat_core::{EventName, Rev};
use futures_util::future::join_all;
use js_sys::Promise;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use worker::Env;

use crate::hub::{Relay, within};

/// How long the tree may take before whoever is missing is told directly: 300 ms, a call around the world and back.
const TREE: Duration = Duration::from_millis(300);

/// How long the operator's answer waits for reports in all: 1 s. Source: the design.
const ANSWER: Duration = Duration::from_millis(1_000);

/// By how much less a hub waits for those it tells than who told it: 100 ms, so that its own report is in time.
const LEVEL: Duration = Duration::from_millis(100);

/// Tells all hubs the state at `rev`, as text, or without one only asks them; gives what is known after a second at
/// most.
pub(crate) async fn tell(env: &Env, event: &EventName, tree: Tree, rev: Rev, state: Option<String>) -> Gathering {
    let gathering = Rc::new(RefCell::new(Gathering::new(tree, rev)));
    let relay = Relay { hubs: tree.hubs(), within: Some(ANSWER - LEVEL), state };
    let told: Vec<_> = tree.roots().map(|hub| send(env, event, hub, relay.clone(), &gathering)).collect();
    within(TREE, all(told)).await;

    let missing = gathering.borrow().missing();
    if !missing.is_empty() {
        // Who was told twice finds that it knows, and says so once it has sent it.
        let relay = Relay { within: None, ..relay };
        let told: Vec<_> = missing.iter().map(|hub| send(env, event, *hub, relay.clone(), &gathering)).collect();
        within(ANSWER - TREE, all(told)).await;
    }
    gathering.borrow().clone()
}

/// Passes on to `children` what a hub was told, within the time it was given; gives what they say.
pub(crate) fn pass_on(
    env: &Env,
    event: &EventName,
    children: core::ops::Range<u16>,
    relay: &Relay,
    gathering: &Rc<RefCell<Gathering>>,
) -> impl Future<Output = ()> + use<> {
    let patience = relay.within.unwrap_or_default();
    let relay = Relay { within: Some(patience.saturating_sub(LEVEL)), ..relay.clone() };
    let told: Vec<_> = children.map(|hub| send(env, event, hub, relay.clone(), gathering)).collect();
    async move {
        within(patience, all(told)).await;
    }
}

/// Tells one hub at once. The promise goes on when nobody waits for it any longer.
fn send(env: &Env, event: &EventName, hub: u16, relay: Relay, gathering: &Rc<RefCell<Gathering>>) -> Promise {
    let (env, event, gathering) = (env.clone(), event.clone(), gathering.clone());
    future_to_promise(AssertUnwindSafe(async move {
        match relay.send(&env, &event, hub).await {
            Ok(reports) => gathering.borrow_mut().take(reports),
            Err(error) => worker::console_error!("hub {hub} of event {event} does not answer: {error}"),
        }
        Ok(JsValue::UNDEFINED)
    }))
}

async fn all(told: Vec<Promise>) {
    join_all(told.into_iter().map(JsFuture::from)).await;
}
