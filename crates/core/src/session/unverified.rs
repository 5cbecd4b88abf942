//! A viewer to whom the server never answered: the event plays on from what was known before, by a clock that nothing proves.
//!
//! Everywhere else only a bounded offset crosses from the device's clock to the server's. Here the device's wall clock, or
//! some source of UTC, stands in for the server's. So the bound is [`UNBOUNDED`], the connection says
//! [`Connection::Unverified`](super::Connection::Unverified), and the first exchange with the server ends it.

use super::stand_in::{StandIn, UNBOUNDED, Validity};
use super::{News, Session};
use crate::clock::Reading;
use crate::time::{LocalTime, ServerTime, Span, difference, sum};

impl Session {
    /// Handles a state from before: one that this page stored, or that was published beside the pointer. It counts only
    /// while nothing else is known of the event.
    pub fn handle_known(&mut self, news: News, now: LocalTime) {
        if self.snapshot.news.is_none() {
            self.apply_state(news, None, now);
            self.snapshot.is_from_before = true;
        }
        self.advance(now);
    }

    /// Handles the answer of a source of UTC, which showed `utc` between `sent` and `received`. It replaces the wall clock for
    /// a viewer to whom the server never answered.
    pub fn handle_utc(&mut self, utc: ServerTime, sent: LocalTime, received: LocalTime, now: LocalTime) {
        let middle = sum(sent.as_micros() / 2, received.as_micros() / 2);
        let ahead = Span::from_micros(difference(utc.as_micros(), middle));
        self.stand_in = StandIn { ahead: Some(ahead), has_source: true, ..self.stand_in };
        if self.is_unverified() {
            self.cueing.handle_step();
        }
        self.advance(now);
    }

    /// Returns whether the event is followed by a clock that nothing proves.
    pub(super) fn is_unverified(&self) -> bool {
        self.stand_in.is_used
    }

    /// Begins to follow by the stand-in once the server has failed and a state is known, and ends when the server's time is.
    pub(super) fn choose_clock(&mut self, now: LocalTime) {
        let is_known = self.snapshot.news.is_some();
        let is_needed = is_known && (self.stand_in.is_used || self.line.has_failed());
        self.stand_in.is_used = is_needed && self.clock.reading(now).is_none();
    }

    /// Returns the time by the stand-in.
    pub(super) fn unverified_reading(&self, now: LocalTime) -> Option<Reading> {
        let time = self.stand_in.time(now).filter(|_| self.stand_in.is_used)?;
        Some(Reading { time, bound: UNBOUNDED, ahead: Span::ZERO })
    }

    /// Returns the device's time at `instant` by the stand-in.
    pub(super) fn unverified_local_time(&self, instant: ServerTime) -> Option<LocalTime> {
        self.stand_in.local_time(instant).filter(|_| self.stand_in.is_used)
    }

    /// Returns whether a signed state is accepted. A viewer whom the server told of the event needs only the higher revision.
    /// Any other needs it to be valid now, by whichever clock there is; nothing unsigned, whatever its revision, outweighs it.
    pub(super) fn accepts(&self, signed: &News, validity: Validity, now: LocalTime) -> bool {
        let is_newer = |known: &News| known.epoch == signed.epoch && known.rev < signed.rev;
        let time = self.clock.reading(now).map(|reading| reading.time).or_else(|| self.stand_in.time(now));
        let is_valid = time.is_some_and(|time| validity.covers(time));
        match &self.snapshot.news {
            Some(known) if self.is_told() => {
                is_newer(known) && self.snapshot.signed_over.unwrap_or(known.rev).may_become(signed.rev)
            }
            Some(known) if self.snapshot.submit_from.is_some() => is_newer(known) && is_valid,
            _ => is_valid,
        }
    }

    /// Returns whether the server has ever answered.
    pub(super) fn is_told(&self) -> bool {
        self.line.received_at.is_some()
    }

    /// Forgets a state that nothing proves, so that an accepted one replaces it whatever its revision.
    pub(super) fn forget_unproved(&mut self) {
        if !self.is_told() {
            self.snapshot.news = None;
        }
    }
}
