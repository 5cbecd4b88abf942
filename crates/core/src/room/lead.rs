//! How far ahead a room's changes take effect.

use alloc::vec::Vec;

use crate::time::Span;

/// The lead of a room: 200 ms, where nothing was measured, and at the least.
///
/// Reason: a gesture should feel immediate, and most members are less than 100 ms from the server. Source: the design's constants.
pub const LEAD: Span = Span::from_millis(200);

/// The greatest measured lead: 1 s, so that no member's bad line makes the controls feel dead.
pub const LEAD_MAX: Span = Span::from_millis(1_000);

/// What is added to the measured delays: 50 ms, for the page to act in.
pub const LEAD_MARGIN: Span = Span::from_millis(50);

/// Returns the lead for members whose changes arrive `lateness` after they were sent: each one-way delay with the bound of that
/// member's clock. It is the 95th percentile (nearest rank) and [`LEAD_MARGIN`], within [`LEAD`] and [`LEAD_MAX`], in whole
/// milliseconds.
///
/// ```
/// use downbeat_core::Span;
/// use downbeat_core::room::lead;
/// let lead_ms = |lateness: &[i64]| lead(lateness.iter().copied().map(Span::from_millis)).as_millis();
/// assert_eq!(lead_ms(&[]), 200);
/// assert_eq!(lead_ms(&[20, 180, 90]), 230);
/// assert_eq!(lead_ms(&[20, 60_000]), 1_000);
/// ```
pub fn lead(lateness: impl Iterator<Item = Span>) -> Span {
    let mut lateness: Vec<Span> = lateness.collect();
    lateness.sort_unstable();
    // Nearest rank: the least that 95 % do not exceed.
    let rank = (lateness.len() * 95).div_ceil(100);
    match rank.checked_sub(1).map(|index| lateness[index].min(LEAD_MAX)) {
        Some(percentile) => Span::from_millis((percentile + LEAD_MARGIN).clamp(LEAD, LEAD_MAX).as_millis()),
        None => LEAD,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_forty_does_not_decide_for_the_others() {
        let of = |slow: usize| {
            let lateness = (0..40).map(|member| Span::from_millis(if member < slow { 900 } else { 250 }));
            lead(lateness).as_millis()
        };
        assert_eq!([of(0), of(1), of(2), of(3)], [300, 300, 300, 950]);
    }

    #[test]
    fn what_cannot_be_measured_stays_within_the_limits() {
        for extreme in [i64::MIN, -1, 0, 1, i64::MAX] {
            assert!((LEAD..=LEAD_MAX).contains(&lead([Span::from_micros(extreme)].into_iter())));
        }
    }
}
