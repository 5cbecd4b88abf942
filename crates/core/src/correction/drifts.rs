//! Several measured drifts, and what they say together.

use crate::time::{LocalTime, Span};

/// How many drifts are kept: 8.
const KEPT: usize = 8;

/// How few drifts say nothing: less than 3.
///
/// Reason: `currentTime` moves in steps of a frame or an audio buffer, 10 to 40 ms in some browsers; one reading is
/// noise, and one late timer looks like a drift.
const NEEDED: usize = 3;

/// How many drifts show that the media has settled: 6, which after a seek is 300 ms.
const SETTLED: usize = 6;

/// How close readings count as one: 10 ms. An element fires several events at once, and each is a reading.
const APART: Span = Span::from_millis(10);

/// How old a drift may be: 2.5 s, which is three readings of a page whose timers come once a second.
const OLDEST: Span = Span::from_millis(2_500);

/// Drifts measured since the media was last moved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drifts {
    kept: [(LocalTime, Span); KEPT],
    count: usize,
}

impl Drifts {
    /// Returns none.
    pub(super) const fn none() -> Self {
        Self { kept: [(LocalTime::from_micros(0), Span::ZERO); KEPT], count: 0 }
    }

    /// Forgets them all.
    pub(super) const fn forget(&mut self) {
        self.count = 0;
    }

    /// Returns whether there are so many that what a seek or a start disturbed is over.
    pub(super) const fn are_settled(&self) -> bool {
        self.count >= SETTLED
    }

    /// Takes a drift in, and forgets those that are too old. One that is farther than `distance` from where the others
    /// lead says that something has happened: then they are worth nothing.
    pub(super) fn push(&mut self, at: LocalTime, drift: Span, faster: f64, distance: Span) {
        let lead_to = mean(&self.kept[..self.count], at, faster);
        let breaks = lead_to.is_some_and(|mean| beyond(drift - mean, distance));
        let old = self.kept[..self.count].iter().take_while(|(before, _)| breaks || at - *before > OLDEST).count();
        let old = old.max((self.count + 1).saturating_sub(KEPT));
        self.kept.copy_within(old..self.count, 0);
        self.count -= old;
        if self.kept[..self.count].last().is_some_and(|(before, _)| at - *before < APART) {
            self.count -= 1;
        }
        self.kept[self.count] = (at, drift);
        self.count += 1;
    }

    /// Returns the mean drift at `now`, where the media has all the while gained `faster` on each second of the event;
    /// nothing while too few are known.
    pub(super) fn mean(&self, now: LocalTime, faster: f64) -> Option<Span> {
        mean(&self.kept[..self.count], now, faster).filter(|_| self.count >= NEEDED)
    }
}

/// Returns whether a drift is `limit` or more, either way.
pub(super) fn beyond(drift: Span, limit: Span) -> bool {
    drift >= limit || drift <= -limit
}

fn mean(drifts: &[(LocalTime, Span)], now: LocalTime, faster: f64) -> Option<Span> {
    let by_now = |(at, drift): &(LocalTime, Span)| drift.as_micros() as f64 + (now - *at).as_micros() as f64 * faster;
    let sum: f64 = drifts.iter().map(by_now).sum();
    (!drifts.is_empty()).then(|| Span::from_micros((sum / drifts.len() as f64) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> LocalTime {
        LocalTime::from_micros(ms * 1_000)
    }

    fn drifts(readings: &[(i64, i64)], faster: f64) -> Drifts {
        let mut drifts = Drifts::none();
        for (ms, drift) in readings {
            drifts.push(at(*ms), Span::from_millis(*drift), faster, Span::from_millis(50));
        }
        drifts
    }

    #[test]
    fn two_drifts_say_nothing_and_three_their_mean() {
        assert_eq!(drifts(&[(0, 60), (250, 70)], 0.0).mean(at(250), 0.0), None);
        let three = drifts(&[(0, 60), (250, 70), (500, 50)], 0.0);
        assert_eq!(three.mean(at(500), 0.0), Some(Span::from_millis(60)));
    }

    #[test]
    fn readings_of_one_instant_are_one() {
        assert_eq!(drifts(&[(0, 60), (1, 60), (2, 60)], 0.0).mean(at(2), 0.0), None);
    }

    #[test]
    fn drifts_are_brought_to_now_by_how_fast_the_media_plays() {
        let three = drifts(&[(0, 100), (500, 75), (1_000, 50)], -0.05);
        assert_eq!(three.mean(at(2_000), -0.05), Some(Span::ZERO));
    }

    #[test]
    fn a_kick_makes_what_was_known_before_worthless() {
        let kicked = drifts(&[(0, 1), (250, 0), (500, 2), (750, 400), (800, 402)], 0.0);
        assert_eq!(kicked.mean(at(800), 0.0), None);
        let known = drifts(&[(500, 2), (750, 400), (800, 402), (850, 401)], 0.0);
        assert_eq!(known.mean(at(850), 0.0), Some(Span::from_millis(401)));
    }

    #[test]
    fn old_drifts_are_forgotten_and_there_are_never_many() {
        assert_eq!(drifts(&[(0, 10), (250, 10), (2_900, 10)], 0.0).mean(at(2_900), 0.0), None);
        let many: Vec<(i64, i64)> = (0..100).map(|n| (n * 20, 0)).collect();
        assert_eq!(drifts(&many, 0.0).count, KEPT);
    }
}
