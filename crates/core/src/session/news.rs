//! The event's state as a viewer receives it, and whether it is newer than what is known.

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
    /// The epoch that is over since storage was restored: what is said of it later does not count.
    pub replaces: Option<Epoch>,
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
    /// A higher revision.
    Newer,
    /// The same revision, with the details that were missing.
    Completes,
    /// Known already, or outdated.
    Old,
}

/// What this viewer knows of the event.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    pub(super) news: Option<News>,
    /// When the last change took effect or will, if that is an instant of its own.
    pub(super) effective_at: Option<ServerTime>,
    /// Set while the state is a signed one that the server has not sent yet: when it may be submitted next.
    pub(super) submit_from: Option<LocalTime>,
    /// Set meanwhile: the last revision that came from the server.
    pub(super) signed_over: Option<Rev>,
    /// Epochs that were replaced. An answer may be late, or come from a server that is behind; a viewer never returns
    /// to an epoch that is over.
    former: Vec<Epoch>,
}

/// The number of former epochs remembered: 8. An event gets a new epoch once, if ever.
const FORMER_MAX: usize = 8;

impl Snapshot {
    /// Updates the snapshot if `news` is newer, and returns how the two relate.
    pub(super) fn update(&mut self, news: News) -> Verdict {
        let verdict = self.judge(&news);
        if verdict == Verdict::NewLife {
            self.effective_at = None;
            if let Some(before) = &self.news {
                self.former.insert(0, before.epoch.clone());
            }
        }
        if let (true, Some(Details { replaces: Some(replaced), .. })) = (verdict != Verdict::Old, &news.details) {
            self.former.insert(0, replaced.clone());
        }
        self.former.truncate(FORMER_MAX);
        if verdict == Verdict::Newer {
            self.effective_at = self.news.as_ref().and_then(|before| news.parts_from(before));
        }
        if verdict != Verdict::Old {
            self.submit_from = None;
            self.signed_over = None;
            self.news = Some(news);
        }
        verdict
    }

    /// Returns whether the whole state must be requested.
    pub(super) fn lacks_details(&self) -> bool {
        self.news.as_ref().is_none_or(|news| news.details.is_none())
    }

    /// Returns whether the version `said` is newer than the known state.
    pub(super) fn is_behind(&self, said: &Version) -> bool {
        matches!(self.compare(&said.epoch, said.rev), Verdict::NewLife | Verdict::Newer)
    }

    /// Returns whether `said` is the version of the known state.
    pub(super) fn is_at(&self, said: &Version) -> bool {
        self.news.as_ref().is_some_and(|known| known.epoch == said.epoch && known.rev == said.rev)
    }

    fn judge(&self, news: &News) -> Verdict {
        match self.compare(&news.epoch, news.rev) {
            Verdict::Completes if self.lacks_details() && news.details.is_some() => Verdict::Completes,
            Verdict::Completes => Verdict::Old,
            verdict => verdict,
        }
    }

    /// Returns how a version relates to the known one; `Completes` means the same revision.
    fn compare(&self, epoch: &Epoch, rev: Rev) -> Verdict {
        match &self.news {
            None => Verdict::NewLife,
            Some(known) if known.epoch != *epoch && self.former.contains(epoch) => Verdict::Old,
            Some(known) if known.epoch != *epoch => Verdict::NewLife,
            Some(known) => match rev.cmp(&known.rev) {
                Ordering::Less => Verdict::Old,
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
    use crate::time::Span;
    use crate::timeline::{Rate, Segment, Timeline};

    const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn whole(epoch: &str, rev: u64) -> News {
        News { details: Some(Details { messages: vec![START], pushes: true, replaces: None }), ..short(epoch, rev) }
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

    #[test]
    fn only_a_higher_revision_of_the_epoch_wins() {
        let mut known = Snapshot::default();
        assert_eq!(known.update(whole("a", 5)), Verdict::NewLife);
        assert_eq!(known.update(whole("a", 4)), Verdict::Old);
        assert_eq!(known.update(whole("a", 5)), Verdict::Old);
        assert_eq!(known.update(short("a", 6)), Verdict::Newer);
        assert_eq!(known.update(whole("a", 6)), Verdict::Completes);
        assert_eq!(known.update(short("a", 6)), Verdict::Old);
        assert!(!known.lacks_details());
    }

    #[test]
    fn nobody_goes_back_to_a_life_that_is_over() {
        let mut known = Snapshot::default();
        known.update(whole("a", 9));
        assert_eq!(known.update(whole("b", 1)), Verdict::NewLife);
        assert_eq!(known.update(whole("a", 10)), Verdict::Old);
        assert_eq!(known.update(whole("b", 2)), Verdict::Newer);
    }

    #[test]
    fn a_restored_event_is_applied_although_it_is_behind_and_what_it_replaces_is_over() {
        let mut restored = whole("b", 4);
        restored.details.as_mut().unwrap().replaces = Some("a".parse().unwrap());
        let mut ahead = Snapshot::default();
        ahead.update(whole("a", 6));
        assert!(ahead.is_behind(&"b.4".parse().unwrap()));
        assert_eq!(ahead.update(restored.clone()), Verdict::NewLife);
        assert_eq!(ahead.update(whole("a", 7)), Verdict::Old);
        // One that joined afterwards and is answered by somebody who has not heard of it.
        let mut joined = Snapshot::default();
        joined.update(restored);
        assert_eq!(joined.update(whole("a", 6)), Verdict::Old);
        assert_eq!(joined.update(whole("b", 5)), Verdict::Newer);
    }

    #[test]
    fn a_pong_tells_whether_something_was_missed() {
        let mut known = Snapshot::default();
        let said = |text: &str| text.parse().unwrap();
        known.update(whole("a", 5));
        assert!(known.is_behind(&said("a.6")) && known.is_behind(&said("b.1")));
        assert!(!known.is_behind(&said("a.5")) && !known.is_behind(&said("a.4")));
        known.update(whole("b", 1));
        assert!(!known.is_behind(&said("a.7")), "that life is over");
        assert!(known.is_at(&said("b.1")) && !known.is_at(&said("b.2")) && !known.is_at(&said("a.1")));
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
