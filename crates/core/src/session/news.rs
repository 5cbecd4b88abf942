//! The event's state as a viewer receives it, and whether it is newer than what is known.

use super::dispute::{Channel, Reports};
use crate::event::Status;
use crate::name::{Digest, Epoch, Rev};
use crate::order::earliest;
use crate::time::{LocalTime, ServerTime};
use crate::timeline::{EventTimeline, Position};
use crate::version::Version;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The event's state as received in one answer or push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The epoch: the life of the event's counter.
    pub epoch: Epoch,
    /// The revision.
    pub rev: Rev,
    /// The timeline, with the start and the end.
    pub timeline: EventTimeline,
    /// The rundown viewers should have.
    pub rundown: Option<Digest>,
    /// What only the whole state contains.
    pub details: Option<Details>,
}

/// What the short answers omit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// The instant from which each message is shown, the earliest first.
    pub messages: Vec<ServerTime>,
    /// Whether the server pushes changes.
    pub pushes: bool,
    /// The epoch that this one took the place of: a viewer who knows that one accepts this state at once.
    pub replaces: Option<Epoch>,
    /// When the event's object was last asked and had this state itself, by the hub's clock.
    pub confirmed: Option<ServerTime>,
}

/// A state received through the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The state, with its details.
    pub news: News,
    /// The number of the hub that holds the socket.
    pub hub: u16,
    /// Whether the hub asks for an acknowledgement once the change was applied.
    pub ack: bool,
}

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

impl News {
    /// Returns the position at `at`.
    pub fn position(&self, at: ServerTime) -> Position {
        self.timeline.position(at)
    }

    /// Returns the status at `at`.
    pub fn status(&self, at: ServerTime) -> Status {
        self.timeline.status(at)
    }

    /// Returns the index of the message that is shown at `at`.
    pub fn message(&self, at: ServerTime) -> Option<usize> {
        self.details.as_ref()?.messages.iter().rposition(|from| *from <= at)
    }

    /// Returns whether this state, of the same version, has other content: the counter of revisions was set back.
    fn differs_from(&self, known: &Self) -> bool {
        let (timeline, of_known) = (&self.timeline, &known.timeline);
        timeline.timeline != of_known.timeline
            || timeline.ended_at != of_known.ended_at
            || self.rundown != known.rundown
    }

    /// Returns the first instant from which this state differs from `before`; `None` if only the rundown changed,
    /// which applies at once.
    fn parts_from(&self, before: &Self) -> Option<ServerTime> {
        let known = before.timeline.segments();
        let segment = self.timeline.segments().iter().find(|segment| !known.contains(segment));
        let ended_at = self.timeline.ended_at.filter(|_| self.timeline.ended_at != before.timeline.ended_at);
        let message = match (&self.details, &before.details) {
            (Some(details), Some(before)) => details.messages.iter().find(|from| !before.messages.contains(from)),
            _ => None,
        };
        earliest(&[segment.map(|segment| segment.from), ended_at, message.copied()])
    }

    /// Returns the next instant after `at` at which the status or the message may change by itself.
    pub(super) fn next_change(&self, at: ServerTime) -> Option<ServerTime> {
        let message = self.details.as_ref().and_then(|details| details.messages.iter().find(|from| **from > at));
        earliest(&[self.timeline.next_change(at), message.copied()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;
    use crate::time::Span;
    use crate::timeline::{Rate, Segment, Timeline};

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

    #[test]
    fn a_change_takes_effect_where_the_states_part() {
        let at = |ms: i64| START + Span::from_millis(ms);
        let held = |ms: i64| Segment { from: at(ms), position: Position::from_millis(ms), rate: Rate::HELD };
        let (first, mut second) = (whole("a", 1), whole("a", 2));
        assert_eq!(second.parts_from(&first), None);
        let mut segments = first.timeline.segments().to_vec();
        segments.extend([held(5_000), Segment { rate: Rate::NORMAL, ..held(9_000) }]);
        second.timeline.timeline = Timeline::from_segments(segments[..2].to_vec()).unwrap();
        assert_eq!(second.parts_from(&first), Some(at(5_000)));
        // One that missed the pause counts from it, and old segments may have gone.
        let mut third = second.clone();
        third.timeline.timeline = Timeline::from_segments(segments).unwrap();
        assert_eq!((third.parts_from(&first), third.parts_from(&second)), (Some(at(5_000)), Some(at(9_000))));
        third.timeline.timeline = Timeline::from_segments(vec![held(5_000)]).unwrap();
        assert_eq!(third.parts_from(&second), None);
        third.timeline.ended_at = Some(at(20_000));
        assert_eq!(third.parts_from(&second), Some(at(20_000)));
        third.details.as_mut().unwrap().messages.push(at(7_000));
        assert_eq!(third.parts_from(&second), Some(at(7_000)));
        third.details = None;
        assert_eq!(third.parts_from(&second), Some(at(20_000)), "who does not tell of messages tells of no change");
    }

    #[test]
    fn a_short_answer_still_says_when_the_event_starts() {
        let mut short = short("a", 1);
        short.timeline = EventTimeline::of_segments(short.timeline.timeline, None);
        assert_eq!(short.timeline.starts_at, START);
        assert_eq!(short.position(START - Span::from_millis(2_500)), Position::from_millis(-2_500));
        assert_eq!(short.status(START - Span::from_millis(1)), Status::Scheduled);
        assert_eq!(short.next_change(START - Span::from_millis(1)), Some(START));
    }
}
