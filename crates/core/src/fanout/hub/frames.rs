//! How many frames a hub reads.

use super::super::recent::is_recent;
use crate::time::{ServerTime, Span};

/// The most frames a hub reads a second: 1,000, twice the acks of all hubs together. The rest of a flood is ignored.
const FRAMES_MAX: u32 = 1_000;

/// A counter of frames, by the second.
#[derive(Clone, Debug, Default)]
pub(super) struct FrameLimit {
    since: Option<ServerTime>,
    count: u32,
}

impl FrameLimit {
    /// Counts a frame, and returns whether it is within the limit.
    pub(super) fn admits(&mut self, now: ServerTime) -> bool {
        if !is_recent(self.since, Span::from_millis(1_000), now) {
            *self = Self { since: Some(now), count: 0 };
        }
        self.count = self.count.saturating_add(1);
        self.count <= FRAMES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_frames_a_second_are_read_and_no_more() {
        let mut limit = FrameLimit::default();
        let at = |ms: i64| ServerTime::from_millis(1_704_067_200_000 + ms);
        let mut read = |ms| (0..3_000).filter(|_| limit.admits(at(ms))).count();
        assert_eq!([read(0), read(999), read(1_000), read(1_001), read(500)], [1_000, 0, 1_000, 0, 1_000]);
    }
}
