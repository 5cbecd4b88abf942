//! A set of small numbers.

use alloc::vec;
use alloc::vec::Vec;

/// A set of numbers from 0 on, a bit each.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Returns an empty set with room for the numbers below `count`.
    pub(super) fn none(count: usize) -> Self {
        Self { words: vec![0; count.div_ceil(64)] }
    }

    /// Adds `number`, and returns whether it is new. Numbers beyond the set's capacity are ignored.
    pub(super) fn insert(&mut self, number: usize) -> bool {
        let Some(word) = self.words.get_mut(number / 64) else { return false };
        let bit = 1 << (number % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// Returns the numbers, the lowest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let mut next = 0;
        core::iter::from_fn(move || {
            let number = self.first_from(next)?;
            next = number + 1;
            Some(number)
        })
    }

    /// Returns the lowest number that is at least `least`.
    fn first_from(&self, least: usize) -> Option<usize> {
        let mut index = least / 64;
        let mut word = self.words.get(index)? & (u64::MAX << (least % 64));
        while word == 0 {
            index += 1;
            word = *self.words.get(index)?;
        }
        Some(index * 64 + word.trailing_zeros() as usize)
    }
}
