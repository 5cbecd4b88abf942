//! Which time an event's object decides by: its own, or that of the worker that calls it.
//!
//! Viewers align their clocks to the workers. An object may run on another machine, whose clock may be wrong: a pause
//! decided there would take effect early, late, or not tonight. So a worker sends its own time with each call, and the
//! object compares. A call can be slow, and the object does not know how slow: a clock that is ahead and a call that
//! waited look the same to it. If a call shows more than [`TOLERANCE`], and nothing vouches for the object's clock, the
//! object changes nothing and answers with its time; the worker, which has seen that call begin and end, calls again
//! with bounds of the offset. That costs a round trip, and only where something is wrong.
//!
//! ```
//! use downbeat_core::object_clock::{CallTime, ObjectClock};
//! use downbeat_core::{ServerTime, Span};
//! let (now, hour) = (ServerTime::from_millis(1_704_067_200_000), Span::from_millis(3_600_000));
//! let mut clock = ObjectClock::default();
//! // The object is an hour ahead: it cannot know, so it asks.
//! let call = CallTime::new(now);
//! assert_eq!(clock.handle_call(call, now + hour), None);
//! // The worker has measured the offset in the meantime, and the object decides by the worker's time.
//! let call = call.repeated(now + hour, now);
//! let decision = clock.handle_call(call, now + hour).expect("a measured offset settles it");
//! assert_eq!(decision.now(now + hour), now);
//! ```

use crate::fanout::is_recent;
use crate::time::{ServerTime, Span};

/// The most that the clocks of a worker and an object may differ: 1 s.
///
/// Reason: machines of one platform agree within some milliseconds; a call within a data centre takes less than that,
/// too. Twice a pause's lead is the least that an operator would notice.
pub const TOLERANCE: Span = Span::from_millis(1_000);

/// The longest that a worker waits for an object: 10 s. A difference beyond it cannot be a slow call.
pub const CALL_MAX: Span = Span::from_millis(10_000);

/// How long a quick call vouches for the object's clock: 60 s.
///
/// Reason: an overloaded object gets slow within a minute of answering quickly, and a pause must not wait in its queue
/// twice.
const VOUCHED: Span = Span::from_millis(60_000);

/// What a worker says about time with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallTime {
    /// When the call left, by the worker's clock.
    pub sent: ServerTime,
    /// The bounds of the object's offset, if the worker has measured them.
    pub offset: Option<OffsetBounds>,
}

/// The bounds of an object's clock less a worker's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetBounds {
    /// At least this.
    pub least: Span,
    /// At most this.
    pub most: Span,
}

/// The clock of an event's object, compared with those of the workers that call it.
#[derive(Clone, Copy, Debug, Default)]
pub struct ObjectClock {
    /// When a quick call last showed that the clocks agree.
    agreed_at: Option<ServerTime>,
}

/// The clock that one request is decided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionClock {
    /// How far the object's own clock is ahead of it.
    ahead: Span,
    is_corrected: bool,
}

/// The two times where they differ too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockDifference {
    /// The time by the worker's clock, which counts.
    pub worker: ServerTime,
    /// The time by the object's own clock.
    pub object: ServerTime,
}

impl CallTime {
    /// Creates the time of a call that leaves at `sent`.
    pub const fn new(sent: ServerTime) -> Self {
        Self { sent, offset: None }
    }

    /// Returns the time of the call that follows, if this one was answered with the time `object` and the answer arrived
    /// at `received`.
    #[must_use]
    pub fn repeated(self, object: ServerTime, received: ServerTime) -> Self {
        let offset = OffsetBounds { least: object - received, most: object - self.sent };
        Self { sent: received, offset: Some(offset) }
    }
}

impl OffsetBounds {
    /// Returns whether the clocks may agree.
    fn may_agree(self) -> bool {
        self.least <= TOLERANCE && self.most >= -TOLERANCE
    }
}

impl ObjectClock {
    /// Returns the clock to decide by when a call arrives at `own`, by the object's clock; `None` if the object must
    /// answer with its time and be called again. A call that has [`CallTime::offset`] is always decided.
    pub fn handle_call(&mut self, call: CallTime, own: ServerTime) -> Option<DecisionClock> {
        // The call's delay is in it, and is never negative.
        let lead = own - call.sent;
        if (-TOLERANCE..=TOLERANCE).contains(&lead) {
            self.agreed_at = Some(own);
            return Some(DecisionClock::agreed(lead));
        }
        if let Some(offset) = call.offset {
            return Some(if offset.may_agree() {
                DecisionClock::agreed(lead)
            } else {
                // The latest of the plausible times: the change must not take effect in the past.
                DecisionClock { ahead: offset.least.min(lead), is_corrected: true }
            });
        }
        let is_slow = lead > Span::ZERO && lead <= CALL_MAX + TOLERANCE && is_recent(self.agreed_at, VOUCHED, own);
        is_slow.then(|| DecisionClock::agreed(lead))
    }
}

impl DecisionClock {
    /// The object's own clock, for a call whose worker says nothing about time.
    pub const OWN: Self = Self { ahead: Span::ZERO, is_corrected: false };

    /// Returns the object's own clock, or the worker's if that is ahead by a little.
    fn agreed(lead: Span) -> Self {
        Self { ahead: lead.min(Span::ZERO), is_corrected: false }
    }

    /// Returns the time at `own`, an instant of the object's own clock.
    pub fn now(&self, own: ServerTime) -> ServerTime {
        own + -self.ahead
    }

    /// Returns both times at `own`, if they differ too much.
    pub fn difference(&self, own: ServerTime) -> Option<ClockDifference> {
        self.is_corrected.then(|| ClockDifference { worker: self.now(own), object: own })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    /// An instant of the true time, which is the worker's.
    const fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    /// A worker and an object whose clock is `ahead` ms ahead; each way takes `delay` ms.
    struct Calls {
        clock: ObjectClock,
        ahead: i64,
        delay: i64,
    }

    /// How a call ended: after how many calls, when it was decided by the true time, and by which.
    #[derive(Debug, PartialEq, Eq)]
    struct Decided {
        calls: u32,
        at: i64,
        now: i64,
        difference: Option<(i64, i64)>,
    }

    impl Calls {
        fn new(ahead: i64, delay: i64) -> Self {
            Self { clock: ObjectClock::default(), ahead, delay }
        }

        fn call(&mut self, sent: i64) -> Decided {
            let mut call = CallTime::new(at(sent));
            let mut arrived = sent + self.delay;
            for calls in 1.. {
                let own = at(arrived + self.ahead);
                let ms = |time: ServerTime| (time - at(0)).as_millis();
                if let Some(decision) = self.clock.handle_call(call, own) {
                    let difference = decision.difference(own).map(|both| (ms(both.worker), ms(both.object)));
                    return Decided { calls, at: arrived, now: ms(decision.now(own)), difference };
                }
                let received = arrived + self.delay;
                call = call.repeated(own, at(received));
                arrived = received + self.delay;
            }
            unreachable!()
        }
    }

    #[test]
    fn clocks_that_agree_are_not_asked_about() {
        assert_eq!(Calls::new(0, 20).call(0), Decided { calls: 1, at: 20, now: 20, difference: None });
        assert_eq!(Calls::new(300, 20).call(0), Decided { calls: 1, at: 20, now: 320, difference: None });
        // The worker has sent this already, so it is not earlier.
        assert_eq!(Calls::new(-300, 20).call(0), Decided { calls: 1, at: 20, now: 0, difference: None });
    }

    #[test]
    fn an_object_an_hour_ahead_or_behind_decides_by_the_workers_time() {
        let ahead = Calls::new(HOUR, 20).call(0);
        assert_eq!(ahead, Decided { calls: 2, at: 60, now: 80, difference: Some((80, HOUR + 60)) });
        let behind = Calls::new(-HOUR, 20).call(0);
        assert_eq!(behind, Decided { calls: 2, at: 60, now: 80, difference: Some((80, 60 - HOUR)) });
    }

    #[test]
    fn a_slow_call_between_right_clocks_is_decided_by_the_objects_own() {
        // Nothing vouches for an object that has just started: it asks.
        assert_eq!(Calls::new(0, 3_000).call(0), Decided { calls: 2, at: 9_000, now: 9_000, difference: None });
        // One that was quick a moment ago is busy now, and its queue is not waited in twice.
        let mut calls = Calls::new(0, 20);
        calls.call(0);
        calls.delay = 3_000;
        assert_eq!(calls.call(50_000), Decided { calls: 1, at: 53_000, now: 53_000, difference: None });
        assert_eq!(calls.call(100_000).calls, 2, "nothing vouches for longer than a minute");
    }

    #[test]
    fn a_slow_call_to_a_wrong_clock_is_not_decided_for_the_past() {
        for ahead in [HOUR, -HOUR] {
            let Decided { calls, at, now, difference } = Calls::new(ahead, 3_000).call(0);
            assert_eq!((calls, at, now), (2, 9_000, 12_000), "at most the first call's duration late");
            assert_eq!(difference, Some((12_000, 9_000 + ahead)));
        }
    }

    #[test]
    fn a_clock_that_was_stepped_after_a_quick_call_is_found() {
        for step in [HOUR, -HOUR] {
            let mut calls = Calls::new(0, 20);
            calls.call(0);
            calls.ahead = step;
            let Decided { calls, now, at, .. } = calls.call(1_000);
            assert_eq!((calls, now - at), (2, 20));
        }
    }

    /// Whatever the clocks and the delays, a decision is at most the tolerance and the calls' durations off.
    #[test]
    fn a_decision_is_off_by_no_more_than_the_tolerance_and_the_call() {
        let aheads = [-HOUR, -11_500, -5_000, -1_001, -999, -1, 0, 1, 999, 1_001, 5_000, 11_500, HOUR];
        for ahead in aheads {
            for delay in [0, 1, 40, 900, 1_100, 3_000, 9_000] {
                let mut calls = Calls::new(ahead, delay);
                let decided = calls.call(0);
                let off = decided.now - decided.at;
                assert!(decided.calls <= 2, "{ahead} {delay}");
                assert!((-delay - 1_000..=1_000 + 2 * delay).contains(&off), "off by {off}: {ahead} {delay}");
                if decided.difference.is_some() {
                    assert!(off >= 0, "not for the past: {ahead} {delay}");
                }
            }
        }
    }
}
