//! `event set`: makes the event, or changes how it is set up.

use downbeat_api::{ApiError, Response};
use downbeat_core::event::{EmergencyChannel, HubCount};
use downbeat_core::{Configuration, Span};
use downbeat_wire::publication::pointer_key;
use downbeat_wire::{Code, StateBody, configuration};
use serde_json::json;

use crate::again;
use crate::change;
use crate::cli::{EmergencyKeyArg, EventSetArgs};
use crate::confirm::{self, Gate};
use crate::context::{self, Context};
use crate::error::Error;
use crate::instant;
use crate::outcome::Outcome;
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// Makes the event, or changes how it is set up.
pub(crate) async fn run(context: &Context, args: EventSetArgs) -> Result<Outcome, Error> {
    let server = context.operator()?;
    let event = &context.settings.event;
    let before = match server.state(event).await {
        Ok(reading) => Some(reading),
        Err(error) if error.is(Code::UnknownEvent) => None,
        Err(error) => return Err(error.into()),
    };
    let clock = match &before {
        Some(reading) => reading.clock,
        None => server.clock().await?.clock,
    };
    let zone = args.tz.unwrap_or(TimeZone::Local);
    let starts_at = args.starts_at.as_deref().map(|given| instant::parse(given, zone, clock.now())).transpose()?;
    if before.is_none() && starts_at.is_none() {
        return Err(Error::usage(
            format!("there is no event {event} yet, and a new one needs a start"),
            "give --starts-at, such as --starts-at \"2026-12-24 19:00\" --tz Europe/Paris, or --starts-at +30s",
        ));
    }
    let state = before.as_ref().map(|reading| &reading.body);
    if let (Some(if_rev), Some(state)) = (args.attribution.if_rev, state) {
        change::require_rev(context, &server, state, if_rev).await?;
    }
    let emergency = emergency(context, &args, state)?;
    let wanted = Configuration {
        starts_at,
        duration: args.duration.map(|duration| duration.0),
        title: args.title,
        locale: args.locale,
        hubs: hub_count(args.hubs, args.expected)?,
        resync: args.resync,
        origins: args.origins.map(|mut origins| {
            origins.retain(|origin| origin != "any");
            origins
        }),
        emergency,
        archived: None,
        if_rev: args.attribution.if_rev.or(state.map(|state| state.rev)),
        reason: args.attribution.reason,
    };

    let mut screen = context.screen(state);
    let changes = describe(&mut screen, &wanted, state, zone, &clock);
    if let Some(state) = state.filter(|_| changes == 0) {
        let headline = format!("nothing to change: it is so already (rev {})", state.rev);
        return Ok(Outcome::unchanged(context, headline, json!({ "rev": state.rev })));
    }
    let actor = context::actor(args.attribution.actor.as_deref());
    if context.dry_run {
        let request = configuration::body(&wanted, &actor);
        return Ok(Outcome::planned(context, &screen, json!({ "request": request })));
    }
    // A mistyped name is not an event that somebody wanted.
    if before.is_none() && !args.create && context.yes {
        return Err(Error::unconfirmed(
            &format!("there is no event {event}, and --yes does not make one"),
            format!("if it is to be made: {}", again::line(|argument| vec![argument]) + " --create"),
        )
        .with("unknownEvent", json!(event)));
    }
    let make = format!("There is no event \"{event}\". Make it?");
    let question = if before.is_some() { "Change the event?" } else { &make };
    let gate = Gate::new(context.yes, context.settings.confirm, false, event);
    confirm::pass(&gate, &screen, question, context.output)?;

    let answer = server.configure(event, &wanted, &actor).await.map_err(|error| uncertain(context, error))?;
    let Response { body: state, clock } = answer;
    let is_new = before.is_none();
    let undo = (!is_new).then(|| context.command_line(&["undo", &state.rev.to_string()]));
    let headline = format!("{event} begins {} (rev {})", text::when(state.starts_at, zone, clock.now()), state.rev);
    let json = json!({ "changed": true, "created": is_new });
    let done = Outcome::done(context, if is_new { "made" } else { "changed" }, &headline, json);
    done.once_visible(context, &server, &state, undo).await
}

/// Returns how many hubs the event is to have, as far as the flags say so.
fn hub_count(hubs: Option<HubCount>, expected: Option<u32>) -> Result<Option<HubCount>, Error> {
    match (hubs, expected) {
        (Some(HubCount::Fixed(hubs)), Some(expected)) => Err(Error::usage(
            format!("--hubs {hubs} is a fixed number, which --expected {expected} does not change"),
            "leave one of the two out; with --expected the event adds hubs as they fill",
        )),
        (hubs, None) => Ok(hubs),
        (_, expected) => Ok(Some(HubCount::Auto { expected })),
    }
}

/// Returns where viewers are to look when the server is gone, as far as the flags say so.
fn emergency(
    context: &Context,
    args: &EventSetArgs,
    state: Option<&StateBody>,
) -> Result<Option<Option<EmergencyChannel>>, Error> {
    let present = state.and_then(|state| state.emergency.as_ref());
    let key = match (args.emergency_key, &args.emergency_url) {
        (None, None) => return Ok(None),
        (Some(EmergencyKeyArg(None)), _) => return Ok(Some(None)),
        (Some(EmergencyKeyArg(Some(key))), _) => Some(key),
        (None, Some(_)) => present.map(|present| present.key),
    };
    let key = key.ok_or_else(|| {
        Error::usage(
            "--emergency-url needs a key as well",
            "give --emergency-key; \"downbeat emergency init\" makes one",
        )
    })?;
    let event = &context.settings.event;
    let of_profile = || context.settings.publishing.public_url.as_ref()?.of(&pointer_key(event)).parse().ok();
    let url = args.emergency_url.clone().or_else(|| present.map(|present| present.url.clone())).or_else(of_profile);
    let url = url.ok_or_else(|| {
        Error::usage(
            "--emergency-key needs the URL as well at which viewers find the store's pointer",
            format!("give --emergency-url https://…/{}, or write publicUrl into the profile", pointer_key(event)),
        )
    })?;
    Ok(Some(Some(EmergencyChannel { key, url })))
}

/// Writes what changes, and returns how much does.
fn describe(
    screen: &mut Table,
    wanted: &Configuration,
    state: Option<&StateBody>,
    zone: TimeZone,
    clock: &downbeat_api::clock::ServerClock,
) -> usize {
    let mut changes = 0;
    let mut line = |label: &'static str, was: Option<String>, will_be: Option<String>| {
        let Some(will_be) = will_be.filter(|will_be| was.as_ref() != Some(will_be)) else { return };
        changes += 1;
        screen.line(label, was.map_or_else(|| will_be.clone(), |was| format!("{was} → {will_be}")));
    };
    let duration = |duration: Option<Span>| duration.map_or_else(|| "not known".to_owned(), text::span);
    let title = |title: &str| if title.is_empty() { "none".to_owned() } else { format!("\"{title}\"") };
    let start = |at| text::instant(at, zone);
    line("begins", state.map(|state| start(state.starts_at)), wanted.starts_at.map(start));
    line("duration", state.map(|state| duration(state.duration)), wanted.duration.map(duration));
    line("title", state.map(|state| title(&state.title)), wanted.title.as_deref().map(title));
    line("locale", state.map(|state| state.locale.to_string()), wanted.locale.as_ref().map(ToString::to_string));
    line("hubs", state.map(|state| text::hub_count(state.hub_count())), wanted.hubs.map(text::hub_count));
    line("origins", state.map(|state| text::origins(&state.origins)), wanted.origins.as_deref().map(text::origins));
    line("resync", state.map(|state| text::span(state.resync)), wanted.resync.map(text::span));
    let emergency = |channel: Option<&EmergencyChannel>| {
        channel.map_or_else(
            || "none".to_owned(),
            |channel| format!("{} signs, viewers check {}", channel.key, channel.url),
        )
    };
    line(
        "emergency",
        state.map(|state| emergency(state.emergency.as_ref())),
        wanted.emergency.as_ref().map(|channel| emergency(channel.as_ref())),
    );
    if let Some(starts_at) = wanted.starts_at {
        let now = clock.now();
        let note = if starts_at <= now { ": it will be running at once" } else { "" };
        screen.line("that is", format!("{}{note}", text::relative(starts_at, now)));
    }
    changes
}

pub(super) fn uncertain(context: &Context, error: ApiError) -> Error {
    if !error.may_have_arrived() {
        return error.into();
    }
    Error::uncertain(
        &format!("the configuration of {}", context.settings.event),
        error,
        format!("{}\nthe same command again is safe", context.command_line(&["event", "show"])),
    )
}
