//! Correcting by seeks: when to seek, and how far.

use super::drifts::beyond;
use super::goal::Goal;
use super::limits::{ENGAGES, READ_EVERY, READ_SOON, REST, REST_MAX, SEEKS, SETTLE};
use super::phase::Phase;
use super::reading::{Action, Doing, Reading};
use super::{Correction, at_rate, playable};
use crate::time::LocalTime;

impl Correction {
    /// Follows the event to where it has jumped. All viewers jump at once, so the drift is not measured first.
    pub(super) fn jump(&mut self, reading: &Reading, goal: &Goal) -> Action {
        (self.jumped, self.rest) = (false, REST);
        if !beyond(goal.drift(reading.position), self.aim.worth(ENGAGES)) {
            return self.settle(reading, goal);
        }
        self.aim.refine();
        self.seek(goal)
    }

    /// Seeks to where the event will be when the seek is done.
    pub(super) fn seek(&mut self, goal: &Goal) -> Action {
        self.phase = Phase::Resting { until: goal.at + self.rest };
        self.drifts.forget();
        self.rest = (self.rest + self.rest).min(REST_MAX);
        self.read_again(Doing::Resting, goal, READ_SOON);
        Action::Seek { to: self.aim.at(goal), rate: playable(goal.rate) }
    }

    /// Leaves the media alone around a change, at the rate of the event.
    pub(super) fn settle(&mut self, reading: &Reading, goal: &Goal) -> Action {
        self.phase = Phase::Resting { until: goal.at + SETTLE };
        self.read_again(Doing::Resting, goal, if self.screen.is_known() { READ_SOON } else { SETTLE });
        at_rate(reading, goal.rate)
    }

    /// Waits while the media settles after a seek, and learns how far off it landed.
    pub(super) fn rest(&mut self, reading: &Reading, goal: &Goal, until: LocalTime) -> Action {
        self.aim.land(reading, goal.at);
        if let Some(drift) = self.measure(reading, goal, 0.0) {
            self.aim.learn(drift, goal.rate);
            // What is on the screen is known, so what is left need not wait until the rest is over.
            let is_quiet = goal.changes_at.is_none_or(|change| change - goal.at >= SETTLE);
            let is_known = self.screen.is_known() && self.drifts.are_settled();
            if is_known && is_quiet && !beyond(drift, SEEKS) && self.is_to_pace(drift) {
                return self.pace(drift, goal);
            }
        }
        let action = at_rate(reading, goal.rate);
        let is_learned_from = self.aim.learns() || (self.screen.is_known() && !self.drifts.are_settled());
        self.read_again(Doing::Resting, goal, if is_learned_from { READ_SOON } else { READ_EVERY });
        self.deadline = self.deadline.min(Some(until));
        action
    }
}
