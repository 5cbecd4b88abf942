//! Whether an answer says anything about the time.
//!
//! An answer that a cache repeats bounds the offset from below only: the server's clock had reached that time. Taken for an
//! exchange it would set the clock back, again and again. The shell notices most of them, since the server repeats what the
//! request asked with. These are what is left: answers of older servers, and of caches that were filled otherwise.
//!
//! Nothing that a cache does makes the server's time too late. So what is ahead of what is known is believed (the device slept),
//! and what is behind has to agree with itself first.

use crate::clock::{Exchange, Interval, Offset, TOLERANCE};
use crate::time::{LocalTime, ServerTime, Span};

/// The number of answers in a row that must agree before they are believed against what is known: 3.
///
/// Reason: a cache that is filled anew every few seconds is behind by another time at each answer.
const AGREEING: u32 = 3;

/// The time in which the server's clock certainly moves on: 20 ms, plus the step of the device's clock.
const MOVES: Span = Span::from_millis(20);

/// What was received about the time.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// The server's time in the last answer, and when that was asked for.
    last: Option<(ServerTime, LocalTime)>,
    /// Whether answers with different times were believed.
    has_moved: bool,
    /// The last answer that is behind what is known, and how many before it agree with it.
    suspect: Option<(Interval, LocalTime)>,
    agreeing: u32,
    /// The greatest offset that a push has proven, and when: the server's clock had reached what it says. The device's clock may
    /// have gained since.
    pushed: Option<(Interval, LocalTime)>,
}

/// What to make of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Use it.
    Believed,
    /// It proves nothing.
    Refused,
    /// Neither does what was believed before.
    NothingProven,
}

impl Evidence {
    /// Judges an answer. `known` is the interval of the offset before it, and `step` how coarse the device's clock is.
    pub(super) fn judge(&mut self, exchange: &Exchange, known: Option<Interval>, step: Span) -> Verdict {
        let (t1, t3) = (exchange.t1(), exchange.t3());
        let before = self.last.replace((t3, t1));
        if before.is_some_and(|(before, asked)| before == t3 && t1 - asked > MOVES + step) {
            return if self.has_moved { Verdict::Refused } else { Verdict::NothingProven };
        }
        let fresh = exchange.interval();
        if self.pushed_by(t1).is_some_and(|pushed| fresh.upper() + TOLERANCE < pushed) {
            return Verdict::Refused;
        }
        let is_behind = known.is_some_and(|known| fresh.upper() + TOLERANCE < known.lower());
        if is_behind {
            let agrees = self.suspect.is_some_and(|(other, at)| other.widened(t1 - at).gap(&fresh) <= TOLERANCE);
            self.agreeing = if agrees { self.agreeing + 1 } else { 1 };
            self.suspect = Some((fresh, t1));
            if self.agreeing < AGREEING {
                return Verdict::Refused;
            }
        }
        self.agreeing = 0;
        self.has_moved = before.is_some();
        Verdict::Believed
    }

    /// Handles that a push says `sent`, and arrived when the device's clock showed `now`. Returns whether that contradicts `known`.
    pub(super) fn handle_push(
        &mut self,
        sent: ServerTime,
        known: Option<Interval>,
        step: Span,
        now: LocalTime,
    ) -> bool {
        let least = Offset::between(sent, now) - step;
        if self.pushed_by(now).is_none_or(|pushed| pushed < least) {
            self.pushed = Some((Interval::point(least), now));
        }
        known.is_some_and(|known| known.upper() + TOLERANCE < least)
    }

    /// Returns the least offset at `now` that pushes have proven.
    fn pushed_by(&self, now: LocalTime) -> Option<Offset> {
        self.pushed.map(|(pushed, at)| pushed.widened(now - at).lower())
    }

    /// Handles that a clock of the device may have jumped.
    pub(super) fn handle_doubt(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exchange of `t1` to `t4` on a device whose clock shows 0 when the server's shows 1,000 s; times in ms.
    fn exchange(t1: i64, server: i64, t4: i64) -> Exchange {
        let local = |ms: i64| LocalTime::from_micros(ms * 1_000 + 1);
        let server = ServerTime::from_millis(1_000_000 + server);
        Exchange::new(local(t1), server, server, local(t4)).unwrap()
    }

    fn known(at_ms: i64) -> Option<Interval> {
        Some(exchange(at_ms, at_ms, at_ms + 1).interval())
    }

    fn judge(evidence: &mut Evidence, exchange: &Exchange, known: Option<Interval>) -> Verdict {
        evidence.judge(exchange, known, Span::ZERO)
    }

    #[test]
    fn a_time_that_stands_still_proves_nothing_nor_did_its_first_answer() {
        let mut evidence = Evidence::default();
        assert_eq!(judge(&mut evidence, &exchange(0, 5, 10), None), Verdict::Believed);
        assert_eq!(judge(&mut evidence, &exchange(110, 5, 112), known(0)), Verdict::NothingProven);
        assert_eq!(judge(&mut evidence, &exchange(230, 235, 240), None), Verdict::Believed);
        assert_eq!(judge(&mut evidence, &exchange(340, 345, 350), known(230)), Verdict::Believed);
        assert_eq!(judge(&mut evidence, &exchange(450, 345, 452), known(340)), Verdict::Refused);
    }

    #[test]
    fn what_is_behind_is_believed_once_it_agrees_with_itself() {
        let mut evidence = Evidence::default();
        judge(&mut evidence, &exchange(0, 5, 10), None);
        // A cache that is filled anew every few seconds.
        for (at, server) in [(1_000, 400), (6_000, 2_000), (11_000, 9_000), (16_000, 12_000)] {
            assert_eq!(judge(&mut evidence, &exchange(at, server, at + 10), known(0)), Verdict::Refused);
        }
        // A server whose clock was set back by 2 s.
        for (at, verdict) in [(21_000, Verdict::Refused), (26_000, Verdict::Refused), (31_000, Verdict::Believed)] {
            assert_eq!(judge(&mut evidence, &exchange(at, at - 2_000, at + 10), known(0)), verdict);
        }
    }

    #[test]
    fn what_is_ahead_is_believed_at_once() {
        let mut evidence = Evidence::default();
        judge(&mut evidence, &exchange(0, 5, 10), None);
        assert_eq!(judge(&mut evidence, &exchange(1_000, 31_000, 1_010), known(0)), Verdict::Believed);
    }

    #[test]
    fn a_push_shows_that_what_was_believed_is_too_early() {
        let mut evidence = Evidence::default();
        let at = |ms: i64| LocalTime::from_micros(ms * 1_000);
        let sent = |ms: i64| ServerTime::from_millis(1_000_000 + ms);
        assert!(!evidence.handle_push(sent(50), known(0), Span::ZERO, at(60)));
        assert!(!evidence.handle_push(sent(50), known(0), Span::ZERO, at(60_000)), "an old one says little");
        assert!(evidence.handle_push(sent(600_000), known(0), Span::ZERO, at(60_100)));
        assert_eq!(judge(&mut evidence, &exchange(61_000, 61_005, 61_010), None), Verdict::Refused);
        assert_eq!(judge(&mut evidence, &exchange(62_000, 602_000, 62_010), None), Verdict::Believed);
    }

    #[test]
    fn a_push_of_long_ago_allows_for_a_clock_that_gains() {
        let mut evidence = Evidence::default();
        let at = |ms: i64| LocalTime::from_micros(ms * 1_000);
        evidence.handle_push(ServerTime::from_millis(1_000_000), None, Span::ZERO, at(1));
        // 50 ppm in ten minutes are 30 ms.
        let gained = |ms: i64| exchange(ms, ms - ms / 20_000, ms + 1);
        assert_eq!(judge(&mut evidence, &gained(600_000), None), Verdict::Believed);
        assert_eq!(judge(&mut evidence, &exchange(610_000, 609_000, 610_001), None), Verdict::Refused);
    }
}
