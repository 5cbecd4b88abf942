//! The answer of `GET /time`: the fields of the minimal contract first, then what a full client needs.

use core::fmt::Write as _;
use downbeat_core::{Digest, Epoch, EventState, Rev, Segment, ServerTime, Span, Status};
use serde::{Deserialize, Serialize};

/// The status of an event on the wire: a [`Status`], or `unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum StatusWord {
    /// The event counts down.
    Scheduled,
    /// It runs.
    Running,
    /// An operator holds it.
    Paused,
    /// It is over.
    Ended,
    /// The state was not available in time; the time is still right. Continue as before.
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
    /// Returns the word.
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
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TimeBody {
    /// When the answer left.
    pub server_time: ServerTime,
    /// The query parameter `t1` of the request, if it had a valid one ([`parse_t1`]): it shows that the answer was made for this
    /// request, and by no cache for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub t1: Option<String>,
    /// Where the event is at that instant.
    pub status: StatusWord,
    /// The message to viewers at that instant, in the event's default locale.
    pub message: Option<String>,
    /// The epoch: the life of the event's counter; `null` while unknown.
    #[serde(default)]
    pub epoch: Option<Epoch>,
    /// The revision; 0 while unknown.
    #[serde(default)]
    pub rev: Rev,
    /// The segments of the timeline, the earliest first; empty while unknown.
    #[serde(default)]
    pub timeline: Vec<Segment>,
    /// The rundown viewers should have.
    #[serde(default)]
    pub rundown: Option<Digest>,
    /// Where viewers load the rundown from; omitted if that is the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub rundown_url: Option<String>,
    /// How long to wait before asking again, ± 20 %, in ms.
    #[serde(default = "resync_default")]
    pub resync: Span,
    /// How long to wait, up to half as long again, before the next request for the time or the status, in ms; omitted
    /// unless the server is slow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub retry_after: Option<Span>,
    /// When the event ended or will end; omitted if no end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub ended_at: Option<ServerTime>,
    /// When the request arrived; omitted if that equals `serverTime`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub received_at: Option<ServerTime>,
}

fn resync_default() -> Span {
    downbeat_core::event::Delivery::default().resync
}

impl TimeBody {
    /// Returns the answer for `state` at `now`.
    pub fn new(state: &EventState, now: ServerTime) -> Self {
        Self {
            server_time: now,
            t1: None,
            status: state.status(now).into(),
            message: state.message(now).and_then(|message| message.text(state.locale())).map(str::to_owned),
            epoch: Some(state.epoch().clone()),
            rev: state.rev(),
            timeline: state.timeline().segments().to_vec(),
            rundown: state.rundown(),
            rundown_url: state.rundown_url().map(ToString::to_string),
            resync: state.delivery().resync,
            retry_after: None,
            ended_at: state.ended_at(),
            received_at: None,
        }
    }

    /// Returns the answer while the state is not available. The last known state, if any, is included: its
    /// revision shows how old it is.
    pub fn unknown(last: Option<&EventState>, now: ServerTime) -> Self {
        match last {
            Some(state) => Self { status: StatusWord::Unknown, message: None, ..Self::new(state, now) },
            None => Self {
                server_time: now,
                t1: None,
                status: StatusWord::Unknown,
                message: None,
                epoch: None,
                rev: Rev::default(),
                timeline: Vec::new(),
                rundown: None,
                rundown_url: None,
                resync: resync_default(),
                retry_after: None,
                ended_at: None,
                received_at: None,
            },
        }
    }

    /// Returns the JSON text.
    pub fn to_json(&self) -> String {
        let mut json = format!("{}{}", PREFIX, self.server_time.as_millis());
        json.push_str(&self.tail());
        json
    }

    /// Returns the JSON text that follows the digits of `serverTime`, `,"status":…}`: all that can be prepared before
    /// the request arrives. It stays valid until the state's next change.
    pub fn tail(&self) -> String {
        tail(serde_json::to_string(self).expect("a TimeBody has no map with keys that are no text"))
    }
}

/// Returns what follows the digits of `serverTime` in a body.
pub(crate) fn tail(mut json: String) -> String {
    let digits = json[PREFIX.len()..].find(',').expect("status follows serverTime");
    json.drain(..PREFIX.len() + digits);
    json
}

/// The JSON text before the digits of `serverTime`.
pub const PREFIX: &str = r#"{"serverTime":"#;

/// The longest value of the query parameter `t1` that is repeated in the answer: 24 characters.
const T1_MAX: usize = 24;

/// Returns a value of the query parameter `t1` if it is valid: 1 to 24 letters, digits or dots.
pub fn parse_t1(value: &str) -> Option<&str> {
    let is_valid = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.';
    (1..=T1_MAX).contains(&value.len()).then_some(value).filter(|value| value.as_bytes().iter().all(is_valid))
}

/// Writes an answer into `out`: [`PREFIX`], the digits of `now`, the request's valid `t1` if it had one, and a prepared
/// [`TimeBody::tail`] or [`StateBody::tail`](crate::StateBody::tail).
pub fn write_time(out: &mut String, now: ServerTime, t1: Option<&str>, tail: &str) {
    out.clear();
    out.push_str(PREFIX);
    write!(out, "{}", now.as_millis()).expect("a String takes whatever is written");
    if let Some(t1) = t1 {
        out.push_str(r#","t1":""#);
        out.push_str(t1);
        out.push('"');
    }
    out.push_str(tail);
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::message::{Draft, Words};
    use downbeat_core::{Command, Configuration, Request, Severity};

    const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn event(says: &str) -> EventState {
        let configuration = Configuration { starts_at: Some(START), ..Configuration::default() };
        let mut event = EventState::create(configuration, "e1".parse().unwrap(), "maria", START).unwrap();
        let message = Draft { words: Words::Plain(says.to_owned()), severity: Severity::Info };
        let (id, actor) = ("a".parse().unwrap(), "maria".to_owned());
        let announce =
            Request { id, command: Command::Announce { message }, actor, reason: None, if_rev: None, at: None };
        event.handle_command(&announce, None, START).unwrap();
        event
    }

    #[test]
    fn the_answer_written_from_a_prepared_tail_is_the_answer() {
        let event = event("a, \"b\"} {\"serverTime\":1,");
        let mut out = "what was there before".to_owned();
        for now in [START, START + Span::from_millis(2_000), START + Span::from_millis(3_600_000)] {
            let body = TimeBody::new(&event, now);
            write_time(&mut out, now, None, &body.tail());
            assert_eq!(out, serde_json::to_string(&body).unwrap());
            assert_eq!(out, body.to_json());
            write_time(&mut out, now, Some("k3v9.x2"), &body.tail());
            assert_eq!(out, TimeBody { t1: Some("k3v9.x2".to_owned()), ..body }.to_json());
        }
    }

    #[test]
    fn only_short_words_are_repeated() {
        assert_eq!(parse_t1("0.k3v9X2m4"), Some("0.k3v9X2m4"));
        for value in ["", "a\"b", "a%20b", "é", "abcdefghijklmnopqrstuvwxy"] {
            assert_eq!(parse_t1(value), None, "{value}");
        }
    }

    #[test]
    fn a_tail_stays_right_until_the_next_change() {
        let event = event("hello");
        let tail = |now| TimeBody::new(&event, now).tail();
        let next = event.next_change(START).unwrap();
        assert_eq!(tail(START), tail(next - Span::from_millis(1)));
        assert_ne!(tail(START), tail(next));
    }

    #[test]
    fn a_client_that_knows_only_time_and_status_is_served_when_nothing_is_known() {
        let json = TimeBody::unknown(None, START).to_json();
        assert!(json.starts_with(r#"{"serverTime":1704067200000,"status":"unknown","message":null,"#), "{json}");
    }

    #[test]
    fn what_was_last_heard_goes_along_while_the_state_is_unknown_but_not_its_message() {
        let event = event("hello");
        let now = START + Span::from_millis(5_000);
        let body = TimeBody::unknown(Some(&event), now);
        assert_eq!((body.status, body.message.as_deref(), body.rev), (StatusWord::Unknown, None, event.rev()));
        assert_eq!(body.timeline, event.timeline().segments());
    }

    #[test]
    fn an_answer_of_the_three_first_fields_is_enough() {
        let body: TimeBody = serde_json::from_str(r#"{"serverTime":1,"status":"running","message":null}"#).unwrap();
        assert_eq!((body.epoch, body.rev, body.timeline.len()), (None, Rev::default(), 0));
        assert_eq!(body.resync, Span::from_millis(300_000));
    }
}
