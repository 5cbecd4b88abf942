//! `status`: the event's status and position, on one screen.

use std::fmt::{self, Display as _};

use downbeat_core::{Digest, ServerTime, Span};
use downbeat_wire::{Audience, StateBody};
use futures_util::future::join;
use serde_json::{Map, Value, json};

use crate::audience;
use crate::cli::StatusArgs;
use crate::context::{self, Context};
use crate::error::Error;
use crate::log_words;
use crate::message::VisibleMessage;
use crate::output::{Report, members};
use crate::standing::{self, Standing};
use crate::text::{self, Table};
use crate::time_zone::TimeZone;

/// How long the status waits for the last change and the audience: 2 s. Somebody wants to know how the event is.
const MORE_TIMEOUT: Span = Span::from_millis(2_000);

/// The event's status and position.
pub(crate) struct Status {
    screen: Table,
    standing: Standing,
    state: StateBody,
    /// Who is connected; `None` if the token may not read that, or there was no answer in time.
    audience: Option<Audience>,
    place: Map<String, Value>,
}

/// Requests the event's status and position.
pub(crate) async fn run(context: &Context, args: &StatusArgs) -> Result<Status, Error> {
    let server = context.reader()?;
    let reading = server.state(&context.settings.event).await?;
    let state = reading.body;
    let now = reading.clock.now();
    let broken = |error| context::broken(&server, &error);
    let standing = Standing::of(&state, now).map_err(broken)?;
    let coming = standing::upcoming(&state, now).map_err(broken)?;
    let mut screen = context.screen(Some(&state));
    describe(&mut screen, &state, standing, &coming, now, args.long);
    // A token that may not read these sees the rest.
    let mut audience = None;
    if let Ok(operator) = context.operator() {
        let operator = operator.with_timeout(context.settings.timeout.min(MORE_TIMEOUT));
        let event = &context.settings.event;
        let (page, answer) = join(operator.log(event, None, 1), operator.audience(event)).await;
        if let Some(entry) = page.ok().as_ref().and_then(|page| page.entries.first()) {
            let when = text::relative(entry.at, now);
            screen.line("last change", format!("{} {}, {when}", entry.actor, log_words::what(entry)));
        }
        audience = answer.ok();
    }
    if let Some(audience) = &audience {
        screen.line("audience", audience::sockets(audience));
        audience::notes(audience).iter().for_each(|note| _ = screen.line(note.label, note.text()));
    }
    Ok(Status { screen, standing, state, audience, place: context.place() })
}

fn describe(
    screen: &mut Table,
    state: &StateBody,
    standing: Standing,
    coming: &[(ServerTime, String)],
    now: ServerTime,
    is_long: bool,
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
    let rundown = |digest: Digest| if is_long { digest.to_string() } else { text::short(digest) };
    screen.line("rundown", state.rundown.map_or_else(|| "none".to_owned(), rundown));
    if is_long {
        screen.line("epoch", state.epoch.to_string());
    }
}

impl Report for Status {
    fn json(&self) -> Map<String, Value> {
        let mut json = self.place.clone();
        json.extend(members(json!({
            "now": context::standing_json(&self.standing), "state": self.state, "audience": self.audience,
        })));
        json
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.screen.fmt(f)
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.standing)
    }
}
