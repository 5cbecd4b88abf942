//! What viewers fetch all at once.

use std::collections::BTreeSet;

use super::Reviewed;
use crate::diagnostic::{Code, Report};
use crate::source::arrange::Placed;

/// Reports preloads that together would fetch more per second than the budget allows.
///
/// The viewers fetch from `lead` before the cue, spread over `spread`; what an earlier cue has fetched counts once.
pub(super) fn review(placed: &[Placed], reviewed: &Reviewed<'_, '_>, report: &mut Report) {
    let Some(viewers) = reviewed.options.viewers else { return };
    let mut fetched = BTreeSet::new();
    // When a window opens or closes, by how much the rate changes (in bytes per second), and whose window it is.
    let mut changes: Vec<(i64, i128, usize)> = Vec::new();
    for (index, Placed { cue, .. }) in placed.iter().enumerate() {
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
        // Without any spread the fetching takes as long as the connections do, here a second.
        let spread_ms = if preload.spread.as_millis() > 0 { preload.spread.as_millis() } else { 1_000 };
        let rate = i128::from(viewers) * i128::from(bytes) * 1_000 / i128::from(spread_ms);
        let opens_ms = cue.time.as_millis() - preload.lead.as_millis();
        changes.push((opens_ms, rate, index));
        changes.push((opens_ms + spread_ms, -rate, index));
    }
    // At one instant windows close before others open.
    changes.sort_unstable();
    let budget = i128::from(reviewed.options.preload_bytes_per_second_max);
    let mut rate = 0;
    let mut told = BTreeSet::new();
    for (_, change, index) in changes {
        let before = rate;
        rate += change;
        let first = &placed[index];
        if before <= budget && rate > budget && told.insert(first.draft()) {
            let message = format!(
                "{}: with its preload {viewers} viewers fetch {} MB a second, at most {} are allowed for; use a wider \"spread\", a longer \"lead\" or smaller files",
                reviewed.label(first),
                rate / 1_000_000,
                budget / 1_000_000
            );
            reviewed.say(Code::PreloadHerd, first, "preload", message, report);
        }
    }
}
