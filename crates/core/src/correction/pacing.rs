//! Watching the drift, and correcting it by the rate.

use super::drifts::beyond;
use super::goal::Goal;
use super::limits::{
    AIMED, CORRECTED_IN, ENGAGES, FRAME_CORRECTED_IN, FRAME_ENGAGES, PACED, PACING_MIN, RATE_SHARE, READ_EVERY,
    READ_SOON, RELEASES, REST, SEEKS, SEEKS_ONLY,
};
use super::phase::{Pacing, Phase};
use super::reading::{Action, Doing, Means, Reading};
use super::{Correction, at_rate, playable};
use crate::time::Span;

impl Correction {
    /// Measures the drift, and begins to correct it where needed.
    pub(super) fn watch(&mut self, reading: &Reading, goal: &Goal) -> Action {
        self.phase = Phase::Watching;
        let Some(drift) = self.measure(reading, goal, 0.0) else {
            let action = at_rate(reading, goal.rate);
            self.read_again(Doing::Watching, goal, READ_SOON);
            return action;
        };
        let seeks = match self.means {
            Means::Rates => SEEKS,
            Means::Seeks if self.aim.takes_closer(drift, AIMED) => AIMED,
            Means::Seeks => SEEKS_ONLY,
        };
        if beyond(drift, self.aim.worth(seeks)) {
            if beyond(drift, SEEKS) {
                self.aim.refine();
            }
            return self.seek(goal);
        }
        if !beyond(drift, ENGAGES) {
            self.rest = REST;
        }
        if self.is_to_pace(drift) {
            return self.pace(drift, goal);
        }
        let action = at_rate(reading, goal.rate);
        self.read_again(Doing::Watching, goal, READ_EVERY);
        action
    }

    /// Returns whether a drift is to be corrected by the rate.
    pub(super) fn is_to_pace(&self, drift: Span) -> bool {
        let engages = if self.screen.is_known() { FRAME_ENGAGES } else { ENGAGES };
        self.means == Means::Rates && beyond(drift, engages) && !beyond(drift, PACED)
    }

    /// Begins to correct a drift by the rate.
    pub(super) fn pace(&mut self, drift: Span, goal: &Goal) -> Action {
        let corrected_in = if self.screen.is_known() { FRAME_CORRECTED_IN } else { CORRECTED_IN };
        let share = -(drift.as_micros() as f64) / corrected_in.as_micros() as f64;
        let rate = playable(goal.rate * (1.0 + share.clamp(-RATE_SHARE, RATE_SHARE)));
        self.drifts.forget();
        let faster = rate - goal.rate;
        let takes = Span::from_micros((-2.0 * drift.as_micros() as f64 / faster) as i64);
        self.phase = Phase::Pacing(Pacing { faster, until: goal.at + takes.max(PACING_MIN), ends_at: None });
        self.read_again(Doing::Pacing, goal, READ_SOON);
        Action::Rate { rate }
    }

    /// Continues to correct by the rate, or ends that.
    pub(super) fn keep_pacing(&mut self, reading: &Reading, goal: &Goal, pacing: Pacing) -> Action {
        let Pacing { faster, until, ends_at } = pacing;
        let now = goal.at;
        let Some(drift) = self.measure(reading, goal, faster) else {
            self.read_again(Doing::Pacing, goal, READ_SOON);
            return at_rate(reading, goal.rate + faster);
        };
        if beyond(drift, self.aim.worth(SEEKS)) {
            return self.seek(goal);
        }
        if now > until {
            self.means = Means::Seeks;
            self.drifts.forget();
        }
        let left = -(drift.as_micros() as f64) / faster;
        let is_over = left <= 0.0 || ends_at.is_some_and(|ends_at| ends_at <= now);
        if is_over || self.means == Means::Seeks {
            self.drifts.forget();
            self.phase = Phase::Watching;
            self.read_again(Doing::Watching, goal, READ_SOON);
            return Action::Rate { rate: playable(goal.rate) };
        }
        let ends_at = ends_at.or_else(|| (!beyond(drift, RELEASES)).then(|| now + Span::from_micros(left as i64)));
        self.phase = Phase::Pacing(Pacing { ends_at, ..pacing });
        let action = at_rate(reading, goal.rate + faster);
        let soon = Span::from_micros(left as i64).max(Span::from_millis(1)).min(READ_EVERY);
        self.read_again(Doing::Pacing, goal, soon);
        action
    }
}
