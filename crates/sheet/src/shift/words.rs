//! What a shift does, for its author.

use downbeat_core::{Position, Span};

use super::MovedCue;
use super::edits::Movements;
use crate::source::TimedCue;

/// Returns the cues that move.
pub(super) fn moved(cues: &[TimedCue], movements: &Movements, by_ms: i64) -> Vec<MovedCue> {
    let moving = cues.iter().enumerate().filter(|(nth, _)| movements.moves(*nth));
    moving
        .map(|(nth, cue)| {
            let from = Position::from_millis(cue.begin_ms);
            MovedCue { name: name(cue), from, to: from + Span::from_millis(by_ms), follows: !movements.chosen[nth] }
        })
        .collect()
}

/// Returns what an author should know about a shift.
pub(super) fn remarks(before: &[TimedCue], after: &[TimedCue], movements: &Movements) -> Vec<String> {
    let mut remarks = Vec::new();
    let (old, new) = (order(before), order(after));
    if let Some((&was, &is)) = old.iter().zip(&new).find(|(was, is)| was != is) {
        remarks.push(format!(
            "the order of the cues changes: cue {} now comes before cue {}",
            name(&after[is]),
            name(&after[was])
        ));
    }
    let unnamed =
        (0..before.len()).filter(|&nth| movements.moves(nth) && before[nth].id.is_none() && !before[nth].disabled);
    match unnamed.count() {
        0 => {}
        1 => remarks.push(
            "one cue without an id gets another, which is made from its time; to viewers it is a new cue".to_owned(),
        ),
        count => remarks.push(format!(
            "{count} cues without an id get others, which are made from their times; to viewers they are new cues"
        )),
    }
    if let Some(first) = new.first().map(|&first| &after[first]).filter(|cue| cue.begin_ms < 0)
        && before.iter().all(|cue| cue.begin_ms >= 0)
    {
        remarks.push(format!("cue {} now comes before the event begins", name(first)));
    }
    remarks
}

/// Returns the numbers of the enabled cues by time.
fn order(cues: &[TimedCue]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cues.len()).filter(|&nth| !cues[nth].disabled).collect();
    order.sort_by_key(|&nth| cues[nth].begin_ms);
    order
}

fn name(cue: &TimedCue) -> String {
    match (&cue.id, &cue.file) {
        (Some(id), _) => id.clone(),
        (None, None) => format!("number {}", cue.index + 1),
        (None, Some(file)) => format!("number {} of {file}", cue.index + 1),
    }
}
