//! The last resort on the wire: a signed state of an event, in a store's pointer and in the body of
//! `POST /v1/events/{event}/emergency`.
//!
//! ```json
//! {"state":"{\"event\":\"main\",\"epoch\":\"k3v9x2m4\",\"rev\":13,…}","signature":"<base64url>"}
//! ```
//! The state is JSON text inside a JSON string: exactly these characters were signed. The
//! signature is Ed25519 (RFC 8032) over [`signed_bytes`]. The shells check it, each with its platform's means.

use downbeat_core::event::{EmergencyState, Notices, STATE_BYTES_MAX};
use downbeat_core::{Digest, Epoch, EventName, EventTimeline, Message, Rev, Segment, ServerTime, base64url};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::command::{ACTOR_CHARS_MAX, REASON_CHARS_MAX};
use crate::fields::Fields;
use crate::json;
use crate::problem::{Code, Problem};
use crate::state::{Announcement, StateBody};

/// The prefix of the signed bytes, so that a signature is valid for nothing else.
pub const SIGNED_PREFIX: &str = "downbeat.emergency/1\n";

/// The longest document: 65 KiB, since anyone may send one.
///
/// Reason: it has less in it than a stored state, as JSON text inside a JSON string, where no byte takes more than two; and
/// 1 KiB for the signature and the names. So a pause that the event would accept can always be signed, whatever else the
/// event shows.
pub const DOCUMENT_BYTES_MAX: usize = 2 * STATE_BYTES_MAX + 1_024;

/// An Ed25519 signature; as text, its 64 bytes in base64url without padding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// A signed state, and its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EmergencyDocument {
    /// The JSON text of an [`EmergencyBody`].
    pub state: String,
    /// The Ed25519 signature of [`signed_bytes`], in base64url without padding.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub signature: Signature,
}

/// What is signed: the fields of the public state that an emergency may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EmergencyBody {
    /// The event; it is valid for no other.
    pub event: EventName,
    /// The epoch; it is valid for no other.
    pub epoch: Epoch,
    /// The revision; it counts only if higher than the known one.
    pub rev: Rev,
    /// The segments of the timeline, the earliest first.
    pub timeline: Vec<Segment>,
    /// When the event ended or will end.
    #[serde(default)]
    pub ended_at: Option<ServerTime>,
    /// The rundown viewers should have.
    #[serde(default)]
    pub rundown: Option<Digest>,
    /// When the event begins.
    pub starts_at: ServerTime,
    /// The messages to viewers, current and scheduled, the earliest first.
    #[serde(default)]
    pub messages: Vec<Announcement>,
    /// When it was signed, by the signer's estimate of the server's time.
    pub signed_at: ServerTime,
    /// Until when viewers accept it who never heard of the event from its server: at most 24 h after it was signed. Absent in
    /// documents of older versions, which such viewers ignore.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub valid_until: Option<ServerTime>,
    /// Who signed it, as the client said.
    #[serde(default)]
    pub actor: String,
    /// The reason, as the client said.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Returns the bytes that are signed for the text of a state.
pub fn signed_bytes(state: &str) -> Vec<u8> {
    [SIGNED_PREFIX, state].concat().into_bytes()
}

impl Signature {
    /// Returns the signature with these bytes.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Returns the 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl EmergencyDocument {
    /// Parses the body of a call.
    ///
    /// # Errors
    /// [`Problem`]: a body over [`DOCUMENT_BYTES_MAX`], malformed JSON with its position, a wrong field with its
    /// pointer.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        if body.len() > DOCUMENT_BYTES_MAX {
            return Err(too_large());
        }
        let mut fields = Fields::parse(body)?;
        let remedy = "send the member \"emergency\" of the pointer as it is";
        Ok(Self { state: fields.required("state", remedy)?, signature: fields.required("signature", remedy)? })
    }

    /// Parses the signed state; do not use it before checking the signature.
    ///
    /// # Errors
    /// [`Problem`] if the text is not a valid state; its pointer begins with `/state`.
    pub fn state(&self) -> Result<EmergencyState, Problem> {
        // Field by field, since a derived parser costs the worker several kilobytes.
        let mut fields = Fields::parse(self.state.as_bytes()).map_err(|problem| within("/state", problem))?;
        let state = read(&mut fields);
        state.map_err(|problem| within("/state", problem))
    }

    /// Returns the JSON text.
    pub fn to_json(&self) -> String {
        json::text(self)
    }
}

fn read(fields: &mut Fields) -> Result<EmergencyState, Problem> {
    const REMEDY: &str = "it is not what \"downbeat pause --break-glass\" signs";
    let timeline = EventTimeline {
        timeline: fields.required("timeline", REMEDY)?,
        starts_at: fields.required("startsAt", REMEDY)?,
        ended_at: fields.optional("endedAt")?,
    };
    let told = match fields.take("messages") {
        Some(Value::Array(told)) => told.into_iter().map(message).collect::<Result<_, _>>()?,
        _ => Vec::new(),
    };
    let notices = Notices::from_public(told, &timeline);
    Ok(EmergencyState {
        event: fields.required("event", REMEDY)?,
        epoch: fields.required("epoch", REMEDY)?,
        rev: fields.required("rev", REMEDY)?,
        timeline,
        rundown: fields.optional("rundown")?,
        notices: notices.map_err(|error| Problem::invalid_field("/messages", error.to_string()))?,
        signed_at: fields.required("signedAt", REMEDY)?,
        actor: fields.text("actor", ACTOR_CHARS_MAX)?.unwrap_or_default(),
        reason: fields.text("reason", REASON_CHARS_MAX)?,
    })
}

/// Parses a message that is shown from an instant on: `{"from":…,"text":{…}|null,"severity":…}`.
fn message(told: Value) -> Result<(ServerTime, Option<Message>), Problem> {
    let wrong = |error: serde_json::Error| {
        let said: String = error.to_string().chars().take(200).collect();
        Problem::invalid_field("/messages", format!("a message is wrong: {said}"))
    };
    let from = told.get("from").cloned().unwrap_or_default();
    let from = serde_json::from_value(from).map_err(wrong)?;
    let says = told.get("text").is_some_and(|text| !text.is_null());
    Ok((from, if says { Some(serde_json::from_value(told).map_err(wrong)?) } else { None }))
}

/// Turns a problem of a text inside the body into one of the body.
fn within(place: &str, mut problem: Problem) -> Problem {
    let pointer = problem.more.get("pointer").and_then(Value::as_str).unwrap_or_default();
    let pointer = format!("{place}{pointer}");
    if problem.is(Code::MalformedJson) {
        problem = Problem::new(Code::InvalidField, format!("\"state\" is not a signed state: {}", problem.detail));
    }
    problem.with("pointer", pointer)
}

/// Returns the problem of a document over the limit.
pub fn too_large() -> Problem {
    Problem::new(Code::TooLarge, "the body has more than 65 KiB (66,560 bytes); a signed state is never that long")
        .with("limit", DOCUMENT_BYTES_MAX)
}

impl EmergencyBody {
    /// Returns the JSON text that is signed.
    pub fn to_json(&self) -> String {
        json::text(self)
    }
}

impl From<&EmergencyState> for EmergencyBody {
    fn from(state: &EmergencyState) -> Self {
        Self {
            event: state.event.clone(),
            epoch: state.epoch.clone(),
            rev: state.rev,
            timeline: state.timeline.segments().to_vec(),
            ended_at: state.timeline.ended_at,
            rundown: state.rundown,
            starts_at: state.timeline.starts_at,
            messages: state.notices.as_slice().iter().map(Announcement::from).collect(),
            signed_at: state.signed_at,
            valid_until: None,
            actor: state.actor.clone(),
            reason: state.reason.clone(),
        }
    }
}

/// Returns the last state received from a server, to be changed and signed.
///
/// # Errors
/// The reason, if its timeline or messages are not valid.
pub fn known(told: &StateBody) -> Result<EmergencyState, String> {
    let timeline = told.timeline().map_err(|error| error.to_string())?;
    let notices = notices(told.messages.clone(), &timeline)?;
    Ok(EmergencyState {
        event: told.event.clone(),
        epoch: told.epoch.clone(),
        rev: told.rev,
        timeline,
        rundown: told.rundown,
        notices,
        signed_at: told.server_time,
        actor: String::new(),
        reason: None,
    })
}

/// Returns the public messages with the decisions they came with.
fn notices(told: Vec<Announcement>, timeline: &EventTimeline) -> Result<Notices, String> {
    let message = |told: Announcement| match told.text {
        None => Ok((told.from, None)),
        Some(text) => Message::new(text, told.severity).map(|message| (told.from, Some(message))),
    };
    let told: Result<Vec<_>, _> = told.into_iter().map(message).collect();
    let told = told.map_err(|error| error.to_string())?;
    Notices::from_public(told, timeline).map_err(|error| error.to_string())
}

impl core::fmt::Debug for Signature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}
impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&base64url::encode(&self.0))
    }
}
impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let bytes = base64url::decode(&text).ok_or_else(|| {
            de::Error::custom("not a valid signature: use 86 of A-Z, a-z, 0-9, \"-\" and \"_\", 64 bytes in base64url")
        });
        bytes.map(Self)
    }
}
