//! `event list`: the server's events.

use std::fmt;

use downbeat_wire::EventList;
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::text;
use crate::time_zone::TimeZone;

/// The server's events.
pub(crate) struct List {
    events: EventList,
    server: String,
}

/// Requests the list of events.
pub(crate) async fn run(context: &Context) -> Result<List, Error> {
    let server = context.operator()?;
    Ok(List { events: server.events().await?, server: server.url().to_string() })
}

impl Report for List {
    fn json(&self) -> Map<String, Value> {
        members(json!({ "server": self.server, "events": self.events.events }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.events.events.is_empty() {
            return writeln!(f, "no events at {}; \"downbeat event set --starts-at …\" creates one", self.server);
        }
        let width = self.events.events.iter().map(|event| event.name.as_str().len()).max().unwrap_or(0);
        for event in &self.events.events {
            writeln!(f, "{:width$}  made {}", event.name.as_str(), text::instant(event.created_at, TimeZone::Local))?;
        }
        Ok(())
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.events.events.iter().try_for_each(|event| writeln!(f, "{}", event.name))
    }
}
