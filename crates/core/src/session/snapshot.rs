//! What a viewer knows of the event, and whether a received state is newer than that, or accepted instead of it.

use super::dispute::{Channel, Reports};
use super::news::News;
use crate::name::{Epoch, Rev};
use crate::time::{LocalTime, ServerTime};
use crate::version::Version;
use core::cmp::Ordering;

/// How a received state relates to the known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A new epoch, or the first state: everything begins anew.
    NewLife,
    /// A higher revision, or an older one that was accepted all the same.
    Newer,
    /// The same revision, with the details that were missing.
    Completes,
    /// Known already.
    Known,
    /// Another epoch, an older revision, or the same one with other content.
    Contradicts,
}

/// What this viewer knows of the event.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub(super) news: Option<News>,
    /// When the last change took effect or will, if that is an instant of its own.
    pub(super) effective_at: Option<ServerTime>,
    /// Set while the state is a signed one that the server has not sent yet: when it may be submitted next.
    pub(super) submit_from: Option<LocalTime>,
    /// Set meanwhile: the last revision that came from the server.
    pub(super) signed_over: Option<Rev>,
    /// Whether the state is one from before: whatever the server says replaces it.
    pub(super) is_from_before: bool,
    pub(super) reports: Reports,
}

impl Snapshot {
    pub(super) const fn new(reports: Reports) -> Self {
        Self { news: None, effective_at: None, submit_from: None, signed_over: None, is_from_before: false, reports }
    }

    /// Handles a state that the server reported on `channel`, if it did. `is_confirmed` is whether the event's object had
    /// that state after this viewer received the known one. Updates the snapshot if it is newer or accepted, and returns how
    /// the two relate.
    pub(super) fn update(
        &mut self,
        mut news: News,
        channel: Option<Channel>,
        is_confirmed: bool,
        now: LocalTime,
    ) -> Verdict {
        let mut verdict = self.judge(&news);
        if verdict == Verdict::Contradicts
            && let Some(channel) = channel
        {
            let known = self.news.as_ref().map(|known| known.epoch.clone());
            if !self.is_from_before {
                self.reports.contradict(channel, Some(&news.epoch), now);
                self.reports.add(news, is_confirmed);
                let Some(accepted) = self.reports.accept(self.submit_from.is_some(), now) else { return verdict };
                news = accepted;
            }
            verdict = if known.as_ref() == Some(&news.epoch) { Verdict::Newer } else { Verdict::NewLife };
        }
        if let Verdict::NewLife | Verdict::Newer = verdict {
            let before = self.news.as_ref().filter(|_| verdict == Verdict::Newer);
            self.effective_at = before.and_then(|before| news.parts_from(before));
            (self.submit_from, self.signed_over, self.is_from_before) = (None, None, false);
            self.reports.follow(&news.epoch, verdict == Verdict::NewLife, now);
        }
        if let Some(channel) = channel.filter(|_| verdict != Verdict::Contradicts) {
            self.reports.agree(channel, now);
        }
        if !matches!(verdict, Verdict::Known | Verdict::Contradicts) {
            news.details.iter_mut().for_each(|details| details.confirmed = None);
            self.news = Some(news);
        }
        verdict
    }

    /// Returns whether the whole state must be requested.
    pub(super) fn lacks_details(&self) -> bool {
        self.news.as_ref().is_none_or(|news| news.details.is_none())
    }

    /// Handles that a pong named the version `said`, and returns whether it is newer than the known state.
    pub(super) fn handle_pong(&mut self, said: &Version, now: LocalTime) -> bool {
        let verdict = self.compare(&said.epoch, said.rev);
        match verdict {
            Verdict::Contradicts => self.reports.contradict(Channel::Socket, Some(&said.epoch), now),
            // A version does not tell two states apart that both have it.
            Verdict::Completes if !self.reports.has_other(said) => self.reports.agree(Channel::Socket, now),
            _ => {}
        }
        matches!(verdict, Verdict::NewLife | Verdict::Newer)
    }

    /// Returns whether `said` is the version of the known state.
    pub(super) fn is_at(&self, said: &Version) -> bool {
        self.news.as_ref().is_some_and(|known| known.epoch == said.epoch && known.rev == said.rev)
    }

    fn judge(&self, news: &News) -> Verdict {
        let Some(known) = &self.news else { return Verdict::NewLife };
        let replaced = news.details.as_ref().and_then(|details| details.replaces.as_ref());
        match self.compare(&news.epoch, news.rev) {
            // What was signed is for the event's object to refuse.
            Verdict::Contradicts if replaced == Some(&known.epoch) && self.submit_from.is_none() => Verdict::NewLife,
            Verdict::Completes if news.differs_from(known) => Verdict::Contradicts,
            Verdict::Completes if self.lacks_details() && news.details.is_some() => Verdict::Completes,
            Verdict::Completes => Verdict::Known,
            verdict => verdict,
        }
    }

    /// Returns how a version relates to the known one; `Completes` means the same revision.
    fn compare(&self, epoch: &Epoch, rev: Rev) -> Verdict {
        match &self.news {
            None => Verdict::NewLife,
            Some(known) if known.epoch != *epoch => Verdict::Contradicts,
            Some(known) => match rev.cmp(&known.rev) {
                Ordering::Less => Verdict::Contradicts,
                Ordering::Equal if self.submit_from.is_some() => Verdict::Newer,
                Ordering::Equal => Verdict::Completes,
                Ordering::Greater => Verdict::Newer,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;
    use crate::session::Details;
    use crate::timeline::EventTimeline;

    const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn whole(epoch: &str, rev: u64) -> News {
        let details = Details { messages: vec![START], pushes: true, replaces: None, confirmed: None };
        News { details: Some(details), ..short(epoch, rev) }
    }

    fn short(epoch: &str, rev: u64) -> News {
        News {
            epoch: epoch.parse().unwrap(),
            rev: Rev::new(rev),
            timeline: EventTimeline::starting_at(START),
            rundown: None,
            details: None,
        }
    }

    fn at(ms: i64) -> LocalTime {
        LocalTime::from_micros(ms * 1_000)
    }

    fn snapshot() -> Snapshot {
        Snapshot::new(Reports::new(Seed::new(1), at(0)))
    }

    impl Snapshot {
        /// What an answer says that the event's object has confirmed.
        fn told(&mut self, news: News, ms: i64) -> Verdict {
            self.update(news, Some(Channel::Time), true, at(ms))
        }

        fn pushed(&mut self, news: News, ms: i64) -> Verdict {
            self.update(news, Some(Channel::Socket), false, at(ms))
        }

        fn version(&self) -> String {
            self.news.as_ref().map(|news| format!("{}.{}", news.epoch, news.rev)).unwrap()
        }
    }

    #[test]
    fn only_a_higher_revision_of_the_epoch_wins_at_once() {
        let mut known = snapshot();
        assert_eq!(known.told(whole("a", 5), 0), Verdict::NewLife);
        assert_eq!(known.told(whole("a", 4), 1), Verdict::Contradicts);
        assert_eq!(known.told(whole("a", 5), 2), Verdict::Known);
        assert!(!known.reports.is_disputed());
        assert_eq!(known.told(short("a", 6), 3), Verdict::Newer);
        assert_eq!(known.told(whole("a", 6), 4), Verdict::Completes);
        assert_eq!(known.told(short("a", 6), 5), Verdict::Known);
        assert!(!known.lacks_details());
    }

    #[test]
    fn another_epoch_or_an_older_revision_is_accepted_once_every_channel_has_reported_it_for_10_seconds() {
        for (other, becomes) in [(whole("b", 1), Verdict::NewLife), (whole("a", 3), Verdict::Newer)] {
            let mut known = snapshot();
            known.told(whole("a", 9), 0);
            known.pushed(whole("a", 9), 0);
            for ms in [20_000, 25_000, 29_999] {
                assert_eq!(known.told(other.clone(), ms), Verdict::Contradicts);
            }
            assert_eq!(known.told(other.clone(), 31_000), Verdict::Contradicts, "the socket has not said so");
            assert_eq!(known.pushed(other.clone(), 32_000), becomes);
            assert_eq!(known.version(), format!("{}.{}", other.epoch, other.rev));
            assert!(!known.reports.is_disputed());
        }
    }

    #[test]
    fn one_report_of_what_is_known_starts_the_ten_seconds_over_and_settles_it_once_nobody_contradicts() {
        let mut known = snapshot();
        known.told(whole("a", 9), 0);
        known.told(whole("b", 1), 20_000);
        known.pushed(whole("a", 9), 29_000);
        known.reports.close(Channel::Socket);
        assert_eq!(known.told(whole("b", 1), 31_000), Verdict::Contradicts);
        assert_eq!(known.told(whole("b", 1), 38_999), Verdict::Contradicts);
        assert_eq!(known.clone().told(whole("b", 1), 39_000), Verdict::NewLife);
        known.told(whole("a", 9), 39_000);
        assert!(!known.reports.is_disputed());
        assert_eq!(known.told(whole("b", 1), 60_000), Verdict::Contradicts);
    }

    #[test]
    fn what_the_events_object_has_not_confirmed_is_never_accepted() {
        let mut known = snapshot();
        known.told(whole("a", 9), 0);
        for second in 1..600 {
            assert_eq!(known.pushed(whole("b", 1), second * 1_000), Verdict::Contradicts);
        }
        assert!(known.reports.shows_dispute(at(600_000)));
        known.reports.close(Channel::Time);
        assert_eq!(known.told(whole("b", 1), 600_000), Verdict::NewLife);
    }

    #[test]
    fn an_epoch_is_banned_for_nobody() {
        let mut known = snapshot();
        known.told(whole("a", 9), 0);
        for (epoch, from) in [("b", 100_000), ("a", 200_000), ("b", 300_000)] {
            assert_eq!(known.told(whole(epoch, 9), from), Verdict::Contradicts);
            assert_eq!(known.told(whole(epoch, 9), from + 10_000), Verdict::NewLife);
        }
    }

    #[test]
    fn the_newest_state_of_the_other_epoch_is_the_one_that_is_accepted() {
        let mut known = snapshot();
        known.told(whole("a", 9), 0);
        known.told(whole("b", 1), 20_000);
        known.told(short("b", 2), 25_000);
        known.told(whole("b", 2), 26_000);
        assert_eq!(known.told(whole("b", 1), 30_000), Verdict::NewLife);
        assert_eq!((known.version(), known.lacks_details()), ("b.2".to_string(), false));
    }

    #[test]
    fn the_same_revision_with_another_timeline_contradicts() {
        let mut known = snapshot();
        known.told(whole("a", 2), 0);
        let mut other = whole("a", 2);
        other.timeline.ended_at = Some(START);
        assert_eq!(known.told(other.clone(), 20_000), Verdict::Contradicts);
        assert_eq!(known.told(other.clone(), 30_000), Verdict::Newer);
        assert_eq!(known.told(other, 31_000), Verdict::Known);
    }

    #[test]
    fn a_restored_event_is_accepted_at_once_although_it_is_behind() {
        let mut restored = whole("b", 4);
        restored.details.as_mut().unwrap().replaces = Some("a".parse().unwrap());
        let mut ahead = snapshot();
        ahead.told(whole("a", 6), 0);
        assert_eq!(ahead.pushed(restored.clone(), 20_000), Verdict::NewLife);
        assert_eq!(ahead.told(whole("a", 7), 21_000), Verdict::Contradicts, "an answer that was late");
        assert!(!ahead.reports.shows_dispute(at(21_000)));
        assert_eq!(ahead.told(restored, 22_000), Verdict::Known);
        assert_eq!(ahead.told(whole("b", 5), 23_000), Verdict::Newer);
    }

    #[test]
    fn a_signed_state_stays_until_the_object_that_has_the_other_epoch_refuses_it() {
        let mut known = snapshot();
        known.told(whole("a", 5), 0);
        known.update(whole("a", 6), None, false, at(1_000));
        known.submit_from = Some(at(1_000));
        let mut restored = whole("b", 1);
        restored.details.as_mut().unwrap().replaces = Some("a".parse().unwrap());
        for ms in [20_000, 40_000, 60_000] {
            assert_eq!(known.told(restored.clone(), ms), Verdict::Contradicts);
            assert_eq!(known.told(whole("a", 5), ms + 1), Verdict::Contradicts);
        }
        known.told(restored.clone(), 70_000);
        known.reports.refuse_signed();
        assert_eq!(known.told(whole("a", 5), 90_000), Verdict::Contradicts, "that one did not refuse it");
        assert_eq!(known.told(restored.clone(), 91_000), Verdict::Contradicts);
        known.reports.refuse_signed();
        assert_eq!(known.told(restored, 101_000), Verdict::NewLife);
    }

    #[test]
    fn a_pong_tells_whether_something_was_missed() {
        let mut known = snapshot();
        let said = |text: &str| text.parse().unwrap();
        known.told(whole("a", 5), 0);
        assert!(known.handle_pong(&said("a.6"), at(5_000)));
        assert!(!known.handle_pong(&said("a.5"), at(5_000)) && !known.reports.is_disputed());
        for other in ["a.4", "b.1"] {
            assert!(!known.handle_pong(&said(other), at(5_000)));
            assert!(known.reports.shows_dispute(at(5_000)), "{other}");
        }
        assert!(known.is_at(&said("a.5")) && !known.is_at(&said("a.6")) && !known.is_at(&said("b.5")));
    }
}
