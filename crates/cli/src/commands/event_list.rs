//! `event list`: the server's events.

use std::fmt;

use downbeat_api::{Client, EventScope};
use downbeat_core::{ServerTime, Span};
use downbeat_wire::{ListedEvent, StateBody};
use futures_util::StreamExt as _;
use futures_util::future::join;
use serde_json::{Map, Value, json};

use crate::cli::EventListArgs;
use crate::columns::Columns;
use crate::context::{Context, standing_json};
use crate::error::Error;
use crate::output::{Report, members};
use crate::standing::Standing;
use crate::text;
use crate::time_zone::TimeZone;

/// The most events that are asked at a time: 8, so that a long list does not keep the server busy.
const AT_A_TIME: usize = 8;

/// How long the list waits for each event: 3 s. One that does not answer is listed all the same.
const TIMEOUT: Span = Span::from_millis(3_000);

/// The server's events.
pub(crate) struct List {
    events: Vec<Line>,
    scope: EventScope,
    server: String,
    /// The server's time.
    now: Option<ServerTime>,
}

/// An event of the list. What it does not say itself is not known.
struct Line {
    listed: ListedEvent,
    state: Option<(StateBody, Option<Standing>)>,
    /// The viewers that have a socket.
    viewers: Option<u64>,
}

/// Requests the list of events.
pub(crate) async fn run(context: &Context, args: &EventListArgs) -> Result<List, Error> {
    let server = context.operator()?;
    let scope = if args.all { EventScope::All } else { EventScope::Current };
    let list = server.events(scope).await?;
    let client = server.with_timeout(context.settings.timeout.min(TIMEOUT));
    // With --quiet only names are printed.
    let asks = !context.output.quiet;
    let events: Vec<(Line, Option<ServerTime>)> =
        futures_util::stream::iter(list.events.into_iter().map(|listed| line(&client, listed, asks)))
            .buffered(AT_A_TIME)
            .collect()
            .await;
    let now = events.iter().find_map(|(_, now)| *now);
    let events = events.into_iter().map(|(line, _)| line).collect();
    Ok(List { events, scope, server: server.url().to_string(), now })
}

/// Asks an event how it is, and its hubs who is connected; also returns the server's time.
async fn line(client: &Client, listed: ListedEvent, asks: bool) -> (Line, Option<ServerTime>) {
    if !asks {
        return (Line { listed, state: None, viewers: None }, None);
    }
    // Nobody waits for an archived event.
    let (reading, audience) = match listed.archived {
        true => (client.state(&listed.name).await, None),
        false => {
            let (reading, audience) = join(client.state(&listed.name), client.audience(&listed.name)).await;
            (reading, audience.ok())
        }
    };
    let reading = reading.ok();
    let now = reading.as_ref().map(|reading| reading.clock.now());
    let state = reading.zip(now).map(|(reading, now)| {
        let standing = Standing::of(&reading.body, now).ok();
        (reading.body, standing)
    });
    (Line { listed, state, viewers: audience.map(|audience| audience.sockets) }, now)
}

impl Line {
    /// Writes name, title, status, start and viewers.
    fn parts(&self, now: Option<ServerTime>) -> [String; 5] {
        let (state, standing) = match &self.state {
            Some((state, standing)) => (Some(state), standing.as_ref()),
            None => (None, None),
        };
        let title = state.map(|state| state.title.clone()).filter(|title| !title.is_empty());
        let status =
            standing.map_or_else(|| "does not answer".to_owned(), |standing| standing.status.as_str().to_owned());
        let status = if self.listed.archived { "archived".to_owned() } else { status };
        let starts = state.zip(now).map(|(state, now)| {
            let at = TimeZone::Local.at(state.starts_at).format("%Y-%m-%d %H:%M");
            format!("{at} ({})", text::relative(state.starts_at, now))
        });
        let viewers = self
            .viewers
            .map(|viewers| format!("{} {}", text::thousands(viewers), if viewers == 1 { "viewer" } else { "viewers" }));
        [
            self.listed.name.to_string(),
            title.map(|title| format!("\"{title}\"")).unwrap_or_default(),
            status,
            starts.unwrap_or_default(),
            viewers.unwrap_or_default(),
        ]
    }

    fn json(&self) -> Value {
        let mut members = members(&self.listed);
        if let Some((state, standing)) = &self.state {
            members.extend(crate::output::members(json!({
                "title": state.title, "startsAt": state.starts_at, "rev": state.rev,
                "now": standing.as_ref().map(standing_json),
            })));
        }
        if let Some(viewers) = self.viewers {
            members.insert("viewers".to_owned(), json!(viewers));
        }
        Value::Object(members)
    }
}

impl Report for List {
    fn json(&self) -> Map<String, Value> {
        members(json!({ "server": self.server, "events": self.events.iter().map(Line::json).collect::<Vec<_>>() }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.events.is_empty() {
            let all = if self.scope == EventScope::All { "" } else { ", --all lists archived ones" };
            return writeln!(f, "no events at {}; \"downbeat event set --starts-at …\" creates one{all}", self.server);
        }
        let mut columns = Columns::default();
        self.events.iter().for_each(|line| columns.line(line.parts(self.now)));
        write!(f, "{columns}")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.events.iter().try_for_each(|line| writeln!(f, "{}", line.listed.name))
    }
}
