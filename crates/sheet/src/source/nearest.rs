//! Finds the name that was probably meant.

/// Returns the known name nearest to `given`, if one is near enough to be worth suggesting.
pub(crate) fn nearest<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // No name is longer, and the time grows with the square of the length.
    if given.chars().count() > 64 {
        return None;
    }
    let near = |name: &&str| 1 + name.chars().count().min(given.chars().count()) / 4;
    let measured = known.into_iter().map(|name| (distance(given, name), name));
    measured.filter(|(distance, name)| *distance <= near(name)).min().map(|(_, name)| name)
}

/// Returns how many letters must be changed, added, left out or swapped with their neighbour to turn `a` into `b`,
/// ignoring case (the optimal string alignment distance).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = core::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typing_error_is_recognised_and_a_different_word_is_not() {
        let known = ["action", "time", "track", "duration"];
        assert_eq!(nearest("acton", known), Some("action"));
        assert_eq!(nearest("Time", known), Some("time"));
        assert_eq!(nearest("tiem", known), Some("time"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"time".repeat(1_000), known), None);
    }
}
