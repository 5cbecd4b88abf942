//! Finding cues by their keys.

use alloc::vec::Vec;

use super::cue::CueKey;
use crate::order::sort_by_key;

/// The places of each key in a list of keys.
pub(super) struct Places {
    sorted: Vec<(CueKey, usize)>,
}

impl Places {
    /// Returns the places of `keys`, which may repeat.
    pub(super) fn of(keys: &[CueKey]) -> Self {
        let mut sorted: Vec<(CueKey, usize)> = keys.iter().enumerate().map(|(place, key)| (*key, place)).collect();
        sort_by_key(&mut sorted, |(key, _)| (0, key.bits()));
        Self { sorted }
    }

    /// Returns the places of `key`.
    pub(super) fn find(&self, key: CueKey) -> impl Iterator<Item = usize> + '_ {
        let first = self.sorted.partition_point(|(other, _)| *other < key);
        self.sorted[first..].iter().take_while(move |(other, _)| *other == key).map(|(_, place)| *place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_wherever_it_stands() {
        let keys = [7, 3, 7, u64::MAX, 0].map(CueKey::from_bits);
        let places = Places::of(&keys);
        let find = |bits| places.find(CueKey::from_bits(bits)).collect::<Vec<_>>();
        assert_eq!([find(7), find(3), find(5)], [vec![0, 2], vec![1], vec![]]);
        assert_eq!([find(0), find(u64::MAX)], [vec![4], vec![3]]);
    }
}
