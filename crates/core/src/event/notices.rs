//! Messages to viewers as steps in time: the last one whose instant has come is shown.

use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

use crate::message::Message;
use crate::time::ServerTime;
use crate::timeline::{EventTimeline, SEGMENT_KEPT, SEGMENTS_MAX};

/// A message, or its removal, from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The instant from which it is shown.
    pub from: ServerTime,
    /// What is shown; `None` removes the message.
    pub message: Option<Message>,
    /// The kind of decision it came with.
    #[serde(default)]
    pub(super) origin: Origin,
}

/// The kind of decision a notice came with: while scheduled, it is replaced together with that decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Origin {
    /// An announcement, or its removal.
    #[default]
    Announcement,
    /// A hold; its message goes away when the event resumes, and when it ends.
    Hold,
    /// A resume, which removed the message of a hold.
    Release,
    /// The end; its message goes away when the event is reopened.
    End,
}

/// Notices in the order in which they take effect.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Notices(Vec<Notice>);

impl Notices {
    /// Rebuilds the notices from public messages, each from an instant on. Which decision they came with is not
    /// public; it follows from what else happens at that instant: the end, a hold, a resume, or nothing, which is an
    /// announcement.
    ///
    /// # Errors
    /// [`NoticeError`] if there are more than [`SEGMENTS_MAX`], or if one comes before another that is shown later.
    pub fn from_public(
        told: Vec<(ServerTime, Option<Message>)>,
        timeline: &EventTimeline,
    ) -> Result<Self, NoticeError> {
        if told.len() > SEGMENTS_MAX {
            return Err(NoticeError::Count(told.len()));
        }
        if let Some(index) = told.windows(2).position(|pair| pair[0].0 > pair[1].0) {
            return Err(NoticeError::Order(index + 1));
        }
        let origin = |from: ServerTime, message: Option<&Message>| {
            let begins = timeline.segment(from).filter(|segment| segment.from == from);
            match (begins, message) {
                _ if timeline.ended_at == Some(from) => Origin::End,
                (Some(segment), _) if segment.rate.is_held() => Origin::Hold,
                (Some(_), None) => Origin::Release,
                _ => Origin::Announcement,
            }
        };
        let notices = told.into_iter().map(|(from, message)| {
            let origin = origin(from, message.as_ref());
            Notice { from, message, origin }
        });
        Ok(Self(notices.collect()))
    }

    /// Returns the notices, the earliest first.
    pub fn as_slice(&self) -> &[Notice] {
        &self.0
    }

    /// Returns the notice in force at `at`.
    pub fn notice(&self, at: ServerTime) -> Option<&Notice> {
        self.0.iter().rev().find(|notice| notice.from <= at)
    }

    /// Returns the message shown at `at`.
    pub fn message(&self, at: ServerTime) -> Option<&Message> {
        self.notice(at).and_then(|notice| notice.message.as_ref())
    }

    /// Returns the next instant after `at` at which the message changes.
    pub fn next_notice(&self, at: ServerTime) -> Option<ServerTime> {
        self.0.iter().map(|notice| notice.from).find(|from| *from > at)
    }

    /// Shows `message` from `from` on; what was scheduled at `from` or later is replaced, but not the message of an
    /// end that is still to come. Returns whether something was replaced.
    pub(super) fn show(&mut self, from: ServerTime, message: Option<Message>, origin: Origin) -> bool {
        let count = self.0.len();
        self.0.retain(|notice| notice.from < from || (notice.origin == Origin::End && notice.from > from));
        let replaced = self.0.len() < count;
        let place = self.0.partition_point(|notice| notice.from < from);
        let unchanged = match place.checked_sub(1).map(|last| &self.0[last]) {
            Some(last) => last.message == message && last.origin == origin,
            None => message.is_none(),
        };
        if !unchanged {
            self.0.insert(place, Notice { from, message, origin });
        }
        if self.0.len() > SEGMENTS_MAX {
            self.0.remove(0);
        }
        replaced
    }

    /// Takes the message away that is shown at `from`, if it came with a decision of the origin `of`, which is over by then
    /// because of one of the origin `by`. Announcements for later stay.
    pub(super) fn take_away(&mut self, from: ServerTime, of: Origin, by: Origin) {
        let place = self.0.partition_point(|notice| notice.from <= from);
        let is_over = |shown: &Notice| shown.origin == of && shown.message.is_some();
        let Some(shown) = self.0[..place].last_mut().filter(|shown| is_over(shown)) else { return };
        let gone = Notice { from, message: None, origin: by };
        if shown.from == from {
            *shown = gone;
        } else {
            self.0.insert(place, gone);
        }
        if self.0.len() > SEGMENTS_MAX {
            self.0.remove(0);
        }
    }

    /// Takes the message of a hold away when the event ends, if it is still shown by then. `from` is when a decision takes
    /// effect that may have changed the one or the other.
    pub(super) fn end_hold(&mut self, ended_at: Option<ServerTime>, from: ServerTime) {
        self.0.retain(|notice| notice.origin != Origin::End || notice.message.is_some() || notice.from <= from);
        if let Some(ended_at) = ended_at {
            self.take_away(ended_at, Origin::Hold, Origin::End);
        }
    }

    /// Returns these notices up to `from`, then what `shown` shows, then what is `scheduled` after that.
    pub(super) fn continued(&self, from: ServerTime, shown: Option<&Notice>, scheduled: &Self) -> Self {
        let mut notices = Self(self.0.iter().filter(|notice| notice.from < from).cloned().collect());
        let (message, origin) = shown.map(|notice| (notice.message.clone(), notice.origin)).unwrap_or_default();
        notices.show(from, message, origin);
        notices.0.extend(scheduled.0.iter().filter(|notice| notice.from > from).cloned());
        notices
    }

    /// Removes what was scheduled at `from` or later by decisions of these origins.
    pub(super) fn forget(&mut self, from: ServerTime, origins: &[Origin]) {
        self.0.retain(|notice| notice.from < from || !origins.contains(&notice.origin));
    }

    /// Removes the messages of holds, since those holds no longer exist.
    pub(super) fn release(&mut self, now: ServerTime) {
        self.forget(now, &[Origin::Release]);
        self.0.retain(|notice| notice.from <= now || notice.origin != Origin::Hold);
        for notice in self.0.iter_mut().filter(|notice| notice.origin == Origin::Hold) {
            notice.message = None;
            notice.origin = Origin::Release;
        }
    }

    /// Removes what is superseded at `at`.
    pub(super) fn drop_superseded(&mut self, at: ServerTime) {
        let superseded = self.0.partition_point(|notice| notice.from <= at).saturating_sub(1);
        self.0.drain(..superseded);
    }

    /// Removes the notice that matters least to a decision that takes effect at `at`: the earliest that is superseded by
    /// then, then the latest scheduled, then the one in force. The notice that came with the decision stays.
    pub(super) fn drop_least(&mut self, at: ServerTime) -> Option<Notice> {
        let due = self.0.partition_point(|notice| notice.from <= at);
        if due > 1 {
            return Some(self.0.remove(0));
        }
        let is_of_the_decision = self.0.get(due.wrapping_sub(1)).is_some_and(|notice| notice.from == at);
        if self.0.len() > due || !is_of_the_decision { self.0.pop() } else { None }
    }

    /// Removes what was superseded longer ago than a viewer's clock can be wrong.
    pub(super) fn prune(&mut self, now: ServerTime) {
        let superseded = self.0.iter().skip(1).take_while(|next| next.from + SEGMENT_KEPT <= now).count();
        self.0.drain(..superseded);
    }
}

/// Why public messages are not valid notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeError {
    /// There are more than [`SEGMENTS_MAX`]; holds the number.
    Count(usize),
    /// The notice with this index is shown before its predecessor.
    Order(usize),
}

impl fmt::Display for NoticeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "there are {count} messages, at most {SEGMENTS_MAX} fit"),
            Self::Order(index) => {
                write!(f, "message {index} is shown before the one in front of it; order them by \"from\"")
            }
        }
    }
}
impl core::error::Error for NoticeError {}
