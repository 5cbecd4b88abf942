//! The frames of `GET /v1/events/{event}/live`, the WebSocket.
//!
//! | who | sends | when |
//! | --- | --- | --- |
//! | the hub | [`StateFrame`] | on joining, and on each change |
//! | a viewer | [`PING`], answered with the text of a [`Version`](downbeat_core::Version) | every 15 s |
//! | a viewer | [`Ack`] | when a [`StateFrame`] with `ack` was applied |

use downbeat_core::event::STATE_BYTES_MAX;
use downbeat_core::fanout;
use downbeat_core::{Rev, ServerTime, Span};
use serde::{Deserialize, Serialize};

use crate::json;
use crate::state::StateBody;

/// What a viewer sends to check whether the socket still works. The runtime answers it without waking the hub: with
/// the [`Version`](downbeat_core::Version) of the state, so that a push that was missed is noticed too.
pub const PING: &str = "p";

/// The longest frame that a viewer may send: 1,024 bytes. The longest of the protocol has 160.
pub const FRAME_BYTES_MAX: usize = 1_024;

/// The longest [`StateFrame`]: 36 KiB (36,864 bytes). Viewers must be able to receive it.
///
/// Reason: the state as it is stored, and 4 KiB for what a frame has besides: the message in the default locale once more
/// (500 characters, 6 bytes each at most), the URLs, and what the hub adds.
pub const STATE_FRAME_BYTES_MAX: usize = STATE_BYTES_MAX + 4 * 1_024;

/// The whole state, pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StateFrame {
    /// The type of the frame.
    #[serde(rename = "type")]
    pub kind: StateKind,
    /// The state. Its `serverTime` is when the hub wrote it for all its viewers, and must not be used as a clock
    /// exchange.
    #[serde(flatten)]
    pub state: StateBody,
    /// The number of the hub that holds the socket, for `?not=` once it is lost.
    pub hub: u16,
    /// Whether to send an [`Ack`] when this is applied; a sample of the viewers is asked.
    pub ack: bool,
}

/// What a [`StateFrame`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum StateKind {
    /// The whole state.
    State,
}

impl StateFrame {
    /// Returns the text of the frame with the state `body`, the JSON text of a [`StateBody`].
    pub fn of_body(body: &str, hub: u16, ack: bool) -> String {
        let members = body.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
        format!(r#"{{"type":"state",{members},"hub":{hub},"ack":{ack}}}"#)
    }
}

/// A viewer's acknowledgement that a change was applied; or, with revision 0, that the viewer goes on with another epoch or
/// revision than it was sent, since nothing has settled yet which of them is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Ack {
    /// The type of the frame.
    #[serde(rename = "type")]
    pub kind: AckKind,
    /// The revision that was applied; 0 while another epoch or revision is followed.
    pub rev: Rev,
    /// When it was applied, in the server's time as the viewer estimates it: at its effect, or when it was received
    /// if that was later.
    pub applied_at: ServerTime,
    /// How wrong the viewer's clock may be, in ms, rounded up. Clients from before it was added leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub bound: Option<Span>,
    /// Whether the viewer has the event's rundown; omitted if it does, if it is being loaded, or if the event has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub rundown: Option<AckLack>,
    /// Whether the viewer can check states that are signed with the event's emergency key; omitted if it can, if the event has
    /// none, and by viewers that do not look for such states: of those nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub emergency: Option<AckLack>,
}

/// What a viewer that acknowledges a change says of something that it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum AckLack {
    /// It could not be loaded, or the browser cannot use it.
    Missing,
}

/// What an [`Ack`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum AckKind {
    /// A change was applied.
    Ack,
}

impl Ack {
    /// Returns the acknowledgement that `rev` was applied at `applied_at`.
    pub const fn new(rev: Rev, applied_at: ServerTime) -> Self {
        Self { kind: AckKind::Ack, rev, applied_at, bound: None, rundown: None, emergency: None }
    }

    /// Says how wrong the viewer's clock may be. A part of a millisecond counts as one.
    #[must_use]
    pub const fn within(self, bound: Span) -> Self {
        Self {
            bound: Some(Span::from_millis(Span::from_micros(bound.as_micros().saturating_add(999)).as_millis())),
            ..self
        }
    }

    /// Says of the event's rundown that the viewer lacks it.
    #[must_use]
    pub const fn without_rundown(self) -> Self {
        Self { rundown: Some(AckLack::Missing), ..self }
    }

    /// Parses a frame; `None` if it is not valid.
    pub fn parse(frame: &str) -> Option<Self> {
        json::read(frame.as_bytes()).ok()
    }
}

impl From<Ack> for fanout::Ack {
    fn from(ack: Ack) -> Self {
        let Ack { rev, applied_at, bound, rundown, emergency, .. } = ack;
        Self { rev, applied_at, bound, lacks_rundown: rundown.is_some(), lacks_emergency: emergency.is_some() }
    }
}

/// Why a hub closes a socket; the numbers are those of RFC 6455 and its registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// The frame is binary; the protocol is text.
    Bytes,
    /// The text is not a frame of the protocol.
    Unknown,
    /// The frame is longer than [`FRAME_BYTES_MAX`].
    TooLong,
    /// The event was deleted.
    Deleted,
    /// More frames than a viewer has reason to send.
    Flood,
    /// More frames than a member of a room has reason to send.
    MemberFlood,
    /// The hub restarts; reconnect after a while.
    Restart,
    /// A room does not let the socket in, or no longer; the frame before says why.
    Refused,
    /// Nothing came through the socket for 90 s, not even a ping.
    Silent,
}

/// The code with which a socket is closed that no hub has room for: "try again later". The reason says when, as
/// [`retry::parse_reason`](downbeat_core::retry::parse_reason) reads it.
pub const TRY_AGAIN_LATER: u16 = 1_013;

impl Close {
    /// Returns the close code.
    pub const fn code(self) -> u16 {
        match self {
            Self::Deleted => 1_001,
            Self::Bytes => 1_003,
            Self::Unknown | Self::Flood | Self::MemberFlood | Self::Refused => 1_008,
            Self::TooLong => 1_009,
            Self::Restart => 1_012,
            // IANA's registry of close codes: "Timeout".
            Self::Silent => 3_008,
        }
    }

    /// Returns the reason, a short text for people.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Bytes => "send text",
            Self::Unknown => "not in the protocol: send \"p\" or an ack",
            Self::TooLong => "a frame has at most 1,024 bytes",
            Self::Deleted => "the event was deleted",
            Self::Flood => "a viewer sends at most 20 frames a second",
            Self::MemberFlood => "a member sends at most 60 frames a second",
            Self::Restart => "the hub restarts",
            Self::Refused => "refused; the frame before says why",
            Self::Silent => "no ping for 90 s",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_ack_is_none() {
        for frame in [
            "",
            "p",
            "pp",
            "{}",
            "[]",
            "null",
            r#"{"type":"state","rev":1,"appliedAt":1}"#,
            r#"{"type":"ack","rev":-1,"appliedAt":1}"#,
            r#"{"type":"ack","rev":1}"#,
            r#"{"type":"ack","rev":1,"appliedAt":"1"}"#,
            r#"{"type":"ack","rev":1,"appliedAt":9e99}"#,
        ] {
            assert_eq!(Ack::parse(frame), None, "{frame}");
        }
        let ack = Ack::new(Rev::new(13), ServerTime::from_millis(1_704_067_200_541));
        assert_eq!(Ack::parse(r#"{"type":"ack","rev":13,"appliedAt":1704067200541,"new":1}"#), Some(ack));
        let missing = r#"{"type":"ack","rev":13,"appliedAt":1704067200541,"rundown":"missing"}"#;
        assert_eq!(Ack::parse(missing), Some(ack.without_rundown()));
        assert_eq!(json::text(&ack.without_rundown()), missing);
        let whole =
            r#"{"type":"ack","rev":0,"appliedAt":1704067200541,"bound":4,"rundown":"missing","emergency":"missing"}"#;
        let parsed = Ack::parse(whole).unwrap();
        assert_eq!(parsed.bound, ack.within(Span::from_micros(3_001)).bound);
        let counted = fanout::Ack::from(parsed);
        assert!(counted.lacks_rundown && counted.lacks_emergency && counted.rev == Rev::default());
        assert_eq!(json::text(&parsed), whole);
    }

    #[test]
    fn reasons_fit_a_close_frame() {
        for close in [
            Close::Bytes,
            Close::Unknown,
            Close::TooLong,
            Close::Deleted,
            Close::Flood,
            Close::MemberFlood,
            Close::Restart,
            Close::Refused,
            Close::Silent,
        ] {
            assert!(close.reason().len() <= 123);
            assert!((1_000..1_016).contains(&close.code()) || (3_000..4_000).contains(&close.code()));
        }
    }

    #[test]
    fn the_longest_frame_of_the_protocol_fits() {
        let last = ServerTime::from_millis(downbeat_core::time::SERVER_TIME_MS_MAX);
        let bound = Span::from_millis(downbeat_core::time::SERVER_TIME_MS_MAX);
        let ack = Ack { emergency: Some(AckLack::Missing), ..Ack::new(Rev::new(u64::MAX), last).within(bound) };
        let text = serde_json::to_string(&ack.without_rundown()).unwrap();
        assert!(text.len() <= 160, "{text}");
    }
}
