//! How often members do what.

use downbeat_core::room::{Action, MEMBERS_MAX};
use downbeat_core::{Position, Rate, Seed, Span};
use downbeat_wire::room::Invitation;

/// The longest stall: 8 s, so that most waits end because all are ready and some at their `max`.
const STALL_MAX: Span = Span::from_millis(8_000);

/// The longest absence: 8 s. The room still knows a member that comes back so soon.
const ABSENCE_MAX: Span = Span::from_millis(8_000);

/// How far from the beginning members seek at most: 1 h.
const SEEK_MAX: Span = Span::from_millis(3_600_000);

/// The rates that members choose from.
const RATES: [f64; 4] = [1.0, 1.25, 1.0, 0.75];

/// What a load test of a room does. All rates are of the whole room: all members together, each on its own account.
#[derive(Clone, Debug)]
pub struct RoomPlan {
    /// The number of members, at most [`RoomPlan::MEMBERS_MAX`].
    pub members: u32,
    /// The invitations by which they come, in turn; one at least.
    pub invitations: Vec<Invitation>,
    /// The time over which they come, evenly.
    pub arrival: Span,
    /// The longest wait for the last of them.
    pub settle: Span,
    /// Stalls a minute.
    pub stalls_per_minute: f64,
    /// Gestures a minute, of those who have the controls.
    pub gestures_per_minute: f64,
    /// How many leave a second. Each comes back after 8 s at most, as the same member.
    pub leaves_per_second: f64,
    /// The seed of what members do when.
    pub seed: Seed,
}

impl RoomPlan {
    /// The most members of a room: 200.
    pub const MEMBERS_MAX: usize = MEMBERS_MAX;

    /// Returns the average time between two stalls of one member; `None` if none stalls.
    pub(super) fn stall_interval(&self) -> Option<Span> {
        interval(self.stalls_per_minute / 60.0, self.members)
    }

    /// Returns the average time between two gestures of one of `controllers` members; `None` if there are none.
    pub(super) fn gesture_interval(&self, controllers: u32) -> Option<Span> {
        interval(self.gestures_per_minute / 60.0, controllers)
    }

    /// Returns the average time between two departures of one member; `None` if none leaves.
    pub(super) fn leave_interval(&self) -> Option<Span> {
        interval(self.leaves_per_second, self.members)
    }
}

/// Returns the average time between two events of one of `members` who together have `per_second`.
fn interval(per_second: f64, members: u32) -> Option<Span> {
    (per_second > 0.0 && members > 0).then(|| Span::from_micros((f64::from(members) / per_second * 1e6) as i64))
}

/// Draws the time until the next event of those that come every `interval` on average.
pub(super) fn draw_next(seed: &mut Seed, interval: Option<Span>) -> Option<Span> {
    interval.map(|interval| seed.span_below(interval + interval))
}

/// Draws how long a member stalls.
pub(super) const fn draw_stall(seed: &mut Seed) -> Span {
    seed.span_below(STALL_MAX)
}

/// Draws how long a member stays away.
pub(super) const fn draw_absence(seed: &mut Seed) -> Span {
    seed.span_below(ABSENCE_MAX)
}

/// Draws what somebody with the controls does: a held room plays on, and one that plays is mostly sought in.
pub(super) fn draw_action(seed: &mut Seed, is_held: bool) -> Action {
    match (is_held, seed.next_u64() % 4) {
        (true, _) => Action::Resume,
        (false, 0) => Action::Pause,
        (false, 1) => {
            let factor = RATES[(seed.next_u64() % RATES.len() as u64) as usize];
            Action::Rate { rate: Rate::from_factor(factor).unwrap_or(Rate::NORMAL) }
        }
        (false, _) => Action::Seek { position: Position::from_millis(seed.span_below(SEEK_MAX).as_millis()) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_together_keep_the_rate_of_the_room() {
        let plan = RoomPlan {
            members: 20,
            invitations: Vec::new(),
            arrival: Span::ZERO,
            settle: Span::ZERO,
            stalls_per_minute: 5.0,
            gestures_per_minute: 30.0,
            leaves_per_second: 0.0,
            seed: Seed::new(1),
        };
        assert_eq!(plan.stall_interval(), Some(Span::from_millis(240_000)), "one of 20 every 12 s");
        assert_eq!(plan.gesture_interval(10), Some(Span::from_millis(20_000)));
        assert_eq!(plan.gesture_interval(0), None, "nobody has the controls");
        assert_eq!(plan.leave_interval(), None);
    }

    #[test]
    fn a_held_room_is_played_and_one_that_plays_gets_every_kind_of_gesture() {
        let mut seed = Seed::new(7);
        assert!((0..20).all(|_| draw_action(&mut seed, true) == Action::Resume));
        let names: std::collections::BTreeSet<&str> = (0..100).map(|_| draw_action(&mut seed, false).name()).collect();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["pause", "rate", "seek"]);
    }
}
