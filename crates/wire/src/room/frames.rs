//! What a room sends through a member's socket, besides its state.

use downbeat_core::room::{GestureReceipt, MemberId, MemberView, Presence, Readiness, Role};
use downbeat_core::{CommandId, EventName, EventState, Rev, ServerTime};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::{Resume, SignalMessage};
use crate::json;
use crate::problem::{Code, Problem};
use crate::state::StateBody;

/// What a frame of a room is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameKind {
    /// A [`Welcome`].
    Welcome,
    /// A [`Refused`].
    Refused,
    /// A [`PresenceFrame`].
    Presence,
    /// A [`RoomCommandAnswer`].
    CommandAnswer,
    /// A [`SignalFrame`].
    Signal,
    /// A [`SignalRefused`].
    SignalRefused,
}

/// What others see of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MemberBody {
    /// Its id, the same after a reload.
    pub id: MemberId,
    /// Its name; may be empty.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Whether it can play.
    pub readiness: Readiness,
}

/// How many members there are, in a room with too many to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MemberCounts {
    /// All members.
    pub members: usize,
    /// Those that cannot play right now.
    pub buffering: usize,
}

/// The answer to a hello that lets somebody in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Welcome {
    /// The type of the frame.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "typescript", ts(type = "\"welcome\""))]
    pub kind: FrameKind,
    /// The member's own id.
    pub member: MemberId,
    /// Its role.
    pub role: Role,
    /// The secret to send with the next hello, so that a reload is the same member. Nobody else learns it.
    pub resume: String,
    /// All members, this one too; omitted above 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub members: Option<Vec<MemberBody>>,
    /// How many members there are; omitted up to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub counts: Option<MemberCounts>,
    /// The room's state.
    pub state: StateBody,
}

/// That a socket is not let in, or no longer: it is closed with this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Refused {
    /// The type of the frame.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "typescript", ts(type = "\"refused\""))]
    pub kind: FrameKind,
    /// The stable code, one of those of problems.
    pub code: String,
    /// What is wrong, and what to do.
    pub detail: String,
}

/// What changed of the members. One of three: all of them (`members`), changes (`present`, `left`), or numbers (`counts`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PresenceFrame {
    /// The type of the frame.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "typescript", ts(type = "\"presence\""))]
    pub kind: FrameKind,
    /// All members: who is not among them is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub members: Option<Vec<MemberBody>>,
    /// Those who came, or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub present: Option<Vec<MemberBody>>,
    /// The ids of those who left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub left: Option<Vec<MemberId>>,
    /// How many there are, above 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub counts: Option<MemberCounts>,
}

/// The answer to a member's command: `rev` and `effectiveAt` if it was applied, or else `code`, `detail` and the `state`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RoomCommandAnswer {
    /// The type of the frame.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "typescript", ts(type = "\"command-answer\""))]
    pub kind: FrameKind,
    /// The command's id.
    pub id: CommandId,
    /// The revision it made; of a repetition, the one it made at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub rev: Option<Rev>,
    /// When it takes effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub effective_at: Option<ServerTime>,
    /// Why it was refused: `not-allowed`, `stale-action`, `too-many-requests`, or another code of problems.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub code: Option<String>,
    /// What is wrong, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub detail: Option<String>,
    /// The room's state, with a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub state: Option<StateBody>,
}

/// A message of another member, exactly as it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SignalFrame {
    /// The type of the frame.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "typescript", ts(type = "\"signal\""))]
    pub kind: FrameKind,
    /// The member who sent it, as the room knows.
    pub from: MemberId,
    /// A description of the session, or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "unknown"))]
    pub description: Option<Value>,
    /// A candidate, `null` after the last one; or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "unknown"))]
    pub candidate: Option<Value>,
}

/// That a signal was not passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SignalRefused {
    /// The type of the frame.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "typescript", ts(type = "\"signal-refused\""))]
    pub kind: FrameKind,
    /// The member it was for.
    pub to: MemberId,
    /// Why: `unknown-member` or `too-many-requests`.
    pub code: String,
    /// What is wrong, and what to do.
    pub detail: String,
}

impl From<MemberView> for MemberBody {
    fn from(MemberView { id, name, role, readiness }: MemberView) -> Self {
        Self { id, name, role, readiness }
    }
}

fn bodies(members: Vec<MemberView>) -> Option<Vec<MemberBody>> {
    Some(members.into_iter().map(MemberBody::from).collect())
}

impl Welcome {
    /// Returns the welcome of `member`.
    pub fn new(member: MemberId, role: Role, resume: &Resume, presence: Presence, state: StateBody) -> Self {
        let PresenceFrame { members, counts, .. } = PresenceFrame::from(presence);
        let resume = resume.expose().to_owned();
        Self { kind: FrameKind::Welcome, member, role, resume, members, counts, state }
    }
}

impl Refused {
    /// Returns the frame for `code`.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { kind: FrameKind::Refused, code: code.as_str().to_owned(), detail: detail.into() }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self { kind: FrameKind::Refused, code: problem.code, detail: problem.detail }
    }
}

impl From<Presence> for PresenceFrame {
    fn from(presence: Presence) -> Self {
        let none = Self { kind: FrameKind::Presence, members: None, present: None, left: None, counts: None };
        match presence {
            Presence::All(members) => Self { members: bodies(members), ..none },
            Presence::Changes { present, left } => Self { present: bodies(present), left: Some(left), ..none },
            Presence::Counts { members, buffering } => {
                Self { counts: Some(MemberCounts { members, buffering }), ..none }
            }
        }
    }
}

impl RoomCommandAnswer {
    /// Returns the answer to a command that was applied.
    pub fn applied(receipt: &GestureReceipt) -> Self {
        let (rev, effective_at) = (Some(receipt.rev), Some(receipt.effective_at));
        let kind = FrameKind::CommandAnswer;
        Self { kind, id: receipt.id.clone(), rev, effective_at, code: None, detail: None, state: None }
    }

    /// Returns the answer to the command `id` that was refused, with the state of `event` at `now`.
    pub fn refused(id: CommandId, problem: Problem, event: &EventName, state: &EventState, now: ServerTime) -> Self {
        let state = Some(StateBody::new(event, state, now));
        let kind = FrameKind::CommandAnswer;
        let (code, detail) = (Some(problem.code), Some(problem.detail));
        Self { kind, id, rev: None, effective_at: None, code, detail, state }
    }
}

impl SignalFrame {
    /// Returns the text of the frame that passes `message` on.
    pub fn text(from: MemberId, message: SignalMessage) -> String {
        let mut members = Map::new();
        message.put(&mut members);
        let message = json::text(&members);
        format!(r#"{{"type":"signal","from":"{from}",{}"#, &message[1..])
    }
}

impl SignalRefused {
    /// Returns the frame for `code`.
    pub fn new(to: MemberId, code: Code, detail: impl Into<String>) -> Self {
        Self { kind: FrameKind::SignalRefused, to, code: code.as_str().to_owned(), detail: detail.into() }
    }
}
