//! One sort for all types: a generic sort is compiled for each type, and browsers and workers load each of them.

use alloc::vec::Vec;

/// Sorts by `key`. The sort is stable.
///
/// A list that is already in order, as most are here, takes one comparison each and no memory. Otherwise runs of
/// doubling length are merged, each from where it is first out of order: a list in which some items are a
/// few places off takes little more.
pub fn sort_by_key<T: Copy>(items: &mut [T], key: impl Fn(&T) -> (i64, u64)) {
    let Some(places) = order(items.len(), &|one, other| key(&items[one as usize]) <= key(&items[other as usize]))
    else {
        return;
    };
    let before = items.to_vec();
    for (place, from) in items.iter_mut().zip(places) {
        *place = before[from as usize];
    }
}

/// Returns the order of `count` items; `None` if they are in order already. `may_precede` says whether
/// one is no later than another.
fn order(count: usize, may_precede: &dyn Fn(u32, u32) -> bool) -> Option<Vec<u32>> {
    let mut places: Vec<u32> = Vec::new();
    if (1..count as u32).all(|second| may_precede(second - 1, second)) {
        return None;
    }
    places.extend(0..count as u32);
    let mut first = Vec::new();
    let mut length = 1;
    while length < count {
        for runs in places.chunks_mut(length * 2).filter(|runs| runs.len() > length) {
            merge(runs, length, &mut first, may_precede);
        }
        length *= 2;
    }
    Some(places)
}

/// Merges the first `length` places with those after them; `first` is scratch space.
fn merge(runs: &mut [u32], length: usize, first: &mut Vec<u32>, may_precede: &dyn Fn(u32, u32) -> bool) {
    let begin = runs[..length].partition_point(|place| may_precede(*place, runs[length]));
    first.clear();
    first.extend_from_slice(&runs[begin..length]);
    let (mut to, mut second) = (begin, length);
    for &place in &*first {
        while second < runs.len() && !may_precede(place, runs[second]) {
            runs[to] = runs[second];
            (to, second) = (to + 1, second + 1);
        }
        runs[to] = place;
        to += 1;
    }
}

/// Returns the smallest of the instants, or positions, that are present.
// A call instead of inlined code keeps the browsers' module small.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) fn earliest<T: Copy + Ord>(instants: &[Option<T>]) -> Option<T> {
    let mut earliest = None;
    for instant in instants {
        if let Some(instant) = *instant
            && earliest.is_none_or(|before| instant < before)
        {
            earliest = Some(instant);
        }
    }
    earliest
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
    fn any_order_becomes_the_one_that_the_standard_library_gives() {
        let mut seed = crate::seed::Seed::new(7);
        for count in [0, 1, 2, 3, 7, 64, 65, 1_000] {
            for keys in [2, 50, 1_000_000] {
                let mut items: Vec<(i64, usize)> =
                    (0..count).map(|index| ((seed.next_u64() % keys).cast_signed(), index)).collect();
                let mut expected = items.clone();
                expected.sort_by_key(|(key, _)| *key);
                sort_by_key(&mut items, |(key, _)| (*key, 0));
                assert_eq!(items, expected);
            }
        }
    }

    #[test]
    fn what_is_nearly_in_order_takes_little_more_than_a_look_at_each() {
        let count = 10_000;
        // Every tenth is up to four places late.
        let keys: Vec<u32> =
            (0..count).map(|index| index * 10 + if index % 10 == 0 { index % 47 } else { 0 }).collect();
        let looks = core::cell::Cell::new(0);
        let places = order(keys.len(), &|one, other| {
            looks.set(looks.get() + 1);
            keys[one as usize] <= keys[other as usize]
        });
        assert!(places.unwrap().is_sorted_by_key(|place| keys[*place as usize]));
        assert!(looks.get() < 4 * count, "{}", looks.get());
    }

    #[test]
    fn the_second_number_decides_where_the_first_does_not() {
        let mut items = [(1, 9), (1, 2), (0, 5)];
        sort_by_key(&mut items, |item| *item);
        assert_eq!(items, [(0, 5), (1, 2), (1, 9)]);
    }
}
