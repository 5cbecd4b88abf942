//! What members learn of each other: changes, several at a time.

use alloc::vec::Vec;

use super::id::MemberId;
use super::member::{Member, MemberView, Readiness};
use crate::time::{ServerTime, Span};

/// The most members that are listed by name: 100. Above that members learn only how many there are.
pub const LISTED_MAX: usize = 100;

/// How long changes are collected at the least: 250 ms. Somebody who reloads within it has not left.
const COLLECTED_MIN: Span = Span::from_millis(250);

/// How much longer they are collected for each member: 20 ms, so that however many there are, and however often they come and go,
/// a room sends at most 50 such messages a second.
const COLLECTED_EACH: Span = Span::from_millis(20);

/// What has changed of the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// These are all members; whoever is not among them is gone.
    All(Vec<MemberView>),
    /// These have come, or have changed, and those have left.
    Changes {
        /// Who came or changed.
        present: Vec<MemberView>,
        /// Who left.
        left: Vec<MemberId>,
    },
    /// There are more than [`LISTED_MAX`], of whom these are so many.
    Counts {
        /// All members.
        members: usize,
        /// Those for whom the room waits, or cannot wait.
        buffering: usize,
    },
}

/// The changes that have not been told yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices {
    changed: Vec<MemberId>,
    due: Option<ServerTime>,
    /// Whether members were told counts last.
    counted: bool,
}

impl Presence {
    /// Returns all that is told of `members` to one who comes.
    pub(super) fn whole<S: Clone>(members: &[Member<S>]) -> Self {
        if members.len() <= LISTED_MAX {
            return Self::All(members.iter().map(Member::view).collect());
        }
        let is_buffering =
            |member: &&Member<S>| matches!(member.readiness, Readiness::Buffering | Readiness::AwaitedBuffering);
        Self::Counts { members: members.len(), buffering: members.iter().filter(is_buffering).count() }
    }
}

impl Notices {
    pub(super) const fn due(&self) -> Option<ServerTime> {
        self.due
    }

    /// Notes whether members were told counts before this hub was evicted.
    pub(super) const fn set_counted(&mut self, counted: bool) {
        self.counted = counted;
    }

    /// Notes that a member of a room of `count` has come, changed or left.
    pub(super) fn note(&mut self, member: MemberId, count: usize, now: ServerTime) {
        if !self.changed.contains(&member) {
            self.changed.push(member);
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let collected = Span::from_micros(COLLECTED_EACH.as_micros().saturating_mul(count)).max(COLLECTED_MIN);
        self.due.get_or_insert(now + collected);
    }

    /// Returns what is to be told at `now`.
    pub(super) fn take_due<S: Clone>(&mut self, members: &mut [Member<S>], now: ServerTime) -> Option<Presence> {
        self.due.take_if(|due| *due <= now)?;
        let changed = core::mem::take(&mut self.changed);
        let was_counted = core::mem::replace(&mut self.counted, members.len() > LISTED_MAX);
        if self.counted || was_counted {
            return Some(Presence::whole(members));
        }
        let is_present = |id: &MemberId| members.iter().any(|member| member.id == *id);
        let left = changed.iter().copied().filter(|id| !is_present(id)).collect();
        let present = members.iter().filter(|member| changed.contains(&member.id)).map(Member::view).collect();
        Some(Presence::Changes { present, left })
    }
}
