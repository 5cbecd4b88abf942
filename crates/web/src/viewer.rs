//! A [`Session`] that a page drives.
//!
//! A state reaches it in two steps: [`Viewer::set_state`] says what it is, and the call after that says where it came from.

mod effects;

use alloc::vec::Vec;
use downbeat_core::Version;
use downbeat_core::clock::{Exchange, WallTime};
use downbeat_core::cueing::{CueKey, CueList, Memory};
use downbeat_core::session::{Details, News, Push, Request, UNBOUNDED, Validity};
use downbeat_core::{Digest, Epoch, EventTimeline, Rev, Seed, Segment, Session, Span, Timeline};

use crate::codes::{Reason, failure, status};
use crate::columns::Columns;
use crate::numbers::{exact_server_time, given, local_time, ms, or_nan, position, rate, server_time, span, span_ms};

/// One viewer of one event. `now` is `performance.now()`, `wall` is `Date.now()`.
pub struct Viewer {
    session: Session,
    seed: Seed,
    /// The state of the last [`Viewer::set_state`], until the next call says where it came from.
    pending: Option<News>,
    /// The keys of the current rundown's cues, by index.
    cues: Vec<CueKey>,
    values: [f64; 6],
}

impl Viewer {
    /// Creates a viewer with a random number of its own, in two halves, and the memory of the page before a reload.
    pub fn new(high: u32, low: u32, memory: &[u64], now: f64) -> Self {
        let seed = Seed::new(u64::from(high) << 32 | u64::from(low));
        let session = Session::new(seed.clone(), Memory::from_words(memory), local_time(now));
        Self { session, seed, pending: None, cues: Vec::new(), values: [f64::NAN; 6] }
    }

    /// Does what is due.
    pub fn handle_tick(&mut self, now: f64, wall: f64) {
        self.session.handle_tick(local_time(now), WallTime::from_millis(wall as i64));
    }

    /// Does what is due and polls the server: the page is visible again, or the network is back.
    pub fn handle_wake(&mut self, now: f64, wall: f64) {
        self.session.handle_wake(local_time(now), WallTime::from_millis(wall as i64));
    }

    /// Sets the pending state; `timeline` has `from`, `position` and `rate` of each segment. Ignores an invalid state.
    pub fn set_state(&mut self, epoch: &str, rev: f64, timeline: &[f64], ended_at: f64, rundown: &str) {
        let (rows, _) = timeline.as_chunks::<3>();
        let segment =
            |row: &[f64; 3]| Segment { from: server_time(row[0]), position: position(row[1]), rate: rate(row[2]) };
        let timeline = Timeline::from_segments(rows.iter().map(segment).collect());
        let (Ok(timeline), Some(epoch)) = (timeline, Epoch::from_text(epoch)) else { return };
        self.pending = Some(News {
            epoch,
            rev: Rev::new(rev as u64),
            timeline: EventTimeline::of_segments(timeline, given(ended_at).map(server_time)),
            rundown: Digest::from_text(rundown),
            details: None,
        });
    }

    /// Adds to the pending state what only the whole state contains; `confirmed` may be NaN.
    pub fn set_details(&mut self, starts_at: f64, messages: &[f64], pushes: bool, replaces: &str, confirmed: f64) {
        if let Some(news) = &mut self.pending {
            let messages = messages.iter().map(|from| server_time(*from)).collect();
            news.timeline.starts_at = server_time(starts_at);
            let confirmed = given(confirmed).map(server_time);
            news.details = Some(Details { messages, pushes, replaces: Epoch::from_text(replaces), confirmed });
        }
    }

    /// Puts status, position and rate of the pending state at `at`, a server time, where [`Viewer::value`] finds them,
    /// and drops that state. Returns whether there was one.
    pub fn snapshot(&mut self, at: f64) -> bool {
        let Some(News { timeline, .. }) = self.pending.take() else { return false };
        let at = exact_server_time(at);
        self.values[0] = f64::from(status(timeline.status(at)) as u8);
        self.values[1] = ms(timeline.position(at).as_micros());
        self.values[2] = timeline.rate(at).as_factor();
        true
    }

    /// Applies an answer: its four times, and the pending state, if any. `t2` is NaN where the server sends one time
    /// only, `resync` where it sends none. Returns whether the four times are a possible exchange.
    pub fn handle_answer(&mut self, t1: f64, t2: f64, t3: f64, t4: f64, resync: f64, now: f64) -> bool {
        let news = self.pending.take();
        let (t1, t4) = (local_time(t1), local_time(t4));
        let t3 = server_time(t3);
        let exchange = Exchange::new(t1, given(t2).map_or(t3, server_time), t3, t4);
        if let Ok(exchange) = exchange {
            self.session.handle_answer(&exchange, news, given(resync).map(span), local_time(now));
        }
        exchange.is_ok()
    }

    /// Applies the pending state as the answer to the request for the status.
    pub fn handle_status(&mut self, now: f64) {
        if let Some(news) = self.pending.take() {
            self.session.handle_news(news, local_time(now));
        }
    }

    /// Applies the pending state as one whose signature is valid, with the instant until which it is valid, or NaN.
    pub fn handle_signed(&mut self, signed_at: f64, valid_until: f64, now: f64) {
        if let Some(news) = self.pending.take() {
            let validity = Validity { signed_at: server_time(signed_at), until: given(valid_until).map(server_time) };
            self.session.handle_signed(news, validity, local_time(now));
        }
    }

    /// Handles that the event's object refused the signed state that was submitted.
    pub fn handle_signed_refused(&mut self, now: f64) {
        self.session.handle_signed_refused(local_time(now));
    }

    /// Applies the pending state as one that was known before: stored by the page, or published beside the pointer.
    pub fn handle_known(&mut self, now: f64) {
        if let Some(news) = self.pending.take() {
            self.session.handle_known(news, local_time(now));
        }
    }

    /// Handles the answer of a source of UTC: what it showed at some moment from `t1` to `t4`.
    pub fn handle_utc(&mut self, utc: f64, t1: f64, t4: f64, now: f64) {
        self.session.handle_utc(server_time(utc), local_time(t1), local_time(t4), local_time(now));
    }

    /// Applies the pending state as one that `hub` pushed, and wrote at `sent`; `ack` is whether to acknowledge it.
    pub fn handle_push(&mut self, hub: u32, ack: bool, sent: f64, now: f64) {
        self.session.handle_pushed_time(server_time(sent), local_time(now));
        if let Some(news) = self.pending.take() {
            let hub = hub as u16;
            self.session.handle_push(Push { news, hub, ack }, local_time(now));
        }
    }

    /// Handles the answer to a ping.
    pub fn handle_pong(&mut self, epoch: &str, rev: f64, now: f64) {
        if let Some(epoch) = Epoch::from_text(epoch) {
            self.session.handle_pong(&Version { epoch, rev: Rev::new(rev as u64) }, local_time(now));
        }
    }

    /// Handles that the socket was closed, or could not be opened: what its close event says.
    pub fn handle_closed(&mut self, code: u32, reason: &str, now: f64) {
        self.session.handle_close(code as u16, reason, local_time(now));
    }

    /// Handles that an answer asks for a wait in ms before the next request. Call it before the method that handles the
    /// answer.
    pub fn handle_wait(&mut self, wait: f64, now: f64) {
        self.session.handle_wait(span(wait), local_time(now));
    }

    /// Handles that the request for time or state failed.
    pub fn handle_time_failure(&mut self, reason: Reason, now: f64) {
        self.session.handle_failure(Request::Time, failure(reason), local_time(now));
    }

    /// Handles that the request for the status failed.
    pub fn handle_status_failure(&mut self, reason: Reason, now: f64) {
        self.session.handle_failure(Request::Status, failure(reason), local_time(now));
    }

    /// Applies a rundown of `count` cues, encoded as `columns.rs` says. Returns whether it is still wanted.
    pub fn handle_rundown(&mut self, digest: &str, count: usize, numbers: &[f64], ids: &str, now: f64) -> bool {
        let Some(digest) = Digest::from_text(digest) else { return false };
        let columns = Columns::of(count, numbers, ids);
        let mut keys = Vec::with_capacity(count);
        let list = CueList::new(columns.cues().inspect(|cue| keys.push(cue.key)), &self.seed);
        let is_same = |_, index| columns.is_same(index);
        let is_wanted = self.session.handle_rundown(digest, list, is_same, local_time(now));
        if is_wanted {
            self.cues = keys;
        }
        is_wanted
    }

    /// Handles that a rundown could not be fetched.
    pub fn handle_rundown_failure(&mut self, digest: &str, now: f64) {
        if let Some(digest) = Digest::from_text(digest) {
            self.session.handle_rundown_failure(digest, local_time(now));
        }
    }

    /// Returns one of the numbers that the last call left: NaN if it left none at `index`.
    pub fn value(&self, index: usize) -> f64 {
        or_nan(self.values.get(index).copied())
    }

    /// Returns in how many milliseconds the next tick is due; 0 means now.
    pub fn next_tick_in(&mut self, now: f64) -> f64 {
        self.session.handle_reading(local_time(now));
        span_ms((self.session.next_deadline() - local_time(now)).max(Span::ZERO))
    }

    /// Returns the server's time in ms, or NaN.
    pub fn time(&self, now: f64) -> f64 {
        or_nan(self.session.reading(local_time(now)).map(|reading| ms(reading.time.as_micros())))
    }

    /// Returns how wrong that time may be, in ms either way; NaN if there is no bound.
    pub fn bound(&self, now: f64) -> f64 {
        let bound = self.session.reading(local_time(now)).map(|reading| reading.bound);
        or_nan(bound.filter(|bound| *bound != UNBOUNDED).map(span_ms))
    }

    /// Returns the position in ms, or NaN.
    pub fn position(&self, now: f64) -> f64 {
        or_nan(self.session.position(local_time(now)).map(|position| ms(position.as_micros())))
    }

    /// Returns the rate at which the position moves, or NaN.
    pub fn rate(&self, now: f64) -> f64 {
        or_nan(self.session.rate(local_time(now)).map(|rate| rate.as_factor()))
    }

    /// Returns the time until the event begins in ms, or NaN.
    pub fn countdown(&self, now: f64) -> f64 {
        or_nan(self.session.countdown(local_time(now)).map(span_ms))
    }

    /// Puts the position in seconds, the rate, and `now` in seconds where [`Viewer::value`] finds them: a vector of the
    /// W3C Timing Object. Returns whether they are known.
    pub fn timing_vector(&mut self, now: f64) -> bool {
        let none = f64::NAN;
        self.values = [self.position(now) / 1_000.0, self.rate(now), now / 1_000.0, none, none, none];
        !self.values[0].is_nan()
    }

    /// Returns how long ago the server answered or pushed last, in ms, or NaN.
    pub fn received_ago(&self, now: f64) -> f64 {
        or_nan(self.session.received_at().map(|received| span_ms(local_time(now) - received)))
    }

    /// Returns which cues have fired, to be stored across a reload.
    pub fn memory(&self) -> Vec<u64> {
        self.session.memory().to_words()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULED: f64 = 0.0;
    const RUNNING: f64 = 1.0;
    const PAUSED: f64 = 2.0;
    const ENDED: f64 = 3.0;

    /// Evaluates an event that begins at 1 s and is held from 5 s on.
    fn snapshot(ended_at: f64, at: f64) -> [f64; 3] {
        let mut viewer = Viewer::new(1, 2, &[], 0.0);
        viewer.set_state("k3v9x2m4", 2.0, &[1_000.0, 0.0, 1.0, 5_000.0, 4_000.0, 0.0], ended_at, "");
        viewer.set_details(1_000.0, &[], false, "", f64::NAN);
        assert!(viewer.snapshot(at));
        assert!(!viewer.snapshot(at), "a state is evaluated once");
        [0, 1, 2].map(|index| viewer.value(index))
    }

    #[test]
    fn a_snapshot_is_the_state_at_any_instant() {
        assert_eq!(snapshot(f64::NAN, 0.0), [SCHEDULED, -1_000.0, 1.0]);
        assert_eq!(snapshot(f64::NAN, 3_000.5), [RUNNING, 2_000.5, 1.0]);
        assert_eq!(snapshot(f64::NAN, 9_000.0), [PAUSED, 4_000.0, 0.0]);
        assert_eq!(snapshot(5_000.0, 9_000.0), [ENDED, 4_000.0, 0.0]);
    }

    #[test]
    fn an_invalid_state_has_no_snapshot() {
        let mut viewer = Viewer::new(1, 2, &[], 0.0);
        viewer.set_state("k3v9x2m4", 2.0, &[], f64::NAN, "");
        assert!(!viewer.snapshot(0.0));
    }
}
