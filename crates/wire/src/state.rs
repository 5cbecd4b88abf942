//! The whole public state of an event: the answer of `GET /v1/events/{event}`.

use core::fmt;
use downbeat_core::event::{EmergencyChannel, HubCount, Notice, Sizing};
use downbeat_core::{
    Digest, Epoch, EventName, EventState, EventTimeline, Locale, Rev, Segment, ServerTime, Severity, Span, Timeline,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::json;
use crate::room::RoomBody;
use crate::route;
use crate::time::{self, StatusWord, TimeBody};

/// A message to viewers from an instant on, in every locale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Announcement {
    /// The instant from which it is shown.
    pub from: ServerTime,
    /// The text per locale; `null` if no message is shown from then on.
    pub text: Option<BTreeMap<Locale, String>>,
    /// The severity.
    #[serde(default)]
    pub severity: Severity,
}

impl From<&Notice> for Announcement {
    fn from(notice: &Notice) -> Self {
        Self {
            from: notice.from,
            text: notice.message.as_ref().map(|message| message.texts().clone()),
            severity: notice.message.as_ref().map(|message| message.severity()).unwrap_or_default(),
        }
    }
}

/// An event that adds hubs as they fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AutoHubs {
    /// How many viewers are expected; `null` if nobody has said.
    #[serde(default)]
    pub expected: Option<u32>,
}

/// The whole public state. It begins with the fields of [`TimeBody`], so that one reader understands both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StateBody {
    /// When the answer left.
    pub server_time: ServerTime,
    /// The query parameter `t1` of the request, as in [`TimeBody::t1`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub t1: Option<String>,
    /// Where the event is at that instant.
    pub status: StatusWord,
    /// The message to viewers at that instant, in the event's default locale.
    pub message: Option<String>,
    /// The epoch: the life of the event's counter.
    pub epoch: Epoch,
    /// The revision.
    pub rev: Rev,
    /// The epoch that this one took the place of since storage was restored or the event was reset: who has that one accepts this
    /// one at once, whatever its revision. Omitted if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub replaces: Option<Epoch>,
    /// The latest instant at which the event's object is known to have had this state: who learned of a higher revision or of
    /// another epoch before it accepts this one once nothing contradicts it for 10 s. Omitted in answers of the object itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub confirmed: Option<ServerTime>,
    /// The segments of the timeline, the earliest first.
    pub timeline: Vec<Segment>,
    /// The rundown viewers should have.
    pub rundown: Option<Digest>,
    /// How long to wait before asking for the time again, ± 20 %, in ms.
    pub resync: Span,
    /// How long to wait, up to half as long again, before the next request for the time or the status, in ms; omitted
    /// unless the server is slow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub retry_after: Option<Span>,
    /// When the event ended or will end.
    #[serde(default)]
    pub ended_at: Option<ServerTime>,
    /// The event's name.
    pub event: EventName,
    /// Its title; may be empty.
    pub title: String,
    /// When it begins.
    pub starts_at: ServerTime,
    /// Its planned duration in ms, if known.
    pub duration: Option<Span>,
    /// The locale of `message`.
    pub locale: Locale,
    /// The messages to viewers, current and scheduled, the earliest first.
    pub messages: Vec<Announcement>,
    /// The number of hubs that hold the viewers' sockets.
    pub hubs: u16,
    /// That hubs are added as they fill; omitted if their number is fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub auto_hubs: Option<AutoHubs>,
    /// The sites whose pages may open sockets, as a browser's `Origin` names them; omitted if any may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub origins: Vec<String>,
    /// Whether the event is archived: nothing changes it, and the list of events leaves it out. Omitted if it is not.
    #[serde(default, skip_serializing_if = "json::is_false")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
    pub archived: bool,
    /// The URL that viewers load the rundown from, relative to the server. If that fails, the server has it, too.
    pub rundown_url: Option<String>,
    /// The URL of the WebSocket that pushes changes, relative to the server; `null` if this server does not push.
    pub live_url: Option<String>,
    /// Where to look when neither the socket nor the server answers, and whose signature to accept there.
    #[serde(default)]
    pub emergency: Option<EmergencyChannel>,
    /// What is so only of rooms; omitted of other events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub room: Option<RoomBody>,
}

impl StateBody {
    /// Returns the public state of `event` at `now`.
    pub fn new(event: &EventName, state: &EventState, now: ServerTime) -> Self {
        let TimeBody { server_time, status, message, rev, timeline, rundown, resync, ended_at, .. } =
            TimeBody::new(state, now);
        Self {
            server_time,
            t1: None,
            status,
            message,
            epoch: state.epoch().clone(),
            rev,
            replaces: state.replaces().cloned(),
            confirmed: None,
            timeline,
            rundown,
            resync,
            retry_after: None,
            ended_at,
            event: event.clone(),
            title: state.title().to_owned(),
            starts_at: state.starts_at(),
            duration: state.duration(),
            locale: state.locale().clone(),
            messages: state.notices().as_slice().iter().map(Announcement::from).collect(),
            hubs: state.delivery().hubs,
            auto_hubs: match state.delivery().sizing {
                Sizing::Auto { expected } => Some(AutoHubs { expected }),
                Sizing::Fixed => None,
            },
            origins: state.origins().to_vec(),
            archived: state.is_archived(),
            rundown_url: match state.rundown_url() {
                Some(url) => Some(url.to_string()),
                None => rundown.map(|digest| route::rundown_path(event, digest)),
            },
            live_url: Some(route::live_path(event)),
            emergency: state.emergency().cloned(),
            room: RoomBody::of(state, now),
        }
    }

    /// Returns how many hubs the event is to have.
    pub const fn hub_count(&self) -> HubCount {
        match self.auto_hubs {
            Some(AutoHubs { expected }) => HubCount::Auto { expected },
            None => HubCount::Fixed(self.hubs),
        }
    }

    /// Returns the JSON text that follows the digits of `serverTime`, as [`TimeBody::tail`] does.
    pub fn tail(&self) -> String {
        time::tail(json::text(self))
    }

    /// Returns the timeline, to ask for the position at an instant.
    ///
    /// # Errors
    /// [`BadTimeline`] if there are no segments, or they are out of order.
    pub fn timeline(&self) -> Result<EventTimeline, BadTimeline> {
        let timeline = Timeline::from_segments(self.timeline.clone());
        let timeline = timeline.map_err(|error| BadTimeline(error.to_string()))?;
        Ok(EventTimeline { timeline, starts_at: self.starts_at, ended_at: self.ended_at })
    }
}

/// Why the segments of a state are not a valid timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTimeline(String);

impl fmt::Display for BadTimeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server's answer has a broken timeline: {}", self.0)
    }
}
impl core::error::Error for BadTimeline {}
