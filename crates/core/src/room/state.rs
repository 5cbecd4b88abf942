//! What an event's state has in it if the event is a room.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::invitation::Role;
use super::settings::RoomSettings;
use super::waits::{Wait, Waits};
use crate::name::Digest;
use crate::time::{ServerTime, Span};

/// By how much a room that is occupied is noted to stay so: 10 min. So often is its state written, and so much longer than `keep`
/// is it kept if its hub never says that the last member left.
pub const OCCUPIED_STEP: Span = Span::from_millis(600_000);

/// The room's part of an [`EventState`](crate::EventState): some 700 bytes of JSON, and 60 for each wait of the last ten minutes,
/// of which there are at most 31.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    pub(crate) settings: RoomSettings,
    pub(crate) content: Option<Content>,
    /// When the gesture happened that was applied last.
    pub(crate) intended: Option<ServerTime>,
    /// When the last seek, or the last new content, took effect.
    pub(crate) jumped_at: Option<ServerTime>,
    pub(crate) waits: Waits,
    /// Until when there were members, as far as is known; in the future while there are.
    pub(crate) occupied_until: ServerTime,
}

impl RoomState {
    /// Returns how it is set up.
    pub const fn settings(&self) -> &RoomSettings {
        &self.settings
    }

    /// Returns what it plays.
    pub const fn content(&self) -> Option<&Content> {
        self.content.as_ref()
    }

    /// Returns the role of somebody with the invitation of this digest; `None` if it is not, or no longer, one of this room.
    pub fn role(&self, invitation: &Digest) -> Option<Role> {
        self.settings.invitations.role(invitation)
    }

    /// Returns when the gesture happened that was applied last.
    pub const fn intended(&self) -> Option<ServerTime> {
        self.intended
    }

    /// Returns the wait that is scheduled or in force at `now`.
    pub fn wait(&self, now: ServerTime) -> Option<Wait> {
        self.waits.current(now)
    }

    /// Returns the waits of the last ten minutes, the earliest first.
    pub const fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Returns when the room is to be deleted, unless a member comes before: `keep` after the last one left.
    pub fn expires_at(&self) -> ServerTime {
        self.occupied_until + self.settings.keep
    }

    /// Returns the lead of a change: the one that was set, or else the one that was `measured`, within its limits.
    pub(crate) fn lead(&self, measured: Span) -> Span {
        self.settings.lead.unwrap_or(measured.clamp(super::lead::LEAD, super::lead::LEAD_MAX))
    }
}
