//! Stretches of the event, and which of them a position lies in.

use alloc::vec::Vec;
use core::ops::Deref;

use crate::order::sort_by_key;
use crate::timeline::Position;

/// How many stretches share one entry of the index: 64.
///
/// Reason: 200,000 stretches make about 3,000 entries, which are looked through in microseconds and take 24 KB.
const BLOCK: usize = 64;

/// What begins at one position and ends before another.
pub(super) trait Stretch {
    fn from(&self) -> Position;
    fn until(&self) -> Position;
}

/// Stretches `[from, until)`, sorted by where they begin.
#[derive(Clone, Debug)]
pub(super) struct Stretches<T> {
    all: Vec<T>,
    /// For each block of stretches where the last of them ends.
    ends: Vec<Position>,
}

impl<T> Default for Stretches<T> {
    fn default() -> Self {
        Self { all: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Deref for Stretches<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.all
    }
}

impl<T: Stretch + Copy> Stretches<T> {
    /// Returns the stretches; those that begin at one position stay in the order they are in.
    pub(super) fn new(mut all: Vec<T>) -> Self {
        sort_by_key(&mut all, |stretch| (stretch.from().as_micros(), 0));
        let last = |block: &[T]| block.iter().map(T::until).max().expect("no block is empty");
        let ends = all.chunks(BLOCK).map(last).collect();
        Self { all, ends }
    }

    /// Returns how many begin before `position`.
    pub(super) fn before(&self, position: Position) -> usize {
        self.all.partition_point(|stretch| stretch.from() < position)
    }

    /// Returns how many begin at `position` or before it.
    pub(super) fn begun(&self, position: Position) -> usize {
        self.all.partition_point(|stretch| stretch.from() <= position)
    }

    /// Returns the stretches in which `position` lies, in the order in which they begin.
    pub(super) fn around(&self, position: Position) -> Vec<usize> {
        let begun = self.begun(position);
        let mut around = Vec::new();
        for (block, _) in self.ends[..begun.div_ceil(BLOCK)].iter().enumerate().filter(|(_, end)| **end > position) {
            for index in block * BLOCK..begun.min((block + 1) * BLOCK) {
                if self.all[index].until() > position {
                    around.push(index);
                }
            }
        }
        around
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Stretch for (Position, Position) {
        fn from(&self) -> Position {
            self.0
        }
        fn until(&self) -> Position {
            self.1
        }
    }

    #[test]
    fn a_stretch_has_its_beginning_and_not_its_end() {
        let at = Position::from_millis;
        let stretches = Stretches::new(vec![(at(10), at(20)), (at(0), at(30)), (at(10), at(11))]);
        let around = |ms| stretches.around(at(ms));
        assert_eq!([around(-1), around(0), around(10)], [vec![], vec![0], vec![0, 1, 2]]);
        assert_eq!([around(11), around(20), around(30)], [vec![0, 1], vec![0], vec![]]);
        assert_eq!((stretches.before(at(10)), stretches.begun(at(10))), (1, 3));
    }

    #[test]
    fn the_index_finds_what_looking_at_each_would_find() {
        let at = Position::from_millis;
        // Most are short, every fiftieth lasts: blocks with and without any that matter.
        let length = |n: i64| if n % 50 == 0 { 3_000 + n } else { 3 };
        let all: Vec<_> = (0..1_000).map(|n| (at(n * 7), at(n * 7 + length(n)))).collect();
        let stretches = Stretches::new(all.clone());
        for ms in (-10..11_000).step_by(13) {
            let slowly: Vec<usize> = (0..1_000).filter(|&n| all[n].0 <= at(ms) && at(ms) < all[n].1).collect();
            assert_eq!(stretches.around(at(ms)), slowly, "at {ms}");
        }
    }
}
