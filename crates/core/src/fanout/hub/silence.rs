//! Sockets through which nothing comes any more.

use crate::time::{ServerTime, Span};

/// What to do about a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It pinged lately.
    None,
    /// It has not pinged yet, and nothing says since when it is there: note the instant with the socket.
    Unnoted,
    /// It has not pinged since it was noted, but it still may.
    Noted,
    /// It has been silent for too long: close it.
    TooLong,
}

impl Silence {
    /// Returns what to do about a socket that `pinged` last, or else was `noted` to be silent.
    pub(super) fn of(
        pinged: Option<ServerTime>,
        noted: Option<ServerTime>,
        silent_after: Span,
        now: ServerTime,
    ) -> Self {
        match (pinged, noted) {
            (Some(since), _) if now - since < silent_after => Self::None,
            (None, None) => Self::Unnoted,
            (None, Some(since)) if now - since < silent_after => Self::Noted,
            (Some(_), _) | (None, Some(_)) => Self::TooLong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_who_pings_is_never_closed_and_one_who_does_not_is() {
        let now = ServerTime::from_millis(1_704_067_200_000);
        let ago = |s: i64| Some(now - Span::from_millis(1_000 * s));
        let of = |pinged, noted| Silence::of(pinged, noted, Span::from_millis(90_000), now);
        assert_eq!([of(ago(0), None), of(ago(89), None), of(ago(89), ago(1_000))], [Silence::None; 3]);
        assert_eq!([of(ago(90), None), of(None, ago(90)), of(ago(90), ago(1))], [Silence::TooLong; 3]);
        assert_eq!((of(None, None), of(None, ago(15))), (Silence::Unnoted, Silence::Noted));
        // A clock that stepped back closes nobody.
        assert_eq!((of(ago(-3_600), None), of(None, ago(-3_600))), (Silence::None, Silence::Noted));
    }
}
