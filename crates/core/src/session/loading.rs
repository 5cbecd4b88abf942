//! When to fetch the rundown that the event names.

use crate::clock::Backoff;
use crate::name::Digest;
use crate::seed::Seed;
use crate::time::{LocalTime, Span};

/// The time over which viewers spread a fetch when the event's rundown changes: 2 s.
///
/// Reason: with push, all viewers receive it at once; a change of rundown takes effect 2 s ahead.
const SPREAD: Span = Span::from_millis(2_000);

/// The time after which a second fetch is begun in parallel: 60 s.
///
/// Reason: browsers notice a dead connection only after minutes. The largest rundown, 1 MiB, takes
/// half as long at 256 kbit/s; the first fetch to complete is used.
const LOAD_MAX: Span = Span::from_millis(60_000);

/// The wanted rundown, and the state of its fetch. A failed fetch is retried without limit.
#[derive(Clone, Debug)]
pub(super) struct Loading {
    seed: Seed,
    wanted: Option<Digest>,
    state: State,
    backoff: Backoff,
    /// How many fetches of the wanted rundown failed.
    failures: u32,
}

/// A fetch to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fetch {
    pub(super) digest: Digest,
    /// How many fetches of it have failed before.
    pub(super) failures: u32,
}

/// When the fetch of a rundown starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    AtOnce,
    /// Within [`SPREAD`], at a random time.
    Spread,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The wanted rundown is loaded.
    Done,
    Waiting {
        until: LocalTime,
    },
    Asked {
        until: LocalTime,
    },
}

impl Loading {
    pub(super) fn new(seed: Seed) -> Self {
        Self { seed, wanted: None, state: State::Done, backoff: Backoff::new(), failures: 0 }
    }

    /// Sets which rundown the event names, and when its fetch starts. Returns whether it changed.
    pub(super) fn want(&mut self, rundown: Option<Digest>, start: Start, now: LocalTime) -> bool {
        if self.wanted == rundown {
            return false;
        }
        self.wanted = rundown;
        self.backoff = Backoff::new();
        self.failures = 0;
        let wait = match start {
            Start::AtOnce => Span::ZERO,
            Start::Spread => self.seed.span_below(SPREAD),
        };
        self.state = if rundown.is_some() { State::Waiting { until: now + wait } } else { State::Done };
        true
    }

    /// Returns what to fetch at `now`, and assumes that the fetch begins.
    pub(super) fn poll(&mut self, now: LocalTime) -> Option<Fetch> {
        let due = self.deadline().is_some_and(|deadline| deadline <= now);
        if due {
            self.state = State::Asked { until: now + LOAD_MAX };
        }
        let failures = self.failures;
        self.wanted.filter(|_| due).map(|digest| Fetch { digest, failures })
    }

    /// Handles that a rundown was loaded; returns whether it is the wanted one.
    pub(super) fn finish(&mut self, digest: Digest) -> bool {
        let is_wanted = self.wanted == Some(digest) && self.state != State::Done;
        if is_wanted {
            self.state = State::Done;
            self.failures = 0;
        }
        is_wanted
    }

    /// Handles that a fetch failed.
    pub(super) fn fail(&mut self, digest: Digest, now: LocalTime) {
        if self.wanted == Some(digest) && matches!(self.state, State::Asked { .. }) {
            self.failures = self.failures.saturating_add(1);
            self.state = State::Waiting { until: now + self.backoff.next_wait(&mut self.seed) };
        }
    }

    /// Returns whether the wanted rundown could not be loaded so far.
    pub(super) fn has_failed(&self) -> bool {
        self.failures > 0
    }

    pub(super) fn deadline(&self) -> Option<LocalTime> {
        match self.state {
            State::Waiting { until } | State::Asked { until } => Some(until),
            State::Done => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Digest = Digest::from_bytes([1; 32]);
    const SECOND: Digest = Digest::from_bytes([2; 32]);

    fn at(ms: i64) -> LocalTime {
        LocalTime::from_micros(ms * 1_000)
    }

    #[test]
    fn a_viewer_who_has_just_come_fetches_at_once_and_a_change_is_spread() {
        let mut loading = Loading::new(Seed::new(3));
        assert!(loading.want(Some(FIRST), Start::AtOnce, at(0)));
        assert_eq!(loading.poll(at(0)).map(|fetch| fetch.digest), Some(FIRST));
        assert_eq!(loading.poll(at(0)), None);
        assert!(loading.finish(FIRST));
        assert!(!loading.want(Some(FIRST), Start::Spread, at(10)));
        assert!(loading.want(Some(SECOND), Start::Spread, at(10)));
        let due = loading.deadline().unwrap();
        assert!(at(10) < due && due < at(2_010), "{due:?}");
        assert_eq!(loading.poll(due).map(|fetch| fetch.digest), Some(SECOND));
    }

    #[test]
    fn a_fetch_that_hangs_is_followed_by_another_and_the_first_to_come_is_taken() {
        let mut loading = Loading::new(Seed::new(3));
        loading.want(Some(FIRST), Start::AtOnce, at(0));
        assert_eq!(loading.poll(at(0)).map(|fetch| fetch.digest), Some(FIRST));
        assert_eq!(loading.poll(at(59_999)), None);
        assert_eq!(loading.poll(loading.deadline().unwrap()).map(|fetch| fetch.digest), Some(FIRST));
        assert!(loading.finish(FIRST));
        assert_eq!(loading.deadline(), None);
        assert!(!loading.finish(FIRST), "the other one brings nothing new");
        loading.fail(FIRST, at(61_000));
        assert_eq!(loading.deadline(), None);
    }

    #[test]
    fn a_failed_fetch_is_tried_again_and_an_outdated_one_is_not() {
        let mut loading = Loading::new(Seed::new(3));
        loading.want(Some(FIRST), Start::AtOnce, at(0));
        loading.poll(at(0));
        loading.fail(FIRST, at(50));
        let again = loading.deadline().unwrap();
        assert!(again <= at(10_050), "{again:?}");
        assert!(loading.has_failed());
        assert_eq!(loading.poll(again), Some(Fetch { digest: FIRST, failures: 1 }));
        loading.want(Some(SECOND), Start::AtOnce, again);
        loading.fail(FIRST, again);
        assert_eq!(loading.poll(again).map(|fetch| fetch.digest), Some(SECOND));
        assert!(!loading.finish(FIRST));
        assert!(!loading.has_failed(), "the other rundown has not failed");
    }
}
