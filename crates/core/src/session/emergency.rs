//! The last resort: a signed state that was found where viewers look when neither socket nor server tells the state.
//!
//! Whether its signature is right, and whether it is of this event, the shell has said. It counts for less than what the
//! server says: it never begins another life of the event, and the server's own state of the same revision replaces it.

use super::Session;
use super::effect::Effect;
use super::news::News;
use crate::time::{LocalTime, Span};

/// How long a viewer leaves the server alone after having handed a signed state in: 60 s.
///
/// Reason: the server takes the first of many, and everyone hears of that within seconds; but the one may have been lost.
const HAND_IN_AGAIN: Span = Span::from_millis(60_000);

impl Session {
    /// Takes in a state that was signed, in answer to [`Effect::LookAside`]. One of another epoch, or of no higher
    /// revision, is ignored.
    pub fn handle_signed(&mut self, news: News, now: LocalTime) {
        let believed = self.known.news.as_ref().is_some_and(|known| known.epoch == news.epoch && known.rev < news.rev);
        if believed {
            self.apply_news(news, now);
            self.known.owed_from = Some(now);
        }
        self.advance(now);
    }

    /// Hands the signed state in if the server tells an older one.
    pub(super) fn hand_in(&mut self, told: &News, now: LocalTime) {
        let Some(known) = &self.known.news else { return };
        let is_owed = self.known.owed_from.is_some_and(|from| from <= now);
        if is_owed && known.epoch == told.epoch && told.rev < known.rev {
            self.known.owed_from = Some(now + HAND_IN_AGAIN);
            self.effects.push(Effect::HandIn);
        }
    }
}
