//! `room close`: ends a room and deletes it.

use std::fmt::{self, Display as _};

use downbeat_api::ApiError;
use downbeat_wire::Code;
use serde_json::{Map, Value, json};

use super::{refused, room_json, show};
use crate::confirm::{self, Gate};
use crate::context::Context;
use crate::error::Error;
use crate::output::Report;
use crate::room_link::RoomLink;
use crate::text::Table;

/// What became of the room.
pub(crate) struct Close {
    json: Map<String, Value>,
    screen: Table,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// `--dry-run`.
    Planned,
    /// There was none.
    Missing,
    /// It is deleted.
    Deleted,
}

/// Shows the room, asks, and deletes it.
pub(super) async fn run(context: &Context, link: &RoomLink) -> Result<Close, Error> {
    let mut json = room_json(context, link);
    let owner = link.invitation.as_ref();
    // An operator may close a room, and learns nothing of it.
    let server = if owner.is_some() { context.client()? } else { context.operator()? };
    let seen = match owner {
        Some(owner) => match server.room(&link.room, owner).await {
            Ok(state) => {
                Some((state, server.room_audience(&link.room, owner).await.map_err(|error| refused(error, link))?))
            }
            Err(error) if error.is(Code::UnknownEvent) => {
                json.insert("deleted".to_owned(), json!(false));
                return Ok(Close { json, screen: Table::default(), outcome: Outcome::Missing });
            }
            Err(error) => return Err(refused(error, link)),
        },
        None => None,
    };
    let mut screen = match &seen {
        Some((state, audience)) => show::screen(context, state, audience)?,
        None => {
            let mut screen = Table::default();
            screen.line("environment", context.environment()).line("room", link.room.to_string());
            screen
        }
    };
    screen.line(
        "deletes",
        "the room and all that is stored for it; members are disconnected, and its links stop working",
    );
    if context.dry_run {
        json.insert("dryRun".to_owned(), json!(true));
        return Ok(Close { json, screen, outcome: Outcome::Planned });
    }
    let gate = if context.yes { Gate::Open } else { Gate::Yes };
    confirm::pass(&gate, &screen, "Close the room? This cannot be undone.", context.output)?;
    let deleted = server.close_room(&link.room, owner).await.map_err(|error| uncertain(error, link))?;
    // That there was one is known, so it was deleted by an earlier attempt of the same call, or by somebody else just now.
    let deleted = deleted || seen.is_some();
    json.insert("deleted".to_owned(), json!(deleted));
    Ok(Close { json, screen, outcome: if deleted { Outcome::Deleted } else { Outcome::Missing } })
}

fn uncertain(error: ApiError, link: &RoomLink) -> Error {
    if error.may_have_arrived() {
        return Error::uncertain(&format!("the end of {}", link.room), error, "the same command again is safe");
    }
    refused(error, link)
}

impl Report for Close {
    fn json(&self) -> Map<String, Value> {
        self.json.clone()
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let room = self.json["room"].as_str().unwrap_or_default();
        match self.outcome {
            Outcome::Planned => {
                self.screen.fmt(f)?;
                writeln!(f, "dry run: nothing was sent")
            }
            Outcome::Missing => writeln!(f, "there is no room {room}; nothing was deleted"),
            Outcome::Deleted => writeln!(f, "closed {room}: nothing of it remains"),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.human(f)
    }
}
