//! How many refusals of tokens an isolate answers and logs in a second.
//!
//! Tokens are verified first: a valid one is never refused because others fail.

use downbeat_core::{ServerTime, Span};

/// The most refusals in a second that are answered with 401: 20 per isolate. The others are told to wait.
///
/// Reason: people mistype, programs guess.
pub const FAILURES_MAX: u32 = 20;

/// The time over which failures are counted, and the least between two lines in the log: 1 s.
const WINDOW: Span = Span::from_millis(1_000);

/// The failures of an isolate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Failures {
    window: Option<ServerTime>,
    count: u32,
    unlogged: u32,
    logged_at: Option<ServerTime>,
}

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Whether there were too many in this second.
    pub is_over: bool,
    /// How many failures a line in the log is about, this one included; `None` if none is due.
    pub to_log: Option<u32>,
}

impl Failures {
    /// Counts a failure.
    pub fn handle(&mut self, now: ServerTime) -> Reaction {
        if !self.window.is_some_and(|began| (Span::ZERO..WINDOW).contains(&(now - began))) {
            self.window = Some(now);
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        self.unlogged = self.unlogged.saturating_add(1);
        let is_due = !self.logged_at.is_some_and(|at| (Span::ZERO..WINDOW).contains(&(now - at)));
        let to_log = is_due.then(|| core::mem::take(&mut self.unlogged));
        if is_due {
            self.logged_at = Some(now);
        }
        Reaction { is_over: self.count > FAILURES_MAX, to_log }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: i64) -> ServerTime {
        ServerTime::from_millis(1_704_067_200_000 + ms)
    }

    #[test]
    fn twenty_a_second_are_answered_and_one_line_a_second_is_logged() {
        let mut failures = Failures::default();
        let first = failures.handle(at(0));
        assert_eq!(first, Reaction { is_over: false, to_log: Some(1) });
        let over = (1..50).filter(|ms| failures.handle(at(*ms)).is_over).count();
        assert_eq!(over, 30);
        assert_eq!(failures.handle(at(1_000)), Reaction { is_over: false, to_log: Some(50) });
        assert_eq!(failures.handle(at(1_001)), Reaction { is_over: false, to_log: None });
        // A clock that was set back does not silence the log, nor does it keep anyone out.
        assert_eq!(failures.handle(at(-5_000)), Reaction { is_over: false, to_log: Some(2) });
    }
}
