//! The clocks: the only file that reads them.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use downbeat_core::clock::WallTime;
use downbeat_core::{LocalTime, Span};

/// The longest that a timer is set ahead: a year.
const AHEAD_MAX: Span = Span::from_millis(365 * 86_400_000);

/// Returns this machine's monotonic time. Its origin is the first call, which all viewers of a process share.
pub fn monotonic() -> LocalTime {
    LocalTime::from_micros(i64::try_from(origin().elapsed().as_micros()).unwrap_or(i64::MAX))
}

/// Returns an instant of [`monotonic`] as tokio's timers take it, at most a year after the origin.
pub fn instant(at: LocalTime) -> tokio::time::Instant {
    let since_origin = (at - LocalTime::from_micros(0)).min(AHEAD_MAX);
    (origin() + Duration::from_micros(u64::try_from(since_origin.as_micros()).unwrap_or(0))).into()
}

/// Returns this machine's wall clock, which a session only watches for jumps.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub(crate) fn wall() -> WallTime {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    WallTime::from_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the monotonic clock")]
fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}
