//! The last resort: a signed state, published where viewers check when neither socket nor server provides the state.
//!
//! The shell has already checked its signature and its event. It counts for less than the server's state: it never
//! starts a new epoch, and the server's own state of the same revision replaces it.

use super::effect::Effect;
use super::news::News;
use super::{Session, Validity};
use crate::time::{LocalTime, Span};

/// The wait before a viewer submits a signed state again: 60 s.
///
/// Reason: the server accepts the first of many, and all viewers receive it within seconds; but that one may have
/// been lost.
const SUBMIT_AGAIN: Span = Span::from_millis(60_000);

impl Session {
    /// Handles a signed state, in answer to [`Effect::CheckEmergency`]. It is ignored if its epoch differs, if its
    /// revision is not higher, or if it is so far above the server's last one that the event will refuse it
    /// ([`SIGNED_AHEAD_MAX`](crate::name::SIGNED_AHEAD_MAX)): this viewer would never return to the server's state. A
    /// viewer whom the server never told of the event ignores it if it is not valid now.
    pub fn handle_signed(&mut self, news: News, validity: Validity, now: LocalTime) {
        if self.accepts(&news, validity, now) {
            let of_server = self.snapshot.signed_over.or(self.snapshot.news.as_ref().map(|known| known.rev));
            let of_server = of_server.filter(|_| self.is_told());
            self.forget_unproved();
            self.apply_state(news, None, now);
            self.snapshot.submit_from = Some(now);
            self.snapshot.signed_over = of_server;
        }
        self.advance(now);
    }

    /// Handles that the event's object refused the signed state that was submitted. Until then no older state and no other
    /// epoch replaces it; from now on they are judged as any other.
    pub fn handle_signed_refused(&mut self, now: LocalTime) {
        self.snapshot.reports.refuse_signed();
        self.advance(now);
    }

    /// Submits the signed state if the server has an older one, or another epoch.
    pub(super) fn submit_emergency(&mut self, received: &News, now: LocalTime) {
        let Some(known) = &self.snapshot.news else { return };
        let is_due = self.snapshot.submit_from.is_some_and(|from| from <= now);
        if is_due && known.epoch == received.epoch && received.rev < known.rev && !received.rev.may_become(known.rev) {
            // Accepted without knowing the server's revision. The event will refuse it, so this viewer returns to the event.
            self.snapshot.news = None;
            return;
        }
        if is_due && (known.epoch != received.epoch || received.rev < known.rev) {
            self.snapshot.submit_from = Some(now + SUBMIT_AGAIN);
            self.effects.push(Effect::SubmitEmergency);
        }
    }
}
