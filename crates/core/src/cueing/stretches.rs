//! Stretches of the event, and which of them a position lies in.

use crate::timeline::Position;

/// Gives how many stretches share one entry of the index: 64.
///
/// Reason: 200,000 stretches make about 3,000 entries, which are looked through in microseconds and take 24 KB.
const BLOCK: usize = 64;

/// Stretches `[from, until)`, sorted by where they begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Stretches {
    from: Vec<Position>,
    until: Vec<Position>,
    /// For each block of stretches where the last of them ends.
    ends: Vec<Position>,
}

impl Stretches {
    /// Gives the stretches, which are sorted by where they begin.
    pub(super) fn new(from: Vec<Position>, until: Vec<Position>) -> Self {
        let last = |block: &[Position]| block.iter().copied().max().expect("no block is empty");
        let ends = until.chunks(BLOCK).map(last).collect();
        Self { from, until, ends }
    }

    pub(super) fn len(&self) -> usize {
        self.from.len()
    }

    pub(super) fn from(&self, index: usize) -> Position {
        self.from[index]
    }

    pub(super) fn until(&self, index: usize) -> Position {
        self.until[index]
    }

    /// Gives how many begin before `position`.
    pub(super) fn before(&self, position: Position) -> usize {
        self.from.partition_point(|from| *from < position)
    }

    /// Gives how many begin at `position` or before it.
    pub(super) fn begun(&self, position: Position) -> usize {
        self.from.partition_point(|from| *from <= position)
    }

    /// Gives the stretches in which `position` lies, in the order in which they begin.
    pub(super) fn around(&self, position: Position) -> impl Iterator<Item = usize> + '_ {
        let begun = self.begun(position);
        let blocks = self.ends[..begun.div_ceil(BLOCK)].iter().enumerate();
        let blocks = blocks.filter(move |(_, end)| **end > position).map(|(block, _)| block * BLOCK);
        blocks
            .flat_map(move |start| start..(start + BLOCK).min(begun))
            .filter(move |&index| self.until[index] > position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_has_its_beginning_and_not_its_end() {
        let at = Position::from_millis;
        let stretches = Stretches::new(vec![at(0), at(10), at(10)], vec![at(30), at(20), at(11)]);
        let around = |ms| stretches.around(at(ms)).collect::<Vec<_>>();
        assert_eq!([around(-1), around(0), around(10)], [vec![], vec![0], vec![0, 1, 2]]);
        assert_eq!([around(11), around(20), around(30)], [vec![0, 1], vec![0], vec![]]);
        assert_eq!((stretches.before(at(10)), stretches.begun(at(10))), (1, 3));
    }

    #[test]
    fn the_index_finds_what_looking_at_each_would_find() {
        let at = Position::from_millis;
        // Most are short, every fiftieth lasts: blocks with and without any that matter.
        let length = |n: i64| if n % 50 == 0 { 3_000 + n } else { 3 };
        let from: Vec<Position> = (0..1_000).map(|n| at(n * 7)).collect();
        let until: Vec<Position> = (0..1_000).map(|n| at(n * 7 + length(n))).collect();
        let stretches = Stretches::new(from.clone(), until.clone());
        for ms in (-10..11_000).step_by(13) {
            let slowly: Vec<usize> = (0..1_000).filter(|&n| from[n] <= at(ms) && at(ms) < until[n]).collect();
            assert_eq!(stretches.around(at(ms)).collect::<Vec<_>>(), slowly, "at {ms}");
        }
    }
}
