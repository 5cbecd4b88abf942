//! The states active at whole minutes, so that joining late takes equally long at any point.

use downbeat_core::Position;

use super::{Cue, Kind};

/// The states that are active at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub(crate) time: Position,
    pub(crate) active: Vec<usize>,
}

/// The shortest time between checkpoints: a minute.
const EVERY_MS: i64 = 60_000;

/// The cues after which there is a checkpoint even if no state began: 64.
const CUES_BETWEEN: usize = 64;

/// The active states that a checkpoint may list for each cue since the one before, beyond [`CUES_BETWEEN`]: 8.
///
/// Reason: checkpoints are then never more than a few times as long as the cues, even if thousands of states last the
/// whole event.
const ACTIVE_PER_CUE: usize = 8;

impl Checkpoint {
    /// Returns its time, a whole minute.
    pub fn time(&self) -> Position {
        self.time
    }

    /// Returns the indices in [`super::Rundown::cues`] of the states that began at or before its time and last longer,
    /// in rising order.
    pub fn active(&self) -> &[usize] {
        &self.active
    }
}

/// Returns the checkpoints of sorted cues: at a whole minute if a state began since the one before, or 64 cues did.
///
/// Between a position and the last checkpoint before it there are few cues; together they determine the states active
/// there.
pub(super) fn checkpoints(cues: &[Cue]) -> Vec<Checkpoint> {
    let mut all = Vec::new();
    // The states that may still be active, and their number when the others were last removed.
    let (mut open, mut kept): (Vec<usize>, usize) = (Vec::new(), 0);
    let (mut began, mut states) = (0, 0);
    for (index, cue) in cues.iter().enumerate() {
        began += 1;
        if cue.kind == Kind::State {
            states += 1;
            open.push(index);
        }
        let minute = first_minute(cue.time);
        if cues.get(index + 1).is_some_and(|next| next.time <= minute) || (states == 0 && began < CUES_BETWEEN) {
            continue;
        }
        let limit = CUES_BETWEEN + ACTIVE_PER_CUE * began;
        if open.len() <= limit || open.len() >= 2 * kept {
            open.retain(|&state| cues[state].end.is_none_or(|end| end > minute));
            kept = open.len();
        }
        if open.len() <= limit {
            all.push(Checkpoint { time: minute, active: open.clone() });
            (began, states) = (0, 0);
        }
    }
    all
}

/// Returns the first whole minute at or after a time; at least one.
fn first_minute(time: Position) -> Position {
    let minutes = (time.as_millis() + EVERY_MS - 1) / EVERY_MS;
    Position::from_millis(minutes.max(1) * EVERY_MS)
}
