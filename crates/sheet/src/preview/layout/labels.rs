//! Finds room for labels: in bars, beside them, beside marks, and hanging below.

use std::collections::BTreeMap;

use super::{Bar, Column, GAP, LABEL_SIZE, LINE, Label, MARK, Mark, Placing, ROW};
use crate::preview::{text, words};

/// The labels of a lane.
pub(super) struct Found {
    /// The labels, whose heights count from the middle of the first line.
    pub(super) labels: Vec<Label>,
    /// The number of lines of labels below the last row.
    pub(super) hanging_lines: usize,
}

/// A bar, mark or column on a line that needs a label.
struct Unlabelled {
    /// Its importance; lower comes first.
    rank: u8,
    from: f64,
    to: f64,
    text: String,
    /// Whether the label may hang below.
    hangs: bool,
}

/// The characters of a caption that are shown beside a mark.
const CAPTION_CHARS_MAX: usize = 28;

/// The cues of a column that is named after the first; a column of more shows their number.
const NAMED_MAX: usize = 3;

/// Places the labels of a lane. `last` is the lowest line, which is the strip if there is one; only labels of what is
/// there can hang below. Columns with remarks get a sign if there is room.
pub(super) fn labels(
    placing: &Placing<'_>,
    bars: &[Bar],
    marks: &[Mark],
    columns: &mut [Column],
    last: usize,
) -> Found {
    let strip = if marks.is_empty() && columns.is_empty() { None } else { Some(last) };
    let mut lines = Lines { placing, taken: Vec::new(), labels: Vec::new(), last };
    lines.taken.resize_with(last + 1 + placing.room.hanging, Taken::default);
    if placing.room.dense {
        for mark in marks {
            lines.taken[0].reserve(mark.x - MARK, mark.x + MARK);
        }
        columns.iter().for_each(|column| lines.taken[0].reserve(column.x, column.x + column.width));
    }
    let mut unlabelled = Vec::new();
    for bar in bars {
        if !lines.within(bar) {
            lines.taken[bar.row].reserve(bar.x, bar.x + bar.width);
            let rank = u8::from(placing.levels[bar.cue].is_none());
            let caption = text::cut(words::caption(&placing.cues[bar.cue]), CAPTION_CHARS_MAX);
            let hangs = bar.row == last;
            unlabelled.push((bar.row, Unlabelled { rank, from: bar.x, to: bar.x + bar.width, text: caption, hangs }));
        }
    }
    if let Some(strip) = strip.filter(|_| !placing.room.dense) {
        unlabelled.extend(lines.strip(marks, columns).into_iter().map(|unlabelled| (strip, unlabelled)));
    }
    if !placing.room.dense {
        lines.place(unlabelled);
    }
    let hanging = lines.taken[last + 1..].iter().rposition(|line| !line.0.is_empty()).map_or(0, |line| line + 1);
    Found { labels: lines.labels, hanging_lines: hanging }
}

struct Lines<'p, 'a> {
    placing: &'p Placing<'a>,
    taken: Vec<Taken>,
    labels: Vec<Label>,
    last: usize,
}

impl Lines<'_, '_> {
    /// Places a label within its bar if it fits, shortened if need be, and returns whether it does.
    fn within(&mut self, bar: &Bar) -> bool {
        let sign = if self.placing.levels[bar.cue].is_some() { 2.0 * MARK + 4.0 } else { 0.0 };
        let x = bar.x + 8.0 + sign;
        let room = bar.x + bar.width - 5.0 - if bar.open { 6.0 } else { 0.0 } - x;
        let caption = words::caption(&self.placing.cues[bar.cue]);
        let whole = text::width(caption, LABEL_SIZE) <= room;
        // A long bar shows enough of its name; otherwise the whole name below is better than half of it.
        let enough = whole || room > 60.0 || self.placing.room.hanging == 0;
        let Some(fits) = text::fit(caption, LABEL_SIZE, room).filter(|_| enough) else { return false };
        let width = text::width(&fits, LABEL_SIZE);
        if !self.taken[bar.row].is_free(x, x + width) {
            return false;
        }
        self.taken[bar.row].reserve(bar.x, bar.x + bar.width);
        self.labels.push(Label { text: fits, x, y: self.y(bar.row), width, hangs_from: None });
        true
    }

    /// Returns what wants a label on the strip.
    fn strip(&mut self, marks: &[Mark], columns: &mut [Column]) -> Vec<Unlabelled> {
        let mut unlabelled = Vec::new();
        for mark in marks {
            let (from, to) = (mark.x - MARK, mark.x + MARK);
            self.taken[self.last].reserve(from, to);
            let rank = u8::from(self.placing.levels[mark.cue].is_none());
            let text = text::cut(words::caption(&self.placing.cues[mark.cue]), CAPTION_CHARS_MAX);
            unlabelled.push(Unlabelled { rank, from, to, text, hangs: true });
        }
        let most = columns.iter().map(|column| column.cues.len()).max().unwrap_or(0);
        let mut signs = Taken::default();
        for column in columns.iter_mut() {
            let (mut from, mut to) = (column.x, column.x + column.width);
            let middle = (from + to) / 2.0;
            if column.level.is_some() && signs.is_free(middle - 9.0, middle + 9.0) {
                (from, to) = (from.min(middle - 8.0), to.max(middle + 8.0));
                signs.reserve(from, to);
                column.signed = true;
            }
            self.taken[self.last].reserve(from, to);
            let first = text::cut(words::caption(&self.placing.cues[column.cues[0]]), CAPTION_CHARS_MAX);
            let (rank, text) = match column.cues.len() {
                1 => (2, first),
                count if count <= NAMED_MAX => (2, format!("{first} +{}", count - 1)),
                count => (if count == most { 3 } else { 4 }, format!("×{}", words::count(count, ""))),
            };
            unlabelled.push(Unlabelled { rank, from, to, text, hangs: rank == 2 });
        }
        unlabelled
    }

    /// Labels what wants to be: to its right, to its left, or below, in this order.
    fn place(&mut self, mut unlabelled: Vec<(usize, Unlabelled)>) {
        unlabelled.sort_by(|(_, a), (_, b)| a.rank.cmp(&b.rank).then(a.from.total_cmp(&b.from)));
        let (left, right) = (self.placing.axis.left, self.placing.axis.left + self.placing.axis.width);
        for (line, Unlabelled { from, to, text, hangs, .. }) in unlabelled {
            let width = text::width(&text, LABEL_SIZE);
            let inside = |x: f64| x >= left && x + width <= right;
            let beside = [to + 4.0, from - 4.0 - width];
            let free = |x: &f64| inside(*x) && self.taken[line].is_free(*x - 3.0, *x + width + 3.0);
            if let Some(x) = beside.into_iter().find(free) {
                self.taken[line].reserve(x, x + width);
                self.labels.push(Label { text, x, y: self.y(line), width, hangs_from: None });
            } else if hangs {
                self.hang(text, width, f64::midpoint(from, to.min(from + 2.0 * MARK)));
            }
        }
    }

    /// Hangs a label below, on a line from `x`.
    fn hang(&mut self, text: String, width: f64, x: f64) {
        let right = self.placing.axis.left + self.placing.axis.width;
        let (first, lines) = (self.last + 1, self.taken.len());
        for line in first..lines {
            let above_free = (first..line).all(|line| self.taken[line].is_free(x - 2.0, x + 2.0));
            let (from, to) = (x - 1.0, x + 4.0 + width);
            if to <= right && above_free && self.taken[line].is_free(from - 3.0, to + 3.0) {
                (first..line).for_each(|line| self.taken[line].reserve(x - 1.0, x + 1.0));
                self.taken[line].reserve(from, to);
                let hangs_from = Some(self.y(self.last) + ROW / 2.0);
                self.labels.push(Label { text, x: x + 4.0, y: self.y(line), width, hangs_from });
                return;
            }
        }
    }

    /// Returns the middle of a line, relative to the middle of the first.
    fn y(&self, line: usize) -> f64 {
        if line <= self.last {
            line as f64 * (ROW + GAP)
        } else {
            self.last as f64 * (ROW + GAP) + ROW / 2.0 + (line - self.last) as f64 * LINE - LINE / 2.0
        }
    }
}

/// The stretches of a line that are taken, by their beginning, in thousandths of a unit. They do not overlap.
#[derive(Default)]
struct Taken(BTreeMap<i64, i64>);

impl Taken {
    fn reserve(&mut self, from: f64, to: f64) {
        let end = self.0.entry(thousandths(from)).or_default();
        *end = (*end).max(thousandths(to));
    }

    fn is_free(&self, from: f64, to: f64) -> bool {
        let before = self.0.range(..thousandths(to)).next_back();
        before.is_none_or(|(_, &end)| end <= thousandths(from))
    }
}

fn thousandths(x: f64) -> i64 {
    (x * 1_000.0) as i64
}
