//! The last resort: a signed state, published where viewers check when neither socket nor server provides the state.
//!
//! The shell has already checked its signature and its event. It counts for less than the server's state: it never
//! starts a new epoch, and the server's own state of the same revision replaces it.

use super::Session;
use super::effect::Effect;
use super::news::News;
use crate::time::{LocalTime, Span};

/// The wait before a viewer submits a signed state again: 60 s.
///
/// Reason: the server accepts the first of many, and all viewers receive it within seconds; but that one may have
/// been lost.
const SUBMIT_AGAIN: Span = Span::from_millis(60_000);

impl Session {
    /// Handles a signed state, in answer to [`Effect::CheckEmergency`]. It is ignored if its epoch differs or its
    /// revision is not higher.
    pub fn handle_signed(&mut self, news: News, now: LocalTime) {
        let believed =
            self.snapshot.news.as_ref().is_some_and(|known| known.epoch == news.epoch && known.rev < news.rev);
        if believed {
            self.apply_state(news, now);
            self.snapshot.submit_from = Some(now);
        }
        self.advance(now);
    }

    /// Submits the signed state if the server has an older one.
    pub(super) fn submit_emergency(&mut self, received: &News, now: LocalTime) {
        let Some(known) = &self.snapshot.news else { return };
        let is_due = self.snapshot.submit_from.is_some_and(|from| from <= now);
        if is_due && known.epoch == received.epoch && received.rev < known.rev {
            self.snapshot.submit_from = Some(now + SUBMIT_AGAIN);
            self.effects.push(Effect::SubmitEmergency);
        }
    }
}
