//! How long a client that was refused waits before it tries again.
//!
//! A browser cannot read the answer to a refused WebSocket handshake. So a hub that has no room accepts the socket and
//! closes it at once, and the wait is the reason of that close frame, as text that people can read too.

use alloc::format;
use alloc::string::String;

use crate::time::Span;

/// The shortest wait: 100 ms. Less would be a busy loop.
const WAIT_MIN: Span = Span::from_millis(100);

/// The longest wait: 60 s, the client's own longest. A viewer polls the state meanwhile.
const WAIT_MAX: Span = Span::from_millis(60_000);

const BEFORE: &str = "retry in ";
const AFTER: &str = " ms";

/// Returns the reason that asks for a `wait`: 100 ms to 60 s, other values are clamped.
///
/// ```
/// use downbeat_core::{Span, retry};
/// let reason = retry::reason(Span::from_millis(4_000));
/// assert_eq!(reason, "retry in 4000 ms");
/// assert_eq!(retry::parse_reason(&reason), Some(Span::from_millis(4_000)));
/// ```
pub fn reason(wait: Span) -> String {
    format!("{BEFORE}{}{AFTER}", clamped(wait).as_millis())
}

/// Parses the reason of a close frame: how long to wait, 100 ms to 60 s. `None` if it does not say.
pub fn parse_reason(reason: &str) -> Option<Span> {
    let ms: u32 = reason.strip_prefix(BEFORE)?.strip_suffix(AFTER)?.parse().ok()?;
    Some(clamped(Span::from_millis(ms.into())))
}

fn clamped(wait: Span) -> Span {
    wait.clamp(WAIT_MIN, WAIT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_neither_a_busy_loop_nor_for_ever() {
        for (ms, waits) in [(-5, 100), (0, 100), (100, 100), (2_500, 2_500), (60_001, 60_000), (i64::MAX, 60_000)] {
            let reason = reason(Span::from_millis(ms));
            assert_eq!(parse_reason(&reason), Some(Span::from_millis(waits)), "{reason}");
            assert!(reason.len() <= 123, "it fits a close frame");
        }
        assert_eq!(parse_reason("retry in 4294967295 ms"), Some(WAIT_MAX));
    }

    #[test]
    fn what_does_not_name_a_wait_is_none() {
        for reason in
            ["", "retry in ms", "retry in -5 ms", "retry in 4294967296 ms", "retry in 5 s", "the hub restarts"]
        {
            assert_eq!(parse_reason(reason), None, "{reason}");
        }
    }
}
