//! How many viewers are sent to between two breaths.

use core::ops::Range;

/// The slices of a broadcast, one after the other: ranges that together are all of `count` sockets.
///
/// Nothing leaves an object before its handler yields, and a yield costs about as much as a dozen sends. So the first
/// slice is small, that the first viewers hear at once, and each further one twice as large, that there are few.
///
/// ```
/// use downbeat_core::fanout::Slices;
/// assert_eq!(Slices::of(100).collect::<Vec<_>>(), [0..16, 16..48, 48..100]);
/// ```
#[derive(Clone, Debug)]
pub struct Slices {
    done: u32,
    count: u32,
    next: u32,
}

/// Gives how many sockets the first slice has: 16, about a millisecond of sending.
const FIRST: u32 = 16;

/// Gives how many sockets a slice has at most: 512, some 15 ms, in which no other hub of the isolate sends.
const LARGEST: u32 = 64;

impl Slices {
    /// Gives the slices of `count` sockets.
    pub const fn of(count: u32) -> Self {
        Self { done: 0, count, next: FIRST }
    }
}

impl Iterator for Slices {
    type Item = Range<u32>;

    fn next(&mut self) -> Option<Range<u32>> {
        let end = self.done.saturating_add(self.next).min(self.count);
        let slice = self.done..end;
        self.done = end;
        self.next = (self.next * 2).min(LARGEST);
        (!slice.is_empty()).then_some(slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slices_are_all_of_it_in_order() {
        for count in [0, 1, 16, 17, 48, 2_000, 32_768, u32::MAX / 4_096] {
            let mut done = 0;
            for slice in Slices::of(count) {
                assert_eq!(slice.start, done);
                assert!(slice.len() <= 512);
                done = slice.end;
            }
            assert_eq!(done, count);
        }
    }

    #[test]
    fn the_first_slice_is_small_and_there_are_few() {
        assert_eq!(Slices::of(1_500).next(), Some(0..16));
        assert_eq!(Slices::of(1_500).count(), 7);
    }
}
