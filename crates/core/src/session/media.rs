//! The media elements that follow the event.

use crate::correction::{Action, Correction, Means, Reading};
use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{EventTimeline, Position};
use alloc::vec::Vec;

/// The id of a media element within one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaId(u32);

impl MediaId {
    /// Returns the id with this number.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Returns its number.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// The corrections of all media elements, and what they share.
#[derive(Clone, Debug, Default)]
pub(super) struct Media {
    bound: Vec<(MediaId, Correction)>,
    next: u32,
    nudge: Span,
    timeline: Option<EventTimeline>,
}

impl Media {
    pub(super) fn bind(&mut self, begins: Position, means: Means) -> MediaId {
        let id = MediaId(self.next);
        self.next = self.next.wrapping_add(1);
        let mut correction = Correction::new(begins, means);
        correction.handle_nudge(self.nudge);
        if let Some(timeline) = &self.timeline {
            correction.handle_timeline(timeline.clone());
        }
        self.bound.push((id, correction));
        id
    }

    pub(super) fn release(&mut self, media: MediaId) {
        self.bound.retain(|(id, _)| *id != media);
    }

    pub(super) fn handle_timeline(&mut self, timeline: &EventTimeline) {
        self.timeline = Some(timeline.clone());
        for (_, correction) in &mut self.bound {
            correction.handle_timeline(timeline.clone());
        }
    }

    pub(super) fn handle_nudge(&mut self, nudge: Span) {
        self.nudge = nudge;
        for (_, correction) in &mut self.bound {
            correction.handle_nudge(nudge);
        }
    }

    pub(super) fn handle_reading(
        &mut self,
        media: MediaId,
        reading: &Reading,
        server: ServerTime,
        now: LocalTime,
    ) -> Action {
        let correction = self.bound.iter_mut().find(|(id, _)| *id == media);
        correction.map_or(Action::Nothing, |(_, correction)| correction.handle_reading(reading, server, now))
    }

    pub(super) fn correction(&self, media: MediaId) -> Option<&Correction> {
        self.bound.iter().find(|(id, _)| *id == media).map(|(_, correction)| correction)
    }
}
