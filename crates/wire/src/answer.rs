//! The answers to operators' calls.

use downbeat_core::event::Reverted;
use downbeat_core::fanout::{Gathering, Occupancy, Polls, Region};
use downbeat_core::object_clock::DecisionClock;
use downbeat_core::{EventName, EventState, Rev, ServerTime};
use serde::{Deserialize, Serialize};

use crate::anchor::Anchor;
use crate::audience::{Untold, untold};
use crate::json;
use crate::state::StateBody;

/// How far a change was delivered by the time the command was answered.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DeliveryReport {
    /// The number of hubs.
    pub hubs: u32,
    /// How many of them have the change.
    pub acked: u32,
    /// How many sockets they sent it to.
    pub sockets: u64,
    /// How long that took, in ms.
    pub ms: u64,
    /// The hubs that do not have it yet, by number: the first 10; omitted if all have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<HubName>>"))]
    pub missing: Vec<HubName>,
    /// The sockets that were not sent it yet, by region, the most first; omitted if all were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Untold>>"))]
    pub untold: Vec<Untold>,
    /// About how many viewers poll instead of holding a socket, and have it within 10 s: an estimate; omitted if nobody does.
    #[serde(default, skip_serializing_if = "json::is_zero")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<u64>"))]
    pub polling: u64,
}

/// The most hubs that [`DeliveryReport::missing`] names: 10, as many as fit a screen.
const MISSING_MAX: usize = 10;

/// A hub, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HubName {
    /// Its number, from 0.
    pub hub: u16,
    /// The region it was created for.
    pub region: Region,
}

impl DeliveryReport {
    /// Returns how far an announcement got in `ms`, to hubs of which `occupancy` says how many sockets they have.
    pub fn new(gathering: &Gathering, occupancy: &Occupancy, ms: u64) -> Self {
        let name = |hub| HubName { hub, region: Region::of_hub(hub) };
        Self {
            hubs: gathering.hubs().into(),
            acked: gathering.reached().into(),
            sockets: gathering.sockets(),
            ms,
            missing: gathering.missing().take(MISSING_MAX).map(name).collect(),
            untold: untold(gathering.missing(), occupancy),
            polling: Polls::viewers(gathering.polls()),
        }
    }
}

/// The two clocks, in the answer to a change and in its entry in the log, where they differ by more than a second and the
/// time that the call took. The change was decided by the worker's, to which viewers are aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ClockReport {
    /// The time by the worker's clock, by which the change was decided.
    pub worker: ServerTime,
    /// The time by the clock of the event's object, which is wrong.
    pub object: ServerTime,
}

impl ClockReport {
    /// Returns the time by which to decide at `own`, an instant of the object's clock, and both clocks if they differ too
    /// much.
    pub fn at(decision: DecisionClock, own: ServerTime) -> (ServerTime, Option<Self>) {
        let report = decision.difference(own).map(|both| Self { worker: both.worker, object: both.object });
        (decision.now(own), report)
    }
}

/// The answer to a command: the event's state with it.
///
/// A command sent with `?dryRun` gets the answer that the command itself would get at that moment, or the same
/// refusal, but nothing is stored, its id is not used up, and no hub is notified: `rev` is the revision it would
/// make, `effectiveAt` the instant at which it would take effect, `state` what viewers would then have, and
/// `delivery` counts no hub as reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CommandAnswer {
    /// The revision the command made.
    pub rev: Rev,
    /// When it takes effect.
    pub effective_at: ServerTime,
    /// Whether something that was scheduled for later has been replaced.
    pub replaced: bool,
    /// Whether nothing is different from before, as after the pause of an event that is paused already. `undo` is then about the
    /// change before it.
    #[serde(default, skip_serializing_if = "json::is_false")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
    pub unchanged: bool,
    /// The change that an `undo` reverted, or a `redo` applied again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub reverted: Option<Reverted>,
    /// The state with it.
    pub state: StateBody,
    /// How far it was delivered.
    pub delivery: DeliveryReport,
    /// Both clocks, if the one of the event's object is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub clock: Option<ClockReport>,
    /// What the worker signs about the log with it; missing if its key cannot be had in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub anchor: Option<Anchor>,
}

/// What the answer to a change of the configuration, or to a signed state, has beside the members of a [`StateBody`].
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
pub struct StateExtras {
    /// Both clocks, if the one of the event's object is wrong.
    #[serde(default)]
    pub clock: Option<ClockReport>,
    /// What the worker signs about the log with it; missing if its key cannot be had in time, or if nothing changed.
    #[serde(default)]
    pub anchor: Option<Anchor>,
}

impl StateExtras {
    /// Returns the text of the answer that is `state` with these members.
    pub fn text(&self, state: &StateBody) -> String {
        let mut text = json::text(state);
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                text.truncate(text.len() - 1);
                text.extend([",\"", name, "\":", &value, "}"]);
            }
        };
        add("clock", self.clock.as_ref().map(json::text));
        add("anchor", self.anchor.as_ref().map(json::text));
        text
    }
}

impl CommandAnswer {
    /// Returns the answer to a command that left `event` in `state`, before any hub has it.
    pub fn new(event: &EventName, state: &EventState, replaced: bool, now: ServerTime) -> Self {
        Self {
            rev: state.rev(),
            effective_at: state.last_change().effective_at(),
            replaced,
            unchanged: state.is_unchanged(),
            reverted: state.last_change().reverted().cloned(),
            state: StateBody::new(event, state, now),
            delivery: DeliveryReport { hubs: state.delivery().hubs.into(), ..DeliveryReport::default() },
            clock: None,
            anchor: None,
        }
    }
}

/// The answer of `DELETE /v1/events/{event}`: what was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// The event's name.
    pub event: EventName,
    /// The hubs that released their sockets and their copy of the state. Others do so when they ask the event next.
    pub hubs: u32,
    /// The viewers' sockets that were closed.
    pub sockets: u64,
    /// The rundowns that were stored for it.
    pub rundowns: u64,
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
    /// When it was created.
    pub created_at: ServerTime,
    /// Whether it is archived. Such events are listed with `?all` only.
    #[serde(default, skip_serializing_if = "json::is_false")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
    pub archived: bool,
}
