//! The errors of a change: the event moved on, the answer is missing, the result is not visible.

use downbeat_api::{ApiError, Client, Visibility};
use downbeat_core::{CommandId, Rev, Span};
use downbeat_wire::{Code, LastChange, Problem, StateBody, StatusWord};
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::error::Error;
use crate::text;

/// Creates the refusal that the server would send for an event that is no longer at the revision given with `--if-rev`.
pub(crate) fn stale(if_rev: Rev, state: &StateBody, last: Option<&LastChange>, url: String) -> Error {
    let refusal = downbeat_core::Refusal::Stale { if_rev, rev: state.rev };
    let mut problem = Problem::new(Code::Stale, refusal.to_string()).with("state", json!(state));
    if let Some(last) = last {
        problem = problem.with("lastChange", json!(last));
    }
    ApiError::Problem { url, problem: Box::new(problem) }.into()
}

/// Returns the last change of the event; `None` if the token may not read the log.
pub(crate) async fn last_change(server: &Client, context: &Context) -> Option<LastChange> {
    let page = server.log(&context.settings.event, None, 1).await.ok()?;
    let entry = page.entries.into_iter().next()?;
    let text = |name: &str| entry.body.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(LastChange {
        id: text("id").and_then(|id| id.parse().ok()),
        reason: text("reason"),
        name: entry.name,
        actor: entry.actor,
        at: entry.at,
        effective_at: entry.effective_at,
    })
}

/// Converts a failed call. If the command may have arrived, the error says how to find out.
pub(super) fn uncertain(context: &Context, name: &str, id: &CommandId, rev: Option<Rev>, error: ApiError) -> Error {
    if !error.may_have_arrived() {
        return error.into();
    }
    let status = context.command_line(&["status"]);
    let find_out = match rev {
        Some(rev) => format!("{status}   (it arrived if that shows rev {} or higher by you)", rev.next()),
        None => status,
    };
    Error::uncertain(
        &format!("\"{name}\" of {}", context.settings.event),
        error,
        format!("{find_out}\nor send it again with --id {id}: if it did arrive, that changes nothing"),
    )
    .with("id", json!(id))
}

/// What the public URL does not show of a change that the server has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// Its revision.
    Revision,
    /// The status that the event should have with it.
    Status(StatusWord),
    /// It takes effect so much later than it should.
    Late(Span),
}

/// Creates the error for a change that is written and shown, and does not have its effect.
pub(super) fn ineffective(
    context: &Context,
    server: &Client,
    rev: Rev,
    seen: &Visibility,
    unseen: Unseen,
    undo: Option<&str>,
    change: Map<String, Value>,
) -> Error {
    let url = server.url_of(&downbeat_wire::Route::EventTime(context.settings.event.clone()));
    let (message, hint) = match unseen {
        Unseen::Revision => return self::unseen(context, server, rev, seen, undo, change),
        Unseen::Status(status) => (
            format!(
                "the change is written as rev {rev}, but {url} shows \"{}\" after {}, and not \"{}\"",
                seen.status.unwrap_or(StatusWord::Unknown).as_str(),
                text::span(seen.ms),
                status.as_str(),
            ),
            context.command_line(&["status"]),
        ),
        Unseen::Late(late) => (
            format!(
                "the change is written as rev {rev}, but takes effect {} too late: the event's clock differs from the one that viewers have",
                text::span(late)
            ),
            format!(
                "update the worker, which then corrects this; until then, viewers play on: {}",
                context.command_line(&["pause", "--break-glass"])
            ),
        ),
    };
    Error::unseen(message, hint + &take_back(undo)).with_more(change)
}

fn take_back(undo: Option<&str>) -> String {
    undo.map(|undo| format!("\ntake it back with: {undo}")).unwrap_or_default()
}

/// Creates the error for a change that the server has written, but that the public URL does not show in time.
pub(crate) fn unseen(
    context: &Context,
    server: &Client,
    rev: Rev,
    seen: &Visibility,
    undo: Option<&str>,
    change: Map<String, Value>,
) -> Error {
    let url = server.url_of(&downbeat_wire::Route::EventTime(context.settings.event.clone()));
    let last = match seen.rev {
        Some(last) => format!("it shows rev {last}"),
        None => "it does not answer".to_owned(),
    };
    Error::unseen(
        format!("the change is written as rev {rev}, but not seen at {url} after {}: {last}", text::span(seen.ms)),
        context.command_line(&["status"]) + &take_back(undo),
    )
    .with_more(change)
}
