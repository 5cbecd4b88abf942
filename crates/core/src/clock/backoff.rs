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

    /// Halves the next wait, to 10 s at least: an attempt succeeded.
    ///
    /// While most attempts of a crowd fail, its attempts thereby stay few; one success among failures does not make
    /// them many again.
    pub fn handle_success(&mut self) {
        self.longest = Span::from_micros(self.longest.as_micros() / 2).max(FIRST);
    }

    /// Makes the next wait one of the longest: the failure was this client's own fault.
    pub fn handle_fault(&mut self) {
        self.longest = LONGEST;
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
    fn a_success_halves_the_wait_and_a_fault_makes_it_the_longest() {
        let longest = |steps: &dyn Fn(&mut Backoff, &mut Seed)| {
            let draw = |viewer| {
                let (mut backoff, mut seed) = (Backoff::new(), Seed::new(viewer));
                steps(&mut backoff, &mut seed);
                backoff.next_wait(&mut seed).as_millis()
            };
            (0..2_000).map(draw).max().unwrap() / 1_000 + 1
        };
        let fail = |backoff: &mut Backoff, seed: &mut Seed| backoff.next_wait(seed);
        assert_eq!(longest(&|backoff, _| backoff.handle_success()), 10);
        assert_eq!(longest(&|backoff, seed| (0..2).for_each(|_| _ = fail(backoff, seed))), 40);
        let recovering = |backoff: &mut Backoff, seed: &mut Seed| {
            (0..2).for_each(|_| _ = fail(backoff, seed));
            backoff.handle_success();
        };
        assert_eq!(longest(&recovering), 20);
        assert_eq!(longest(&|backoff, _| backoff.handle_fault()), 60);
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
