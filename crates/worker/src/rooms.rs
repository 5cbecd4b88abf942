//! Calls about rooms: who may make one, and what its invitations open. The room's object does the rest (`room.rs`).
//!
//! Rooms are not in the list of events: their names are drawn, 80 bits each, and nobody guesses one.

use downbeat_core::fanout::{Address, Bucket, Rate};
use downbeat_core::object_clock::CallTime;
use downbeat_core::room::Role;
use downbeat_core::{EventName, EventState, ServerTime, Span};
use downbeat_wire::permission::Access;
use downbeat_wire::problem::{Code, Problem};
use downbeat_wire::room::{Invitation, RoomAnswer, draw_name, parse_room, room_problem};
use downbeat_wire::token::{Grant, PREFIX};
use downbeat_wire::{InvitationTexts, Route, Scope, TimeBody, json};
use std::cell::RefCell;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response};
use worker::Env;

use crate::event::TOKEN_HEADER;
use crate::object::{self, Object, ObjectRequest};
use crate::reply::{Readers, Reply, unavailable};
use crate::request::{self, Target, body};
use crate::runtime::{Context, random};
use crate::{auth, clock, time};

/// The header that carries the SHA-256 of an invitation from the worker to a room's object.
pub(crate) const INVITATION_HEADER: &str = "x-downbeat-invitation";

/// The header with those of a new room: to view, to control and to own, separated by commas.
pub(crate) const INVITATIONS_HEADER: &str = "x-downbeat-invitations";

/// The variable that says who makes rooms: `off`, `operators` (with a token of the scope `rooms`) or `open`.
const ROOMS_VARIABLE: &str = "ROOMS";

/// How many rooms an address makes without a token: 20 an hour, of which all may come at once. Counted by each isolate.
const ROOMS_RATE: Rate = Rate::per_second(1, 20).slower(180);

/// How many addresses an isolate remembers: 1,000. One that is forgotten has made its last room long ago, or there is a flood.
const ADDRESSES_MAX: usize = 1_000;

/// The longest wait for a room's object: 10 s.
const ROOM_WAIT: Span = downbeat_core::object_clock::CALL_MAX;

/// What calls about rooms may have, from pages of any site.
const ALLOWED_HEADERS: &str = "authorization, content-type";

thread_local! {
    static MAKERS: RefCell<Vec<(Option<Address>, Bucket)>> = RefCell::default();
}

/// Returns whether a call is about rooms.
pub(crate) fn concerns(route: &Route) -> bool {
    matches!(route, Route::Rooms | Route::Invitations(_) | Route::Ice(_))
        || route.event().is_some_and(EventName::is_room)
}

/// Answers a call about rooms.
pub(crate) async fn answer(request: Request, env: &Env, ctx: &Context, target: &Target<'_>, route: Route) -> Response {
    let (method, head) = (request.method(), request.method() == "HEAD");
    let result = match (method.as_str(), &route) {
        ("OPTIONS", _) => Ok(Reply::empty(204)
            .header("allow", route.methods())
            .header("access-control-allow-methods", route.methods())
            .header("access-control-allow-headers", ALLOWED_HEADERS)
            .header("access-control-max-age", "86400")),
        ("POST", Route::Rooms) => create(request, env, ctx, &route).await,
        ("GET", Route::Live(room)) if room.is_room() => match open(&request, env, room).await {
            Ok(response) => return response,
            Err(problem) => Err(problem),
        },
        ("GET" | "HEAD", Route::EventTime(room)) if room.is_room() => {
            // The room's timeline is for its members; the time is for everyone.
            let t1 = time::t1(target).map(str::to_owned);
            Ok(Reply::json(200, TimeBody { t1, ..TimeBody::unknown(None, clock::now()) }.to_json()))
        }
        (_, route) => match route.event().filter(|room| room.is_room()) {
            Some(room) => call(request, env, ctx, target, route, room).await,
            None => Err(Problem::new(Code::UnknownPath, "only rooms have this; their names begin with \"r-\"")),
        },
    };
    result.unwrap_or_else(Reply::from).into_response(Readers::Public, head)
}

/// Returns the problem of a room that does not exist.
pub(crate) fn unknown_room(room: &EventName) -> Problem {
    let detail =
        format!("there is no room \"{room}\", or nothing of it here; rooms end some time after the last one left");
    Problem::new(Code::UnknownEvent, detail)
}

/// Makes a room.
async fn create(request: Request, env: &Env, ctx: &Context, route: &Route) -> Result<Reply, Problem> {
    let policy = env.var(ROOMS_VARIABLE).map(|policy| policy.to_string()).unwrap_or_default();
    if !matches!(policy.as_str(), "open" | "operators") {
        let detail = "this server makes no rooms; whoever runs it can allow them with the variable ROOMS";
        return Err(Problem::new(Code::RoomsOff, detail));
    }
    let grant = match policy == "operators" || has_token(&request) {
        true => Some(operator(&request, env, ctx, route).await?),
        false => None,
    };
    let name = draw_name(random());
    match &grant {
        Some(grant) => grant.check_event(&name)?,
        None => count(request::address(&request, env), clock::now())?,
    }
    let body = body(request).await?;
    let invitations = Role::ALL.map(|_| Invitation::new(random()));
    let digests = invitations.each_ref().map(Invitation::sha256);
    // What would be refused calls no object.
    let now = clock::now();
    let epoch = "unused".parse().expect("a word can be an epoch");
    let checked = EventState::create_room(parse_room(&body, digests)?, epoch, "", now);
    checked.map_err(|error| room_problem(&error, &name, None, now))?;

    let mut headers = vec![(INVITATIONS_HEADER, digests.map(|digest| digest.to_string()).join(","))];
    headers.extend(grant.map(|grant| (TOKEN_HEADER, grant.id.to_string())));
    let path = Route::Event(name.clone()).path();
    let made = send(env, &name, ObjectRequest { method: "PUT", path: &path, headers, body: Some(&body) }).await?;
    if made.status() != 201 {
        return passed_on(made).await;
    }
    let invitations = InvitationTexts::all(&invitations);
    Ok(Reply::json(201, json::text(&RoomAnswer { event: name, invitations })))
}

/// Counts a room that an address makes.
fn count(address: Option<Address>, now: ServerTime) -> Result<(), Problem> {
    MAKERS.with_borrow_mut(|makers| {
        makers.retain(|(_, bucket)| !bucket.is_full(now));
        let place = makers.iter().position(|(other, _)| *other == address).unwrap_or_else(|| {
            if makers.len() == ADDRESSES_MAX {
                makers.remove(0);
            }
            makers.push((address, Bucket::default()));
            makers.len() - 1
        });
        makers[place].1.take(ROOMS_RATE, now).map_err(|wait| {
            let seconds = wait.as_millis() / 1_000 + 1;
            let detail = format!("an address makes at most 20 rooms an hour; try again in {seconds} s");
            Problem::new(Code::TooManyRequests, detail).with("retryAfter", wait.as_millis())
        })
    })
}

/// Opens a socket of a room.
async fn open(request: &Request, env: &Env, room: &EventName) -> Result<Response, Problem> {
    let upgrade = request.headers().get("upgrade").ok().flatten();
    if !upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket")) {
        return Err(Problem::new(Code::UpgradeRequired, "this is a WebSocket: connect with wss:// or ws://"));
    }
    let path = Route::Live(room.clone()).path();
    let headers = vec![("upgrade", "websocket".to_owned())];
    let response = send(env, room, ObjectRequest { headers, ..ObjectRequest::get(&path) }).await?;
    match response.status() {
        101 => Ok(response),
        _ => Ok(passed_on(response).await?.into_response(Readers::Public, false)),
    }
}

/// Passes a call on to the room's object, with the digest of its invitation.
async fn call(
    request: Request,
    env: &Env,
    ctx: &Context,
    target: &Target<'_>,
    route: &Route,
    room: &EventName,
) -> Result<Reply, Problem> {
    let method = match request.method().as_str() {
        "HEAD" => "GET".to_owned(),
        method => method.to_owned(),
    };
    let headers = if method == "DELETE" && has_token(&request) {
        vec![(TOKEN_HEADER, operator(&request, env, ctx, route).await?.id.to_string())]
    } else {
        let header = request.headers().get("authorization").ok().flatten();
        vec![(INVITATION_HEADER, Invitation::of_header(header.as_deref())?.sha256().to_string())]
    };
    let known = matches!(
        (method.as_str(), route),
        ("GET" | "DELETE", Route::Event(_))
            | ("GET", Route::Status(_) | Route::Ice(_) | Route::Audience(_))
            | ("POST", Route::Invitations(_))
    );
    if !known {
        return Err(Problem::new(Code::UnknownPath, "a room has nothing at this path, or not with this method"));
    }
    let body = if method == "POST" { Some(body(request).await?) } else { None };
    let call = ObjectRequest { method: &method, path: target.path, headers, body: body.as_deref() };
    passed_on(send(env, room, call).await?).await
}

/// Sends a request with this worker's time, as to any event, and returns the response as it is.
async fn send(env: &Env, room: &EventName, request: ObjectRequest<'_>) -> Result<Response, Problem> {
    let send = async |call: CallTime| {
        let mut request = request.clone();
        request.headers.push((clock::TIME_HEADER, clock::call_time_text(call)));
        let object = Object { binding: "EVENT", name: room.as_str(), region: None };
        let answer = clock::within(ROOM_WAIT, object::fetch(env, object, request)).await;
        let answer = answer.unwrap_or_else(|| Err(worker::Error::RustError("no answer in time".to_owned())));
        answer.map_err(|error| unavailable("the room", &error))
    };
    let call = CallTime::new(clock::now());
    let response = send(call).await?;
    if response.status() != clock::CALL_AGAIN {
        return Ok(response);
    }
    match text(&response).await.parse().ok().and_then(ServerTime::try_from_millis) {
        Some(own) => send(call.repeated(own, clock::now())).await,
        None => Ok(response),
    }
}

async fn passed_on(response: Response) -> Result<Reply, Problem> {
    let status = response.status();
    if status == 204 {
        return Ok(Reply::empty(204));
    }
    let reply = Reply::json(status, text(&response).await);
    Ok(if status < 400 { reply } else { reply.into_problem() })
}

async fn text(response: &Response) -> String {
    let Ok(promise) = response.text() else { return String::new() };
    JsFuture::from(promise).await.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// Returns whether a request shows an operator's token, and no invitation.
fn has_token(request: &Request) -> bool {
    let header = request.headers().get("authorization").ok().flatten().unwrap_or_default();
    header.split_once(' ').is_some_and(|(_, text)| text.trim_start().starts_with(PREFIX))
}

/// Returns what a token allows that makes rooms, and deletes them.
async fn operator(request: &Request, env: &Env, ctx: &Context, route: &Route) -> Result<Grant, Problem> {
    let grant = auth::authenticate(request, env, ctx, route).await?;
    grant.check_access(Access::OneOf(&[Scope::Rooms, Scope::Admin]))?;
    Ok(grant)
}
