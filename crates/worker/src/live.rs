//! `GET /v1/events/{event}/live`: lets a viewer wait for their turn, finds a hub that has room for them, and passes the
//! request on to it.
//!
//! A viewer for whom the line is too long, or for whom no hub has room is told when to come back, here and without calling a hub where that is known: in the
//! local runtime, hubs and worker share a thread, and a stranger's attempt must cost as little of it as possible.

use core::cell::RefCell;
use downbeat_core::fanout::hub::Limit;
use downbeat_core::fanout::{Address, ComeBack, Door, RefuseBy, Turn, joins, joins_instead};
use downbeat_core::{EventName, ServerTime, Span, retry};
use downbeat_wire::live::TRY_AGAIN_LATER;
use downbeat_wire::problem::{Code, Problem};
use wasm_bindgen::JsValue;
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

/// The longest wait of a viewer for hubs, once it is their turn: 20 s. A hub that was called makes the socket however late, so
/// who is refused meanwhile costs a slow server twice.
const JOIN_WAIT: Span = Span::from_millis(20_000);

/// The time for which busy hubs are tried again: 4 s.
const BUSY_MAX: Span = Span::from_millis(4_000);

/// How long a viewer waits for hubs that send a change, or take nobody more this second, until they are tried again: 1 s and up
/// to 1 s more. Thousands may wait, and what they do must not hold the change up.
const BUSY_WAIT: Span = Span::from_millis(1_000);

thread_local! {
    static DOOR: RefCell<Door> = RefCell::default();
}

/// Returns how many milliseconds a viewer waits for their turn to join, or how they are refused; `None` if it is their turn, or
/// if the request asks for something else.
pub(crate) fn turn(request: &Request, env: &Env, ctx: &Context) -> Option<JsValue> {
    if ctx.has_waited().is_some() {
        return None;
    }
    let url = request.url();
    let event = Target::of(&url).path.strip_prefix("/v1/events/")?.strip_suffix("/live")?;
    let now = clock::now();
    let hubs = event::copies(|copies| Some(copies.find(event)?.last()?.delivery().hubs))?;
    if request::address(request, env).is_some_and(|address| DOOR.with_borrow(|door| door.is_dropping(address, now))) {
        return None;
    }
    let joins = event::joins(hubs, now);
    let turn = DOOR.with_borrow_mut(|door| door.turn(joins, now));
    event::handle_line(DOOR.with_borrow(|door| door.line(joins, now)), now);
    match turn {
        Turn::Join => None,
        Turn::Wait(wait) => Some(JsValue::from_f64(wait.as_millis() as f64)),
        Turn::Refused(come_back) => refuse(come_back).ok().map(JsValue::from),
    }
}

/// Returns how long a viewer should wait who has asked for the state and will ask to join next; `None` if not at all.
pub(crate) fn announce(hubs: u16, now: ServerTime) -> Option<Span> {
    DOOR.with_borrow_mut(|door| door.announce(event::joins(hubs, now), now))
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
    let lost = target.parameter("not").and_then(|not| not.parse().ok());
    let first = joins(hubs, region, next_spread(), lost);
    let tried = async {
        loop {
            let called = clock::now();
            let tried = try_hubs(env, event, hubs, first, address).await;
            event::handle_call(clock::now() - called);
            match tried {
                Ok(Tried::Busy) if clock::now() - began < BUSY_MAX => {
                    clock::wait(BUSY_WAIT + Span::from_millis((next_spread() % 1_000) as i64)).await;
                }
                tried => return tried,
            }
        }
    };
    let tried = clock::within(JOIN_WAIT, tried).await;
    let now = clock::now();
    match tried {
        Some(Ok(Tried::Joined(response))) => Ok(response),
        Some(Ok(Tried::Dropping)) => refuse(DOOR.with_borrow_mut(|door| door.refuse_dropping(now))),
        Some(Ok(Tried::NoRoom | Tried::Busy)) | None => {
            let mut come_back = DOOR.with_borrow_mut(|door| door.refuse(event::joins(hubs, now), now));
            come_back.wait = come_back.wait.max(event::retry_after(now).unwrap_or(Span::ZERO));
            refuse(come_back)
        }
        Some(Err(problem)) => Err(problem),
    }
}

/// What came of trying hubs.
enum Tried {
    Joined(Response),
    /// No hub that was tried has room.
    NoRoom,
    /// None has room, but one will in a moment: it sends a change, or others have just joined.
    Busy,
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
    let (mut failure, mut is_busy) = (None, false);
    for tried in 1..=TRIES {
        let is_last = tried == TRIES;
        let (called, limit) = if is_last { (first, Limit::Full) } else { (hub, Limit::Crowded) };
        let refusal = event::copy(event, |copy| copy.refusal(called, limit, clock::now()));
        is_busy |= refusal == Some(Refusal::Busy);
        let instead = if refusal.is_some() {
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
                    is_busy |= refusal == Refusal::Busy;
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
        None if is_busy => Ok(Tried::Busy),
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
