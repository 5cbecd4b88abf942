//! `room show`: who is in a room, and what it does.

use std::fmt::{self, Display as _};

use downbeat_api::Response;
use downbeat_wire::{RoomAudience, StateBody};
use serde_json::{Map, Value, json};

use super::create::controls;
use super::{refused, room_json, who};
use crate::context::{self, Context};
use crate::error::Error;
use crate::output::Report;
use crate::room_link::RoomLink;
use crate::standing::Standing;
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// A room as it is now.
pub(crate) struct Show {
    json: Map<String, Value>,
    screen: Table,
}

/// Asks the room.
pub(super) async fn run(context: &Context, link: &RoomLink) -> Result<Show, Error> {
    let server = context.client()?;
    let invitation = link.invitation()?;
    let state = server.room(&link.room, invitation).await.map_err(|error| refused(error, link))?;
    let audience = server.room_audience(&link.room, invitation).await.map_err(|error| refused(error, link))?;
    let mut json = room_json(context, link);
    json.insert("state".to_owned(), json!(state.body));
    json.insert("audience".to_owned(), json!(audience));
    Ok(Show { json, screen: screen(context, &state, &audience)? })
}

/// Writes the room on a screen.
pub(super) fn screen(
    context: &Context,
    Response { body: state, clock }: &Response<StateBody>,
    audience: &RoomAudience,
) -> Result<Table, Error> {
    let now = clock.now();
    let standing = context::standing(state, now, context)?;
    let mut screen = Table::default();
    let title = if state.title.is_empty() { String::new() } else { format!(", \"{}\"", state.title) };
    screen
        .line("environment", context.environment())
        .line("room", format!("{}{title} (rev {})", context.settings.event, state.rev))
        .line("link", format!("{}'s", audience.role));
    if let Some(room) = &state.room {
        screen
            .line("plays", room.content.clone().unwrap_or_else(|| "nothing yet".to_owned()))
            .line("now", now_text(state, &standing, clock))
            .line("controls", controls(room.controls))
            .line(
                "waits",
                room.wait_max.map_or_else(
                    || "for nobody".to_owned(),
                    |max| format!("for members that buffer, {} at a time at most", text::span(max)),
                ),
            )
            .line("last change", text::last_change(&room.last_change));
    }
    screen.line("members", who(audience));
    let round_trip = clock.received().local - clock.sent().local;
    screen.line("connection", format!("answered in {}", text::fine(round_trip)));
    screen.line(
        "deletes",
        match audience.expires_at {
            Some(at) => format!("itself {}, unless somebody comes", text::when(at, TimeZone::Local, now)),
            None => format!("itself {} after the last member left", text::span(audience.keep)),
        },
    );
    Ok(screen)
}

/// Says where the room is: playing, held, or waiting for somebody.
fn now_text(state: &StateBody, standing: &Standing, clock: &downbeat_api::clock::ServerClock) -> String {
    let now = clock.now();
    let wait = state.room.as_ref().and_then(|room| Some((room.wait?, &room.last_change)));
    match wait.filter(|(wait, _)| wait.from <= now && now < wait.until) {
        Some((wait, last)) => {
            let whom = if last.name == "wait" { format!(" for {}", last.actor) } else { String::new() };
            format!("waiting{whom} at {}, until {} at the latest", standing.position, text::relative(wait.until, now))
        }
        None => standing.to_string().replace("paused at", "held at").replace("running", "playing"),
    }
}

impl Report for Show {
    fn json(&self) -> Map<String, Value> {
        self.json.clone()
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.screen.fmt(f)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.screen.fmt(f)
    }
}
