//! Actions that come too often within one second.

use downbeat_core::Span;
use std::collections::BTreeSet;

use super::context::Review;
use crate::diagnostic::{Code, Message};
use crate::rundown::Cue;
use crate::source::arrange::ArrangedCue;
use crate::source::words::quoted;

/// The flashes within one second that are safe: three (WCAG 2.3.1).
const FLASHES_MAX: usize = 3;

const SECOND: Span = Span::from_millis(1_000);

/// Reports flashes that may cause seizures, and actions that come more often than the sheet allows.
pub(super) fn review(cues: &[ArrangedCue], review: &mut Review<'_, '_>) {
    let remedy = "use fewer, or move them apart";
    let flashes: Vec<&ArrangedCue> = cues.iter().filter(|cue| is_flash(&cue.cue)).collect();
    for first in bursts(&flashes, FLASHES_MAX) {
        let problem = format!(
            "{} begins more than {FLASHES_MAX} flashes within one second, which can cause seizures",
            review.label(first)
        );
        review.report(Code::Flashes, first, "time", Message::new(problem, remedy));
    }
    let limited = review.header.declarations.actions.iter().flatten();
    for (name, max) in limited.filter_map(|(name, action)| Some((name, action.per_second_max?))) {
        let same_action: Vec<&ArrangedCue> = cues.iter().filter(|cue| cue.cue.action() == name).collect();
        for first in bursts(&same_action, max) {
            let problem = format!(
                "{} begins more than {max} of {} within one second, the most that its \"maxPerSecond\" allows",
                review.label(first),
                quoted(name)
            );
            review.report(Code::TooOften, first, "time", Message::new(problem, remedy));
        }
    }
}

/// Returns whether an action's name suggests that it makes the screen flash.
fn is_flash(cue: &Cue) -> bool {
    ["flash", "strobe", "blink"].iter().any(|word| {
        let letters = cue.action.as_bytes();
        letters.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// Returns the first cue of each stretch in which more than `max` begin within one second; each draft at most once.
fn bursts<'c>(cues: &[&'c ArrangedCue], max: usize) -> Vec<&'c ArrangedCue> {
    let mut firsts = Vec::new();
    let mut reported = BTreeSet::new();
    let mut at = 0;
    while let Some(last) = cues.get(at + max) {
        if last.cue.time - cues[at].cue.time >= SECOND {
            at += 1;
            continue;
        }
        if reported.insert(cues[at].draft()) {
            firsts.push(cues[at]);
        }
        // Continue after this stretch.
        while cues.get(at + max).is_some_and(|last| last.cue.time - cues[at].cue.time < SECOND) {
            at += 1;
        }
    }
    firsts
}
