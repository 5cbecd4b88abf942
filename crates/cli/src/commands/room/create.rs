//! `room create`: makes a room.

use std::fmt::{self, Display as _};

use downbeat_api::ApiError;
use downbeat_core::EventName;
use downbeat_core::room::Controls;
use downbeat_wire::Code;
use serde_json::{Map, Value, json};

use super::Links;
use crate::cli::{RoomCreateArgs, WaitArg};
use crate::context::Context;
use crate::error::Error;
use crate::output::{Content, Report};
use crate::text::{self, Table};

/// A room that was made, or (with `--dry-run`) would be.
pub(crate) struct Create {
    place: Map<String, Value>,
    screen: Table,
    made: Option<(EventName, Links)>,
}

/// Makes a room.
pub(super) async fn run(context: &Context, args: RoomCreateArgs) -> Result<Create, Error> {
    let mut settings = Map::new();
    let mut screen = Table::default();
    screen.line("server", context.environment());
    let mut set = |name: &str, value: Option<Value>| value.map(|value| settings.insert(name.to_owned(), value));
    set("title", args.title.as_ref().map(|title| json!(title)));
    set("content", args.content.as_ref().map(|content| json!(content)));
    set("controls", args.controls.map(|controls| json!(controls)));
    set("wait", args.wait.map(|WaitArg(max)| max.map_or(json!(false), |max| json!({ "max": max }))));
    set("keep", args.keep.map(|keep| json!(keep)));
    set("lead", args.lead.map(|lead| json!(lead)));
    if let Some(title) = &args.title {
        screen.line("title", format!("\"{title}\""));
    }
    screen.line("plays", args.content.as_ref().map_or("nothing yet", |content| content.as_str()));
    screen.line("controls", controls(args.controls.unwrap_or_default()));
    let mut place = context.place();
    place.remove("event");
    if context.dry_run {
        return Ok(Create { place, screen, made: None });
    }
    // A token is sent if there is one: where everyone may make rooms it takes none.
    let made = context.reader()?.create_room(&Value::Object(settings)).await.map_err(refused)?;
    let texts = &made.invitations;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let [view, control, own] = [text(&texts.view), text(&texts.control), text(&texts.own)];
    let links = Links::new(context, args.page, &made.event, [&view, &control, &own])?;
    screen.line("room", made.event.to_string());
    if let Some(keep) = args.keep {
        screen.line("kept", format!("{} after the last member left", text::span(keep)));
    }
    Ok(Create { place, screen, made: Some((made.event, links)) })
}

/// Says who has the controls.
pub(super) const fn controls(controls: Controls) -> &'static str {
    match controls {
        Controls::Controllers => "those with the link \"control\" or \"own\"",
        Controls::Everyone => "everyone",
    }
}

/// Says how rooms are turned on, and which token makes one.
fn refused(error: ApiError) -> Error {
    let (is_off, is_unauthorized) = (error.is(Code::RoomsOff), error.is(Code::Unauthorized));
    let error = Error::from(error);
    if is_off {
        error.with_hint(
            "set the worker's variable ROOMS: \"operators\" lets those with a token of scope rooms make them, \"open\" lets everyone; \
             in wrangler.toml under [vars], then deploy",
        )
    } else if is_unauthorized {
        error.with_hint(
            "this server makes rooms for operators: give a token of scope rooms, by --token-file or the profile",
        )
    } else {
        error
    }
}

impl Report for Create {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        match &self.made {
            Some((room, links)) => {
                json.insert("room".to_owned(), json!(room));
                json.insert("links".to_owned(), links.json());
            }
            None => drop(json.insert("dryRun".to_owned(), json!(true))),
        }
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.screen.fmt(f)?;
        match &self.made {
            Some((_, links)) => links.human(f),
            None => writeln!(f, "dry run: no room was made"),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.made.as_ref().map_or(Ok(()), |(_, links)| links.quiet(f))
    }

    fn content(&self) -> Content {
        Content::Secret
    }
}
