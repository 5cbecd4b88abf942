//! `event list`: the server's events.

use std::fmt;

use downbeat_api::EventScope;
use downbeat_wire::EventList;
use serde_json::{Map, Value, json};

use crate::cli::EventListArgs;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Report, members};
use crate::text;
use crate::time_zone::TimeZone;

/// The server's events.
pub(crate) struct List {
    events: EventList,
    scope: EventScope,
    server: String,
}

/// Requests the list of events.
pub(crate) async fn run(context: &Context, args: &EventListArgs) -> Result<List, Error> {
    let server = context.operator()?;
    let scope = if args.all { EventScope::All } else { EventScope::Current };
    Ok(List { events: server.events(scope).await?, scope, server: server.url().to_string() })
}

impl Report for List {
    fn json(&self) -> Map<String, Value> {
        members(json!({ "server": self.server, "events": self.events.events }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.events.events.is_empty() {
            let all = if self.scope == EventScope::All { "" } else { ", --all lists archived ones" };
            return writeln!(f, "no events at {}; \"downbeat event set --starts-at …\" creates one{all}", self.server);
        }
        let width = self.events.events.iter().map(|event| event.name.as_str().len()).max().unwrap_or(0);
        for event in &self.events.events {
            let made = text::instant(event.created_at, TimeZone::Local);
            let archived = if event.archived { ", archived" } else { "" };
            writeln!(f, "{:width$}  made {made}{archived}", event.name.as_str())?;
        }
        Ok(())
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.events.events.iter().try_for_each(|event| writeln!(f, "{}", event.name))
    }
}
