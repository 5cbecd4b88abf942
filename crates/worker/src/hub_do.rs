//! The object that is a hub: requests, frames and alarms on their way to core's hub, which decides.

use downbeat_core::fanout::hub::{BROADCAST_WAIT, HubError, Limit, Source};
use downbeat_core::fanout::{Address, Gathering, Report, Tree};
use downbeat_core::{EventState, ServerTime, Span};
use downbeat_wire::json;
use downbeat_wire::live::Close;
use downbeat_wire::problem::{Code, Problem};
use futures_util::future::join;
use std::rc::Rc;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    durable_object,
};

use crate::event::{POLLS_PARAMETER, STATE_PATH, unknown_event};
use crate::hub::{BUSY_HEADER, DELETE_PATH, DROPPING_HEADER, INSTEAD_HEADER, LIVE_PATH, RELAY_PATH, parse_name};
use crate::hub_shell::HubShell;
use crate::reply::{Readers, Reply};
use crate::request::{Target, body};
use crate::sockets::{self, Socket};
use crate::{clock, fanout};

/// One hub; `None` for an object whose name is not a hub's.
#[durable_object]
pub struct HubDo(Option<Rc<HubShell>>);

impl DurableObject for HubDo {
    fn new(state: State, env: Env) -> Self {
        let name = state.id().name().as_deref().and_then(parse_name);
        Self(name.map(|(event, number)| HubShell::new(state, env, event, number)))
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let Some(shell) = &self.0 else {
            return respond(Err(Problem::new(Code::UnknownPath, "a hub's name is an event's, a slash and a number")));
        };
        let request = request.inner().clone()?;
        let url = request.url();
        let target = Target::of(&url);
        match target.path {
            LIVE_PATH => {
                let limit = if target.parameter("last") == Some("1") { Limit::Full } else { Limit::Crowded };
                let address = target.parameter("from").and_then(|bits| bits.parse().ok()).map(Address::from_bits);
                join_viewer(shell, limit, address).await
            }
            STATE_PATH => {
                let polls = target.parameter(POLLS_PARAMETER).and_then(|polls| polls.parse().ok()).unwrap_or_default();
                respond(send_state(shell, polls).await)
            }
            DELETE_PATH => {
                let sockets = sockets::all(&shell.state).length();
                shell.handle(|hub, _| hub.handle_deleted());
                respond(Ok(Reply::json(200, sockets.to_string())))
            }
            RELAY_PATH => respond(relay(shell, &target, request).await),
            _ => respond(Err(Problem::new(Code::UnknownPath, "a hub has nothing at this path"))),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        if let Some(shell) = &self.0 {
            let sockets = sockets::all(&shell.state);
            shell.handle(|hub, now| hub.handle_alarm(sockets.length(), now));
            shell.until(|hub| !hub.is_refreshing()).await;
            shell.close_silent(&sockets).await;
        }
        Response::empty()
    }

    // What is no short text, entry.js has cut before it was copied.
    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        let Some(shell) = &self.0 else { return Ok(()) };
        let socket = Socket::of(&socket);
        let frame = match shell.handle(|hub, now| hub.handle_frame(&socket, now)) {
            true => sockets::parse(message),
            false => Err(Close::Flood),
        };
        match frame {
            Ok(ack) => shell.handle(|hub, now| hub.handle_ack(&socket, &ack.into(), now)),
            Err(close) => socket.close(close),
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _reason: String, _clean: bool) -> Result<()> {
        self.release(&socket);
        sockets::close_in_turn(&socket, code);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        self.release(&socket);
        Ok(())
    }
}

impl HubDo {
    fn release(&self, socket: &WebSocket) {
        if let Some(shell) = &self.0 {
            shell.handle(|hub, now| hub.handle_closed(&Socket::of(socket), now));
        }
    }
}

/// Accepts a viewer's socket, if there is room.
async fn join_viewer(shell: &Rc<HubShell>, limit: Limit, address: Option<Address>) -> Result<Response> {
    have_state(shell).await;
    // No waiting from here on: what is counted is what is accepted.
    let count = || sockets::all(&shell.state).length();
    if let Err(error) = shell.handle(|hub, now| hub.handle_join(limit, address, count, now)) {
        let reply = Reply::from(problem(shell, error));
        return respond(Ok(match error {
            HubError::Full { instead } => name_other(reply, instead),
            HubError::Busy { instead } => name_other(reply, instead).header(BUSY_HEADER, "1"),
            HubError::Dropping { wait } => reply.header(DROPPING_HEADER, wait.as_millis().to_string()),
            _ => reply,
        }));
    }
    let pair = WebSocketPair::new()?;
    shell.state.accept_web_socket(&pair.server);
    let socket = Socket::of(&pair.server);
    shell.handle(|hub, now| {
        socket.note_silence(now);
        hub.handle_joined(socket, address, now);
    });
    Response::from_websocket(pair.client)
}

/// Names the hub to try instead.
fn name_other(reply: Reply, instead: Option<u16>) -> Reply {
    match instead {
        Some(instead) => reply.header(INSTEAD_HEADER, instead.to_string()),
        None => reply,
    }
}

/// Returns the state to a worker that has answered so many `polls`, after the instant at which the event's object is known to have
/// had it, in ms.
async fn send_state(shell: &Rc<HubShell>, polls: u32) -> core::result::Result<Reply, Problem> {
    have_state(shell).await;
    let text = shell.handle(|hub, now| {
        let confirmed = hub.confirmed().map_or(0, ServerTime::as_millis);
        hub.handle_request(polls, now).map(|text| format!("{confirmed} {text}"))
    });
    text.map(|text| Reply::json(200, text)).map_err(|error| problem(shell, error))
}

/// Passes a state on to the hubs below, sends it to all sockets, and reports; without a state it only reports.
async fn relay(
    shell: &Rc<HubShell>,
    target: &Target<'_>,
    request: web_sys::Request,
) -> core::result::Result<Reply, Problem> {
    let number = |name| target.parameter(name).and_then(|text| text.parse::<u16>().ok());
    let within = number("within").filter(|ms| *ms > 0).map(|ms| Span::from_millis(ms.into()));
    let tree = Tree::of(number("hubs").unwrap_or_default());
    let body = body(request).await?;
    let text = String::from_utf8(body).map_err(|_| not_a_state())?;
    let state = if text.is_empty() { None } else { Some(json::read(text.as_bytes()).map_err(|_| not_a_state())?) };

    let below = Gathering::below(tree, shell.handle(|hub, _| hub.number()), within);
    let passed_on = state.as_ref().map(|_| text.as_str().into());
    // The hubs below first, since they are further from the event.
    let passing_on = fanout::gather(&shell.env, &shell.event, below, passed_on);
    let (below, report) = join(passing_on, apply(shell, state, text)).await;
    let reports: Vec<Report> = below.reports().cloned().chain([report]).collect();
    Ok(Reply::json(200, json::text(&reports)))
}

/// Applies a state, and reports once all sockets have been sent it.
async fn apply(shell: &Rc<HubShell>, state: Option<EventState>, text: String) -> Report {
    let Some(state) = state else {
        return shell.handle(|hub, now| hub.report(Some(sockets::all(&shell.state).length()), now));
    };
    let version = state.version();
    shell.handle(|hub, _| hub.handle_state(state, text, Source::Relay));
    clock::within(BROADCAST_WAIT, shell.until(|hub| hub.has_sent(&version))).await;
    shell.handle(|hub, now| hub.report(None, now))
}

/// Waits until the hub has a state, or knows that there is none.
async fn have_state(shell: &Rc<HubShell>) {
    shell.handle(|hub, _| hub.require_state());
    shell.until(|hub| !hub.awaits_state()).await;
}

fn problem(shell: &HubShell, error: HubError) -> Problem {
    let event = &shell.event;
    match error {
        HubError::UnknownEvent => unknown_event(event),
        HubError::NoAnswer => Problem::new(Code::Unavailable, format!("event \"{event}\" does not answer its hub")),
        HubError::Full { .. } => {
            Problem::new(Code::Full, format!("this hub of event \"{event}\" has no room; try another"))
        }
        HubError::Busy { .. } => {
            Problem::new(Code::Full, format!("this hub of event \"{event}\" takes nobody right now; try another"))
        }
        HubError::Dropping { .. } => {
            Problem::new(Code::Full, "too many sockets from this address were dropped right after they had joined")
        }
    }
}

fn not_a_state() -> Problem {
    Problem::new(Code::BadRequest, "the body is not an event's state")
}

fn respond(reply: core::result::Result<Reply, Problem>) -> Result<Response> {
    Ok(reply.unwrap_or_else(Reply::from).into_response(Readers::Operators, false).into())
}
