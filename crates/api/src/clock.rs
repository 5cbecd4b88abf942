//! The only place that reads a clock, and the only one that waits.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use downbeat_core::{LocalTime, ServerTime, Span};

/// Reads this machine's monotonic clock; its origin is the first call.
pub fn monotonic() -> LocalTime {
    LocalTime::from_micros(i64::try_from(origin().elapsed().as_micros()).unwrap_or(i64::MAX))
}

/// Converts a reading of the monotonic clock for tokio's timers. Readings before the first one become the first one, and
/// readings further ahead than a year become a year ahead.
pub fn instant(at: LocalTime) -> tokio::time::Instant {
    let ahead = at - LocalTime::from_micros(0);
    (origin() + duration(ahead.min(YEAR))).into()
}

const YEAR: Span = Span::from_millis(365 * 86_400_000);

#[expect(clippy::disallowed_methods, reason = "the one place that reads the monotonic clock")]
fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}

/// Reads this machine's wall clock, which may be wrong by any amount, as if it were the server's.
///
/// Use it only where no server is asked (the expiry of a new token), or to measure how wrong it is.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub fn wall() -> ServerTime {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    ServerTime::from_millis(0) + Span::from_micros(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
}

/// Waits for `span`.
pub async fn sleep(span: Span) {
    tokio::time::sleep(duration(span)).await;
}

/// Converts a span for the standard library. A negative span becomes zero.
pub fn duration(span: Span) -> Duration {
    Duration::from_micros(u64::try_from(span.as_micros()).unwrap_or(0))
}

/// One instant by both clocks of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// By the monotonic clock.
    pub local: LocalTime,
    /// By the wall clock, which may be wrong by any amount.
    pub wall: ServerTime,
}

impl Moment {
    /// Reads both clocks.
    pub fn now() -> Self {
        Self { local: monotonic(), wall: wall() }
    }
}

/// An estimate of the server's clock after one response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerClock {
    server: ServerTime,
    sent: Moment,
    received: Moment,
}

impl ServerClock {
    /// Creates the estimate from a response that left the server at `server`. It is late by the time the response took, at
    /// most the round trip: good enough to show times to people, and to choose one some seconds ahead.
    pub const fn new(server: ServerTime, sent: Moment, received: Moment) -> Self {
        Self { server, sent, received }
    }

    /// Returns the server's time now.
    pub fn now(&self) -> ServerTime {
        self.at(monotonic())
    }

    /// Returns when the request was about to leave this machine.
    pub const fn sent(&self) -> Moment {
        self.sent
    }

    /// Returns when the head of the response had arrived.
    pub const fn received(&self) -> Moment {
        self.received
    }

    /// Returns the latest that the server's time can be at `local`: the response may have left when the request did.
    pub fn latest_at(&self, local: LocalTime) -> ServerTime {
        self.server + (local - self.sent.local)
    }

    /// Returns the server's time at `local`, an instant of this machine's monotonic clock.
    pub fn at(&self, local: LocalTime) -> ServerTime {
        self.server + (local - self.received.local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_time_goes_on_with_the_local_clock() {
        let received = Moment { local: LocalTime::from_micros(5_000_000), wall: ServerTime::from_millis(0) };
        let clock = ServerClock::new(ServerTime::from_millis(1_704_067_200_000), received, received);
        assert_eq!(clock.at(LocalTime::from_micros(5_250_000)), ServerTime::from_millis(1_704_067_200_250));
    }
}
