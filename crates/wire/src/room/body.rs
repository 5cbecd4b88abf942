//! The bodies of the calls about a room.

use downbeat_core::room::{Content, Controls, NewRoom, Role, RoomState, WAIT_MAX};
use downbeat_core::{Digest, EventName, EventState, ServerTime, Span};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::invitation::Invitation;
use crate::fields::Fields;
use crate::last_change::LastChange;
use crate::problem::Problem;

/// The longest title of a room: 200 characters, as of an event.
pub const TITLE_CHARS_MAX: usize = 200;

/// The answer of `POST /v1/rooms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RoomAnswer {
    /// The room's name as an event: `r-` and 16 characters.
    pub event: EventName,
    /// Its three invitations. They are told once: the server stores only their SHA-256.
    pub invitations: InvitationTexts,
}

/// Invitations as texts, `dbi_…`. Of a room that was made all three; otherwise those that were replaced.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct InvitationTexts {
    /// For those who watch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub view: Option<String>,
    /// For those who also have the controls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub control: Option<String>,
    /// For those who also replace invitations and delete the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub own: Option<String>,
}

/// What of a state is so only of rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RoomBody {
    /// What it plays: an `https:` URL, or a path on the page's own origin; `null` if nothing has been chosen.
    #[cfg_attr(feature = "typescript", ts(type = "string | null"))]
    pub content: Option<String>,
    /// Who has the controls.
    pub controls: Controls,
    /// How long the room waits at most for members that buffer, in ms; `null` if it never waits.
    pub wait_max: Option<Span>,
    /// The wait that is scheduled or has begun; `null` if there is none.
    pub wait: Option<RoomWait>,
    /// What changed last, and who did it; the name of the member that is waited for, if that is `wait`.
    pub last_change: LastChange,
}

/// A wait: a hold whose resume is scheduled already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RoomWait {
    /// When the room holds.
    pub from: ServerTime,
    /// When it resumes at the latest.
    pub until: ServerTime,
}

impl RoomBody {
    /// Returns what `state` says of its room at `now`; `None` if it is not one.
    pub fn of(state: &EventState, now: ServerTime) -> Option<Self> {
        let room: &RoomState = state.room()?;
        Some(Self {
            content: room.content().map(|content| content.as_str().to_owned()),
            controls: room.settings().controls,
            wait_max: room.settings().wait_max,
            wait: room.wait(now).map(|wait| RoomWait { from: wait.from, until: wait.until }),
            last_change: LastChange::from(state.last_change()),
        })
    }
}

impl InvitationTexts {
    /// Returns all three, of the roles in [`Role::ALL`].
    pub fn all(invitations: &[Invitation; 3]) -> Self {
        Role::ALL.into_iter().zip(invitations).fold(Self::default(), |texts, (role, one)| texts.with(role, one))
    }

    /// Adds the invitation of `role`.
    #[must_use]
    pub fn with(mut self, role: Role, invitation: &Invitation) -> Self {
        let text = Some(invitation.expose().to_owned());
        match role {
            Role::Viewer => self.view = text,
            Role::Controller => self.control = text,
            Role::Owner => self.own = text,
        }
        self
    }
}

/// Parses the body of `POST /v1/rooms`; an empty one is a room with the default settings. Ranges are checked by core.
///
/// # Errors
/// [`Problem`]: malformed JSON with its position, or a wrong field with its pointer.
pub fn parse_room(body: &[u8], invitations: [Digest; 3]) -> Result<NewRoom, Problem> {
    let new = NewRoom::new(invitations);
    if body.is_empty() {
        return Ok(new);
    }
    let mut fields = Fields::parse(body)?;
    let controls: Option<String> = fields.optional("controls")?;
    let content: Option<Content> = fields.optional("content")?;
    Ok(NewRoom {
        title: fields.text("title", TITLE_CHARS_MAX)?.unwrap_or_default(),
        content,
        controls: match controls {
            Some(text) => text.parse().map_err(|error| Problem::invalid_field("/controls", format!("{error}")))?,
            None => new.controls,
        },
        wait_max: wait_max(fields.take("wait"))?,
        lead: fields.optional("lead")?,
        keep: fields.optional("keep")?.unwrap_or(new.keep),
        invitations,
    })
}

fn wait_max(wait: Option<Value>) -> Result<Option<Span>, Problem> {
    match wait {
        None | Some(Value::Bool(true)) => Ok(Some(WAIT_MAX)),
        Some(Value::Bool(false)) => Ok(None),
        Some(Value::Object(mut members)) => match members.remove("max") {
            None => Ok(Some(WAIT_MAX)),
            Some(max) => serde_json::from_value(max)
                .map(Some)
                .map_err(|_| Problem::invalid_field("/wait/max", "\"wait.max\" is wrong; give 1000 to 10000 ms")),
        },
        Some(_) => Err(Problem::invalid_field("/wait", "\"wait\" is wrong; give {\"max\": 10000}, or false")),
    }
}

/// Parses the body of `POST /v1/events/{room}/invitations`: `{"role":"view"}` for one, nothing or `{}` for all three. With `sha256`,
/// those of the new invitations in the order to view, to control and to own, the caller has drawn them, and they are no part of the
/// answer: whoever loses the answer still has them.
///
/// # Errors
/// [`Problem`]: malformed JSON with its position, or an unknown role.
pub fn parse_invitation_roles(body: &[u8]) -> Result<Vec<(Role, Option<Digest>)>, Problem> {
    if body.is_empty() {
        return Ok(Role::ALL.map(|role| (role, None)).to_vec());
    }
    let mut fields = Fields::parse(body)?;
    let drawn: Option<[Digest; 3]> = fields.optional("sha256")?;
    if let Some(drawn) = drawn {
        return Ok(Role::ALL.into_iter().zip(drawn.map(Some)).collect());
    }
    let role: Option<String> = fields.optional("role")?;
    Ok(match role.as_deref() {
        None => Role::ALL.map(|role| (role, None)).to_vec(),
        Some("view" | "viewer") => vec![(Role::Viewer, None)],
        Some("control" | "controller") => vec![(Role::Controller, None)],
        Some("own" | "owner") => vec![(Role::Owner, None)],
        Some(_) => {
            return Err(Problem::invalid_field("/role", "\"role\" is wrong; give \"view\", \"control\" or \"own\""));
        }
    })
}

/// Returns the body with which all three invitations are replaced by those that the caller has drawn.
pub fn invitations_body(drawn: &[Invitation; 3]) -> Value {
    serde_json::json!({ "sha256": drawn.each_ref().map(Invitation::sha256) })
}
