//! How many cues there are when: the series under the axis, and the most crowded minute.

use downbeat_core::{Position, Span};

use super::axis::Axis;
use crate::rundown::Cue;

/// A minute.
const MINUTE: Span = Span::from_millis(60_000);

/// The smallest width of a column of the series, in units of the picture.
const COLUMN: f64 = 6.0;

/// Cues per stretch of time.
pub(super) struct Series {
    /// When the first stretch begins.
    pub(super) from_ms: i64,
    pub(super) step_ms: i64,
    pub(super) counts: Vec<usize>,
}

/// Returns the number of cues that begin in each stretch of the axis.
pub(super) fn series(cues: &[Cue], axis: &Axis) -> Series {
    let step_ms = axis.step_ms(COLUMN);
    let nth = |ms: i64| ms.div_euclid(step_ms);
    let first = nth(axis.begin_ms);
    let mut counts = vec![0; (nth(axis.extent_ms) - first + 1) as usize];
    for cue in cues {
        // The axis includes the first cue and the last.
        if let Some(count) = counts.get_mut((nth(cue.time().as_millis()) - first) as usize) {
            *count += 1;
        }
    }
    Series { from_ms: first * step_ms, step_ms, counts }
}

/// Returns the beginning of the minute in which the most cues begin, and their number; `None` without cues.
///
/// A minute begins with a cue here, not on the clock.
pub(super) fn busiest_minute(cues: &[Cue]) -> Option<(Position, usize)> {
    let mut end = 0;
    let mut best: Option<(Position, usize)> = None;
    for (first, cue) in cues.iter().enumerate() {
        while cues.get(end).is_some_and(|other| other.time() < cue.time() + MINUTE) {
            end += 1;
        }
        if best.is_none_or(|(_, count)| end - first > count) {
            best = Some((cue.time(), end - first));
        }
    }
    best
}
