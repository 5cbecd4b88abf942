//! `room links`: replaces the links of a room.

use std::fmt::{self, Display as _};

use serde_json::{Map, Value, json};

use super::{Links, draw, refused, room_json, show};
use crate::confirm::{self, Gate};
use crate::context::Context;
use crate::error::Error;
use crate::output::{Content, Report};
use crate::room_link::RoomLink;
use crate::text::Table;

/// New links, or (with `--dry-run`) what would be replaced.
pub(crate) struct NewLinks {
    json: Map<String, Value>,
    screen: Table,
    links: Option<Links>,
}

/// Shows the room, asks, and replaces its links.
pub(super) async fn run(context: &Context, link: &RoomLink, page: Option<String>) -> Result<NewLinks, Error> {
    let server = context.client()?;
    let owner = link.invitation()?;
    let state = server.room(&link.room, owner).await.map_err(|error| refused(error, link))?;
    let audience = server.room_audience(&link.room, owner).await.map_err(|error| refused(error, link))?;
    let mut screen = show::screen(context, &state, &audience)?;
    screen.line("replaces", "all three links; everyone who came by the old ones is disconnected, and needs a new one");
    let mut json = room_json(context, link);
    if context.dry_run {
        json.insert("dryRun".to_owned(), json!(true));
        return Ok(NewLinks { json, screen, links: None });
    }
    let gate = if context.yes { Gate::Open } else { Gate::Yes };
    confirm::pass(&gate, &screen, "Replace the links? The old ones stop working at once.", context.output)?;
    let drawn = draw()?;
    let links = Links::new(context, page, &link.room, drawn.each_ref().map(|one| one.expose()))?;
    if let Err(error) = server.replace_invitations(&link.room, owner, &drawn).await {
        // The server may have accepted them although its answer was lost, so they must be printed.
        if error.may_have_arrived() {
            context.output.secret_remark(&format!("if the old links no longer work, these do:\n{links}"));
        }
        return Err(refused(error, link));
    }
    json.insert("links".to_owned(), links.json());
    Ok(NewLinks { json, screen, links: Some(links) })
}

impl fmt::Display for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quiet(f)
    }
}

impl Report for NewLinks {
    fn json(&self) -> Map<String, Value> {
        self.json.clone()
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.links {
            Some(links) => links.human(f),
            None => {
                self.screen.fmt(f)?;
                writeln!(f, "dry run: nothing was sent")
            }
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.links.as_ref().map_or(Ok(()), |links| links.quiet(f))
    }

    fn content(&self) -> Content {
        Content::Secret
    }
}
