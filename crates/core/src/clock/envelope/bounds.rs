//! The bounds of one side that the fit uses: the last 900 s, or the last few, in at most 64 slots.

use crate::clock::offset::Offset;
use crate::time::{LocalTime, Span};
use alloc::vec::Vec;

/// The time for which bounds are kept: 900 s, and the last 8 for up to an hour.
///
/// Reason: temperature moves a crystal's skew within tens of minutes; older bounds would draw a line through a curve.
pub const WINDOW: Span = Span::from_millis(900_000);

/// The number of bounds kept beyond [`WINDOW`]: the last 8, as NTP's clock filter does, up to [`WINDOW_MAX`].
///
/// Reason: at the poll interval of 5 minutes, 900 s hold three exchanges, and during a long download all three have
/// queued. Eight bring the 95th percentile on such lines from 29 ms to 9 (`downbeat-sim`, example `estimators`).
const FEW: usize = 8;

/// The time for which the last few are kept: an hour.
const WINDOW_MAX: Span = Span::from_millis(3_600_000);

/// The length of a slot, in which one side keeps only its tightest bound: 15 s.
///
/// Reason: it caps the memory, and costs nothing at the poll interval of 30 s.
const SLOT: Span = Span::from_millis(15_000);

/// The offset was at most, or at least, this at that instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bound {
    pub(super) at: LocalTime,
    pub(super) offset: Offset,
}

/// Which side bounds are on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side {
    Upper,
    Lower,
}

/// The bounds of one side.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    side: Side,
    slot_began: LocalTime,
    kept: Vec<Bound>,
}

impl Bounds {
    pub(super) const fn new(side: Side) -> Self {
        Self { side, slot_began: LocalTime::from_micros(0), kept: Vec::new() }
    }

    /// Keeps a bound, unless its slot has a tighter one; forgets what is older than the window.
    pub(super) fn keep(&mut self, bound: Bound, now: LocalTime) {
        // Both directions, since a clock that is fed from a file may run back.
        let mut left = self.kept.len();
        self.kept.retain(|kept| {
            let window = if left < FEW { WINDOW_MAX } else { WINDOW };
            left -= 1;
            apart(now, kept.at) <= window
        });
        match self.kept.last_mut() {
            Some(last) if apart(bound.at, self.slot_began) < SLOT => {
                let tighter = match self.side {
                    Side::Upper => bound.offset <= last.offset,
                    Side::Lower => bound.offset >= last.offset,
                };
                if tighter {
                    *last = bound;
                }
            }
            _ => {
                self.slot_began = bound.at;
                self.kept.push(bound);
                if self.kept.len() > KEPT_MAX {
                    self.kept.remove(0);
                }
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Bound> {
        self.kept.iter()
    }
}

/// The most bounds that are kept: 64, a few more than there are slots in the window.
const KEPT_MAX: usize = 64;

fn apart(one: LocalTime, other: LocalTime) -> Span {
    (one - other).max(other - one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::ServerTime;

    fn bound(second: i64, us: i64) -> Bound {
        let at = LocalTime::from_micros(second * 1_000_000);
        Bound { at, offset: Offset::between(ServerTime::from_millis(0), LocalTime::from_micros(-us)) }
    }

    #[test]
    fn a_slot_keeps_its_tightest_bound() {
        let mut uppers = Bounds::new(Side::Upper);
        for (second, us) in [(0, 50), (5, 40), (14, 45), (16, 60)] {
            uppers.keep(bound(second, us), bound(second, 0).at);
        }
        assert_eq!(uppers.kept, [bound(5, 40), bound(16, 60)]);
        let mut lowers = Bounds::new(Side::Lower);
        for (second, us) in [(0, 50), (5, 40), (14, 55), (16, 60)] {
            lowers.keep(bound(second, us), bound(second, 0).at);
        }
        assert_eq!(lowers.kept, [bound(14, 55), bound(16, 60)]);
    }

    #[test]
    fn days_of_an_exchange_a_second_take_no_more_room_than_the_window() {
        let mut uppers = Bounds::new(Side::Upper);
        for second in 0..200_000 {
            uppers.keep(bound(second, 0), bound(second, 0).at);
        }
        assert!(uppers.kept.len() <= KEPT_MAX && uppers.kept.capacity() <= 2 * KEPT_MAX, "{}", uppers.kept.len());
        assert!(uppers.kept[0].at >= bound(199_999 - 900, 0).at);
    }

    #[test]
    fn a_clock_that_runs_back_takes_no_more_room_either() {
        let mut uppers = Bounds::new(Side::Upper);
        for step in 0..10_000 {
            let at = bound(if step % 2 == 0 { 0 } else { 500 }, 0);
            uppers.keep(at, at.at);
        }
        assert!(uppers.kept.len() <= KEPT_MAX);
    }
}
