//! The authoritative state of an event, and what a command does to it.
//!
//! ```
//! use downbeat_core::*;
//! let now = ServerTime::from_millis(1_704_067_200_000);
//! let start = Configuration { starts_at: Some(now), ..Configuration::default() };
//! let mut event = EventState::create(start, "e1".parse()?, "maria", now)?;
//! let at = now + Span::from_millis(600_000);
//! let pause = Request {
//!     id: "p1".parse()?, command: Command::Pause { message: None }, actor: "maria".into(),
//!     reason: None, if_rev: None, at: None,
//! };
//! let Outcome::Applied { effective_at, .. } = event.handle_command(&pause, None, at)? else { panic!() };
//! // It takes effect slightly ahead, so that all viewers hold at the same position: 10 min and 500 ms.
//! assert_eq!(effective_at, at + Span::from_millis(500));
//! assert_eq!(event.status(effective_at), Status::Paused);
//! assert_eq!(event.position(at + Span::from_millis(60_000)), Position::from_millis(600_500));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apply;
mod configuration;
mod emergency;
mod limits;
mod notices;
mod parts;
mod preview;
mod refusal;
mod reset;
mod restore;
mod room;
mod size;
mod stored;
mod undo;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::message::{Locale, Message};
use crate::name::{CommandId, Digest, Epoch, Rev};
use crate::order::earliest;
use crate::room::RoomState;
use crate::time::{ServerTime, Span};
use crate::timeline::{EventTimeline, Position, Rate, Segment, Timeline};
use crate::version::Version;

pub use crate::timeline::Status;
pub use apply::{Outcome, Receipt};
pub use configuration::{Configuration, Delivery, HubCount, Sizing};
pub use emergency::{EmergencyChannel, EmergencyKey, EmergencyState, PAGE_URL_BYTES_MAX, PageUrl};
pub use limits::{
    HUBS_MAX, ORIGIN_CHARS_MAX, ORIGINS_MAX, PAUSE_BYTES, RESYNC_MAX, RESYNC_MIN, STATE_BYTES_MAX, TITLE_CHARS_MAX,
};
pub use notices::{Notice, NoticeError, Notices};
pub use parts::StateParts;
pub use refusal::Refusal;
pub use reset::Reset;
pub use stored::{STORED_VERSION, StoredError};
pub use undo::{Reverted, Undoable};

/// The state of one event.
///
/// Methods whose answer depends on the instant (status, position, message) take that instant.
/// Its serde form is how the event is stored between commands; what viewers receive is in `downbeat-wire`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventState {
    epoch: Epoch,
    rev: Rev,
    show: Show,
    last: ChangeRecord,
    /// The newest change that changed anything, with its revision, if later ones changed nothing: `undo` is about that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prior: Option<Box<(Rev, ChangeRecord)>>,
    /// How many hubs there are since some were added; 0 before that. Not a part of the show: undo removes no hub, since
    /// that would send its viewers away.
    #[serde(default, skip_serializing_if = "is_zero")]
    grown: u16,
    /// The epoch that this one took the place of, when storage was restored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<Epoch>,
    /// What is so only of rooms. Not a part of the show: there is no undo in rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    room: Option<Box<RoomState>>,
}

/// What a command can change, and undo can restore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Show {
    title: String,
    starts_at: ServerTime,
    duration: Option<Span>,
    locale: Locale,
    delivery: Delivery,
    #[serde(default)]
    origins: Vec<String>,
    /// Where viewers look when neither socket nor server answers, and whose signature they accept there.
    #[serde(default)]
    emergency: Option<EmergencyChannel>,
    /// What operators decided, as if the event never ended.
    timeline: Timeline,
    /// The rate at which the event moves whenever it is not held; its positions are not used.
    pace: Timeline,
    ended_at: Option<ServerTime>,
    notices: Notices,
    rundown: Option<Digest>,
    /// Where viewers load the rundown from; `None` for the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rundown_url: Option<PageUrl>,
    /// Whether it is archived: nothing changes it until it no longer is.
    #[serde(default, skip_serializing_if = "is_false")]
    archived: bool,
}

/// Who changed what, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRecord {
    id: Option<CommandId>,
    name: String,
    actor: String,
    reason: Option<String>,
    at: ServerTime,
    effective_at: ServerTime,
    /// The show before it; `None` for the creation of the event, which cannot be undone, and for what changed nothing.
    before: Option<Box<Show>>,
    /// The name of the change that an `undo` reverted, or a `redo` applied again. Earlier versions stored no more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undoes: Option<String>,
    /// That change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reverted: Option<Box<Reverted>>,
}

impl ChangeRecord {
    /// Returns the id of the command; `None` for a change of the configuration.
    pub fn id(&self) -> Option<&CommandId> {
        self.id.as_ref()
    }

    /// Returns the command's name; `create`, `configure`, `archive`, `unarchive`, or `emergency` for other changes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the actor.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Returns the reason.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Returns when it was decided.
    pub const fn at(&self) -> ServerTime {
        self.at
    }

    /// Returns when it takes or took effect.
    pub const fn effective_at(&self) -> ServerTime {
        self.effective_at
    }

    /// Returns whether `undo` can revert it.
    pub const fn can_be_undone(&self) -> bool {
        self.before.is_some()
    }

    /// Returns the change that an `undo` reverted, or a `redo` applied again.
    pub fn reverted(&self) -> Option<&Reverted> {
        self.reverted.as_deref()
    }
}

impl Show {
    /// Removes what was superseded longer ago than a viewer's clock can be wrong.
    fn prune(&mut self, now: ServerTime) {
        // An ended event stays where it ended, so the segment in force then is always needed.
        let past = self.ended_at.map_or(now, |ended_at| ended_at.min(now));
        self.timeline.prune(past);
        self.pace.prune(past);
        self.notices.prune(now);
    }

    /// Returns the timeline as viewers see it: held from the end on.
    fn visible(&self) -> EventTimeline {
        let Self { starts_at, ended_at, .. } = *self;
        let mut visible = EventTimeline { timeline: self.timeline.clone(), starts_at, ended_at };
        if let Some(ended_at) = ended_at {
            visible.change(ended_at, None, Some(Rate::HELD));
        }
        visible
    }
}

const fn is_zero(number: &u16) -> bool {
    *number == 0
}

const fn is_false(value: &bool) -> bool {
    !*value
}

impl EventState {
    /// Returns the state's epoch and revision.
    pub fn version(&self) -> Version {
        Version { epoch: self.epoch.clone(), rev: self.rev }
    }

    /// Returns the epoch: the life of this event's counter of revisions.
    pub const fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// Returns the epoch that this one took the place of ([`EventState::handle_restore`], [`EventState::handle_reset`]); it is over,
    /// whatever revision of it anybody has.
    pub const fn replaces(&self) -> Option<&Epoch> {
        self.replaces.as_ref()
    }

    /// Returns the revision: it grows by one with every change; an emergency brings the signed one.
    pub const fn rev(&self) -> Rev {
        self.rev
    }

    /// Returns the title; may be empty.
    pub fn title(&self) -> &str {
        &self.show.title
    }

    /// Returns the instant at which the event begins, or would have begun without a hold.
    pub const fn starts_at(&self) -> ServerTime {
        self.show.starts_at
    }

    /// Returns how long the event is meant to last, if that is known. Passing it does not end the event.
    pub const fn duration(&self) -> Option<Span> {
        self.show.duration
    }

    /// Returns the locale of messages given as plain text, and of the `message` in `/time`.
    pub const fn locale(&self) -> &Locale {
        &self.show.locale
    }

    /// Returns how the state is delivered to viewers.
    pub fn delivery(&self) -> Delivery {
        let Delivery { hubs, sizing, resync } = self.show.delivery;
        let hubs = if sizing == Sizing::Fixed { hubs } else { hubs.max(self.grown) };
        Delivery { hubs, sizing, resync }
    }

    /// Returns the sites whose pages may open sockets; empty means any.
    pub fn origins(&self) -> &[String] {
        &self.show.origins
    }

    /// Returns whether a page of the site `origin` may open a socket. Programs without an origin may.
    pub fn admits(&self, origin: Option<&str>) -> bool {
        let named = &self.show.origins;
        named.is_empty() || origin.is_none_or(|origin| named.iter().any(|one| one == origin))
    }

    /// Returns where viewers look when the server does not answer; `None` if the event has no such place.
    pub const fn emergency(&self) -> Option<&EmergencyChannel> {
        self.show.emergency.as_ref()
    }

    /// Returns the rundown viewers should have.
    pub const fn rundown(&self) -> Option<Digest> {
        self.show.rundown
    }

    /// Returns where viewers load the rundown from; `None` for the server itself.
    pub const fn rundown_url(&self) -> Option<&PageUrl> {
        self.show.rundown_url.as_ref()
    }

    /// Returns the instant of the end, past or scheduled.
    pub const fn ended_at(&self) -> Option<ServerTime> {
        self.show.ended_at
    }

    /// Returns whether the event is archived: then it has ended, and every change but its removal from the archive is refused.
    pub const fn is_archived(&self) -> bool {
        self.show.archived
    }

    /// Returns the messages to viewers, current and scheduled.
    pub const fn notices(&self) -> &Notices {
        &self.show.notices
    }

    /// Returns whether the last change changed nothing, such as the pause of an event that is paused already.
    pub const fn is_unchanged(&self) -> bool {
        self.prior.is_some()
    }

    /// Returns the last change.
    pub const fn last_change(&self) -> &ChangeRecord {
        &self.last
    }

    /// Returns the timeline as viewers see it, the end included.
    pub fn timeline(&self) -> EventTimeline {
        self.show.visible()
    }

    /// Returns the position at `at`.
    pub fn position(&self, at: ServerTime) -> Position {
        self.show.visible().position(at)
    }

    /// Returns the status at `at`.
    pub fn status(&self, at: ServerTime) -> Status {
        self.show.visible().status(at)
    }

    /// Returns the message shown at `at`.
    pub fn message(&self, at: ServerTime) -> Option<&Message> {
        self.show.notices.message(at)
    }

    /// Returns the next instant after `at` at which the status, the message or the segment in force may change by
    /// itself; `None` if only a command can change anything.
    pub fn next_change(&self, at: ServerTime) -> Option<ServerTime> {
        earliest(&[self.show.visible().next_change(at), self.show.notices.next_notice(at)])
    }

    /// Returns the segment in force at `at`, for display.
    pub fn segment(&self, at: ServerTime) -> Option<Segment> {
        self.show.visible().segment(at).copied()
    }
}
