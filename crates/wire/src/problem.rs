//! Problem details (RFC 9457): every error of the worker, with a stable code.

use core::fmt;
use downbeat_core::words::redact;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::json;

/// The content type of a problem.
pub const CONTENT_TYPE: &str = "application/problem+json";

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $title:literal;)*) => {
        /// The stable code of a problem: programs decide by it, people read the detail.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the code on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns the HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// Returns a short summary that is the same for each occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// The body is not JSON; `line` and `column` say where.
    MalformedJson = "malformed-json", 400, "The body is not JSON";
    /// A part of the URL is not valid.
    BadRequest = "bad-request", 400, "The request cannot be understood";
    /// The token is missing, unknown or no longer valid.
    Unauthorized = "unauthorized", 401, "A valid token is needed";
    /// The invitation is missing, was replaced, or never was one of this room.
    InvalidInvitation = "invalid-invitation", 401, "A valid invitation is needed";
    /// The member's role does not allow this.
    NotAllowed = "not-allowed", 403, "The role does not allow this";
    /// This server makes no rooms, or not for everyone.
    RoomsOff = "rooms-off", 403, "No rooms are made here";
    /// The token's scopes do not allow this.
    Forbidden = "forbidden", 403, "The token does not allow this";
    /// Pages of this site may not open a socket.
    ForeignOrigin = "foreign-origin", 403, "The event does not admit this site";
    /// The signature was not made with the event's emergency key, or for another state.
    BadSignature = "bad-signature", 403, "The signature is not right";
    /// There is no event with this name.
    UnknownEvent = "unknown-event", 404, "There is no such event";
    /// There is no such rundown.
    UnknownRundown = "unknown-rundown", 404, "There is no such rundown";
    /// The server keeps no token with this id.
    UnknownToken = "unknown-token", 404, "There is no such token";
    /// The room has no such member; it may have left.
    UnknownMember = "unknown-member", 404, "There is no such member";
    /// There is nothing at this path.
    UnknownPath = "unknown-path", 404, "There is nothing at this path";
    /// The path exists, but not with this method; `Allow` lists its methods.
    MethodNotAllowed = "method-not-allowed", 405, "The method is not allowed here";
    /// The event has changed since; `state` is the current one, `lastChange` says who changed what and when.
    Stale = "stale", 409, "The event has moved on";
    /// A member's later action was applied already; `state` is the current one.
    StaleAction = "stale-action", 409, "Somebody was faster";
    /// The command does not fit the event's state, which is in `state`.
    Conflict = "conflict", 409, "The event's state does not allow this";
    /// The event is archived: only `"archived": false` changes it; `state` is the current one.
    Archived = "archived", 409, "The event is archived";
    /// With this change a pause would no longer fit into the event's state; `bytes` and `limit` say by how much.
    StateTooLarge = "state-too-large", 409, "The event's state would be too large";
    /// There is a token with this id already, or it cannot be changed this way.
    TokenConflict = "token-conflict", 409, "The token cannot be changed like this";
    /// The sign-in code has been used; it works once.
    CodeUsed = "code-used", 410, "The sign-in code has been used";
    /// The sign-in code has expired.
    CodeExpired = "code-expired", 410, "The sign-in code has expired";
    /// Viewers use this rundown, so it cannot be deleted.
    RundownInUse = "rundown-in-use", 409, "The event has this rundown";
    /// The stored version is not the one that was named.
    Changed = "changed", 412, "It has changed meanwhile";
    /// The body is over the limit.
    TooLarge = "too-large", 413, "The body is too large";
    /// A field is missing or wrong; `pointer` says which.
    InvalidField = "invalid-field", 422, "A field is missing or wrong";
    /// There is no such command; `known` lists the commands.
    UnknownCommand = "unknown-command", 422, "There is no such command";
    /// The bytes do not match their name.
    DigestMismatch = "digest-mismatch", 422, "The bytes do not match their SHA-256";
    /// The bytes are not a rundown.
    NotARundown = "not-a-rundown", 422, "The body is not a rundown";
    /// This path is a WebSocket.
    UpgradeRequired = "upgrade-required", 426, "A WebSocket is needed";
    /// A token was not accepted, and neither were many others in this second.
    TooManyFailures = "too-many-failures", 429, "Too many tokens were refused";
    /// More of this than anyone has reason to send; try again later.
    TooManyRequests = "too-many-requests", 429, "Too many requests";
    /// The room has as many members as it can.
    RoomFull = "room-full", 503, "The room is full";
    /// No hub has room right now; `retryAfter` says in how many ms to try again.
    Full = "full", 503, "No hub has room";
    /// A part of the server does not answer; try again.
    Unavailable = "unavailable", 503, "Not available right now";
    /// A fault of the server.
    Internal = "internal", 500, "The server failed";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What went wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Problem {
    /// `urn:downbeat:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short summary.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong in this case: place, limit and remedy.
    pub detail: String,
    /// The stable code; text, since a newer server may send one that this version does not know.
    pub code: String,
    /// Further members, depending on the code: `pointer`, `line`, `column`, `known`, `state`, `lastChange`, `bytes`,
    /// `limit`.
    #[serde(flatten)]
    #[cfg_attr(feature = "typescript", ts(skip))]
    pub more: Map<String, Value>,
}

impl Problem {
    /// Returns the problem of this code with this detail.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:downbeat:problem:{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            code: code.as_str().to_owned(),
            more: Map::new(),
        }
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// Returns the problem of a missing or wrong field at `pointer`.
    pub fn invalid_field(pointer: &str, detail: impl Into<String>) -> Self {
        Self::new(Code::InvalidField, detail).with("pointer", pointer)
    }

    /// Returns the problem of a text that is not JSON, with the place of the error.
    pub fn malformed_json(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        Self::new(Code::MalformedJson, format!("the body is not JSON: {error}"))
            .with("line", line)
            .with("column", column)
    }

    /// Returns whether this is the problem of `code`.
    pub fn is(&self, code: Code) -> bool {
        self.code == code.as_str()
    }

    /// Returns the JSON text.
    pub fn to_json(&self) -> String {
        json::text(self)
    }
}

impl Serialize for Problem {
    // By hand: a derived `flatten` costs the worker several kilobytes.
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut members = out.serialize_map(None)?;
        members.serialize_entry("type", &self.kind)?;
        members.serialize_entry("title", &self.title)?;
        members.serialize_entry("status", &self.status)?;
        // Somebody's token in the wrong place is neither sent back nor logged on the way.
        members.serialize_entry("detail", &redact(&self.detail))?;
        members.serialize_entry("code", &self.code)?;
        for (name, value) in &self.more {
            match value {
                Value::String(text) => members.serialize_entry(name, &redact(text))?,
                value => members.serialize_entry(name, value)?,
            }
        }
        members.end()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}
impl core::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_the_wrong_place_is_not_sent_back() {
        let problem = Problem::new(Code::UnknownPath, "there is nothing at \"/v1/events/dbt_maria_Zm9vYmFy\"")
            .with("pointer", "/messages/dbt_maria_Zm9vYmFy");
        let text = problem.to_json();
        assert!(!text.contains("Zm9vYmFy") && text.matches("dbt_maria_…").count() == 2, "{text}");
    }

    #[test]
    fn every_code_has_its_own_word_a_status_of_an_error_and_a_title() {
        for (index, code) in Code::ALL.iter().enumerate() {
            assert!((400..600).contains(&code.status()) && !code.title().is_empty(), "{code}");
            assert!(Code::ALL[..index].iter().all(|other| other.as_str() != code.as_str()), "{code}");
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{code}\""));
        }
    }

    #[test]
    fn the_status_of_each_code_is_the_one_clients_are_told() {
        for (code, status) in [
            (Code::MalformedJson, 400),
            (Code::Unauthorized, 401),
            (Code::Forbidden, 403),
            (Code::UnknownEvent, 404),
            (Code::MethodNotAllowed, 405),
            (Code::Stale, 409),
            (Code::TooLarge, 413),
            (Code::UnknownCommand, 422),
            (Code::DigestMismatch, 422),
        ] {
            assert_eq!(Problem::new(code, "").status, status, "{code}");
        }
    }

    #[test]
    fn a_problem_of_a_newer_server_is_read_and_written_back() {
        let text = concat!(
            r#"{"type":"urn:downbeat:problem:new","title":"New","status":418,"detail":"new","code":"new","#,
            r#""more":[1,{"deep":null}]}"#
        );
        let problem: Problem = serde_json::from_str(text).unwrap();
        assert!(Code::ALL.iter().all(|code| !problem.is(*code)));
        assert_eq!(problem.to_json(), text);
    }
}
