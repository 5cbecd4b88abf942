//! How a broadcast is divided.

use core::ops::Range;

use crate::time::{ServerTime, Span};

/// The slices of a broadcast, one after the other: ranges that together are all of `count` sockets.
///
/// Nothing leaves an object before its handler yields, and a message should still be in the processor's caches when it
/// leaves: 8,000 sockets of one object take 300 ms in one slice, 224 ms in slices of 256, 205 ms in slices of 16 to 64
/// (`scripts/bench push`). Where several hubs share a thread, smaller slices are better.
///
/// Between two slices others have their turn. Where they take long, slices grow, so that a broadcast has few turns to
/// wait for: a thread on which strangers keep everybody waiting for 100 ms delays it by eleven turns, not by hundreds.
///
/// ```
/// use downbeat_core::fanout::Slices;
/// use downbeat_core::ServerTime;
/// let now = ServerTime::from_millis(1_704_067_200_000);
/// let mut slices = Slices::of(40);
/// let all: Vec<_> = core::iter::from_fn(|| slices.next(now)).collect();
/// assert_eq!(all, [0..16, 16..32, 32..40]);
/// ```
#[derive(Clone, Debug)]
pub struct Slices {
    done: u32,
    count: u32,
    size: u32,
    /// When the last slice was taken.
    taken_at: Option<ServerTime>,
}

/// The size of a slice: 16 sockets, less than half a millisecond of sending.
const SLICE: u32 = 16;

/// The size up to which slices grow: 4,096 sockets, about 100 ms of sending.
const SLICE_MAX: u32 = 4_096;

/// The longest turn that leaves a slice as small as it is: 5 ms more than a slice takes to send, at 27 µs a socket.
const TURN_MAX: Span = Span::from_millis(5);

/// How long it takes to send to one socket.
const SEND: Span = Span::from_micros(27);

impl Slices {
    /// Returns the slices of `count` sockets.
    pub const fn of(count: u32) -> Self {
        Self { done: 0, count, size: SLICE, taken_at: None }
    }

    /// Returns the next one, at `now`; `None` if all have been taken.
    pub fn next(&mut self, now: ServerTime) -> Option<Range<u32>> {
        if let Some(taken_at) = self.taken_at {
            let others = now - taken_at - Span::from_micros(SEND.as_micros() * i64::from(self.size));
            self.size = if others > TURN_MAX { self.size * 2 } else { self.size / 2 }.clamp(SLICE, SLICE_MAX);
        }
        self.taken_at = Some(now);
        let end = self.done.saturating_add(self.size).min(self.count);
        let slice = self.done..end;
        self.done = end;
        (!slice.is_empty()).then_some(slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    /// Returns the sizes of the slices of `count` sockets, if every turn takes `turn` ms.
    fn sizes(count: u32, turn: i64) -> Vec<u32> {
        let (mut slices, mut done, mut now) = (Slices::of(count), 0, at(0));
        core::iter::from_fn(|| {
            now += Span::from_millis(turn);
            let slice = slices.next(now)?;
            assert_eq!(slice.start, done);
            done = slice.end;
            Some(slice.len() as u32)
        })
        .collect()
    }

    #[test]
    fn the_slices_are_all_of_it_in_order() {
        for count in [0, 1, 16, 17, 48, 2_000, 32_768, u32::MAX / 4_096] {
            for turn in [0, 100] {
                assert_eq!(sizes(count, turn).iter().sum::<u32>(), count);
            }
        }
        assert!(sizes(8_000, 1).iter().all(|size| *size <= 16));
    }

    #[test]
    fn slow_turns_are_few() {
        assert_eq!(sizes(2_000, 100), [16, 32, 64, 128, 256, 512, 992]);
        assert!(sizes(32_000, 1_000).len() < 20);
        // The clock of a test, or one that steps back, is no slow turn.
        assert!(sizes(8_000, -5).iter().all(|size| *size <= 16));
    }
}
