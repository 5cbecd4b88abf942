//! The screen before a change: the present state, the state after it, and when it takes effect.

use downbeat_api::clock::ServerClock;
use downbeat_api::{Client, Response};
use downbeat_core::{Command, Request, ServerTime};
use downbeat_wire::StateBody;

use super::effects::effects;
use super::failure;
use super::plan::Plan;
use super::preview::Preview;
use crate::context::{self, Context};
use crate::error::Error;
use crate::log_words;
use crate::message::VisibleMessage;
use crate::standing::Standing;
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// Builds the screen for a planned request.
pub(super) async fn build(
    context: &Context,
    server: &Client,
    plan: &Plan<'_>,
    request: &Request,
    preview: Option<&Preview>,
) -> Result<Table, Error> {
    let mut screen = context.screen(plan.state());
    match (&plan.reading, preview) {
        (Some(reading), Some(preview)) => {
            if matches!(request.command, Command::Undo { .. } | Command::Redo { .. }) {
                describe_reversal(&mut screen, context, server, request, reading, preview).await?;
            }
            describe_states(&mut screen, server, reading, preview)?;
        }
        _ => {
            screen.line("now", "unknown: the server does not say in time");
            screen.line("then", "paused where it is when this takes effect");
        }
    }
    for (label, value) in &plan.spec.lines {
        screen.line(label, value.clone());
    }
    let effective_at = match preview.and_then(Preview::answer) {
        Some(answer) => Some(answer.effective_at),
        None => plan.effective_at()?,
    };
    let effect = match (&plan.reading, effective_at) {
        _ if matches!(request.command, Command::Rundown { .. }) => "as soon as viewers ask".to_owned(),
        (Some(reading), Some(at)) => takes_effect(at, &reading.clock),
        _ => "half a second after it arrives".to_owned(),
    };
    screen.line("takes effect", effect);
    Ok(screen)
}

/// Adds which change is undone or redone, and what that does to viewers.
async fn describe_reversal(
    screen: &mut Table,
    context: &Context,
    server: &Client,
    request: &Request,
    reading: &Response<StateBody>,
    preview: &Preview,
) -> Result<(), Error> {
    let label = if matches!(request.command, Command::Redo { .. }) { "redoes" } else { "undoes" };
    let Some(answer) = preview.answer() else {
        let last = failure::last_change(server, context).await.map(|last| text::last_change(&last));
        screen.line(label, last.unwrap_or_else(|| "the last change".to_owned()));
        return Ok(());
    };
    if let Some(reverted) = &answer.reverted {
        let when = text::when(reverted.at, TimeZone::Local, reading.clock.now());
        // A token that may not read the log sees the name only.
        let entry = server.log(&context.settings.event, Some(reverted.rev.next()), 1).await.ok();
        let entry = entry.and_then(|page| page.entries.into_iter().next()).filter(|entry| entry.rev == reverted.rev);
        let what = entry.map_or_else(|| format!("\"{}\"", reverted.name), |entry| log_words::what(&entry));
        screen.line(label, format!("rev {}: {} {what}, {when}", reverted.rev, reverted.actor));
    }
    let effects = effects(&reading.body, &answer.state, answer.effective_at);
    screen.line("that means", effects.map_err(|error| context::broken(server, &error))?.join("; "));
    Ok(())
}

/// Adds the present state and the state after the command.
fn describe_states(
    screen: &mut Table,
    server: &Client,
    reading: &Response<StateBody>,
    preview: &Preview,
) -> Result<(), Error> {
    let state = &reading.body;
    let now = reading.clock.now();
    let broken = |error| context::broken(server, &error);
    screen.line("now", Standing::of(state, now).map_err(broken)?.to_string());
    let message = VisibleMessage::at(state, now);
    match preview {
        Preview::Server(answer) | Preview::LastState(answer) => {
            let then = Standing::of(&answer.state, answer.effective_at).map_err(broken)?;
            screen.line("then", then.to_string());
            let message_then = VisibleMessage::at(&answer.state, answer.effective_at);
            let visible =
                if message_then == message { message.to_string() } else { format!("{message_then} (now {message})") };
            screen.line("viewers see", visible);
            if answer.replaced {
                screen.line("replaces", "what is scheduled for later");
            }
        }
        Preview::Unknown(why) => _ = screen.line("then", format!("not known beforehand: {why}")),
    }
    Ok(())
}

/// Describes when a change takes effect, by the server's clock.
fn takes_effect(at: ServerTime, clock: &ServerClock) -> String {
    text::when(at, TimeZone::Local, clock.now())
}
