//! The edge worker: it answers the time and the event's status, and passes operators' commands to the event.
//!
//! This crate is a shell and therefore *forbids* decisions: what an instant means, what a command does, when a hub sends
//! what to whom, core decides; what crosses the network, wire defines. Here are the runtime's sockets, storage and
//! clock, each in one file.
//!
//! | file | for |
//! | --- | --- |
//! | `router.rs` | which call goes where |
//! | `entry.js` | the way in: requests, and frames before they are copied |
//! | `time.rs` | the hot path: `/time` and `/status` from a copy of the state |
//! | `utc.rs` | the time for other people's software |
//! | `copies.rs`, `event.rs` | those copies, and how they are refreshed |
//! | `public.rs`, `operator.rs` | all other calls |
//! | `rundowns.rs` | rundowns: this isolate's copies, and the bucket where one is bound |
//! | `auth.rs`, `secret.rs`, `failures.rs` | who calls and may; the tokens of the secret; refused ones |
//! | `tokens.rs`, `tokens_do.rs` | the tokens that the worker keeps: calls about them, and their object |
//! | `request.rs`, `reply.rs` | reading requests; making responses |
//! | `emergency.rs` | states that were signed during an outage |
//! | `event_do.rs`, `store.rs`, `rundown_table.rs` | the event's object, and what it saves |
//! | `log_key.rs` | the key that signs the log's anchors |
//! | `live.rs`, `spread.rs` | finding a hub for a viewer, or saying when to come back |
//! | `hub_do.rs`, `hub_shell.rs`, `hub_store.rs`, `sockets.rs` | a hub: its requests, core's hub in it, what it saves, its sockets |
//! | `rooms.rs`, `ice.rs` | calls about rooms; the servers by which their members reach each other |
//! | `room.rs` | a room in the object of its event: state, members, sockets |
//! | `fanout.rs`, `hub.rs` | announcing a state to all hubs, and calling one |
//! | `object.rs`, `runtime.rs`, `clock.rs` | the runtime's calls |
//! | `names.rs`, `catalog.rs`, `catalog_do.rs` | which events there are: as an isolate knows it, the calls, the object with the list |

mod auth;
mod catalog;
mod catalog_do;
mod clock;
mod copies;
mod emergency;
mod event;
mod event_do;
mod failures;
mod fanout;
mod hub;
mod hub_do;
mod hub_shell;
mod hub_store;
mod ice;
mod live;
mod log_key;
mod names;
mod object;
mod operator;
mod public;
mod reply;
mod request;
mod room;
mod rooms;
mod router;
mod rundown_table;
mod rundowns;
mod runtime;
mod secret;
mod sockets;
mod spread;
mod store;
mod time;
mod tokens;
mod tokens_do;
mod utc;

use std::panic::AssertUnwindSafe;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::Request;
use worker::Env;

pub use runtime::Context;

/// Answers a request: `/time` in the same turn where it can, everything else with a promise. A number is how many
/// milliseconds to wait before the same call is repeated.
#[wasm_bindgen]
pub fn fetch(request: Request, env: Env, ctx: Context) -> JsValue {
    if let Some(response) = time::answer_now(&request, &env, &ctx) {
        return response.into();
    }
    if let Some(response) = utc::answer_now(&request) {
        return response.into();
    }
    if let Some(turn) = live::turn(&request, &env, &ctx) {
        return turn;
    }
    future_to_promise(AssertUnwindSafe(async move { Ok(router::answer(request, &env, &ctx).await.into()) })).into()
}
