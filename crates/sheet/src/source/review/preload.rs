//! Preloads that viewers would all fetch at the same time.

use std::collections::BTreeSet;

use super::context::Review;
use crate::diagnostic::{Code, Message};
use crate::source::arrange::ArrangedCue;

/// A change of the rate at which viewers fetch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct RateChange {
    at_ms: i64,
    /// In bytes per second; negative where a preload is over.
    by: i128,
    /// The index of the cue with the preload.
    cue: usize,
}

/// Reports preloads that together would fetch more per second than the budget allows.
pub(super) fn review(cues: &[ArrangedCue], review: &mut Review<'_, '_>) {
    let Some(viewers) = review.options.viewers else { return };
    let budget = i128::from(review.options.preload_bytes_per_second_max);
    let mut rate = 0;
    let mut reported = BTreeSet::new();
    for change in rate_changes(cues, viewers) {
        let before = rate;
        rate += change.by;
        let first = &cues[change.cue];
        if before <= budget && rate > budget && reported.insert(first.draft()) {
            let problem = format!(
                "{}: with its preload {viewers} viewers fetch {} MB a second, at most {} are allowed for",
                review.label(first),
                rate / 1_000_000,
                budget / 1_000_000
            );
            let message = Message::new(problem, "use a wider \"spread\", a longer \"lead\" or smaller files");
            review.report(Code::PreloadHerd, first, "preload", message);
        }
    }
}

/// Returns the changes of the rate in the order of time, decreases before increases.
///
/// Viewers fetch from `lead` before a cue, spread over `spread`. Files that an earlier cue has fetched are not fetched
/// again.
fn rate_changes(cues: &[ArrangedCue], viewers: u64) -> Vec<RateChange> {
    let mut fetched = BTreeSet::new();
    let mut changes = Vec::new();
    for (index, ArrangedCue { cue, .. }) in cues.iter().enumerate() {
        let Some((preload, bytes)) = cue.preload.as_ref().and_then(|preload| Some((preload, preload.bytes?))) else {
            continue;
        };
        let mut new = false;
        for asset in &preload.assets {
            new |= fetched.insert(asset.as_str());
        }
        if !new {
            continue;
        }
        // Without any spread, fetching takes as long as the connections do, here a second.
        let spread_ms = if preload.spread.as_millis() > 0 { preload.spread.as_millis() } else { 1_000 };
        let rate = i128::from(viewers) * i128::from(bytes) * 1_000 / i128::from(spread_ms);
        let begin_ms = cue.time.as_millis() - preload.lead.as_millis();
        changes.push(RateChange { at_ms: begin_ms, by: rate, cue: index });
        changes.push(RateChange { at_ms: begin_ms + spread_ms, by: -rate, cue: index });
    }
    changes.sort_unstable();
    changes
}
