//! The last resort: a state that an operator signed while the server could not be reached.
//!
//! It is made from the last known state, and replaces the server's own once that is back. Whether its
//! signature is valid is checked by the shells.
//!
//! ```
//! use downbeat_core::event::{EmergencyState, Notices};
//! use downbeat_core::*;
//! let start = ServerTime::from_millis(1_704_067_200_000);
//! let made = Configuration { starts_at: Some(start), ..Configuration::default() };
//! let mut event = EventState::create(made, "e1".parse()?, "maria", start)?;
//! // Ten minutes in, the server fails. The last known state is paused and signed.
//! let mut emergency = EmergencyState::new(&"main".parse()?, &event, start);
//! emergency.handle_pause(None, start + Span::from_millis(600_000))?;
//! // The server is back: the event becomes what viewers of the signed state saw all along.
//! event.handle_emergency(&emergency)?;
//! assert_eq!(event.position(start + Span::from_millis(3_600_000)), Position::from_millis(600_500));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod channel;

pub use channel::{EmergencyChannel, EmergencyKey, PAGE_URL_BYTES_MAX, PageUrl};

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;

use super::notices::Origin;
use super::size::GivesWay;
use super::undo::parted_at;
use super::{ChangeRecord, EventState, Notices, Refusal, Show};
use crate::command::LEAD_PAUSE;
use crate::message::Message;
use crate::name::{Digest, Epoch, EventName, Rev};
use crate::time::ServerTime;
use crate::timeline::{EventTimeline, Rate, Timeline};

/// The name of the change in the log.
const NAME: &str = "emergency";

/// What is signed: the state of one event, as viewers see it, at one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyState {
    /// The event it belongs to.
    pub event: EventName,
    /// The epoch it belongs to.
    pub epoch: Epoch,
    /// Its revision.
    pub rev: Rev,
    /// The timeline as viewers see it, the end included.
    pub timeline: EventTimeline,
    /// The rundown viewers should have.
    pub rundown: Option<Digest>,
    /// The messages to viewers, current and scheduled.
    pub notices: Notices,
    /// When it was signed, by the signer's estimate of the server's time.
    pub signed_at: ServerTime,
    /// Who signed it, as the client said.
    pub actor: String,
    /// The reason, as the client said.
    pub reason: Option<String>,
}

impl EmergencyState {
    /// Returns the known state of `event`, to be changed and signed.
    pub fn new(event: &EventName, state: &EventState, now: ServerTime) -> Self {
        Self {
            event: event.clone(),
            epoch: state.epoch.clone(),
            rev: state.rev,
            timeline: state.timeline(),
            rundown: state.show.rundown,
            notices: state.show.notices.clone(),
            signed_at: now,
            actor: String::new(),
            reason: None,
        }
    }

    /// Holds the event where it will be in [`LEAD_PAUSE`], with a message, as the next revision.
    ///
    /// Viewers receive it late, but all hold at the same position. What was scheduled for later is replaced.
    ///
    /// # Errors
    /// [`Refusal::Ended`] if the event is over by then, [`Refusal::NoMoreRevs`] if there is no next revision.
    pub fn handle_pause(&mut self, message: Option<Message>, now: ServerTime) -> Result<(), Refusal> {
        let now = ServerTime::from_millis(now.as_millis());
        let from = now + LEAD_PAUSE;
        if let Some(ended_at) = self.timeline.ended_at.filter(|ended_at| *ended_at <= from) {
            return Err(Refusal::Ended { ended_at });
        }
        let rev = self.rev.next();
        if !rev.is_valid() {
            return Err(Refusal::NoMoreRevs);
        }
        self.timeline.change(from, None, Some(Rate::HELD));
        self.notices.forget(from, &[Origin::Hold, Origin::Release]);
        if message.is_some() {
            self.notices.show(from, message, Origin::Hold);
        }
        self.notices.end_hold(self.timeline.ended_at, from);
        self.rev = rev;
        self.signed_at = now;
        Ok(())
    }
}

impl EventState {
    /// Applies a signed state: the event is then exactly that, with its revision. Returns whether that changed
    /// anything; the same one again does not.
    ///
    /// It was decided when it was signed, and takes effect as it says, perhaps long ago: viewers without a
    /// server have followed it since. `undo` reverts it like any other change.
    ///
    /// # Errors
    /// [`Refusal::OtherEpoch`] if its epoch differs, [`Refusal::NotNewer`] if the event has been changed since,
    /// [`Refusal::RevTooHigh`] if its revision is too far above the event's, [`Refusal::Archived`] if the event is archived. The
    /// state is then unchanged.
    pub fn handle_emergency(&mut self, emergency: &EmergencyState) -> Result<bool, Refusal> {
        if emergency.epoch != self.epoch {
            return Err(Refusal::OtherEpoch { signed: emergency.epoch.clone(), epoch: self.epoch.clone() });
        }
        if emergency.rev == self.rev && self.last.name == NAME && self.last.at == emergency.signed_at {
            return Ok(false);
        }
        self.check_not_archived()?;
        if emergency.rev <= self.rev {
            return Err(Refusal::NotNewer { signed: emergency.rev, rev: self.rev });
        }
        if !self.rev.may_become(emergency.rev) {
            return Err(Refusal::RevTooHigh { signed: emergency.rev, rev: self.rev });
        }
        let mut before = self.show.clone();
        before.prune(emergency.signed_at);
        let (show, effective_at) = self.show.replaced_by(emergency);
        self.show = show;
        self.rev = emergency.rev;
        self.prior = None;
        self.last = ChangeRecord {
            id: None,
            name: NAME.to_owned(),
            actor: emergency.actor.clone(),
            reason: emergency.reason.clone(),
            at: emergency.signed_at,
            effective_at,
            before: Some(Box::new(before)),
            undoes: None,
            reverted: None,
        };
        self.fit(effective_at, emergency.signed_at, GivesWay::Messages);
        Ok(true)
    }
}

impl Show {
    /// Returns the show according to `emergency`, and the instant from which it differs. Title, locale and delivery
    /// are not signed and stay as they are.
    pub(super) fn replaced_by(&self, emergency: &EmergencyState) -> (Self, ServerTime) {
        let EmergencyState { timeline, signed_at, .. } = emergency;
        let parted_at = parted_at(self.visible().segments(), timeline.segments(), *signed_at, |segment| segment.from);
        let show = Self {
            starts_at: timeline.starts_at,
            timeline: without_end(timeline),
            pace: match parted_at {
                Some(from) => self.pace_since(from, timeline),
                None => self.pace.clone(),
            },
            ended_at: timeline.ended_at,
            notices: emergency.notices.clone(),
            rundown: emergency.rundown,
            ..self.clone()
        };
        (show, parted_at.unwrap_or(*signed_at))
    }

    /// Returns the pace up to `from` as it was, and then as `timeline` moves while not held.
    fn pace_since(&self, from: ServerTime, timeline: &EventTimeline) -> Timeline {
        let starts_at = timeline.starts_at;
        let mut pace = if starts_at == self.starts_at { self.pace.clone() } else { Timeline::starting_at(starts_at) };
        pace.change(from, None, None, starts_at);
        for segment in timeline.segments().iter().filter(|segment| segment.from >= from && !segment.rate.is_held()) {
            pace.change(segment.from, None, Some(segment.rate), starts_at);
        }
        pace
    }
}

/// Returns the timeline that viewers see, without the hold at the end.
fn without_end(timeline: &EventTimeline) -> Timeline {
    let Some(ended_at) = timeline.ended_at else { return timeline.timeline.clone() };
    let before_end = timeline.segments().iter().filter(|segment| segment.from < ended_at).copied().collect();
    Timeline::from_segments(before_end).unwrap_or_else(|_| Timeline::starting_at(timeline.starts_at))
}
