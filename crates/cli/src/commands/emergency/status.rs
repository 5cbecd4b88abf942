//! `emergency status`: whether an emergency pause would work, and whether one is in force.

use downbeat_api::clock;
use downbeat_core::event::EmergencyChannel;
use downbeat_publish::emergency::read_public;
use downbeat_publish::history::Pointer;
use downbeat_publish::public::Page;
use serde_json::{Value, json};

use super::findings::Findings;
use super::{place, reach};
use crate::cli::EmergencyArgs;
use crate::commands::emergency::told;
use crate::context::Context;
use crate::error::Error;
use crate::last_seen;

/// Checks everything that an emergency pause needs.
pub(super) async fn run(context: &Context, args: &EmergencyArgs) -> Result<Findings, Error> {
    let event = &context.settings.event;
    let reader = context.reader()?;
    let answer = reader.state(event).await;
    // The client saved the answer, if there was one.
    let known = last_seen::recall(reader.url(), event);
    let mut findings =
        Findings::new(context.screen(answer.as_ref().ok().map(|reading| &reading.body)), context.place());
    match &answer {
        Ok(reading) => findings.line("server", format!("answers, rev {}", reading.body.rev)),
        Err(error) => findings.line("server", error.to_string()),
    };
    let channel = known.as_ref().and_then(|known| known.state.emergency.as_ref());
    match &known {
        Some(known) if channel.is_none() => findings.fault(
            "known here",
            place::age(known, clock::wall()),
            "the event has no emergency key: event set --emergency-key KEY --emergency-url URL",
        ),
        Some(known) => findings.line("known here", place::age(known, clock::wall())),
        None => findings.fault("known here", "nothing", format!("this machine never saw {event}")),
    };
    let key = own_key(context, args, channel, &mut findings);
    store(context, args, &mut findings).await;
    let document = match channel {
        Some(channel) => {
            let document = public(context, channel, &mut findings).await;
            reach::pages(context, channel, &mut findings).await;
            reach::newcomers(context, channel, &mut findings).await;
            document
        }
        None => None,
    };
    findings.add(json!({
        "server": answer.as_ref().ok().map(|reading| reading.body.rev),
        "known": known.as_ref().map(|known| json!({ "rev": known.state.rev, "heardAt": known.received_at })),
        "channel": channel, "key": key, "document": document,
    }));
    Ok(findings.finish())
}

fn own_key(
    context: &Context,
    args: &EmergencyArgs,
    channel: Option<&EmergencyChannel>,
    findings: &mut Findings,
) -> Option<String> {
    let key = match place::key(context, args.key_file.as_deref()) {
        Ok(key) => key.public().to_string(),
        Err(error) => {
            findings.fault("private key", error.to_string(), "there is no private key here");
            return None;
        }
    };
    match channel.map(|channel| channel.key.to_string()) {
        None => findings.line("private key", format!("of {key}")),
        Some(accepted) if accepted == key => findings.line("private key", format!("of {key}, which viewers accept")),
        Some(accepted) => findings.fault(
            "private key",
            format!("of {key}, but viewers accept only {accepted}"),
            "the private key is not the event's",
        ),
    }
    Some(key)
}

async fn store(context: &Context, args: &EmergencyArgs, findings: &mut Findings) {
    let pointer = match place::store(context, args.target.as_ref()) {
        Err(error) => Err(error.to_string()),
        Ok(store) => Pointer::read(&store, &context.settings.event)
            .await
            .map(|pointer| (store.name().to_string(), pointer.is_some()))
            .map_err(|error| error.to_string()),
    };
    match pointer {
        Ok((name, true)) => findings.line("store", format!("{name}: there is a pointer")),
        Ok((name, false)) => findings.line("store", format!("{name}: there is no pointer yet")),
        Err(why) => findings.fault("store", why, "the store cannot be read"),
    }
}

/// Reads the pointer at the URL that viewers use, and returns its signed state.
async fn public(context: &Context, channel: &EmergencyChannel, findings: &mut Findings) -> Option<Value> {
    findings.line("viewers read", channel.url.to_string());
    let public = match read_public(&Page::new(None), channel.url.as_str(), context.settings.timeout).await {
        Ok(public) => public,
        Err(why) => {
            findings.fault("they find", why, "viewers cannot read the pointer");
            return None;
        }
    };
    let found = match (&public.document, public.exists) {
        (Some(document), _) => told(document, Some(channel)),
        (None, true) => "no signed state".to_owned(),
        (None, false) => "nothing: there is no pointer yet".to_owned(),
    };
    if public.exists && !public.open {
        findings.fault(
            "they find",
            found,
            "pages may not read it: allow GET from every origin in the store's CORS rules",
        );
    } else {
        findings.line("they find", found);
    }
    public.document.map(|document| json!(document))
}
