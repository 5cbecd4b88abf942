//! Sorting, one way for all: a sort is built anew for every type, and browsers load each of them.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

/// What things are sorted by: a number, where that is the same another, where that is too their former place.
type Key = (i64, u64, u32);

/// Sorts by `key`; what has the same key stays as it was.
///
/// What is in order already, as most of what is sorted here, takes one look at each. The rest is sorted as a heap:
/// slower than the standard library's sort by a few times, and a twentieth of its code.
pub(crate) fn sort_by_key<T: Copy>(items: &mut [T], key: impl Fn(&T) -> (i64, u64)) {
    let Some(places) = order(items.len(), &|index| key(&items[index])) else { return };
    let before = items.to_vec();
    for (place, from) in items.iter_mut().zip(places) {
        *place = before[from as usize];
    }
}

/// Gives which of `count` things comes first, second, and so on; nothing if they are in order.
fn order(count: usize, key: &dyn Fn(usize) -> (i64, u64)) -> Option<impl Iterator<Item = u32> + use<>> {
    let keys: Vec<Key> = (0..count)
        .map(|index| {
            let (first, second) = key(index);
            (first, second, index as u32)
        })
        .collect();
    if keys.is_sorted() {
        return None;
    }
    Some(BinaryHeap::from(keys).into_sorted_vec().into_iter().map(|(.., index)| index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_keys_stay_as_they_were() {
        let mut items = [(3, 'a'), (1, 'b'), (3, 'c'), (-2, 'd'), (1, 'e')];
        sort_by_key(&mut items, |(key, _)| (*key, 0));
        assert_eq!(items, [(-2, 'd'), (1, 'b'), (1, 'e'), (3, 'a'), (3, 'c')]);
    }

    #[test]
    fn the_second_number_decides_where_the_first_does_not() {
        let mut items = [(1, 9), (1, 2), (0, 5)];
        sort_by_key(&mut items, |item| *item);
        assert_eq!(items, [(0, 5), (1, 2), (1, 9)]);
    }
}
