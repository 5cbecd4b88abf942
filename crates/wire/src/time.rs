//! The answer of `GET /time`: the tiny contract first, then what a full client needs.

use core::fmt::Write as _;
use downbeat_core::{Digest, Epoch, EventState, Rev, Segment, ServerTime, Span, Status};
use serde::{Deserialize, Serialize};

/// The status of an event as it travels: a [`Status`], or that nobody knows it right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusWord {
    /// It counts down.
    Scheduled,
    /// It runs.
    Running,
    /// An operator holds it.
    Paused,
    /// It is over.
    Ended,
    /// The state could not be had in time; the time is right all the same. Go on as before.
    Unknown,
}

impl From<Status> for StatusWord {
    fn from(status: Status) -> Self {
        match status {
            Status::Scheduled => Self::Scheduled,
            Status::Running => Self::Running,
            Status::Paused => Self::Paused,
            Status::Ended => Self::Ended,
        }
    }
}

impl StatusWord {
    /// Gives the word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Unknown => "unknown",
        }
    }
}

/// `{"serverTime":1704067200000,"status":"running","message":null,…}`, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeBody {
    /// When the answer left.
    pub server_time: ServerTime,
    /// Where the event is at that instant.
    pub status: StatusWord,
    /// What viewers are told at that instant, in the event's default locale.
    pub message: Option<String>,
    /// The life of the event's counter; nothing while unknown.
    #[serde(default)]
    pub epoch: Option<Epoch>,
    /// The revision; 0 while unknown.
    #[serde(default)]
    pub rev: Rev,
    /// The segments of the timeline, the earliest first; none while unknown.
    #[serde(default)]
    pub timeline: Vec<Segment>,
    /// The rundown viewers should have.
    #[serde(default)]
    pub rundown: Option<Digest>,
    /// How long to wait before asking again, ± 20 %, in ms.
    #[serde(default = "resync_default")]
    pub resync: Span,
    /// When the event ended or will end; left out if no end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<ServerTime>,
    /// When the question arrived; left out where that is the same as `serverTime`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<ServerTime>,
}

fn resync_default() -> Span {
    downbeat_core::event::Delivery::default().resync
}

impl TimeBody {
    /// Gives the answer for `state` at `now`.
    pub fn new(state: &EventState, now: ServerTime) -> Self {
        Self {
            server_time: now,
            status: state.status(now).into(),
            message: state.message(now).and_then(|message| message.text(state.locale())).map(str::to_owned),
            epoch: Some(state.epoch().clone()),
            rev: state.rev(),
            timeline: state.timeline().segments().to_vec(),
            rundown: state.rundown(),
            resync: state.delivery().resync,
            ended_at: state.ended_at(),
            received_at: None,
        }
    }

    /// Gives the answer while the state cannot be had. What was last heard of it, if anything, goes along: its
    /// revision says how old it is.
    pub fn unknown(last: Option<&EventState>, now: ServerTime) -> Self {
        match last {
            Some(state) => Self { status: StatusWord::Unknown, message: None, ..Self::new(state, now) },
            None => Self {
                server_time: now,
                status: StatusWord::Unknown,
                message: None,
                epoch: None,
                rev: Rev::default(),
                timeline: Vec::new(),
                rundown: None,
                resync: resync_default(),
                ended_at: None,
                received_at: None,
            },
        }
    }

    /// Gives the JSON text.
    pub fn to_json(&self) -> String {
        let mut json = format!("{}{}", PREFIX, self.server_time.as_millis());
        json.push_str(&self.tail());
        json
    }

    /// Gives the JSON text that follows the digits of `serverTime`, `,"status":…}`: all that can be prepared before
    /// the question arrives. It stays right until the state's next change.
    pub fn tail(&self) -> String {
        let json = serde_json::to_string(self).expect("a TimeBody has no map with keys that are no text");
        let digits = json[PREFIX.len()..].find(',').expect("status follows serverTime");
        json[PREFIX.len() + digits..].to_owned()
    }
}

/// The JSON text before the digits of `serverTime`.
pub const PREFIX: &str = r#"{"serverTime":"#;

/// Writes the answer of `GET /time` into `out`: [`PREFIX`], the digits of `now`, and a prepared [`TimeBody::tail`].
pub fn write_time(out: &mut String, now: ServerTime, tail: &str) {
    out.clear();
    out.push_str(PREFIX);
    write!(out, "{}", now.as_millis()).expect("a String takes whatever is written");
    out.push_str(tail);
}
