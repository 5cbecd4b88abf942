//! `event show`: the event's configuration.

use std::fmt::{self, Display as _};

use downbeat_wire::StateBody;
use serde_json::{Map, Value, json};

use crate::context::{self, Context};
use crate::error::Error;
use crate::message::VisibleMessage;
use crate::output::{Report, members};
use crate::standing::Standing;
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// The event's configuration.
pub(crate) struct Show {
    screen: Table,
    state: StateBody,
    place: Map<String, Value>,
}

/// Requests the event's configuration.
pub(crate) async fn run(context: &Context) -> Result<Show, Error> {
    let server = context.reader()?;
    let reading = server.state(&context.settings.event).await?;
    let state = reading.body;
    let now = reading.clock.now();
    let standing = Standing::of(&state, now).map_err(|error| context::broken(&server, &error))?;
    let mut screen = context.screen(Some(&state));
    let unknown = || "not known".to_owned();
    screen
        .line("title", if state.title.is_empty() { "none".to_owned() } else { state.title.clone() })
        .line("begins", text::when(state.starts_at, TimeZone::Local, now))
        .line("duration", state.duration.map_or_else(unknown, text::span))
        .line("locale", state.locale.to_string())
        .line("now", standing.to_string())
        .line("viewers see", VisibleMessage::at(&state, now).to_string())
        .line("rundown", state.rundown.map_or_else(|| "none".to_owned(), |digest| digest.to_string()))
        .line("hubs", text::hubs(state.hubs, state.hub_count()))
        .line("origins", text::origins(&state.origins))
        .line("resync", format!("viewers ask for the time every {} ± 20 %", text::span(state.resync)))
        .line("epoch", state.epoch.to_string())
        .line(
            "emergency",
            state.emergency.as_ref().map_or_else(
                || "none: during an outage viewers have nowhere to check".to_owned(),
                |channel| format!("{} signs, viewers check {}", channel.key, channel.url),
            ),
        );
    for segment in &state.timeline {
        let rate = if segment.rate.is_held() { "held".to_owned() } else { format!("at rate {}", segment.rate) };
        let from = text::instant(segment.from, TimeZone::Local);
        screen.line("timeline", format!("from {from}: {} {rate}", segment.position));
    }
    Ok(Show { screen, state, place: context.place() })
}

impl Report for Show {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(members(json!({ "state": self.state })));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.screen.fmt(f)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.screen.fmt(f)
    }
}
