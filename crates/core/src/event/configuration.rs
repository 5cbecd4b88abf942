//! The configuration of an event: its start, duration, title and delivery.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::limits::{HUBS_MAX, ORIGIN_CHARS_MAX, ORIGINS_MAX, RESYNC_MAX, RESYNC_MIN, TITLE_CHARS_MAX};
use super::notices::Origin;
use super::size::GivesWay;
use super::{ChangeRecord, EmergencyChannel, EventState, Notices, Refusal, Show};
use crate::fanout::{Occupancy, hubs_for};
use crate::message::Locale;
use crate::name::{Epoch, Rev};
use crate::time::{ServerTime, Span};
use crate::timeline::{Position, Timeline};

/// The longest `duration`: 366 days.
const DURATION_MAX: Span = Span::from_millis(366 * 24 * 3_600_000);

/// Who decides how many hubs an event has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sizing {
    /// An operator, once and for all. So it is with events from before there was a choice.
    #[default]
    Fixed,
    /// The event: it adds hubs as they fill.
    Auto {
        /// How many viewers are expected; enough hubs for them exist from the beginning.
        expected: Option<u32>,
    },
}

impl Sizing {
    const fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed)
    }
}

/// How many hubs an event is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubCount {
    /// This many: 1 to [`HUBS_MAX`].
    Fixed(u16),
    /// As many as there are now, or as the `expected` viewers need; more are added as they fill.
    Auto {
        /// How many viewers are expected, if that is known.
        expected: Option<u32>,
    },
}

/// How an event's state is delivered to viewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The number of hubs that hold the viewers' sockets: 1 to [`HUBS_MAX`].
    pub hubs: u16,
    /// Whether hubs are added.
    #[serde(default, skip_serializing_if = "Sizing::is_fixed")]
    pub sizing: Sizing,
    /// The interval at which viewers ask for the time once they know it: [`RESYNC_MIN`] to [`RESYNC_MAX`].
    pub resync: Span,
}

impl Default for Delivery {
    /// Returns 4 hubs, which cover the regions of most audiences, more as they fill, and 5 minutes.
    fn default() -> Self {
        Self { hubs: 4, sizing: Sizing::Auto { expected: None }, resync: Span::from_millis(300_000) }
    }
}

/// Settings to change. Fields that are `None` stay as they are, or have their default in a new event.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Configuration {
    /// When the event begins; a new event needs it.
    pub starts_at: Option<ServerTime>,
    /// Its planned duration; `Some(None)` makes it unknown.
    pub duration: Option<Option<Span>>,
    /// Its title.
    pub title: Option<String>,
    /// The locale of plain messages.
    pub locale: Option<Locale>,
    /// The number of hubs that hold the viewers' sockets, or that the event decides it.
    pub hubs: Option<HubCount>,
    /// The interval at which viewers ask for the time.
    pub resync: Option<Span>,
    /// The sites whose pages may open sockets, as a browser's `Origin` names them (`https://example.com`); empty for
    /// any.
    pub origins: Option<Vec<String>>,
    /// Where viewers look when the server does not answer; `Some(None)` removes it.
    pub emergency: Option<Option<EmergencyChannel>>,
    /// Whether it is archived; only an event that has ended can be.
    pub archived: Option<bool>,
    /// The revision this was decided on; if the event has moved on, the change is refused.
    pub if_rev: Option<Rev>,
    /// Why, for the log.
    pub reason: Option<String>,
}

impl Configuration {
    fn check(&self) -> Result<(), Refusal> {
        if let Some(title) = &self.title {
            let chars = title.chars().count();
            if chars > TITLE_CHARS_MAX {
                return Err(Refusal::Title { chars });
            }
        }
        if let Some(Some(duration)) = self.duration
            && !(Span::from_millis(1_000)..=DURATION_MAX).contains(&duration)
        {
            return Err(Refusal::Duration { duration });
        }
        if let Some(HubCount::Fixed(hubs)) = self.hubs
            && !(1..=HUBS_MAX).contains(&hubs)
        {
            return Err(Refusal::Hubs { hubs });
        }
        if let Some(resync) = self.resync
            && !(RESYNC_MIN..=RESYNC_MAX).contains(&resync)
        {
            return Err(Refusal::Resync { resync });
        }
        if let Some(origins) = &self.origins {
            if origins.len() > ORIGINS_MAX {
                return Err(Refusal::Origins { count: origins.len() });
            }
            if let Some(index) = origins.iter().position(|origin| !is_origin(origin)) {
                let origin = origins[index].chars().take(ORIGIN_CHARS_MAX).collect();
                return Err(Refusal::Origin { index, origin });
            }
        }
        Ok(())
    }

    /// Applies everything but the start to `show`.
    fn apply(&self, show: &mut Show) {
        if let Some(duration) = self.duration {
            show.duration = duration;
        }
        if let Some(title) = &self.title {
            show.title.clone_from(title);
        }
        if let Some(locale) = &self.locale {
            show.locale.clone_from(locale);
        }
        if let Some(origins) = &self.origins {
            show.origins.clone_from(origins);
        }
        if let Some(emergency) = &self.emergency {
            show.emergency.clone_from(emergency);
        }
        match self.hubs {
            Some(HubCount::Fixed(hubs)) => {
                show.delivery.hubs = hubs;
                show.delivery.sizing = Sizing::Fixed;
            }
            Some(HubCount::Auto { expected }) => {
                show.delivery.hubs = show.delivery.hubs.max(expected.map_or(1, hubs_for));
                show.delivery.sizing = Sizing::Auto { expected };
            }
            None => {}
        }
        show.archived = self.archived.unwrap_or(show.archived);
        show.delivery.resync = self.resync.unwrap_or(show.delivery.resync);
    }
}

/// Returns whether `text` is an origin as browsers write it: scheme and host, the port if it is not the scheme's own.
fn is_origin(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_:[]".contains(&byte);
    text.len() <= ORIGIN_CHARS_MAX && !host.is_empty() && host.bytes().all(plain)
}

impl EventState {
    /// Creates an event. It begins by itself at `starts_at`, which may be in the past: then it runs already.
    ///
    /// `epoch` is new for every event ever created; the caller draws it, since core has no randomness.
    ///
    /// # Errors
    /// [`Refusal`] if there is no start or a value is out of its range.
    pub fn create(configuration: Configuration, epoch: Epoch, actor: &str, now: ServerTime) -> Result<Self, Refusal> {
        configuration.check()?;
        let starts_at = configuration.starts_at.ok_or(Refusal::NoStart)?;
        let mut show = Show {
            title: String::new(),
            starts_at,
            duration: None,
            locale: Locale::default(),
            delivery: Delivery::default(),
            origins: Vec::new(),
            emergency: None,
            timeline: Timeline::starting_at(starts_at),
            pace: Timeline::starting_at(starts_at),
            ended_at: None,
            notices: Notices::default(),
            rundown: None,
            rundown_url: None,
            archived: false,
        };
        configuration.apply(&mut show);
        show.check_archive(now)?;
        let last = ChangeRecord {
            id: None,
            name: "create".to_owned(),
            actor: actor.to_owned(),
            reason: configuration.reason,
            at: now,
            effective_at: now,
            before: None,
            undoes: None,
            reverted: None,
        };
        let state = Self { epoch, rev: Rev::FIRST, show, last, prior: None, grown: 0, replaces: None, room: None };
        state.check_size(None, now)?;
        Ok(state)
    }

    /// Adds hubs if they are filling up, by what hubs report, and returns whether it did. Hubs are crowded at `crowded`
    /// sockets.
    ///
    /// The revision stays: viewers learn nothing new, and an operator who decided on this revision is not refused.
    pub fn handle_occupancy(&mut self, occupancy: &Occupancy, crowded: u32) -> bool {
        let hubs = self.delivery().hubs;
        if self.show.delivery.sizing == Sizing::Fixed {
            return false;
        }
        let needed = occupancy.hubs_needed(hubs, crowded);
        if needed > hubs {
            self.grown = needed;
        }
        needed > hubs
    }

    /// Returns whether this is the same state as `other`, but for hubs that were added since.
    pub fn has_grown_since(&self, other: &Self) -> bool {
        self.epoch == other.epoch && self.rev == other.rev && self.delivery().hubs > other.delivery().hubs
    }

    /// Changes the event's configuration; returns whether that changed anything.
    ///
    /// # Errors
    /// [`Refusal`] if a value is out of its range, if the start would move though the event has begun, if the event has
    /// changed since `if_rev`, if it is archived and would stay so, or if it would be archived before its end. The state is then
    /// unchanged.
    pub fn handle_configuration(
        &mut self,
        configuration: Configuration,
        actor: &str,
        now: ServerTime,
    ) -> Result<bool, Refusal> {
        configuration.check()?;
        self.check_rev(configuration.if_rev)?;
        let mut show = self.show.clone();
        configuration.apply(&mut show);
        let starts_at = configuration.starts_at.filter(|starts_at| *starts_at != show.starts_at);
        if show == self.show && starts_at.is_none() {
            return Ok(false);
        }
        let name = match (self.show.archived, show.archived) {
            (true, true) => return Err(Refusal::Archived),
            (false, true) => "archive",
            (true, false) => "unarchive",
            (false, false) => "configure",
        };
        if let Some(starts_at) = starts_at {
            show.reschedule(starts_at, now)?;
        }
        show.check_archive(now)?;
        let last = ChangeRecord {
            id: None,
            name: name.to_owned(),
            actor: actor.to_owned(),
            reason: configuration.reason,
            at: now,
            effective_at: now,
            before: Some(Box::new(self.show.clone())),
            undoes: None,
            reverted: None,
        };
        let mut after = Self { rev: self.next_rev()?, show, last, prior: None, ..self.clone() };
        after.check_size(Some(&self.show), now)?;
        after.fit(now, now, GivesWay::Unseen);
        *self = after;
        Ok(true)
    }
}

impl Show {
    /// # Errors
    /// [`Refusal::NotOver`] if the show is archived before its end.
    fn check_archive(&self, now: ServerTime) -> Result<(), Refusal> {
        let is_over = self.ended_at.is_some_and(|ended_at| ended_at <= now);
        if self.archived && !is_over { Err(Refusal::NotOver { ended_at: self.ended_at }) } else { Ok(()) }
    }

    /// Moves the start of an event that has not begun. A hold of the countdown and what was scheduled are removed, with
    /// their messages. Announcements stay. Returns whether something scheduled was replaced.
    pub(super) fn reschedule(&mut self, starts_at: ServerTime, now: ServerTime) -> Result<bool, Refusal> {
        if let Some(ended_at) = self.ended_at.filter(|ended_at| *ended_at <= now) {
            return Err(Refusal::Ended { ended_at });
        }
        let position = self.timeline.position(now, self.starts_at);
        if position >= Position::START {
            return Err(Refusal::HasBegun { position });
        }
        if starts_at <= now {
            return Err(Refusal::StartsInThePast { starts_at, now });
        }
        let planned = self.timeline.segments().iter().any(|change| change.from > now && change.from != self.starts_at);
        let replaced = planned || self.ended_at.is_some();
        self.starts_at = starts_at;
        self.timeline = Timeline::starting_at(starts_at);
        self.pace = Timeline::starting_at(starts_at);
        self.ended_at = None;
        self.notices.release(now);
        self.notices.forget(now, &[Origin::End]);
        Ok(replaced)
    }
}
