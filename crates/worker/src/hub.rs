//! Calls to an event's hubs.

use downbeat_core::fanout::hub::Limit;
use downbeat_core::fanout::{Address, Region, Report};
use downbeat_core::{EventName, Span};
use downbeat_wire::json;
use std::rc::Rc;
use web_sys::Response;
use worker::{Env, Error, Result};

use crate::object::{self, Object, ObjectRequest};

/// The path at which a hub accepts a socket.
pub(crate) const LIVE_PATH: &str = "/live";

/// The path at which a hub receives a state, passes it on, and reports.
pub(crate) const RELAY_PATH: &str = "/relay";

/// The path at which a hub closes its sockets and deletes what it saved: the event is being deleted.
pub(crate) const DELETE_PATH: &str = "/delete";

/// The header in which a hub without room names another.
pub(crate) const INSTEAD_HEADER: &str = "x-downbeat-hub";

/// The header in which a hub says that it takes nobody for a moment, though it is not full: `1`.
pub(crate) const BUSY_HEADER: &str = "x-downbeat-busy";

/// The header in which a hub says for how many ms it takes no socket of the viewer's address.
pub(crate) const DROPPING_HEADER: &str = "x-downbeat-dropping";

/// Returns the name of a hub's object.
fn name(event: &EventName, hub: u16) -> String {
    format!("{event}/{hub}")
}

/// Parses the name of a hub's object.
pub(crate) fn parse_name(name: &str) -> Option<(EventName, u16)> {
    let (event, hub) = name.split_once('/')?;
    Some((event.parse().ok()?, hub.parse().ok()?))
}

/// Sends a request to a hub; returns the status and the text of its answer.
pub(crate) async fn send(env: &Env, event: &EventName, hub: u16, request: ObjectRequest<'_>) -> Result<(u16, String)> {
    let (name, region) = (name(event, hub), Some(Region::of_hub(hub)));
    object::send(env, Object { binding: "HUB", name: &name, region }, request).await
}

/// Requests a socket of a hub for a viewer from `address`, as the last try or not; returns the response as it is.
pub(crate) async fn join(
    env: &Env,
    event: &EventName,
    hub: u16,
    address: Option<Address>,
    limit: Limit,
) -> Result<Response> {
    let (name, region) = (name(event, hub), Some(Region::of_hub(hub)));
    let last = u8::from(limit == Limit::Full);
    let path = match address {
        Some(address) => format!("{LIVE_PATH}?last={last}&from={}", address.to_bits()),
        None => format!("{LIVE_PATH}?last={last}"),
    };
    let request = ObjectRequest { headers: vec![("upgrade", "websocket".to_owned())], ..ObjectRequest::get(&path) };
    object::fetch(env, Object { binding: "HUB", name: &name, region }, request).await
}

/// Tells a hub that the event is being deleted; returns how many sockets it had.
pub(crate) async fn delete(env: &Env, event: &EventName, hub: u16) -> Result<u64> {
    match send(env, event, hub, ObjectRequest { method: "POST", ..ObjectRequest::get(DELETE_PATH) }).await? {
        (200, text) => Ok(text.parse().unwrap_or_default()),
        (status, _) => Err(Error::RustError(format!("unexpected status {status}"))),
    }
}

/// A state on its way to a hub, or a request for reports.
#[derive(Clone)]
pub(crate) struct Relay {
    /// How many hubs there are: the event's and those it just lost.
    pub(crate) hubs: u16,
    /// How long the hub may wait for the hubs below it; `None` if it calls none.
    pub(crate) within: Option<Span>,
    /// The state as the event wrote it; `None` requests reports only.
    pub(crate) state: Option<Rc<str>>,
}

impl Relay {
    fn path(&self) -> String {
        let within = self.within.map_or(0, Span::as_millis);
        format!("{RELAY_PATH}?hubs={}&within={within}", self.hubs)
    }

    /// Sends it to a hub, and returns the reports of the hub and of those below it.
    pub(crate) async fn send(&self, env: &Env, event: &EventName, hub: u16) -> Result<Vec<Report>> {
        let body = self.state.as_ref().map(|state| state.as_bytes());
        match send(env, event, hub, ObjectRequest { method: "POST", body, ..ObjectRequest::get(&self.path()) }).await? {
            (200, text) => Ok(json::read(text.as_bytes())?),
            (status, _) => Err(Error::RustError(format!("unexpected status {status}"))),
        }
    }
}
