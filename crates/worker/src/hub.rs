//! Talking to an event's hubs.

use core::time::Duration;
use downbeat_core::EventName;
use downbeat_core::fanout::{Region, Report};
use downbeat_wire::json;
use futures_util::future::{Either, select};
use std::pin::pin;
use web_sys::Response;
use worker::{Delay, Env, Error, Result};

use crate::object::{self, Object, Question};

/// The path at which a hub takes a socket.
pub(crate) const LIVE_PATH: &str = "/live";

/// The path at which a hub takes a change, passes it on, and reports.
pub(crate) const RELAY_PATH: &str = "/relay";

/// The header in which a hub that has no room names another.
pub(crate) const INSTEAD_HEADER: &str = "x-downbeat-hub";

/// Returns the name of an event's hub.
fn name(event: &EventName, hub: u16) -> String {
    format!("{event}/{hub}")
}

/// Reads the name of a hub.
pub(crate) fn named(name: &str) -> Option<(EventName, u16)> {
    let (event, hub) = name.split_once('/')?;
    Some((event.parse().ok()?, hub.parse().ok()?))
}

/// Asks a hub; gives its status and its text.
pub(crate) async fn ask(env: &Env, event: &EventName, hub: u16, question: Question<'_>) -> Result<(u16, String)> {
    let (name, region) = (name(event, hub), Some(Region::of_hub(hub)));
    object::ask(env, Object { binding: "HUB", name: &name, region }, question).await
}

/// Asks a hub for a socket; gives its response as it is.
pub(crate) async fn live(env: &Env, event: &EventName, hub: u16, last: bool) -> Result<Response> {
    let (name, region) = (name(event, hub), Some(Region::of_hub(hub)));
    let path = format!("{LIVE_PATH}?last={}", u8::from(last));
    let question = Question { header: Some(("upgrade", "websocket")), ..Question::get(&path) };
    object::call(env, Object { binding: "HUB", name: &name, region }, question).await
}

/// What is told to a hub, and asked of it.
#[derive(Clone)]
pub(crate) struct Relay {
    /// How many hubs are told, the event's and those it just lost.
    pub(crate) hubs: u16,
    /// How long it may wait for those it tells in turn; with nothing it tells nobody.
    pub(crate) within: Option<Duration>,
    /// The state as the event keeps it; nothing if only reports are wanted.
    pub(crate) state: Option<String>,
}

impl Relay {
    fn path(&self) -> String {
        let within = self.within.map_or(0, |within| within.as_millis());
        format!("{RELAY_PATH}?hubs={}&within={within}", self.hubs)
    }

    /// Tells a hub, and waits for its report and those of the hubs it told.
    pub(crate) async fn send(&self, env: &Env, event: &EventName, hub: u16) -> Result<Vec<Report>> {
        let body = self.state.as_ref().map(String::as_bytes);
        match ask(env, event, hub, Question { method: "POST", path: &self.path(), header: None, body }).await? {
            (200, text) => Ok(json::read(text.as_bytes())?),
            (status, _) => Err(Error::RustError(format!("hub {hub} of event {event}: unexpected status {status}"))),
        }
    }
}

/// Waits for `work`, but no longer than `patience`.
pub(crate) async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), Delay::from(patience)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}
