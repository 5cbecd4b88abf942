//! `emergency status`: whether an emergency pause would work, and whether one is in force.

use std::fmt::{self, Display as _};

use downbeat_api::clock;
use downbeat_core::event::EmergencyChannel;
use downbeat_publish::emergency::read_public;
use downbeat_publish::history::Pointer;
use downbeat_publish::public::Page;
use serde_json::{Map, Value, json};

use super::{place, reach};
use crate::cli::EmergencyArgs;
use crate::commands::emergency::told;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::last_seen;
use crate::output::{Failure, Report, members};
use crate::text::{Table, count};

/// Whether everything is ready, and what the pointer holds.
pub(crate) struct Status {
    screen: Table,
    place: Map<String, Value>,
    found: Map<String, Value>,
    faults: Vec<String>,
}

/// Checks everything that an emergency pause needs.
pub(super) async fn run(context: &Context, args: &EmergencyArgs) -> Result<Status, Error> {
    let event = &context.settings.event;
    let reader = context.reader()?;
    let answer = reader.state(event).await;
    // The client saved the answer, if there was one.
    let known = last_seen::recall(reader.url(), event);
    let mut faults = Vec::new();
    let mut screen = context.screen(answer.as_ref().ok().map(|reading| &reading.body));
    match &answer {
        Ok(reading) => screen.line("server", format!("answers, rev {}", reading.body.rev)),
        Err(error) => screen.line("server", error.to_string()),
    };
    match &known {
        Some(known) => screen.line("known here", place::age(known, clock::wall())),
        None => {
            faults.push(format!("this machine never saw {event}"));
            screen.line("known here", "nothing")
        }
    };
    let channel = known.as_ref().and_then(|known| known.state.emergency.as_ref());
    if channel.is_none() && known.is_some() {
        faults.push("the event has no emergency key: event set --emergency-key KEY --emergency-url URL".to_owned());
    }
    let key = own_key(context, args, channel, &mut screen, &mut faults);
    store(context, args, &mut screen, &mut faults).await;
    let document = match channel {
        Some(channel) => {
            let document = public(context, channel, &mut screen, &mut faults).await;
            faults.extend(reach::pages(context, channel, &mut screen).await);
            reach::newcomers(context, channel, &mut screen).await;
            document
        }
        None => None,
    };
    screen.line("ready", if faults.is_empty() { "yes".to_owned() } else { format!("no: {}", faults.join("; ")) });
    let found = members(json!({
        "server": answer.as_ref().ok().map(|reading| reading.body.rev),
        "known": known.as_ref().map(|known| json!({ "rev": known.state.rev, "heardAt": known.received_at })),
        "channel": channel, "key": key, "document": document, "ready": faults.is_empty(), "faults": faults,
    }));
    Ok(Status { screen, place: context.place(), found, faults })
}

fn own_key(
    context: &Context,
    args: &EmergencyArgs,
    channel: Option<&EmergencyChannel>,
    screen: &mut Table,
    faults: &mut Vec<String>,
) -> Option<String> {
    match (place::key(context, args.key_file.as_deref()), channel) {
        (Err(error), _) => {
            screen.line("private key", error.to_string());
            faults.push("there is no private key here".to_owned());
            None
        }
        (Ok(key), Some(channel)) if key.public() != channel.key => {
            screen.line("private key", format!("of {}, but viewers accept only {}", key.public(), channel.key));
            faults.push("the private key is not the event's".to_owned());
            Some(key.public().to_string())
        }
        (Ok(key), channel) => {
            let whose = if channel.is_some() { ", which viewers accept" } else { "" };
            screen.line("private key", format!("of {}{whose}", key.public()));
            Some(key.public().to_string())
        }
    }
}

async fn store(context: &Context, args: &EmergencyArgs, screen: &mut Table, faults: &mut Vec<String>) {
    let event = &context.settings.event;
    let said = match place::store(context, args.target.as_ref()) {
        Err(error) => Err(error.to_string()),
        Ok(store) => match Pointer::read(&store, event).await {
            Ok(pointer) => {
                let there = if pointer.is_some() { "there is a pointer" } else { "there is no pointer yet" };
                Ok(format!("{}: {there}", store.name()))
            }
            Err(error) => Err(error.to_string()),
        },
    };
    match said {
        Ok(said) => screen.line("store", said),
        Err(why) => {
            faults.push("the store cannot be read".to_owned());
            screen.line("store", why)
        }
    };
}

/// Reads the pointer at the URL that viewers use, and returns its signed state.
async fn public(
    context: &Context,
    channel: &EmergencyChannel,
    screen: &mut Table,
    faults: &mut Vec<String>,
) -> Option<Value> {
    screen.line("viewers read", channel.url.to_string());
    let public = match read_public(&Page::new(None), channel.url.as_str(), context.settings.timeout).await {
        Ok(public) => public,
        Err(why) => {
            screen.line("they find", why);
            faults.push("viewers cannot read the pointer".to_owned());
            return None;
        }
    };
    if public.exists && !public.open {
        faults.push("pages may not read it: allow GET from every origin in the store's CORS rules".to_owned());
    }
    screen.line(
        "they find",
        match (&public.document, public.exists) {
            (Some(document), _) => told(document, Some(channel)),
            (None, true) => "no signed state".to_owned(),
            (None, false) => "nothing: there is no pointer yet".to_owned(),
        },
    );
    public.document.map(|document| json!(document))
}

impl Report for Status {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(self.found.clone());
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.screen.fmt(f)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.faults.iter().try_for_each(|fault| writeln!(f, "{fault}"))
    }

    fn failure(&self) -> Option<Failure> {
        (!self.faults.is_empty()).then(|| Failure {
            exit: Exit::Different,
            code: "not-ready",
            message: format!("{}: {}", count(self.faults.len(), "fault"), self.faults.join("; ")),
        })
    }
}
