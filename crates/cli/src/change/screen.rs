//! The screen before a change: the present state, the state after it, and when it takes effect.

use downbeat_api::clock::ServerClock;
use downbeat_api::{Client, Response};
use downbeat_core::{Command, Request, ServerTime};
use downbeat_wire::StateBody;

use super::failure;
use super::plan::Plan;
use super::preview::Preview;
use crate::context::{self, Context};
use crate::error::Error;
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
            describe_states(&mut screen, server, reading, preview)?;
            if matches!(request.command, Command::Undo { .. } | Command::Redo { .. }) {
                let last = failure::last_change(server, context).await.map(|last| text::last_change(&last));
                screen.line("takes back", last.unwrap_or_else(|| "the last change".to_owned()));
            }
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
