//! When the event repeats an announcement that not all hubs have confirmed.

use crate::time::Span;

/// The wait before the first repetition: 2 s. Each one after it waits twice as long.
const FIRST_AFTER: Span = Span::from_millis(2_000);

/// The most repetitions: 5, about a minute in all; by then each hub has asked the event.
const RETRIES_MAX: u8 = 5;

/// The repetitions of an announcement.
///
/// ```
/// use downbeat_core::{Span, fanout::Retries};
/// let mut retries = Retries::default();
/// assert_eq!(retries.next_after(), Some(Span::from_millis(2_000)));
/// retries.handle_incomplete();
/// assert_eq!(retries.next_after(), Some(Span::from_millis(4_000)));
/// retries.handle_complete();
/// assert_eq!(retries.next_after(), Some(Span::from_millis(2_000)));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Retries(u8);

impl Retries {
    /// Returns how long after an announcement it is repeated unless all hubs confirm it; `None` after the last time.
    pub const fn next_after(&self) -> Option<Span> {
        if self.0 >= RETRIES_MAX {
            return None;
        }
        Some(Span::from_micros(FIRST_AFTER.as_micros() << self.0))
    }

    /// Counts an announcement that not all hubs confirmed.
    pub const fn handle_incomplete(&mut self) {
        self.0 = self.0.saturating_add(1);
    }

    /// Starts anew, after all hubs have confirmed the current state.
    pub const fn handle_complete(&mut self) {
        self.0 = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_hub_is_called_for_about_a_minute() {
        let mut retries = Retries::default();
        let mut total = Span::ZERO;
        while let Some(after) = retries.next_after() {
            total = total + after;
            retries.handle_incomplete();
        }
        assert_eq!(total, Span::from_millis(62_000));
    }
}
