//! A server that contradicts what a viewer knows: it reports another epoch, an older revision, the same one with other content,
//! or no event at all.
//!
//! A cache may be odd, an object may be behind, and a name may lead to another server for a minute; or storage was
//! restored from an older copy, and what the viewer knows is lost. So the viewer goes on with what it knows and asks again, until
//! either every channel agrees with it, or none has for 10 s and the event's object has confirmed the other state since.

use super::news::News;
use crate::name::Epoch;
use crate::seed::Seed;
use crate::time::{LocalTime, Span};
use crate::version::Version;

/// How long no channel may report the state that is followed before the other one is accepted: 10 s.
///
/// Reason: a failover and back, or a hub that has missed a change, is often over by then; and nobody should wait longer for
/// a hold in a restored event.
const ACCEPTED_AFTER: Span = Span::from_millis(10_000);

/// The interval of requests while it is open which state is right: 4 s ± 20 %, the first after 0 to 4 s, to spread viewers.
const ASK_WAIT: Span = Span::from_millis(4_000);

const JITTER_PERCENT: u8 = 20;

/// How long a state must be known before the connection shows that it is contradicted: 3 s.
///
/// Reason: right after a change, caches and other hubs may still answer with the state before it.
const LAG_MAX: Span = Span::from_millis(3_000);

/// A way on which the server reports the event's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Channel {
    /// Answers with the time.
    Time = 1,
    /// Polls of the status.
    Status = 2,
    /// The socket: states and pongs.
    Socket = 4,
}

/// What each channel reported last, and the dispute between them and what is known.
#[derive(Clone, Debug)]
pub(super) struct Reports {
    seed: Seed,
    /// The channels that reported the known state, and those that contradicted it, as bits.
    agree: u8,
    contradict: u8,
    dispute: Option<Dispute>,
    /// When the known state was received.
    learned_at: LocalTime,
}

#[derive(Clone, Debug)]
struct Dispute {
    /// The epoch reported; `None` if the server says that there is no event.
    epoch: Option<Epoch>,
    /// The newest state reported of it; a pong has none.
    news: Option<News>,
    /// Whether the event's object has confirmed it since the known state was received.
    is_confirmed: bool,
    /// Whether the event's object refused the signed state that is followed.
    is_signed_refused: bool,
    /// Since when no channel has reported the known state.
    since: LocalTime,
    ask_at: LocalTime,
}

impl Reports {
    pub(super) const fn new(seed: Seed, now: LocalTime) -> Self {
        Self { seed, agree: 0, contradict: 0, dispute: None, learned_at: now }
    }

    /// Handles that `channel` reported what is known.
    pub(super) fn agree(&mut self, channel: Channel, now: LocalTime) {
        self.agree |= channel as u8;
        self.contradict &= !(channel as u8);
        self.dispute.iter_mut().for_each(|dispute| dispute.since = now);
        self.settle();
    }

    /// Handles that `channel` is closed, or failed: what it reported last no longer counts.
    pub(super) fn close(&mut self, channel: Channel) {
        self.agree &= !(channel as u8);
        self.contradict &= !(channel as u8);
        self.settle();
    }

    /// Handles that `channel` reported a state of `epoch` that contradicts the known one, or, without one, that there is no
    /// event.
    pub(super) fn contradict(&mut self, channel: Channel, epoch: Option<&Epoch>, now: LocalTime) {
        self.agree &= !(channel as u8);
        if self.dispute.as_ref().is_none_or(|dispute| dispute.epoch.as_ref() != epoch) {
            self.contradict = 0;
            let ask_at = now + self.seed.span_below(ASK_WAIT);
            self.dispute = Some(Dispute {
                epoch: epoch.cloned(),
                news: None,
                is_confirmed: false,
                is_signed_refused: false,
                since: now,
                ask_at,
            });
        }
        self.contradict |= channel as u8;
    }

    /// Adds the state with which a channel contradicted.
    pub(super) fn add(&mut self, news: News, is_confirmed: bool) {
        if let Some(dispute) = &mut self.dispute {
            dispute.is_confirmed |= is_confirmed;
            let is_newer = |former: &News| former.rev < news.rev || former.rev == news.rev && news.details.is_some();
            if dispute.news.as_ref().is_none_or(is_newer) {
                dispute.news = Some(news);
            }
        }
    }

    /// Returns the state that is now accepted instead of the known one, which is signed and unanswered if `is_signed`.
    pub(super) fn accept(&mut self, is_signed: bool, now: LocalTime) -> Option<News> {
        let is_over = |dispute: &Dispute| {
            dispute.is_confirmed && (dispute.is_signed_refused || !is_signed) && now - dispute.since >= ACCEPTED_AFTER
        };
        let dispute = self.dispute.as_ref().filter(|dispute| self.agree == 0 && is_over(dispute))?;
        dispute.news.clone()
    }

    /// Handles that a state was received and is followed from now on.
    pub(super) fn follow(&mut self, epoch: &Epoch, is_new_life: bool, now: LocalTime) {
        self.learned_at = now;
        if is_new_life || self.dispute.as_ref().is_some_and(|dispute| dispute.epoch.as_ref() == Some(epoch)) {
            (self.agree, self.contradict, self.dispute) = (0, 0, None);
        }
    }

    /// Handles that the event's object refused the signed state that is followed.
    pub(super) fn refuse_signed(&mut self) {
        self.dispute.iter_mut().for_each(|dispute| dispute.is_signed_refused = true);
    }

    /// Returns whether to ask again at `now`, and assumes that it is done.
    pub(super) fn poll(&mut self, now: LocalTime) -> bool {
        let Some(dispute) = self.dispute.as_mut().filter(|dispute| dispute.ask_at <= now) else { return false };
        dispute.ask_at = now + self.seed.span_around(ASK_WAIT, JITTER_PERCENT);
        true
    }

    pub(super) fn deadline(&self) -> Option<LocalTime> {
        self.dispute.as_ref().map(|dispute| dispute.ask_at)
    }

    /// Returns whether the state that contradicts the known one has this version.
    pub(super) fn has_other(&self, version: &Version) -> bool {
        let other = self.dispute.as_ref().and_then(|dispute| dispute.news.as_ref());
        other.is_some_and(|news| news.epoch == version.epoch && news.rev == version.rev)
    }

    /// Returns whether the server contradicts what is known.
    pub(super) const fn is_disputed(&self) -> bool {
        self.dispute.is_some()
    }

    /// Returns whether the connection shows that.
    pub(super) fn shows_dispute(&self, now: LocalTime) -> bool {
        self.is_disputed() && now - self.learned_at > LAG_MAX
    }

    /// Returns when the known state was received.
    pub(super) const fn learned_at(&self) -> LocalTime {
        self.learned_at
    }

    fn settle(&mut self) {
        if self.contradict == 0 && self.agree != 0 {
            self.dispute = None;
        }
    }
}
