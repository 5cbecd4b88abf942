//! `GET /v1/events/{event}/live`: finds a hub that has room for a viewer, and passes the request on to it.

use downbeat_core::EventName;
use downbeat_core::fanout::{joins, joins_instead};
use downbeat_wire::problem::{Code, Problem};
use web_sys::{Request, Response};
use worker::Env;

use crate::clock;
use crate::event;
use crate::hub::{self, INSTEAD_HEADER};
use crate::reply::unavailable;
use crate::request::{Target, region};
use crate::runtime::Context;
use crate::spread::next_spread;

/// The most hubs that are tried for one viewer: 4. A viewer who finds no room in them comes back later.
const TRIES: usize = 4;

/// Passes the request on to a hub of the event, and returns the hub's response.
pub(crate) async fn join(
    request: &Request,
    env: &Env,
    ctx: &Context,
    target: &Target<'_>,
    event: &EventName,
) -> Result<Response, Problem> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    if !header("upgrade").is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket")) {
        let detail = "this is a WebSocket: connect with wss:// or ws://, or request /status every few seconds";
        return Err(Problem::new(Code::UpgradeRequired, detail));
    }
    let region = region(request);
    let origin = header("origin");
    let (admitted, hubs) =
        event::last_state(env, ctx, event, region, |state| (state.admits(origin.as_deref()), state.delivery().hubs))
            .await?;
    if !admitted {
        let detail = format!("event \"{event}\" admits pages of other sites only; add this one to its \"origins\"");
        return Err(Problem::new(Code::ForeignOrigin, detail));
    }
    let lost = target.parameter("not").and_then(|not| not.parse().ok());
    try_hubs(env, event, hubs, joins(hubs, region, next_spread(), lost)).await
}

/// Tries the hub `first`, then others by nearness, and last the first again, however crowded it is.
async fn try_hubs(env: &Env, event: &EventName, hubs: u16, first: u16) -> Result<Response, Problem> {
    let mut hub = first;
    let mut failure = None;
    for tried in 1..=TRIES {
        let is_last = tried == TRIES;
        let instead = if !is_last && event::copy(event, |copy| copy.is_crowded(hub, clock::now())) {
            joins_instead(hubs, hub)
        } else {
            match hub::join(env, event, if is_last { first } else { hub }, is_last).await {
                Ok(response) if response.status() == 503 => {
                    event::copy(event, |copy| copy.handle_crowded(hub, clock::now()));
                    let named = response.headers().get(INSTEAD_HEADER).ok().flatten();
                    named.and_then(|named| named.parse().ok())
                }
                Ok(response) => return Ok(response),
                Err(error) => {
                    failure = Some(error);
                    joins_instead(hubs, hub)
                }
            }
        };
        hub = instead.unwrap_or(hub);
    }
    Err(match failure {
        Some(error) => unavailable(&format!("a hub of event \"{event}\""), &error),
        None => Problem::new(Code::Full, format!("{TRIES} hubs of event \"{event}\" are full; try again in a moment")),
    })
}
