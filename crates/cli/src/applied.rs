//! How many viewers have applied a change, measured on a sample of them.

use downbeat_api::clock::{self, ServerClock};
use downbeat_api::{Client, Polling};
use downbeat_core::{EventName, Rev, ServerTime, Span};
use downbeat_wire::Audience;
use downbeat_wire::audience::Acks;

use crate::audience;
use crate::text;

/// How long after the effect to wait for viewers: 3 s.
///
/// Reason: a viewer with a socket applies a change within half a second; others are not asked.
const PATIENCE: Span = Span::from_millis(3_000);

/// The longest wait for the effect itself: 5 s, more than every lead.
const AHEAD_MAX: Span = Span::from_millis(5_000);

/// The least time that one request gets: 250 ms, so that the last request is not cut off.
const REQUEST_TIMEOUT_MIN: Span = Span::from_millis(250);

/// A change that was sent to viewers.
pub(crate) struct Applied {
    pub(crate) server: Client,
    pub(crate) event: EventName,
    pub(crate) rev: Rev,
    pub(crate) effective_at: ServerTime,
    /// Whether some sockets were not told when the server answered.
    pub(crate) was_partial: bool,
    pub(crate) clock: ServerClock,
}

impl Applied {
    /// Waits until every socket was told and every viewer of the sample has applied the change, for a few seconds at most, and
    /// describes how many have, and who does not have it. `None` if the change takes effect much later, or if the audience cannot be read.
    pub(crate) async fn wait(&self) -> Option<String> {
        let ahead = (self.effective_at - self.clock.now()).max(Span::ZERO);
        if ahead > AHEAD_MAX {
            return None;
        }
        clock::sleep(ahead).await;
        let mut polling = Polling::new(PATIENCE);
        loop {
            let server = self.server.with_timeout(polling.left().max(REQUEST_TIMEOUT_MIN));
            let audience = match server.audience(&self.event).await {
                Ok(audience) => Some(audience),
                // Repeating it is pointless: the token may not read.
                Err(error) if error.is_final() => return None,
                Err(_) => None,
            };
            // Of a later change others are told.
            let audience = audience.filter(|audience| audience.rev == self.rev);
            let is_complete = audience.as_ref().is_some_and(|audience| {
                audience.untold.is_empty() && audience.acks.as_ref().is_some_and(|acks| acks.applied >= acks.asked)
            });
            if is_complete || !polling.pause().await {
                return audience.and_then(|audience| self.describe(&audience));
            }
        }
    }
}

impl Applied {
    /// Describes who has the change, and then who does not, a line each.
    fn describe(&self, audience: &Audience) -> Option<String> {
        let told =
            (self.was_partial && audience.untold.is_empty()).then(|| "meanwhile all sockets were told".to_owned());
        // The screen has named those who poll already.
        let lacks = audience::lacks(audience).filter(|note| note.label != "polling").map(|note| audience::line(&note));
        let lines: Vec<String> = told.into_iter().chain(audience.acks.as_ref().map(describe)).chain(lacks).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// Describes a sample: `applied by 98.7 % (sample 512) · median 41 ms after effect`.
pub(crate) fn describe(acks: &Acks) -> String {
    let Acks { asked, applied, median, .. } = *acks;
    // Rounded down: 100 % are all of them.
    let tenths = applied.min(asked) * 1_000 / asked.max(1);
    let share = if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
    let median = median.map(|ms| format!(" · median {} ms after effect", text::thousands(ms))).unwrap_or_default();
    format!("applied by {share} % (sample {}){median}", text::thousands(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_rounded_down() {
        for (asked, applied, median, text) in [
            (512, 505, Some(41), "applied by 98.6 % (sample 512) · median 41 ms after effect"),
            (2_000, 1_999, Some(1_204), "applied by 99.9 % (sample 2,000) · median 1,204 ms after effect"),
            (10, 10, Some(0), "applied by 100 % (sample 10) · median 0 ms after effect"),
            (512, 0, None, "applied by 0 % (sample 512)"),
            (0, 0, None, "applied by 0 % (sample 0)"),
        ] {
            assert_eq!(describe(&audience::tests::acks(asked, applied, median)), text);
        }
    }
}
