//! Who changed an event last, and how.

use downbeat_core::event::ChangeRecord;
use downbeat_core::{CommandId, ServerTime};
use serde::{Deserialize, Serialize};

/// The last change of an event, with actor, reason and time; for operators, and for members of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LastChange {
    /// The id, if it was a command.
    pub id: Option<CommandId>,
    /// The command's name; `create`, `configure`, `archive`, `unarchive` or `emergency` for other changes.
    pub name: String,
    /// The actor.
    pub actor: String,
    /// The reason.
    pub reason: Option<String>,
    /// When it was decided.
    pub at: ServerTime,
    /// When it takes effect.
    pub effective_at: ServerTime,
}

impl From<&ChangeRecord> for LastChange {
    fn from(change: &ChangeRecord) -> Self {
        Self {
            id: change.id().cloned(),
            name: change.name().to_owned(),
            actor: change.actor().to_owned(),
            reason: change.reason().map(str::to_owned),
            at: change.at(),
            effective_at: change.effective_at(),
        }
    }
}
