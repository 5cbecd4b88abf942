//! `status`: the event's status and position, on one screen.

use std::fmt::{self, Display as _};

use downbeat_core::ServerTime;
use downbeat_wire::StateBody;
use serde_json::{Map, Value, json};

use crate::context::{self, Context};
use crate::error::Error;
use crate::message::VisibleMessage;
use crate::output::{Report, members};
use crate::standing::{self, Standing};
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// The event's status and position.
pub(crate) struct Status {
    screen: Table,
    standing: Standing,
    state: StateBody,
    place: Map<String, Value>,
}

/// Requests the event's status and position.
pub(crate) async fn run(context: &Context) -> Result<Status, Error> {
    let server = context.reader()?;
    let reading = server.state(&context.settings.event).await?;
    let state = reading.body;
    let now = reading.clock.now();
    let broken = |error| context::broken(&server, &error);
    let standing = Standing::of(&state, now).map_err(broken)?;
    let coming = standing::upcoming(&state, now).map_err(broken)?;
    let mut screen = context.screen(Some(&state));
    describe(&mut screen, &state, standing, &coming, now);
    Ok(Status { screen, standing, state, place: context.place() })
}

fn describe(
    screen: &mut Table,
    state: &StateBody,
    standing: Standing,
    coming: &[(ServerTime, String)],
    now: ServerTime,
) {
    screen.line("now", standing.to_string());
    screen.line("viewers see", VisibleMessage::at(state, now).to_string());
    let begins = if state.starts_at > now { "begins" } else { "was to begin" };
    screen.line(begins, text::when(state.starts_at, TimeZone::Local, now));
    if let Some(duration) = state.duration {
        screen.line("duration", text::span(duration));
    }
    for (at, what) in coming.iter().filter(|(_, what)| what != "begins") {
        screen.line("next", format!("{what}, {}", text::when(*at, TimeZone::Local, now)));
    }
    screen.line("rundown", state.rundown.map_or_else(|| "none".to_owned(), |digest| digest.to_string()));
}

impl Report for Status {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(members(json!({ "now": context::standing_json(&self.standing), "state": self.state })));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.screen.fmt(f)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.standing)
    }
}
