//! The strip of marks, and the columns of those that would overlap.

use std::collections::BTreeMap;

use super::{Column, MARK, MARKS_APART, Mark, Placing, ROW};

/// Returns the marks and the columns, from left to right.
pub(super) fn pieces(placing: &Placing<'_>, short: &[usize]) -> (Vec<Mark>, Vec<Column>) {
    let apart = MARKS_APART * placing.coarseness;
    let axis = placing.axis;
    let x = |index: usize| axis.x(placing.cues[index].time());
    let mut marks = Vec::new();
    // By cell; cells are as wide as marks must be apart.
    let mut cells: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (nth, &index) in short.iter().enumerate() {
        let clear_before = nth == 0 || x(index) - x(short[nth - 1]) >= apart;
        let clear_after = short.get(nth + 1).is_none_or(|&next| x(next) - x(index) >= apart);
        if clear_before && clear_after {
            marks.push(Mark { cue: index, x: x(index), y: 0.0 });
        } else {
            cells.entry(((x(index) - axis.left) / apart) as i64).or_default().push(index);
        }
    }
    let most = cells.values().map(Vec::len).max().unwrap_or(1);
    let columns = cells.into_iter().map(|(cell, cues)| {
        let left = axis.left + cell as f64 * apart;
        let (first, last) = (x(cues[0]), x(cues[cues.len() - 1]));
        let from = (first - MARK / 2.0).max(left + 0.5);
        let to = (last + MARK / 2.0).min(left + apart - 0.5).max(from + 2.0);
        let height = ROW * (0.25 + 0.75 * (cues.len() as f64 / most as f64).sqrt());
        let level = cues.iter().filter_map(|&cue| placing.levels[cue]).min();
        Column { cues, x: from, width: to - from, foot: 0.0, height, level, signed: false }
    });
    (marks, columns.collect())
}
