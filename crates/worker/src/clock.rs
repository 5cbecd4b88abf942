//! The worker's clock and its timers.

use core::pin::pin;
use core::time::Duration;
use downbeat_core::{ServerTime, Span};
use futures_util::future::{Either, select};
use worker::Delay;

/// Returns the time now.
///
/// In a deployed worker the clock stands still between two waits for I/O, so read it after the last `await`; on a
/// path without I/O the request's arrival and the answer's departure are the same instant.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn now() -> ServerTime {
    // Whole milliseconds, far below 2^53: the conversion is exact.
    ServerTime::from_millis(js_sys::Date::now() as i64)
}

/// Waits for `span`.
pub(crate) async fn wait(span: Span) {
    Delay::from(duration(span)).await;
}

/// Waits for `work`, for `span` at most.
pub(crate) async fn within<T>(span: Span, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), Delay::from(duration(span))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// Returns `span` as the runtime's calls take it; zero if it is negative.
pub(crate) fn duration(span: Span) -> Duration {
    Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or_default())
}
