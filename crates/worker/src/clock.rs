//! The worker's clock.

use downbeat_core::ServerTime;

/// Returns the time now.
///
/// In a deployed worker the clock stands still between two waits for I/O, so read it after the last `await`; on a
/// path without I/O the question's arrival and the answer's departure are the same instant.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn now() -> ServerTime {
    // Whole milliseconds, far below 2^53: the conversion is exact.
    ServerTime::from_millis(js_sys::Date::now() as i64)
}
