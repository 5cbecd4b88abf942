//! The places of everything: bars in rows, marks on a strip, columns where marks would overlap, labels where there is room.

mod labels;
mod strip;

use core::ops::Range;
use downbeat_core::Position;

use super::PIECES_MAX;
use super::axis::Axis;
use super::lane::{Lane, lanes};
use crate::diagnostic::Level;
use crate::rundown::{Cue, Kind, Rundown};

/// The font size of labels, in units.
pub(super) const LABEL_SIZE: f64 = 13.0;

/// The height of a row of bars and of the strip of marks, without the gap.
pub(super) const ROW: f64 = 22.0;

/// The height of a line of labels below the rows.
pub(super) const LINE: f64 = 17.0;

/// The gap between rows.
const GAP: f64 = 4.0;

/// The smallest width of a bar.
const BAR_MIN: f64 = 3.0;

/// Half the width of a mark.
pub(super) const MARK: f64 = 6.0;

/// The smallest distance of marks; closer ones become columns of this width.
const MARKS_APART: f64 = 13.0;

/// A layout.
pub(super) struct Layout {
    pub(super) axis: Axis,
    pub(super) lanes: Vec<PlacedLane>,
    pub(super) room: Room,
    /// Where the last lane ends.
    pub(super) bottom: f64,
}

/// The room of a lane; the fewer lanes, the more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Room {
    /// The number of rows of bars; cues that would need more become columns.
    rows: usize,
    /// The number of lines of labels below the lowest row.
    hanging: usize,
    /// Whether the strip is on the row of bars instead of below it, without labels.
    pub(super) dense: bool,
    /// The space above and below the rows.
    padding: f64,
    /// The smallest height of a lane.
    height_min: f64,
}

/// From generous to dense.
const ROOMS: [Room; 3] = [
    Room { rows: 3, hanging: 3, dense: false, padding: 9.0, height_min: 48.0 },
    Room { rows: 2, hanging: 0, dense: false, padding: 6.0, height_min: 40.0 },
    Room { rows: 1, hanging: 0, dense: true, padding: 2.0, height_min: ROW },
];

/// A lane and what is on it.
pub(super) struct PlacedLane {
    pub(super) lane: Lane,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) bars: Vec<Bar>,
    pub(super) marks: Vec<Mark>,
    pub(super) columns: Vec<Column>,
    pub(super) labels: Vec<Label>,
}

/// A cue that lasts.
pub(super) struct Bar {
    pub(super) cue: usize,
    pub(super) x: f64,
    pub(super) width: f64,
    /// The middle of its row.
    pub(super) y: f64,
    /// Whether it has no end.
    pub(super) open: bool,
    /// Its row, counted from the top.
    row: usize,
}

/// A cue that is over at once, or too short for a bar.
pub(super) struct Mark {
    pub(super) cue: usize,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Cues whose marks would overlap.
pub(super) struct Column {
    /// The cues, sorted by time; at least one.
    pub(super) cues: Vec<usize>,
    pub(super) x: f64,
    pub(super) width: f64,
    /// The y coordinate of its lower edge.
    pub(super) foot: f64,
    pub(super) height: f64,
    /// The worst level of the remarks about its cues.
    pub(super) level: Option<Level>,
    /// Whether there is room for a sign of that.
    pub(super) signed: bool,
}

/// A text and its box.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) x: f64,
    /// The middle of its line.
    pub(super) y: f64,
    pub(super) width: f64,
    /// Where the line begins on which it hangs, at its left edge.
    pub(super) hangs_from: Option<f64>,
}

/// Lays out a rundown within an area, which it exceeds downwards if need be. `levels` has the worst level of the remarks
/// about each cue.
pub(super) fn layout(rundown: &Rundown, levels: &[Option<Level>], x: Range<f64>, y: Range<f64>) -> Layout {
    let axis = Axis::new(rundown, x.start, x.end - x.start);
    let mut laid = None;
    for room in ROOMS {
        let tried = layout_in(room, rundown, levels, axis, y.start);
        let fits = tried.bottom <= y.end;
        laid = Some(tried);
        if fits {
            break;
        }
    }
    laid.expect("there is at least one room")
}

fn layout_in(room: Room, rundown: &Rundown, levels: &[Option<Level>], axis: Axis, top: f64) -> Layout {
    let mut coarseness = 1.0;
    loop {
        let mut bottom = top;
        let mut placed = Vec::new();
        for lane in lanes(rundown) {
            let lane = Placing { cues: rundown.cues(), levels, axis: &axis, room, coarseness }.place(lane, bottom);
            bottom += lane.height;
            placed.push(lane);
        }
        let pieces: usize = placed.iter().map(|lane| lane.bars.len() + lane.marks.len() + lane.columns.len()).sum();
        if pieces <= PIECES_MAX {
            return Layout { axis, lanes: placed, room, bottom };
        }
        // This ends: at last each lane is one column, and lanes are fewer than the pieces allowed.
        coarseness *= 1.5;
    }
}

/// What a lane is placed with.
struct Placing<'a> {
    cues: &'a [Cue],
    levels: &'a [Option<Level>],
    axis: &'a Axis,
    room: Room,
    /// The factor by which bars and marks must be larger and farther apart than legibility requires.
    coarseness: f64,
}

impl Placing<'_> {
    fn place(&self, lane: Lane, top: f64) -> PlacedLane {
        let (mut bars, short, rows) = self.bars(&lane);
        let strip = !short.is_empty() || rows == 0;
        let lines = if self.room.dense { 1 } else { rows + usize::from(strip) };
        let strip_line = if self.room.dense { 0 } else { rows };
        let (mut marks, mut columns) = strip::pieces(self, &short);
        let mut found = labels::labels(self, &bars, &marks, &mut columns, lines - 1);

        let content = lines as f64 * (ROW + GAP) - GAP + found.hanging_lines as f64 * LINE;
        let height = (content + 2.0 * self.room.padding).max(self.room.height_min);
        let first = top + (height - content) / 2.0 + ROW / 2.0;
        let line = |number: usize| first + number as f64 * (ROW + GAP);
        bars.iter_mut().for_each(|bar| bar.y = line(bar.row));
        marks.iter_mut().for_each(|mark| mark.y = line(strip_line));
        columns.iter_mut().for_each(|column| column.foot = line(strip_line) + ROW / 2.0);
        found.labels.iter_mut().for_each(|label| {
            label.y += first;
            label.hangs_from = label.hangs_from.map(|from| from + first);
        });
        PlacedLane { lane, top, height, bars, marks, columns, labels: found.labels }
    }

    /// Returns the bars, the cues that are not drawn as bars, and the number of rows.
    fn bars(&self, lane: &Lane) -> (Vec<Bar>, Vec<usize>, usize) {
        let (mut bars, mut short) = (Vec::new(), Vec::new());
        let mut rows: Vec<Position> = Vec::new();
        let end_of_all = Position::from_millis(self.axis.extent_ms);
        for &index in &lane.cues {
            let cue = &self.cues[index];
            let open = cue.end().is_none() && cue.kind() == Kind::State;
            let end = cue.end().unwrap_or(if open { end_of_all } else { cue.time() });
            let (x, right) = (self.axis.x(cue.time()), self.axis.x(end));
            if right - x < BAR_MIN * self.coarseness {
                short.push(index);
                continue;
            }
            let row = match rows.iter().position(|&until| until <= cue.time()) {
                Some(row) => row,
                None if rows.len() < self.room.rows => {
                    rows.push(end);
                    rows.len() - 1
                }
                None => {
                    short.push(index);
                    continue;
                }
            };
            rows[row] = end;
            // One unit of paper remains between consecutive bars.
            bars.push(Bar { cue: index, x, width: right - x - 1.0, y: 0.0, open, row });
        }
        (bars, short, rows.len())
    }
}
