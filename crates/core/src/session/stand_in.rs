//! The clock that stands in for a server's that never answered, and how long a signed state is valid by it.

use crate::clock::WallTime;
use crate::time::{LocalTime, ServerTime, Span, difference, millis, sum};

/// The bound of a clock that nothing proves: longer than any cue accepts.
pub const UNBOUNDED: Span = Span::from_micros(i64::MAX);

/// The longest that a signed state is accepted by a viewer who never heard of the event from its server: 24 h.
///
/// Reason: longer than any outage so far, and a pause of last month holds nobody.
pub const VALIDITY_MAX: Span = Span::from_millis(24 * 3_600_000);

/// From when to when a signed state is accepted by a viewer who never heard of the event from its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// When it was signed.
    pub signed_at: ServerTime,
    /// Until when it is valid: at most [`VALIDITY_MAX`] later. `None` in documents of older versions: never.
    pub until: Option<ServerTime>,
}

impl Validity {
    /// Returns whether it is valid at `now`.
    pub fn covers(&self, now: ServerTime) -> bool {
        self.until.is_some_and(|until| now < until && until <= self.signed_at + VALIDITY_MAX)
    }
}

/// The clock that stands in for the server's.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StandIn {
    /// How far it is ahead of the device's monotonic clock; `None` before the first reading.
    pub(super) ahead: Option<Span>,
    /// Whether a source of UTC set it. The wall clock then counts no more.
    pub(super) has_source: bool,
    /// Whether the event is followed by it.
    pub(super) is_used: bool,
}

impl StandIn {
    /// Reads the wall clock: the first time, and whenever one of the device's clocks has jumped. Both run on by themselves in
    /// between. Returns whether that moves the event.
    pub(super) fn handle_wall(&mut self, now: LocalTime, wall: WallTime, jumped: Option<Span>) -> bool {
        let is_due = self.ahead.is_none() || (jumped.is_some() && !self.has_source);
        if is_due {
            self.ahead = Some(wall.ahead_of(now));
        }
        is_due && self.is_used
    }

    pub(super) fn time(&self, now: LocalTime) -> Option<ServerTime> {
        Some(ServerTime::from_millis(millis(sum(now.as_micros(), self.ahead?.as_micros()))))
    }

    pub(super) fn local_time(&self, instant: ServerTime) -> Option<LocalTime> {
        Some(LocalTime::from_micros(difference(instant.as_micros(), self.ahead?.as_micros())))
    }
}
