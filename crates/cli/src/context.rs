//! What every command gets: the settings, the server, how to print, who asks.

use downbeat_api::{ApiError, Client};
use downbeat_core::ServerTime;
use downbeat_wire::StateBody;
use downbeat_wire::command::ACTOR_CHARS_MAX;
use downbeat_wire::state::BadTimeline;
use serde_json::{Map, Value, json};

use crate::anchors;
use crate::error::Error;
use crate::interrupt;
use crate::last_seen;
use crate::output::Output;
use crate::profile::{self, Settings};
use crate::standing::Standing;
use crate::text::{self, Table};

/// What every command gets.
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) output: Output,
    /// `--yes`: nobody is asked.
    pub(crate) yes: bool,
    /// `--dry-run`: nothing is sent.
    pub(crate) dry_run: bool,
}

impl Context {
    /// Returns the server, for calls anyone may make. They get fresher answers with a token, but do without.
    pub(crate) fn reader(&self) -> Result<Client, Error> {
        let client = self.client()?;
        // What anyone may read is read without a token where that could be read on the way.
        let is_safe = self.settings.insecure || !client.url().exposes_tokens();
        Ok(client.with_token(self.settings.read_token().ok().flatten().filter(|_| is_safe)))
    }

    /// Returns the server, for an operator's calls.
    pub(crate) fn operator(&self) -> Result<Client, Error> {
        let client = self.client()?;
        if client.url().exposes_tokens() && !self.settings.insecure {
            return Err(ApiError::WouldExposeToken { url: client.url().to_string() }.into());
        }
        Ok(client.with_token(self.settings.read_token()?.ok_or(profile::ProfileError::NoToken)?))
    }

    /// Returns a client without a token. It keeps what it sees of events, and notes for Ctrl-C that something was sent.
    pub(crate) fn client(&self) -> Result<Client, Error> {
        let client = Client::new(self.settings.server()?.clone()).with_timeout(self.settings.timeout);
        let client = if self.settings.insecure { client.exposing_token() } else { client };
        Ok(client.on_sending(interrupt::something_was_sent).on_state(last_seen::remember).on_anchor(anchors::remember))
    }

    /// Says where this goes: the profile, if there is one, and the server.
    pub(crate) fn environment(&self) -> String {
        let server = self.settings.server().map(ToString::to_string).unwrap_or_default();
        match &self.settings.profile {
            Some(profile) => format!("{profile}, {server}"),
            None => server,
        }
    }

    /// Returns the same as members of a JSON object, with the event.
    pub(crate) fn place(&self) -> Map<String, Value> {
        Map::from_iter([
            ("profile".to_owned(), json!(self.settings.profile)),
            ("server".to_owned(), json!(self.settings.server().ok().map(ToString::to_string))),
            ("event".to_owned(), json!(self.settings.event)),
        ])
    }

    /// Returns a command line of this program that goes to the same event of the same server.
    pub(crate) fn command_line(&self, words: &[&str]) -> String {
        let words = words.iter().map(|word| (*word).to_owned());
        let arguments = self.settings.arguments();
        let all: Vec<String> = words.chain(arguments).map(|word| text::shell(&word)).collect();
        format!("{} {}", program(), all.join(" "))
    }

    /// Begins a screen: where this goes, and to which event.
    pub(crate) fn screen(&self, state: Option<&StateBody>) -> Table {
        let mut screen = Table::default();
        screen.line("environment", self.environment());
        screen.line("event", event_name(self, state));
        screen
    }
}

/// Returns the name this program was called by, so that a command shown can be copied as it is.
pub(crate) fn program() -> String {
    std::env::args()
        .next()
        .filter(|name| !name.is_empty())
        .map_or_else(|| "downbeat".to_owned(), |name| text::shell(&name))
}

fn event_name(context: &Context, state: Option<&StateBody>) -> String {
    let name = &context.settings.event;
    match state {
        Some(state) => {
            let title = if state.title.is_empty() { String::new() } else { format!(", \"{}\"", state.title) };
            format!("{name}{title} (rev {}{})", state.rev, if state.archived { ", archived" } else { "" })
        }
        None => name.to_string(),
    }
}

/// Returns who asks: what `--actor` or `DOWNBEAT_ACTOR` says, else the user and the machine.
pub(crate) fn actor(given: Option<&str>) -> String {
    let actor = given.map(str::to_owned).or_else(|| profile::variable("DOWNBEAT_ACTOR")).unwrap_or_else(|| {
        let user = whoami::username().unwrap_or_else(|_| "someone".to_owned());
        match whoami::hostname() {
            Ok(host) => format!("{user}@{host}"),
            Err(_) => user,
        }
    });
    text::tame(&actor).chars().take(ACTOR_CHARS_MAX).collect()
}

/// Turns a broken timeline of the server's into what the one who asked can do about it.
pub(crate) fn broken(server: &Client, error: &BadTimeline) -> Error {
    ApiError::Unexpected { url: server.url().to_string(), status: 200, why: error.to_string() }.into()
}

/// Returns where an event stands.
pub(crate) fn standing(state: &StateBody, now: ServerTime, context: &Context) -> Result<Standing, Error> {
    let server = context.client()?;
    Standing::of(state, now).map_err(|error| broken(&server, &error))
}

/// Returns where an event stands as members of a JSON object.
pub(crate) fn standing_json(standing: &Standing) -> Value {
    json!({ "status": standing.status, "position": standing.position, "rate": standing.rate })
}
