//! What a session has proof of: readings of the device's clock, the server's time in a push, and what is certain of the offset.

use super::Session;
use crate::clock::Interval;
use crate::time::{LocalTime, ServerTime, Span};

impl Session {
    /// Handles the server's time in a push: when the hub wrote it, perhaps long before it arrived. That is no exchange, but what
    /// is known of the time cannot be earlier. Call it before [`Session::handle_push`].
    pub fn handle_pushed_time(&mut self, sent: ServerTime, now: LocalTime) {
        if self.evidence.handle_push(sent, self.proven(now), self.clock.step(), now) {
            self.forget_time();
            self.schedule.handle_doubt(now);
        }
    }

    /// Handles that the device's clock shows `now`: two readings in a row show best how coarse it is. Everything else that takes
    /// `now` does this too.
    pub fn handle_reading(&mut self, now: LocalTime) {
        self.clock.handle_reading(now);
    }

    /// Returns what is certain of the offset: nothing while a clock of the device may have jumped.
    pub(super) fn proven(&self, now: LocalTime) -> Option<Interval> {
        self.clock.estimator().interval(now).filter(|_| self.clock.doubt() == Span::ZERO)
    }

    /// Forgets the time, which nothing has proven.
    pub(super) fn forget_time(&mut self) {
        self.clock.forget();
        self.cueing.handle_step();
        self.line.is_time_stale = true;
    }
}
