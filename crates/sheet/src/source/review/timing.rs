//! What happens too exactly, or too often.

use downbeat_core::Span;
use std::collections::{BTreeMap, BTreeSet};

use super::Reviewed;
use crate::diagnostic::{Code, Report};
use crate::rundown::{Cue, Otherwise};
use crate::source::arrange::Placed;
use crate::source::quoted;

/// How far viewers may be apart before people notice: 100 ms.
///
/// Reason: sound and picture are felt to belong together within about 125 ms (ITU-R BT.1359), and two screens in one
/// room are compared more closely than that.
const NOTICED: Span = Span::from_millis(100);

/// How many flashes within one second are safe: three (WCAG 2.3.1).
const FLASHES_MAX: usize = 3;

const SECOND: Span = Span::from_millis(1_000);

pub(super) fn review(placed: &[Placed], reviewed: &Reviewed<'_, '_>, report: &mut Report) {
    review_drift(placed, reviewed, report);
    review_frequency(placed, reviewed, report);
}

/// Reports the tight actions whose timing viewers would see to differ; once for each action.
fn review_drift(placed: &[Placed], reviewed: &Reviewed<'_, '_>, report: &mut Report) {
    let drift = reviewed.header.expected_drift;
    let Some(actions) = reviewed.header.declared.actions.as_ref().filter(|_| drift > NOTICED) else { return };
    let mut seen: BTreeMap<&str, (&Placed, usize)> = BTreeMap::new();
    for placed in placed {
        let tight = actions.get(placed.cue.action()).is_some_and(|action| action.tight);
        if tight && placed.cue.jitter() < drift && !is_exact(&placed.cue) {
            seen.entry(&placed.cue.action).or_insert((placed, 0)).1 += 1;
        }
    }
    for (action, (first, count)) in seen {
        let others = if count > 1 { format!(" (and {} more like it)", count - 1) } else { String::new() };
        let message = format!(
            "{}{others} does {}, which is tight, while viewers may be {} ms apart, so people side by side see it; let it fade in, spread it with \"jitter\": \"{}ms\", leave it to exact clocks with \"needs\": {{ \"bound\": \"50ms\" }}, or use \"tolerance\": \"loose\"",
            reviewed.label(first),
            quoted(action),
            drift.as_millis(),
            drift.as_millis(),
        );
        reviewed.say(Code::VisibleDrift, first, "action", message, report);
    }
}

/// Returns whether those who get a cue get it so close together that nobody notices, each being off by at most the bound.
fn is_exact(cue: &Cue) -> bool {
    cue.needs.is_some_and(|needs| needs.otherwise == Otherwise::Skip && needs.bound + needs.bound <= NOTICED)
}

/// Reports flashes that may cause seizures, and actions that come more often than the sheet allows.
fn review_frequency(placed: &[Placed], reviewed: &Reviewed<'_, '_>, report: &mut Report) {
    let flashes: Vec<&Placed> = placed.iter().filter(|placed| is_flash(&placed.cue)).collect();
    for first in bursts(&flashes, FLASHES_MAX) {
        let message = format!(
            "{} begins more than {FLASHES_MAX} flashes within one second, which can cause seizures; use fewer, or move them apart",
            reviewed.label(first)
        );
        reviewed.say(Code::Flashes, first, "time", message, report);
    }
    let limited = reviewed.header.declared.actions.iter().flatten();
    for (name, max) in limited.filter_map(|(name, action)| Some((name, action.per_second_max?))) {
        let these: Vec<&Placed> = placed.iter().filter(|placed| placed.cue.action() == name).collect();
        for first in bursts(&these, max) {
            let message = format!(
                "{} begins more than {max} of {} within one second, the most that its \"maxPerSecond\" allows; use fewer, or move them apart",
                reviewed.label(first),
                quoted(name)
            );
            reviewed.say(Code::TooOften, first, "time", message, report);
        }
    }
}

/// Returns whether an action by its name makes the screen flash.
fn is_flash(cue: &Cue) -> bool {
    ["flash", "strobe", "blink"].iter().any(|word| {
        let letters = cue.action.as_bytes();
        letters.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// Returns the first cue of each stretch in which more than `max` begin within one second; each draft at most once.
fn bursts<'p>(cues: &[&'p Placed], max: usize) -> Vec<&'p Placed> {
    let mut firsts = Vec::new();
    let mut told = BTreeSet::new();
    let mut at = 0;
    while let Some(last) = cues.get(at + max) {
        if last.cue.time - cues[at].cue.time >= SECOND {
            at += 1;
            continue;
        }
        if told.insert(cues[at].draft()) {
            firsts.push(cues[at]);
        }
        // On to where the stretch is over.
        while cues.get(at + max).is_some_and(|last| last.cue.time - cues[at].cue.time < SECOND) {
            at += 1;
        }
    }
    firsts
}
