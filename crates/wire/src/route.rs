//! The paths of the API, parsed and written in one place.

use downbeat_core::{Digest, EventName};

use crate::token::TokenId;
use crate::utc::UtcForm;

/// The header with the server's version, in every answer except the hot ones of `/time`.
pub const VERSION_HEADER: &str = "downbeat-version";

/// The parameter of `GET /v1/events` that lists archived events too.
pub const ALL: &str = "all";

/// The parameter of `DELETE /v1/events/{event}` that deletes an event although it is under way or has viewers.
pub const FORCE: &str = "force";

/// The parameter of `PUT /v1/events/{event}` that begins a new epoch: the event's storage was restored from an older copy.
pub const RESTORED: &str = "restored";

/// The parameter of `PUT /v1/events/{event}` that puts the event back to before its start, in a new epoch. Of the body `startsAt`,
/// `ifRev`, `reason` and `actor` count.
pub const RESET: &str = "reset";

/// The parameter of the calls that store, list and delete rundowns, and that store and read their notes, which names where: `event` is the event's own storage,
/// `bucket` the bucket that is bound to the server. By default it is the bucket if one is bound.
pub const STORE: &str = "store";

/// What a path names. For its methods see [`Route::methods`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/time`: the time and status of the default event.
    Time,
    /// `/utc` and below: the time as others ask for it.
    Utc(UtcForm),
    /// `/.well-known/downbeat-key`: the public key that the log's anchors are signed with.
    Key,
    /// `/v1/token`: what the request's token allows; a sign-in code is redeemed here.
    Token,
    /// `/v1/tokens`: the tokens that the server knows.
    Tokens,
    /// `/v1/tokens/{id}`.
    OneToken(TokenId),
    /// `/v1/events`: the list of events.
    Events,
    /// `/v1/rooms`: rooms are made here.
    Rooms,
    /// `/v1/events/{event}/time`.
    EventTime(EventName),
    /// `/v1/events/{event}`: the whole public state, and its configuration.
    Event(EventName),
    /// `/v1/events/{event}/status`: the whole public state, cached, for viewers without a socket.
    Status(EventName),
    /// `/v1/events/{event}/live`: the WebSocket that changes are pushed through.
    Live(EventName),
    /// `/v1/events/{event}/commands`.
    Commands(EventName),
    /// `/v1/events/{event}/emergency`: a state that was signed while the server could not be reached.
    Emergency(EventName),
    /// `/v1/events/{room}/invitations`: they are replaced here.
    Invitations(EventName),
    /// `/v1/events/{room}/ice`: the servers by which its members reach each other.
    Ice(EventName),
    /// `/v1/events/{event}/log`.
    Log(EventName),
    /// `/v1/events/{event}/audience`.
    Audience(EventName),
    /// `/v1/events/{event}/audience/history`.
    AudienceHistory(EventName),
    /// `/v1/events/{event}/metrics`: the audience, as Prometheus scrapes it.
    Metrics(EventName),
    /// `/v1/events/{event}/rundown.json`: the pointer.
    RundownPointer(EventName),
    /// `/v1/events/{event}/rundowns`: those that are stored.
    Rundowns(EventName),
    /// `/v1/events/{event}/rundowns/{sha256}.json`.
    Rundown(EventName, Digest),
    /// `/v1/events/{event}/rundowns/{sha256}/notes`: what is for the crew only.
    Notes(EventName, Digest),
}

impl Route {
    /// Parses a path, without its query; `None` if there is no such path.
    pub fn parse(path: &str) -> Option<Self> {
        if path == "/time" {
            return Some(Self::Time);
        }
        if let Some(form) = UtcForm::ALL.into_iter().find(|form| form.path() == path) {
            return Some(Self::Utc(form));
        }
        if path == "/.well-known/downbeat-key" {
            return Some(Self::Key);
        }
        if path == "/v1/token" {
            return Some(Self::Token);
        }
        if path == "/v1/rooms" {
            return Some(Self::Rooms);
        }
        if let Some(rest) = path.strip_prefix("/v1/tokens") {
            return match rest.strip_prefix('/') {
                Some(id) => Some(Self::OneToken(id.parse().ok()?)),
                None => rest.is_empty().then_some(Self::Tokens),
            };
        }
        let mut parts = path.strip_prefix("/v1/events")?.split('/');
        if !parts.next()?.is_empty() {
            return None;
        }
        let Some(event) = parts.next() else { return Some(Self::Events) };
        let event: EventName = event.parse().ok()?;
        match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => Some(Self::Event(event)),
            (Some("time"), None, _) => Some(Self::EventTime(event)),
            (Some("status"), None, _) => Some(Self::Status(event)),
            (Some("live"), None, _) => Some(Self::Live(event)),
            (Some("commands"), None, _) => Some(Self::Commands(event)),
            (Some("emergency"), None, _) => Some(Self::Emergency(event)),
            (Some("invitations"), None, _) => Some(Self::Invitations(event)),
            (Some("ice"), None, _) => Some(Self::Ice(event)),
            (Some("log"), None, _) => Some(Self::Log(event)),
            (Some("audience"), None, _) => Some(Self::Audience(event)),
            (Some("audience"), Some("history"), None) => Some(Self::AudienceHistory(event)),
            (Some("metrics"), None, _) => Some(Self::Metrics(event)),
            (Some("rundown.json"), None, _) => Some(Self::RundownPointer(event)),
            (Some("rundowns"), None, _) => Some(Self::Rundowns(event)),
            (Some("rundowns"), Some(file), None) => {
                Some(Self::Rundown(event, file.strip_suffix(".json")?.parse().ok()?))
            }
            (Some("rundowns"), Some(digest), Some("notes")) if parts.next().is_none() => {
                Some(Self::Notes(event, digest.parse().ok()?))
            }
            _ => None,
        }
    }

    /// Returns the path.
    pub fn path(&self) -> String {
        match self {
            Self::Time => "/time".to_owned(),
            Self::Utc(form) => form.path().to_owned(),
            Self::Key => "/.well-known/downbeat-key".to_owned(),
            Self::Token => "/v1/token".to_owned(),
            Self::Tokens => "/v1/tokens".to_owned(),
            Self::OneToken(id) => format!("/v1/tokens/{id}"),
            Self::Events => "/v1/events".to_owned(),
            Self::Rooms => "/v1/rooms".to_owned(),
            Self::Event(event) => format!("/v1/events/{event}"),
            Self::EventTime(event) => format!("/v1/events/{event}/time"),
            Self::Status(event) => format!("/v1/events/{event}/status"),
            Self::Live(event) => live_path(event),
            Self::Commands(event) => format!("/v1/events/{event}/commands"),
            Self::Emergency(event) => format!("/v1/events/{event}/emergency"),
            Self::Invitations(event) => format!("/v1/events/{event}/invitations"),
            Self::Ice(event) => format!("/v1/events/{event}/ice"),
            Self::Log(event) => format!("/v1/events/{event}/log"),
            Self::Audience(event) => format!("/v1/events/{event}/audience"),
            Self::AudienceHistory(event) => format!("/v1/events/{event}/audience/history"),
            Self::Metrics(event) => format!("/v1/events/{event}/metrics"),
            Self::RundownPointer(event) => format!("/v1/events/{event}/rundown.json"),
            Self::Rundowns(event) => format!("/v1/events/{event}/rundowns"),
            Self::Rundown(event, digest) => rundown_path(event, *digest),
            Self::Notes(event, digest) => format!("/v1/events/{event}/rundowns/{digest}/notes"),
        }
    }

    /// Returns the event that the path names.
    pub const fn event(&self) -> Option<&EventName> {
        match self {
            Self::Time
            | Self::Utc(_)
            | Self::Key
            | Self::Token
            | Self::Tokens
            | Self::OneToken(_)
            | Self::Events
            | Self::Rooms => None,
            Self::EventTime(event)
            | Self::Event(event)
            | Self::Status(event)
            | Self::Live(event)
            | Self::Commands(event)
            | Self::Emergency(event)
            | Self::Invitations(event)
            | Self::Ice(event)
            | Self::Log(event)
            | Self::Audience(event)
            | Self::AudienceHistory(event)
            | Self::Metrics(event)
            | Self::RundownPointer(event)
            | Self::Rundowns(event)
            | Self::Rundown(event, _)
            | Self::Notes(event, _) => Some(event),
        }
    }

    /// Returns the path's methods, as in the header `Allow`.
    pub const fn methods(&self) -> &'static str {
        match self {
            Self::Utc(UtcForm::Timesync) => "OPTIONS, POST",
            Self::Time
            | Self::Utc(_)
            | Self::EventTime(_)
            | Self::Key
            | Self::Events
            | Self::Status(_)
            | Self::Ice(_)
            | Self::Log(_)
            | Self::Audience(_)
            | Self::AudienceHistory(_)
            | Self::Metrics(_)
            | Self::RundownPointer(_)
            | Self::Rundowns(_) => "GET, HEAD, OPTIONS",
            Self::Token | Self::Tokens => "GET, HEAD, OPTIONS, POST",
            Self::OneToken(_) => "DELETE, OPTIONS, POST",
            Self::Live(_) => "GET, OPTIONS",
            Self::Event(_) => "DELETE, GET, HEAD, OPTIONS, PUT",
            Self::Rundown(..) => "DELETE, GET, HEAD, OPTIONS, PUT",
            Self::Notes(..) => "GET, HEAD, OPTIONS, PUT",
            Self::Rooms | Self::Invitations(_) | Self::Commands(_) | Self::Emergency(_) => "OPTIONS, POST",
        }
    }
}

/// Returns the path of an event's WebSocket.
pub(crate) fn live_path(event: &EventName) -> String {
    format!("/v1/events/{event}/live")
}

/// Returns the path of a rundown.
pub(crate) fn rundown_path(event: &EventName, digest: Digest) -> String {
    format!("/v1/events/{event}/rundowns/{digest}.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_read_back_as_what_wrote_it() {
        let event: EventName = "spring-gala".parse().unwrap();
        let digest = Digest::from_bytes([7; 32]);
        for route in [
            Route::Time,
            Route::Utc(UtcForm::Query),
            Route::Utc(UtcForm::Timesync),
            Route::Key,
            Route::Token,
            Route::Tokens,
            Route::OneToken("maria-1".parse().unwrap()),
            Route::Events,
            Route::Event(event.clone()),
            Route::EventTime(event.clone()),
            Route::Status(event.clone()),
            Route::Live(event.clone()),
            Route::Rooms,
            Route::Invitations(event.clone()),
            Route::Ice(event.clone()),
            Route::Commands(event.clone()),
            Route::Emergency(event.clone()),
            Route::Log(event.clone()),
            Route::Audience(event.clone()),
            Route::AudienceHistory(event.clone()),
            Route::Metrics(event.clone()),
            Route::RundownPointer(event.clone()),
            Route::Rundowns(event.clone()),
            Route::Rundown(event.clone(), digest),
            Route::Notes(event, digest),
        ] {
            assert_eq!(Route::parse(&route.path()), Some(route));
        }
    }

    #[test]
    fn methods_are_those_of_the_design() {
        let event: EventName = "main".parse().unwrap();
        for (route, methods) in [
            (Route::Time, "GET, HEAD, OPTIONS"),
            (Route::Utc(UtcForm::Ntp), "GET, HEAD, OPTIONS"),
            (Route::Utc(UtcForm::Timesync), "OPTIONS, POST"),
            (Route::Key, "GET, HEAD, OPTIONS"),
            (Route::Token, "GET, HEAD, OPTIONS, POST"),
            (Route::Tokens, "GET, HEAD, OPTIONS, POST"),
            (Route::OneToken("maria-1".parse().unwrap()), "DELETE, OPTIONS, POST"),
            (Route::Events, "GET, HEAD, OPTIONS"),
            (Route::EventTime(event.clone()), "GET, HEAD, OPTIONS"),
            (Route::Status(event.clone()), "GET, HEAD, OPTIONS"),
            (Route::Live(event.clone()), "GET, OPTIONS"),
            (Route::Log(event.clone()), "GET, HEAD, OPTIONS"),
            (Route::Audience(event.clone()), "GET, HEAD, OPTIONS"),
            (Route::AudienceHistory(event.clone()), "GET, HEAD, OPTIONS"),
            (Route::Metrics(event.clone()), "GET, HEAD, OPTIONS"),
            (Route::RundownPointer(event.clone()), "GET, HEAD, OPTIONS"),
            (Route::Event(event.clone()), "DELETE, GET, HEAD, OPTIONS, PUT"),
            (Route::Rundowns(event.clone()), "GET, HEAD, OPTIONS"),
            (Route::Rundown(event.clone(), Digest::from_bytes([7; 32])), "DELETE, GET, HEAD, OPTIONS, PUT"),
            (Route::Notes(event.clone(), Digest::from_bytes([7; 32])), "GET, HEAD, OPTIONS, PUT"),
            (Route::Emergency(event.clone()), "OPTIONS, POST"),
            (Route::Rooms, "OPTIONS, POST"),
            (Route::Invitations(event.clone()), "OPTIONS, POST"),
            (Route::Ice(event.clone()), "GET, HEAD, OPTIONS"),
            (Route::Commands(event), "OPTIONS, POST"),
        ] {
            assert_eq!(route.methods(), methods, "{route:?}");
        }
    }

    #[test]
    fn paths_that_name_nothing_are_none() {
        for path in [
            "/",
            "",
            "/times",
            "/time/",
            "/utc/",
            "/utc/ntps",
            "/v1/eventsmain",
            "/v1/tokens/",
            "/v1/tokens/Maria",
            "/v1/tokens/maria/x",
            "/v1/tokensmaria",
            "/v1/events/",
            "/v1/events/Main",
            "/v1/events/main/",
            "/v1/events/main/time/x",
            "/v1/events/main/audience/histories",
            "/v1/events/main/audience/history/x",
            "/v1/events/main/rundowns/",
            "/v1/events/main/rundowns/abc.json",
            "/v1/events/main/rundowns/0000000000000000000000000000000000000000000000000000000000000000",
            "/v1/events/main/rundowns/0000000000000000000000000000000000000000000000000000000000000000/note",
            "/v1/events/main/rundowns/0000000000000000000000000000000000000000000000000000000000000000/notes/",
            "/v1/events/main/rundowns/0000000000000000000000000000000000000000000000000000000000000000.json/notes",
            "/v1/events/main/rundowns/abc/notes",
        ] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }
}
