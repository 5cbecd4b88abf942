//! How long the room waited for members.

use std::collections::BTreeMap;

use downbeat_core::room::WAIT_WINDOW;
use downbeat_core::{Rev, ServerTime, Span};
use downbeat_wire::RoomWait;

/// How long the room was held for members that stalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RoomWaits {
    /// The number of waits.
    pub count: usize,
    /// All of them together.
    pub total: Span,
    /// The longest.
    pub longest: Span,
    /// The most in any ten minutes.
    pub most_in_ten_minutes: Span,
}

impl RoomWaits {
    /// Returns the waits that the states name, by revision. The last state that names a wait says when it ended.
    pub(super) fn of(states: &BTreeMap<Rev, Option<RoomWait>>) -> Self {
        let mut waits: BTreeMap<ServerTime, RoomWait> = BTreeMap::new();
        for wait in states.values().flatten() {
            waits.insert(wait.from, *wait);
        }
        let length = |wait: &RoomWait| (wait.until - wait.from).max(Span::ZERO);
        let sum = |spans: &mut dyn Iterator<Item = Span>| spans.fold(Span::ZERO, |sum, span| sum + span);
        // The window with the most begins where a wait begins, or ends where one ends.
        let windows = waits.values().flat_map(|wait| [wait.from, wait.until - WAIT_WINDOW]);
        let within = |from: ServerTime| {
            let until = from + WAIT_WINDOW;
            sum(&mut waits.values().map(|wait| (wait.until.min(until) - wait.from.max(from)).max(Span::ZERO)))
        };
        Self {
            count: waits.len(),
            total: sum(&mut waits.values().map(length)),
            longest: waits.values().map(length).max().unwrap_or_default(),
            most_in_ten_minutes: windows.map(within).max().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(from: i64, until: i64) -> RoomWait {
        let at = |seconds: i64| ServerTime::from_millis(1_704_067_200_000 + seconds * 1_000);
        RoomWait { from: at(from), until: at(until) }
    }

    #[test]
    fn a_wait_is_as_long_as_the_last_state_says_and_windows_slide() {
        let states = [Some(wait(0, 10)), Some(wait(0, 4)), None, Some(wait(590, 600)), Some(wait(605, 611))];
        let states = states.into_iter().enumerate().map(|(rev, wait)| (Rev::new(rev as u64), wait)).collect();
        let waits = RoomWaits::of(&states);
        let seconds = |span: Span| span.as_millis() / 1_000;
        assert_eq!((waits.count, seconds(waits.total), seconds(waits.longest)), (3, 20, 10));
        // From 0 to 600 there are 14 s, from 11 to 611 there are 16 s.
        assert_eq!(seconds(waits.most_in_ten_minutes), 16);
        assert_eq!(RoomWaits::of(&BTreeMap::new()), RoomWaits::default());
    }
}
