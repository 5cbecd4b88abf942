//! What is learned from where seeks landed.

use super::drifts::beyond;
use super::goal::Goal;
use super::limits::{AIMS, OVERSHOOT_MAX, OVERSHOOT_MIN, SEEKS};
use super::reading::Reading;
use crate::time::{LocalTime, Span};

/// How seeks are aimed, and what is known of where they landed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    /// How far the event moves during a seek.
    overshoot: Span,
    has_learned: bool,
    /// The last seek, until it was learned from.
    sought: Option<Sought>,
    /// The drift that a seek left which missed.
    left: Option<Span>,
    /// How many more seeks may take the media closer.
    refines: u8,
}

#[derive(Clone, Copy, Debug)]
struct Sought {
    to: Span,
    at: LocalTime,
    rate: f64,
    /// Whether it landed where it was aimed; `None` while it is not over.
    hit: Option<bool>,
}

impl Aim {
    pub(super) const fn new() -> Self {
        Self { overshoot: Span::ZERO, has_learned: false, sought: None, left: None, refines: 0 }
    }

    /// Returns where to send the media so that it gets to the goal.
    pub(super) fn at(&mut self, goal: &Goal) -> Span {
        let ahead = self.overshoot.as_micros() as f64 * goal.rate;
        let to = (goal.position + Span::from_micros(ahead as i64)).max(Span::ZERO);
        self.sought = Some(Sought { to, at: goal.at, rate: goal.rate, hit: None });
        to
    }

    /// Returns whether the last seek has yet to be learned from.
    pub(super) const fn learns(&self) -> bool {
        self.sought.is_some()
    }

    pub(super) const fn forget_misses(&mut self) {
        (self.left, self.sought) = (None, None);
    }

    pub(super) const fn has_missed(&self) -> bool {
        self.left.is_some()
    }

    /// Allows seeks that only take the media closer: it is being taken somewhere anyway.
    pub(super) const fn refine(&mut self) {
        self.refines = AIMS;
    }

    /// Returns whether a seek is to take the media closer, and counts it.
    pub(super) fn takes_closer(&mut self, drift: Span, from: Span) -> bool {
        let does = self.refines > 0 && beyond(drift, from);
        self.refines -= u8::from(does);
        does
    }

    /// Returns the drift from which a seek is worth it: `usual`, or twice what the last one left if it missed.
    pub(super) fn worth(&self, usual: Span) -> Span {
        self.left.map_or(usual, |left| usual.max(left + left))
    }

    /// Compares where a seek landed with where it was aimed. Media that plays on meanwhile is no farther than it can have
    /// played.
    pub(super) fn land(&mut self, reading: &Reading, now: LocalTime) {
        if let Some(sought) = self.sought.as_mut().filter(|sought| sought.hit.is_none()) {
            let by = reading.position - sought.to;
            let played = Span::from_micros(((now - sought.at).as_micros() as f64 * sought.rate) as i64);
            sought.hit = Some(by > -SEEKS && by < SEEKS + played);
        }
    }

    /// Learns from how far off a seek left the media. Too late: the first time all of it, later half, as seeks differ. Too
    /// early: all of it, since the previous lesson was then wrong (a slow network, or something else moved the media
    /// meanwhile). One that missed teaches nothing of how long seeks take.
    pub(super) fn learn(&mut self, drift: Span, rate: f64) {
        let Some(Sought { hit, .. }) = self.sought.take() else { return };
        if hit == Some(false) {
            self.left = Some(drift.max(-drift));
            return;
        }
        self.left = None;
        let share = if self.has_learned && drift < Span::ZERO { 0.5 } else { 1.0 };
        let late = Span::from_micros((-(drift.as_micros() as f64) * share / rate) as i64);
        self.overshoot = (self.overshoot + late).clamp(OVERSHOOT_MIN, OVERSHOOT_MAX);
        self.has_learned = true;
    }
}
