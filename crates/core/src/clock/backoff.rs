//! The wait before a retry.

use crate::seed::Seed;
use crate::time::Span;

/// The longest first wait: 10 s.
///
/// Reason: 50,000 viewers who lose one hub come back at 5,000 a second instead of all at once.
const FIRST: Span = Span::from_millis(10_000);

/// The longest wait: 60 s.
const LONGEST: Span = Span::from_millis(60_000);

/// Waits with full jitter: random from zero to 10 s, then 20, 40 and at most 60 s.
///
/// Full jitter spreads a crowd that failed together over the whole range (Brooker, "Exponential Backoff And Jitter",
/// 2015), where waiting the same time plus a little would only move the crowd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    longest: Span,
}

impl Backoff {
    /// Returns the sequence of waits from its beginning; used again after a success.
    pub const fn new() -> Self {
        Self { longest: FIRST }
    }

    /// Returns the next wait.
    pub fn next_wait(&mut self, seed: &mut Seed) -> Span {
        let wait = seed.span_below(self.longest);
        self.longest = (self.longest + self.longest).min(LONGEST);
        wait
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_fill_10_20_40_and_then_60_seconds() {
        let mut longest = [Span::ZERO; 6];
        for viewer in 0..2_000 {
            let (mut backoff, mut seed) = (Backoff::new(), Seed::new(viewer));
            for longest in &mut longest {
                *longest = (*longest).max(backoff.next_wait(&mut seed));
            }
        }
        for (longest, limit) in longest.into_iter().zip([10, 20, 40, 60, 60, 60]) {
            let limit = Span::from_millis(limit * 1_000);
            assert!(longest < limit && longest > limit - Span::from_millis(300), "{longest:?} of {limit:?}");
        }
    }

    #[test]
    fn a_crowd_that_fails_together_comes_back_evenly() {
        let mut seconds = [0; 10];
        for viewer in 0..10_000 {
            let wait = Backoff::new().next_wait(&mut Seed::new(viewer));
            seconds[usize::try_from(wait.as_millis() / 1_000).unwrap()] += 1;
        }
        assert!(seconds.iter().all(|count| (900..1_100).contains(count)), "{seconds:?}");
    }
}
