//! What operator calls answer.

use downbeat_core::event::Change;
use downbeat_core::{CommandId, EventName, Rev, ServerTime};
use serde::{Deserialize, Serialize};

use crate::state::StateBody;

/// How far a change got by the time the command was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DeliveryReport {
    /// How many hubs there are.
    pub hubs: u32,
    /// How many of them have it.
    pub acked: u32,
    /// How many sockets they sent it to.
    pub sockets: u64,
    /// How long that took, in ms.
    pub ms: u64,
}

/// The answer to a command: what the event is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CommandAnswer {
    /// The revision the command made.
    pub rev: Rev,
    /// When it takes effect.
    pub effective_at: ServerTime,
    /// Something that was scheduled for later has been replaced.
    pub replaced: bool,
    /// The state with it.
    pub state: StateBody,
    /// How far it got.
    pub delivery: DeliveryReport,
}

/// Who changed an event last, what, and when; for operators only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LastChange {
    /// The id of the command, if it was one.
    pub id: Option<CommandId>,
    /// The command's name, `create` or `configure`.
    pub name: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// When it was decided.
    pub at: ServerTime,
    /// When it takes effect.
    pub effective_at: ServerTime,
}

impl From<&Change> for LastChange {
    fn from(change: &Change) -> Self {
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

/// The answer of `GET /v1/events`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EventList {
    /// The events, by name.
    pub events: Vec<ListedEvent>,
}

/// One event of an [`EventList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ListedEvent {
    /// Its name.
    pub name: EventName,
    /// When it was made.
    pub created_at: ServerTime,
}
