//! `GET /v1/events/{event}/live`: finds a hub that has room for a viewer, and passes the request on to it.
//!
//! A viewer for whom no hub has room is told when to come back, here and without calling a hub where that is known: in the
//! local runtime, hubs and worker share a thread, and a stranger's attempt must cost as little of it as possible.

use core::cell::RefCell;
use downbeat_core::fanout::hub::Limit;
use downbeat_core::fanout::{Address, ComeBack, Door, RefuseBy, joins, joins_instead};
use downbeat_core::{EventName, ServerTime, Span, retry};
use downbeat_wire::live::TRY_AGAIN_LATER;
use downbeat_wire::problem::{Code, Problem};
use web_sys::{Request, Response};
use worker::{Env, WebSocketPair};

use crate::clock;
use crate::copies::Refusal;
use crate::event;
use crate::hub::{self, BUSY_HEADER, DROPPING_HEADER, INSTEAD_HEADER};
use crate::reply::{Readers, Reply, unavailable};
use crate::request::{self, Target, region};
use crate::runtime::Context;
use crate::spread::next_spread;

/// The most hubs that are tried for one viewer: 4. A viewer who finds no room in them comes back later.
const TRIES: usize = 4;

/// The longest wait of a viewer for a hub: 2 s. After that an answer is better than a socket: the viewer polls the status
/// meanwhile, and the queue is shorter for all others.
const JOIN_WAIT: Span = Span::from_millis(2_000);

thread_local! {
    static DOOR: RefCell<Door> = RefCell::default();
}

/// Passes the request on to a hub of the event, and returns the hub's response.
pub(crate) async fn join(
    request: &Request,
    env: &Env,
    ctx: &Context,
    target: &Target<'_>,
    event: &EventName,
) -> Result<Response, Problem> {
    let began = clock::now();
    let header = |name: &str| request.headers().get(name).ok().flatten();
    if !header("upgrade").is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket")) {
        let detail = "this is a WebSocket: connect with wss:// or ws://, or request /status every few seconds";
        return Err(Problem::new(Code::UpgradeRequired, detail));
    }
    let address = request::address(request, env);
    if let Some(come_back) = address.and_then(|address| refused_already(address, began)) {
        return refuse(come_back);
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
    if event::is_pressed(clock::now()) {
        return refuse(DOOR.with_borrow_mut(|door| door.refuse(clock::now())));
    }
    let lost = target.parameter("not").and_then(|not| not.parse().ok());
    let first = joins(hubs, region, next_spread(), lost);
    let left = JOIN_WAIT - (clock::now() - began);
    let joined = clock::within(left, try_hubs(env, event, hubs, first, address)).await;
    event::handle_call(clock::now() - began);
    match joined {
        Some(Ok(Tried::Joined(response))) => Ok(response),
        Some(Ok(Tried::Dropping)) => refuse(DOOR.with_borrow_mut(|door| door.refuse_dropping(clock::now()))),
        Some(Ok(Tried::NoRoom)) | None => refuse(DOOR.with_borrow_mut(|door| door.refuse(clock::now()))),
        Some(Err(problem)) => Err(problem),
    }
}

/// What came of trying hubs.
enum Tried {
    Joined(Response),
    /// No hub that was tried has room right now.
    NoRoom,
    /// Sockets of the viewer's address were dropped right after they had joined.
    Dropping,
}

/// Tries the hub `first`, then others by nearness, and last the first again, however crowded it is.
async fn try_hubs(
    env: &Env,
    event: &EventName,
    hubs: u16,
    first: u16,
    address: Option<Address>,
) -> Result<Tried, Problem> {
    let mut hub = first;
    let mut failure = None;
    for tried in 1..=TRIES {
        let is_last = tried == TRIES;
        let (called, limit) = if is_last { (first, Limit::Full) } else { (hub, Limit::Crowded) };
        let instead = if event::copy(event, |copy| copy.takes_nobody(called, limit, clock::now())) {
            joins_instead(hubs, hub)
        } else {
            match hub::join(env, event, called, address, limit).await {
                Ok(response) if response.status() == 503 => {
                    let number = |name| response.headers().get(name).ok().flatten()?.parse::<u16>().ok();
                    if let (Some(address), Some(ms)) = (address, number(DROPPING_HEADER)) {
                        let wait = Span::from_millis(ms.into());
                        DOOR.with_borrow_mut(|door| door.handle_dropping(address, wait, clock::now()));
                        return Ok(Tried::Dropping);
                    }
                    let refusal = match (number(BUSY_HEADER), limit) {
                        (Some(_), _) => Refusal::Busy,
                        (None, Limit::Crowded) => Refusal::Crowded,
                        (None, Limit::Full) => Refusal::Full,
                    };
                    event::copy(event, |copy| copy.handle_refusal(called, refusal, clock::now()));
                    number(INSTEAD_HEADER)
                }
                Ok(response) => return Ok(Tried::Joined(response)),
                Err(error) => {
                    failure = Some(error);
                    joins_instead(hubs, hub)
                }
            }
        };
        hub = instead.unwrap_or(hub);
    }
    match failure {
        Some(error) => Err(unavailable(&format!("a hub of event \"{event}\""), &error)),
        None => Ok(Tried::NoRoom),
    }
}

/// Returns how to refuse a viewer whose address a hub takes nobody from at the moment.
fn refused_already(address: Address, now: ServerTime) -> Option<ComeBack> {
    DOOR.with_borrow_mut(|door| door.is_dropping(address, now).then(|| door.refuse_dropping(now)))
}

/// Refuses a viewer, so that they know how long to wait.
fn refuse(ComeBack { wait, by }: ComeBack) -> Result<Response, Problem> {
    if by == RefuseBy::Closing
        && let Ok(response) = close_at_once(&retry::reason(wait))
    {
        return Ok(response);
    }
    let ms = wait.as_millis();
    let detail = format!("no hub has room right now; try again in {ms} ms, and request /status meanwhile");
    let reply = Reply::from(Problem::new(Code::Full, detail).with("retryAfter", ms));
    let seconds = (ms + 999) / 1_000;
    Ok(reply.header("retry-after", seconds.to_string()).into_response(Readers::Public, false))
}

/// Accepts a socket, and closes it with `reason`.
fn close_at_once(reason: &str) -> worker::Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server.close(Some(TRY_AGAIN_LATER), Some(reason))?;
    Ok(worker::Response::from_websocket(pair.client)?.into())
}
