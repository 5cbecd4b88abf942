//! Who is in a room: the answer of `GET /v1/events/{room}/audience`.

use downbeat_core::room::{Presence, Role, RoomState};
use downbeat_core::{ServerTime, Span};
use serde::{Deserialize, Serialize};

use super::frames::{MemberBody, MemberCounts, PresenceFrame};

/// The answer of `GET /v1/events/{room}/audience`: who is in the room, and until when it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RoomAudience {
    /// The role of the invitation that the call was made with.
    pub role: Role,
    /// All members, in the order in which they came; omitted above 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub members: Option<Vec<MemberBody>>,
    /// How many members there are; omitted up to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub counts: Option<MemberCounts>,
    /// How long the room is kept after the last member left, in ms.
    pub keep: Span,
    /// When it is deleted unless somebody comes before; `null` while there are members.
    pub expires_at: Option<ServerTime>,
}

impl RoomAudience {
    /// Returns what one who came with an invitation of `role` learns of `room` and its members.
    pub fn new(role: Role, presence: Presence, room: &RoomState) -> Self {
        let PresenceFrame { members, counts, .. } = PresenceFrame::from(presence);
        let is_empty = members.as_ref().is_some_and(Vec::is_empty);
        let expires_at = is_empty.then(|| room.expires_at());
        Self { role, members, counts, keep: room.settings().keep, expires_at }
    }
}
