//! The event's state as a viewer receives it.

use crate::event::Status;
use crate::name::{Digest, Epoch, Rev};
use crate::order::earliest;
use crate::time::ServerTime;
use crate::timeline::{EventTimeline, Position};
use alloc::vec::Vec;

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
    pub(super) fn differs_from(&self, known: &Self) -> bool {
        let (timeline, of_known) = (&self.timeline, &known.timeline);
        timeline.timeline != of_known.timeline
            || timeline.ended_at != of_known.ended_at
            || self.rundown != known.rundown
    }

    /// Returns the first instant from which this state differs from `before`; `None` if only the rundown changed,
    /// which applies at once.
    pub(super) fn parts_from(&self, before: &Self) -> Option<ServerTime> {
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
