//! Where everything lies: bars in rows, marks on a strip, columns where marks would overlap, labels where there is room.

use downbeat_core::Position;
use std::collections::BTreeMap;

use super::axis::Axis;
use super::lane::{Lane, lanes};
use super::{PIECES_MAX, text, words};
use crate::diagnostic::Level;
use crate::rundown::{Cue, Kind, Rundown};

/// The size of labels, in units.
pub(super) const LABEL_SIZE: f64 = 13.0;

/// The height of a row of bars and of the strip of marks, without what is between them.
pub(super) const ROW: f64 = 22.0;

/// What is between rows.
const GAP: f64 = 4.0;

/// What is above and below the rows of a lane.
const PADDING: f64 = 8.0;

/// How many rows of bars a lane has at most; what would need more is counted in columns.
const ROWS_MAX: usize = 3;

/// How wide a bar is at least to be drawn as one.
const BAR_MIN: f64 = 3.0;

/// Half the width of a mark.
pub(super) const MARK: f64 = 6.0;

/// How far apart marks are at least; those that are closer become columns of this width.
const MARKS_APART: f64 = 13.0;

/// What lies where.
pub(super) struct Layout {
    pub(super) axis: Axis,
    pub(super) lanes: Vec<Placed>,
    /// Where the last lane ends.
    pub(super) bottom: f64,
}

/// A lane and what lies on it.
pub(super) struct Placed {
    pub(super) lane: Lane,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) bars: Vec<Bar>,
    pub(super) marks: Vec<Mark>,
    pub(super) columns: Vec<Column>,
    /// The labels on the strip; those of bars lie within them.
    pub(super) labels: Vec<Label>,
}

/// A cue that lasts.
pub(super) struct Bar {
    pub(super) cue: usize,
    pub(super) x: f64,
    pub(super) width: f64,
    /// The middle of its row.
    pub(super) y: f64,
    /// It has no end.
    pub(super) open: bool,
    pub(super) label: Option<Label>,
}

/// A cue that is over at once, or too short to be seen as a bar.
pub(super) struct Mark {
    pub(super) cue: usize,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Cues whose marks would overlap.
pub(super) struct Column {
    /// Sorted by time, at least one.
    pub(super) cues: Vec<usize>,
    pub(super) x: f64,
    pub(super) width: f64,
    /// Where it stands.
    pub(super) foot: f64,
    pub(super) height: f64,
}

/// A text and the box it takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) x: f64,
    /// The middle of its line.
    pub(super) y: f64,
    pub(super) width: f64,
}

/// Lays out a rundown between two edges, from `top` down. `levels` has the worst that was said about each cue.
pub(super) fn layout(rundown: &Rundown, levels: &[Option<Level>], left: f64, width: f64, top: f64) -> Layout {
    let axis = Axis::of(rundown, left, width);
    let mut coarseness = 1.0;
    loop {
        let mut bottom = top;
        let mut placed = Vec::new();
        for lane in lanes(rundown) {
            let lane = place(rundown.cues(), levels, lane, &axis, bottom, coarseness);
            bottom += lane.height;
            placed.push(lane);
        }
        let pieces: usize = placed.iter().map(|lane| lane.bars.len() + lane.marks.len() + lane.columns.len()).sum();
        if pieces <= PIECES_MAX {
            return Layout { axis, lanes: placed, bottom };
        }
        // In the end a lane has one column, and there are fewer lanes than pieces may be.
        coarseness *= 1.5;
    }
}

fn place(cues: &[Cue], levels: &[Option<Level>], lane: Lane, axis: &Axis, top: f64, coarseness: f64) -> Placed {
    let (mut bars, short, rows) = bars(cues, &lane, axis, top, coarseness);
    let strip = top + PADDING + rows as f64 * (ROW + GAP) + ROW / 2.0;
    let lines = rows + usize::from(!short.is_empty() || rows == 0);
    let height = (2.0 * PADDING + lines as f64 * (ROW + GAP) - GAP).max(2.0 * PADDING + 32.0);
    let lift = (height - (2.0 * PADDING + lines as f64 * (ROW + GAP) - GAP)) / 2.0;
    for bar in &mut bars {
        bar.y += lift;
        bar.label = bar_label(&cues[bar.cue], levels[bar.cue], bar);
    }
    let (marks, columns) = marks(cues, &short, axis, strip + lift, coarseness);
    let labels = strip_labels(cues, levels, &marks, &columns, axis, strip + lift);
    Placed { lane, top, height, bars, marks, columns, labels }
}

/// Gives the cues that are drawn as bars, those that are not, and how many rows the bars take.
fn bars(cues: &[Cue], lane: &Lane, axis: &Axis, top: f64, coarseness: f64) -> (Vec<Bar>, Vec<usize>, usize) {
    let (mut bars, mut short) = (Vec::new(), Vec::new());
    let mut rows: Vec<Position> = Vec::new();
    let end_of_all = Position::from_millis(axis.extent_ms);
    for &index in &lane.cues {
        let cue = &cues[index];
        let open = cue.end().is_none() && cue.kind() == Kind::State;
        let end = cue.end().unwrap_or(if open { end_of_all } else { cue.time() });
        let (x, right) = (axis.x(cue.time()), axis.x(end));
        if right - x < BAR_MIN * coarseness {
            short.push(index);
            continue;
        }
        let row = match rows.iter().position(|&until| until <= cue.time()) {
            Some(row) => row,
            None if rows.len() < ROWS_MAX => {
                rows.push(end);
                rows.len() - 1
            }
            None => {
                short.push(index);
                continue;
            }
        };
        rows[row] = end;
        let y = top + PADDING + row as f64 * (ROW + GAP) + ROW / 2.0;
        // A hair of paper between bars that follow each other.
        bars.push(Bar { cue: index, x, width: right - x - 1.0, y, open, label: None });
    }
    (bars, short, rows.len())
}

fn bar_label(cue: &Cue, level: Option<Level>, bar: &Bar) -> Option<Label> {
    let sign = if level.is_some() { 2.0 * MARK + 4.0 } else { 0.0 };
    let x = bar.x + 8.0 + sign;
    let room = bar.x + bar.width - 6.0 - x;
    let text = text::fit(words::caption(cue), LABEL_SIZE, room)?;
    let width = text::width(&text, LABEL_SIZE);
    Some(Label { text, x, y: bar.y, width })
}

/// Gives what is drawn as a mark by itself, and the columns of what would overlap.
fn marks(cues: &[Cue], short: &[usize], axis: &Axis, y: f64, coarseness: f64) -> (Vec<Mark>, Vec<Column>) {
    let apart = MARKS_APART * coarseness;
    let x = |index: usize| axis.x(cues[index].time());
    let mut marks = Vec::new();
    // By the number of their cell; cells are as wide as marks are apart.
    let mut cells: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (nth, &index) in short.iter().enumerate() {
        let clear_before = nth == 0 || x(index) - x(short[nth - 1]) >= apart;
        let clear_after = short.get(nth + 1).is_none_or(|&next| x(next) - x(index) >= apart);
        if clear_before && clear_after {
            marks.push(Mark { cue: index, x: x(index), y });
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
        Column { cues, x: from, width: to - from, foot: y + ROW / 2.0, height }
    });
    (marks, columns.collect())
}

/// Gives the labels there is room for: first of what something was said about, then of marks, then of columns.
fn strip_labels(
    cues: &[Cue],
    levels: &[Option<Level>],
    marks: &[Mark],
    columns: &[Column],
    axis: &Axis,
    y: f64,
) -> Vec<Label> {
    let mut taken = Taken::default();
    for mark in marks {
        taken.take(mark.x - MARK, mark.x + MARK);
    }
    for column in columns {
        taken.take(column.x, column.x + column.width);
    }
    let mut wanted: Vec<(u8, f64, f64, String)> = Vec::new();
    for mark in marks {
        let rank = u8::from(levels[mark.cue].is_none());
        let caption = text::cut(words::caption(&cues[mark.cue]), 24);
        wanted.push((rank, mark.x - MARK, mark.x + MARK, caption));
    }
    let most = columns.iter().map(|column| column.cues.len()).max().unwrap_or(0);
    for column in columns {
        let rank = if column.cues.len() == most { 2 } else { 3 };
        wanted.push((rank, column.x, column.x + column.width, format!("×{}", words::count(column.cues.len(), ""))));
    }
    wanted.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut labels = Vec::new();
    for (_, from, to, text) in wanted {
        let width = text::width(&text, LABEL_SIZE);
        let sides = [to + 4.0, from - 4.0 - width];
        let inside = |x: f64| x >= axis.left && x + width <= axis.left + axis.width;
        if let Some(x) = sides.into_iter().find(|&x| inside(x) && taken.is_free(x - 3.0, x + width + 3.0)) {
            taken.take(x, x + width);
            labels.push(Label { text, x, y, width });
        }
    }
    labels
}

/// What of a strip is taken: stretches that do not overlap, by where they begin, in thousandths of a unit.
#[derive(Default)]
struct Taken(BTreeMap<i64, i64>);

impl Taken {
    fn take(&mut self, from: f64, to: f64) {
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
