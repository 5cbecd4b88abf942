//! The only place that reads a clock, and the only one that waits.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use downbeat_core::{LocalTime, ServerTime, Span};

/// Reads this machine's monotonic clock; its origin is the first call.
pub(crate) fn monotonic() -> LocalTime {
    LocalTime::from_micros(i64::try_from(origin().elapsed().as_micros()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the monotonic clock")]
fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}

/// Returns what this machine takes for the server's time: its own wall clock, wrong by any amount.
///
/// Only for what is asked without a server (a token's expiry), and for `doctor`, which measures how wrong it is.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub(crate) fn wall() -> ServerTime {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    ServerTime::from_millis(0) + Span::from_micros(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
}

/// Waits.
pub(crate) async fn sleep(span: Span) {
    tokio::time::sleep(duration(span)).await;
}

/// Returns the span as the standard library has it; a negative one is none.
pub(crate) fn duration(span: Span) -> Duration {
    Duration::from_micros(u64::try_from(span.as_micros()).unwrap_or(0))
}

/// What is known of the server's clock after one answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerClock {
    server: ServerTime,
    local: LocalTime,
}

impl ServerClock {
    /// Takes an answer that left at `server` and arrived at `local`. The estimate runs behind by the way back, at
    /// most the round trip: enough to show times to people and to choose one seconds ahead.
    pub(crate) const fn new(server: ServerTime, local: LocalTime) -> Self {
        Self { server, local }
    }

    /// Returns the server's time.
    pub(crate) fn now(&self) -> ServerTime {
        self.at(monotonic())
    }

    fn at(&self, local: LocalTime) -> ServerTime {
        self.server + (local - self.local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_time_goes_on_with_the_local_clock() {
        let clock = ServerClock::new(ServerTime::from_millis(1_704_067_200_000), LocalTime::from_micros(5_000_000));
        assert_eq!(clock.at(LocalTime::from_micros(5_250_000)), ServerTime::from_millis(1_704_067_200_250));
    }
}
