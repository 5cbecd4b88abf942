//! What every estimator of the offset can do; see [`super::Envelope`] for the one that viewers run.

use super::exchange::Exchange;
use super::offset::{Offset, Skew};
use crate::time::{LocalTime, ServerTime, Span};

/// The largest change of an estimate that is not a step: 250 ms.
///
/// Reason: slewing 250 ms takes 50 s; a larger error must be corrected at once.
pub const STEP_MIN: Span = Span::from_millis(250);

/// What is known about the offset at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The best guess.
    pub offset: Offset,
    /// The largest error, to either side.
    pub bound: Span,
    /// How fast the offset changes; [`Skew::ZERO`] while that is unknown.
    pub skew: Skew,
}

/// What an exchange did to an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockChange {
    /// It improved slightly.
    None,
    /// It moved by more than [`STEP_MIN`].
    Step,
    /// It started over: the exchange contradicts earlier ones, so one of the clocks jumped.
    Flush,
}

/// Turns exchanges into estimates of the offset.
pub trait Estimator {
    /// Handles an exchange; its `t4` is now.
    fn handle_exchange(&mut self, exchange: &Exchange) -> ClockChange;

    /// Handles that a clock of the device may have jumped by `by` just now; see [`super::JumpWatch`].
    ///
    /// The estimate stays; the next exchange decides. Estimators that cannot tell ignore it.
    fn handle_doubt(&mut self, by: Span) {
        let _ = by;
    }

    /// Returns by how much a clock of the device may have jumped since the last exchange, if the estimator tracks it.
    fn doubt(&self) -> Span {
        Span::ZERO
    }

    /// Returns the estimate at `now`; `None` before the first exchange. After the last exchange the bound grows
    /// by [`super::SKEW_MAX`].
    fn estimate(&self, now: LocalTime) -> Option<Estimate>;

    /// Returns the server's time at `local`.
    fn server_time(&self, local: LocalTime) -> Option<ServerTime> {
        self.estimate(local).map(|estimate| estimate.offset.server_time(local))
    }

    /// Returns the local time at `server`, to the microsecond.
    fn local_time(&self, server: ServerTime) -> Option<LocalTime> {
        solve(server, LocalTime::from_micros(0), |local| self.estimate(local).map(|estimate| estimate.offset))
    }
}

/// Returns the local time at which `offset_at` makes it `server`. Each round is closer by the rate at which the offset
/// changes (at most 0.5 %), so a century is exact to the microsecond long before the last one.
pub(crate) fn solve(
    server: ServerTime,
    guess: LocalTime,
    offset_at: impl Fn(LocalTime) -> Option<Offset>,
) -> Option<LocalTime> {
    let mut local = guess;
    for _ in 0..12 {
        let next = offset_at(local)?.local_time(server);
        if next == local {
            break;
        }
        local = next;
    }
    Some(local)
}

/// Returns what happened when an estimate moved from `before` to `after` without starting anew.
pub(crate) fn moved(before: Option<Estimate>, after: Option<Estimate>) -> ClockChange {
    match (before, after) {
        (Some(before), Some(after)) if (after.offset - before.offset).max(before.offset - after.offset) > STEP_MIN => {
            ClockChange::Step
        }
        _ => ClockChange::None,
    }
}
