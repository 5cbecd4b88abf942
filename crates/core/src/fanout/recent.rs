//! Whether something is recent.

use crate::time::{ServerTime, Span};

/// Returns whether `now` is less than `limit` after `then`. A clock that stepped back makes everything old.
///
/// ```
/// use downbeat_core::{ServerTime, Span, fanout::is_recent};
/// let then = ServerTime::from_millis(1_704_067_200_000);
/// let is_recent = |ms| is_recent(Some(then), Span::from_millis(1_000), then + Span::from_millis(ms));
/// assert_eq!([-1, 0, 999, 1_000].map(is_recent), [false, true, true, false]);
/// ```
pub fn is_recent(then: Option<ServerTime>, limit: Span, now: ServerTime) -> bool {
    then.is_some_and(|then| (Span::ZERO..limit).contains(&(now - then)))
}
