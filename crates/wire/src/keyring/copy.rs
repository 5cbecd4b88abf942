//! An isolate's copy of the keyring, and how long it counts.
//!
//! A token that is found in the copy is valid as long as the copy is fresh. One that is not found may have been made a
//! moment ago: then only a copy counts that was asked for after the call arrived. So a wrong token waits a moment for
//! its refusal, and however many are tried, the keyring is asked a few times a second.

use downbeat_core::{ServerTime, Span};

use super::{Check, Keyring};

/// How long a token that is in the copy counts as valid: 4 s after the copy was asked for.
///
/// Reason: a revoked token is refused within 5 s everywhere, and what was let in just before needs a moment to end.
pub const FRESH: Span = Span::from_millis(4_000);

/// The least time between two requests for the keyring: 250 ms.
const INTERVAL: Span = Span::from_millis(250);

/// How long one request for the keyring may take: 2 s.
pub const ASK_MAX: Span = Span::from_millis(2_000);

/// How long others wait for that request before one of them asks, too: 500 ms.
const PATIENCE: Span = Span::from_millis(500);

/// How long nobody asks after a failure: 1 s, as answers of 503 tell their readers to wait.
const REST: Span = Span::from_millis(1_000);

/// How often one who waits for another's request checks: every 20 ms.
const POLL: Span = Span::from_millis(20);

/// An isolate's copy of the keyring.
#[derive(Clone, Debug, Default)]
pub struct KeyringCopy {
    keyring: Option<(Keyring, ServerTime)>,
    /// When the last request was sent, and whether it is answered.
    asked: Option<(ServerTime, Asked)>,
    failed_at: Option<ServerTime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Waiting,
    Answered,
}

/// What to do for a call that shows a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This is what the token is worth.
    Final(Check),
    /// Ask the keyring's object, call [`KeyringCopy::handle_answer`] or [`KeyringCopy::handle_failure`], and look again.
    Ask,
    /// Wait, and look again.
    Wait(Span),
    /// The object does not answer.
    Unavailable,
}

impl KeyringCopy {
    /// Returns what to do for a call that arrived at `arrived` and shows what `check` looks for. If that is to ask, the
    /// request counts as sent `now`.
    pub fn look(&mut self, check: impl Fn(&Keyring) -> Check, arrived: ServerTime, now: ServerTime) -> Answer {
        if let Some((keyring, asked_at)) = &self.keyring
            && within(*asked_at, FRESH, now)
        {
            match check(keyring) {
                granted @ Check::Granted(_) => return Answer::Final(granted),
                refused if *asked_at >= arrived => return Answer::Final(refused),
                _ => {}
            }
        }
        match self.asked {
            Some((at, Asked::Waiting)) if within(at, PATIENCE, now) => return Answer::Wait(POLL),
            _ if self.failed_at.is_some_and(|at| within(at, REST, now)) => return Answer::Unavailable,
            Some((at, _)) if within(at, INTERVAL, now) => return Answer::Wait(INTERVAL - (now - at)),
            _ => {}
        }
        self.asked = Some((now, Asked::Waiting));
        Answer::Ask
    }

    /// Applies the answer to the request that was sent at `asked_at`.
    pub fn handle_answer(&mut self, keyring: Keyring, asked_at: ServerTime) {
        self.failed_at = None;
        self.settle(asked_at);
        if self.keyring.as_ref().is_none_or(|(_, known)| *known <= asked_at) {
            self.keyring = Some((keyring, asked_at));
        }
    }

    /// Notes that the request that was sent at `asked_at` had no answer.
    pub fn handle_failure(&mut self, asked_at: ServerTime, now: ServerTime) {
        self.settle(asked_at);
        self.failed_at = Some(now);
    }

    /// Forgets the copy after a change that this isolate has made.
    pub fn expire(&mut self) {
        *self = Self::default();
    }

    /// Notes in the copy that a token was used; returns whether that is news.
    pub fn handle_use(&mut self, id: &crate::token::TokenId, now: ServerTime) -> bool {
        self.keyring.as_mut().is_some_and(|(keyring, _)| keyring.handle_use(id, now).is_some())
    }

    fn settle(&mut self, asked_at: ServerTime) {
        if let Some((at, asked)) = &mut self.asked
            && *at == asked_at
        {
            *asked = Asked::Answered;
        }
    }
}

/// Returns whether `since` was less than `span` ago; an instant ahead of now is of a clock that was set back, and was not.
fn within(since: ServerTime, span: Span, now: ServerTime) -> bool {
    (Span::ZERO..span).contains(&(now - since))
}
