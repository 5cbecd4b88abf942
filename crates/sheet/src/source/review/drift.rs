//! Actions that must be exact, while viewers' clocks differ.

use downbeat_core::Span;
use std::collections::BTreeMap;

use super::context::Review;
use crate::diagnostic::{Code, Message};
use crate::rundown::{Cue, Otherwise};
use crate::source::arrange::ArrangedCue;
use crate::source::words::quoted;

/// The time between two viewers that people notice: 100 ms.
///
/// Reason: sound and picture seem to belong together within about 125 ms (ITU-R BT.1359), and two screens in one room are
/// compared more closely than that.
const NOTICEABLE: Span = Span::from_millis(100);

/// Reports the tight actions whose timing viewers would see differ, each once.
pub(super) fn review(cues: &[ArrangedCue], review: &mut Review<'_, '_>) {
    let (header, drift) = (review.header, review.header.expected_drift);
    let Some(actions) = header.declarations.actions.as_ref().filter(|_| drift > NOTICEABLE) else { return };
    let mut affected: BTreeMap<&str, (&ArrangedCue, usize)> = BTreeMap::new();
    for cue in cues {
        let tight = actions.get(cue.cue.action()).is_some_and(|action| action.tight);
        if tight && cue.cue.jitter() < drift && !is_exact(&cue.cue) {
            affected.entry(&cue.cue.action).or_insert((cue, 0)).1 += 1;
        }
    }
    let ms = drift.as_millis();
    for (action, (first, count)) in affected {
        let others = if count > 1 { format!(" (and {} more like it)", count - 1) } else { String::new() };
        let problem = format!(
            "{}{others} does {}, which is tight, while viewers may be {ms} ms apart, so people side by side see it",
            review.label(first),
            quoted(action),
        );
        let remedy = format!(
            "let it fade in, spread it with \"jitter\": \"{ms}ms\", leave it to exact clocks with \"needs\": {{ \"bound\": \"50ms\" }}, or use \"tolerance\": \"loose\""
        );
        review.report(Code::VisibleDrift, first, "action", Message::new(problem, remedy));
    }
}

/// Returns whether a cue fires only on clocks so exact that nobody notices a difference: each is off by at most the bound.
fn is_exact(cue: &Cue) -> bool {
    cue.needs.is_some_and(|needs| needs.otherwise == Otherwise::Skip && needs.bound + needs.bound <= NOTICEABLE)
}
