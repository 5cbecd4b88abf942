//! `event reset`: puts the event back to before its start, as after a rehearsal.

use downbeat_api::Response;
use downbeat_core::event::Reset;
use downbeat_core::{EventName, ServerTime};
use downbeat_wire::StateBody;
use serde_json::json;

use super::event_set::uncertain;
use crate::change;
use crate::cli::EventResetArgs;
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::instant;
use crate::outcome::Outcome;
use crate::past;
use crate::standing::Standing;
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// Shows what is lost, asks for the event's name, and puts the event back.
pub(super) async fn run(context: &Context, args: EventResetArgs) -> Result<Outcome, Error> {
    let server = context.operator()?;
    let event = &context.settings.event;
    let before = server.state(event).await?;
    let state = &before.body;
    if let Some(if_rev) = args.attribution.if_rev {
        change::require_rev(context, &server, state, if_rev).await?;
    }
    let starts_at = start(&args, &before)?;
    let screen = screen(context, &server, &before, starts_at).await?;
    if context.dry_run {
        return Ok(Outcome::planned(context, &screen, json!({})));
    }
    let gate = if context.yes { Gate::Open } else { Gate::Name(event.clone()) };
    confirm::pass(&gate, &screen, "Reset the event?", context.output)?;
    let reset = Reset {
        starts_at: Some(starts_at),
        if_rev: args.attribution.if_rev.or(Some(state.rev)),
        reason: args.attribution.reason.clone(),
    };
    let actor = context::actor(args.attribution.actor.as_deref());
    let answer = server.reset(event, &reset, &state.epoch, &actor).await.map_err(|error| uncertain(context, error))?;
    let Response { body, clock } = answer;
    if body.epoch == state.epoch {
        return Err(Error::refused(
            "not-reset",
            format!("the server ignored this: event {event} goes on as it was (rev {})", body.rev),
            "update the worker: this version does not know \"event reset\"",
        ));
    }
    let begins = text::when(body.starts_at, args.tz.unwrap_or(TimeZone::Local), clock.now());
    let headline = format!("{event} begins {begins} (rev {}, in a new epoch)", body.rev);
    let json = json!({ "epoch": body.epoch, "replaces": body.replaces });
    let undo = context.command_line(&["undo", &body.rev.to_string()]);
    Outcome::done(context, "reset", &headline, json).once_visible(context, &server, &body, Some(undo)).await
}

/// Returns the start that the event is to have: the given one, or its own if that is still to come.
fn start(args: &EventResetArgs, before: &Response<StateBody>) -> Result<ServerTime, Error> {
    let (now, zone) = (before.clock.now(), args.tz.unwrap_or(TimeZone::Local));
    let Some(given) = args.starts_at.as_deref() else {
        let starts_at = before.body.starts_at;
        if starts_at > now {
            return Ok(starts_at);
        }
        return Err(Error::usage(
            format!("its start, {}, has passed, so it would run at once", text::when(starts_at, zone, now)),
            "give the new one: --starts-at \"2026-12-24 19:00\", or --starts-at +1h",
        ));
    };
    let starts_at = instant::parse(given, zone, now)?;
    past::check("--starts-at", given, starts_at, downbeat_core::Span::ZERO, zone, now)?;
    Ok(starts_at)
}

async fn screen(
    context: &Context,
    server: &downbeat_api::Client,
    before: &Response<StateBody>,
    starts_at: ServerTime,
) -> Result<Table, Error> {
    let (state, now) = (&before.body, before.clock.now());
    let event: &EventName = &context.settings.event;
    let standing = Standing::of(state, now).map_err(|error| context::broken(server, &error))?;
    let mut screen = context.screen(Some(state));
    screen
        .line("now", standing.to_string())
        .line("then", format!("counts down to {}", text::when(starts_at, TimeZone::Local, now)));
    // A token that may not read sees less.
    if let Ok(audience) = server.audience(event).await {
        let viewers = text::count(usize::try_from(audience.sockets).unwrap_or(usize::MAX), "viewer");
        screen.line("viewers", format!("{viewers} connected, who go back to the countdown"));
    }
    screen
        .line("removes", "holds, seeks, rates, the end, and every message, shown or scheduled")
        .line("cues", "may all fire again, also for viewers who had them")
        .line("stays", "its settings, its rundown and its log");
    Ok(screen)
}
