//! Correcting by seeks: when to seek, how far, and what is learned from where a seek landed.

use super::drifts::beyond;
use super::goal::Goal;
use super::limits::{ENGAGES, OVERSHOOT_MAX, OVERSHOOT_MIN, READ_EVERY, READ_SOON, REST, REST_MAX, SETTLE};
use super::phase::Phase;
use super::reading::{Action, Doing, Reading};
use super::{Correction, at_rate, playable};
use crate::time::{LocalTime, Span};

impl Correction {
    /// Follows the event to where it has jumped. All viewers jump at once, so the drift is not measured first.
    pub(super) fn jump(&mut self, reading: &Reading, goal: &Goal) -> Action {
        (self.jumped, self.rest) = (false, REST);
        if beyond(reading.position - goal.position, ENGAGES) { self.seek(goal) } else { self.settle(reading, goal) }
    }

    /// Seeks to where the event will be when the seek is done.
    pub(super) fn seek(&mut self, goal: &Goal) -> Action {
        self.phase = Phase::Resting { until: goal.at + self.rest };
        self.drifts.forget();
        self.learns = true;
        self.rest = (self.rest + self.rest).min(REST_MAX);
        self.read_again(Doing::Resting, goal, READ_SOON);
        let ahead = self.overshoot.as_micros() as f64 * goal.rate;
        let to = (goal.position + Span::from_micros(ahead as i64)).max(Span::ZERO);
        Action::Seek { to, rate: playable(goal.rate) }
    }

    /// Leaves the media alone around a change, at the rate of the event.
    pub(super) fn settle(&mut self, reading: &Reading, goal: &Goal) -> Action {
        self.phase = Phase::Resting { until: goal.at + SETTLE };
        self.read_again(Doing::Resting, goal, SETTLE);
        at_rate(reading, goal.rate)
    }

    /// Waits while the media settles after a seek, and learns how far off it landed.
    pub(super) fn rest(&mut self, reading: &Reading, goal: &Goal, until: LocalTime) -> Action {
        let landed = self.measure(reading, goal, 0.0);
        if let Some(drift) = landed.filter(|_| self.learns) {
            self.learns = false;
            self.learn(drift, goal.rate);
        }
        let action = at_rate(reading, goal.rate);
        self.read_again(Doing::Resting, goal, if self.learns { READ_SOON } else { READ_EVERY });
        self.deadline = self.deadline.min(Some(until));
        action
    }

    /// Learns from how far off a seek landed. Too late: the first time all of it, later half, as seeks differ. Too
    /// early: all of it, since the previous lesson was then wrong (a slow network, or something else moved the media
    /// meanwhile).
    fn learn(&mut self, drift: Span, rate: f64) {
        let share = if self.has_learned && drift < Span::ZERO { 0.5 } else { 1.0 };
        let late = Span::from_micros((-(drift.as_micros() as f64) * share / rate) as i64);
        self.overshoot = (self.overshoot + late).clamp(OVERSHOOT_MIN, OVERSHOOT_MAX);
        self.has_learned = true;
    }
}
