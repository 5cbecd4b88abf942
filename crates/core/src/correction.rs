//! Keeping a media element on the timeline: from its drift to nothing, a slightly different rate, or a seek.
//!
//! ```
//! use downbeat_core::correction::*;
//! use downbeat_core::{EventTimeline, LocalTime, Position, ServerTime, Span};
//! let starts_at = ServerTime::from_millis(1_704_067_200_000);
//! let mut correction = Correction::new(Position::START, Means::Rates);
//! correction.handle_timeline(EventTimeline::starting_at(starts_at));
//! // The event is at 10 s, and the video, which plays, at 10.15 s.
//! let reading = |ms| Reading {
//!     position: Span::from_millis(ms + 150), duration: None, rate: 1.0, paused: false, busy: false, seekable: true,
//! };
//! let mut at = |ms| {
//!     correction.handle_reading(&reading(ms), starts_at + Span::from_millis(ms), LocalTime::from_micros(ms * 1_000))
//! };
//! assert_eq!([at(10_000), at(10_050)], [Action::Nothing; 2]);
//! // Three readings agree: it plays 5 % slower, for the three seconds that this takes.
//! assert_eq!(at(10_100), Action::Rate { rate: 0.95 });
//! ```
//!
//! # The law
//!
//! A drift from [`ENGAGES`] on is corrected by the rate `1 − drift / 3000 ms`, at most 5 % from normal, **which is held
//! until the drift is gone**. (Were the rate to fall along with the drift, the drift would decay with a time constant
//! of 3 s: 150 ms would take 6.9 s to come down to 15 ms. Held, it takes 3 s, and so does every drift up to 150 ms; and
//! the rate changes twice rather than at each reading, which is what players stumble over.) From [`SEEKS`] on the media
//! is sought, with what its seeks have been found to take; then it rests.
//!
//! What the media does in between is never taken from one reading but from the mean of three or more.

mod drifts;
mod reading;

use crate::order::earliest;
use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{EventTimeline, Position};
use drifts::{Drifts, beyond};

pub use reading::{Action, Doing, Means, Reading};

/// The drift from which on it is corrected: 50 ms.
///
/// Reason: below it picture and sound of two screens in one room pass for together (ITU-R BT.1359 has 45 ms as the
/// limit of detecting early sound).
pub const ENGAGES: Span = Span::from_millis(50);

/// The drift at which a correction is as good as over: 15 ms, about a frame at 60 Hz.
///
/// Reason: from there on its end is set for when the drift should be gone, and noise has no more say in it.
pub const RELEASES: Span = Span::from_millis(15);

/// The drift from which on media is sought: 300 ms.
///
/// Reason: at 5 % it would take 6 s to play away, longer than a viewer puts up with what is off.
pub const SEEKS: Span = Span::from_millis(300);

/// The drift from which on media is sought that cannot be corrected by its rate: 100 ms.
///
/// Reason: a seek is seen and heard, more than a drift of less than that.
pub const SEEKS_ONLY: Span = Span::from_millis(100);

/// The time in which a drift is corrected by a rate that is not at its limit: 3 s.
///
/// Reason: 50 ms then make 1.7 %, which nobody hears, as pitch is kept.
pub const CORRECTED_IN: Span = Span::from_millis(3_000);

/// How far a rate may be from that of the event: 5 %.
///
/// Reason: what broadcasters speed films up by (24 to 25 frames a second are 4 %) without anyone noticing, and a bit.
pub const RATE_SHARE: f64 = 0.05;

/// How long nothing is corrected after a seek: 1.5 s, doubling to [`REST_MAX`] while seeks do not help.
///
/// Reason: players report positions they have not reached, decode ahead, and refill; measured drifts settle within it.
pub const REST: Span = Span::from_millis(1_500);

/// The longest rest: 60 s. A player that cannot be brought closer is left in peace.
pub const REST_MAX: Span = Span::from_millis(60_000);

/// How long nothing is corrected before a change of the timeline, and after it where media need not be sought.
const SETTLE: Span = Span::from_millis(500);

/// How often to read media that is where it should be.
const LOOK: Span = Span::from_millis(500);

/// How often to read media that nothing can be done about, or that stands.
const IDLE: Span = Span::from_millis(1_000);

/// How soon to read again while too little is known.
const LOOK_AGAIN: Span = Span::from_millis(50);

/// How long rates may go on without an end before they are given up for this media: 12 s, twice what the largest
/// drift takes.
const PACING_MAX: Span = Span::from_millis(12_000);

/// The most that seeks are taken to take: 2 s. What takes longer is the network's doing, and not to be learned.
const OVERSHOOT_MAX: Span = Span::from_millis(2_000);

/// The least: some players land a little ahead of where they were sent.
const OVERSHOOT_MIN: Span = Span::from_millis(-500);

/// The rates that browsers can play; Chrome refuses others.
const PLAYABLE: core::ops::RangeInclusive<f64> = 0.0625..=16.0;

/// The correction of one media element.
///
/// Give it readings when [`Correction::next_deadline`] has come and whenever the element says that something happened
/// (`seeking`, `seeked`, `waiting`, `playing`, `pause`, `ratechange`), and do what it answers. A shell that lets its
/// user pause gives no readings meanwhile.
#[derive(Clone, Debug)]
pub struct Correction {
    begins: Position,
    means: Means,
    nudge: Span,
    timeline: Option<EventTimeline>,
    drifts: Drifts,
    phase: Phase,
    /// Where the media should have been at the last reading, and how fast the event went.
    last: Option<Goal>,
    /// How far the event goes on while a seek is under way, as far as is known; and whether the last seek has yet to
    /// be learned from.
    overshoot: Span,
    learns: bool,
    has_learned: bool,
    rest: Span,
    /// Whether the event has jumped and the media has yet to follow.
    jumped: bool,
    /// Where the media was last told to stand.
    stood: Option<Span>,
    asked_at: Option<LocalTime>,
    doing: Doing,
    drift: Option<Span>,
    deadline: Option<LocalTime>,
}

/// What is being done about the drift.
#[derive(Clone, Copy, Debug)]
enum Phase {
    Watching,
    /// The media gains `faster` on each second of the event, from `since` on.
    Pacing {
        faster: f64,
        since: LocalTime,
        ends_at: Option<LocalTime>,
    },
    Resting {
        until: LocalTime,
    },
}

/// Where the media should be.
#[derive(Clone, Copy, Debug)]
struct Goal {
    at: LocalTime,
    position: Span,
    /// The rate of the event; 0 is held.
    rate: f64,
    /// When the timeline changes next.
    changes_at: Option<LocalTime>,
}

impl Correction {
    /// Returns the correction of media whose beginning belongs to the position `begins` of the event.
    pub const fn new(begins: Position, means: Means) -> Self {
        Self {
            begins,
            means,
            nudge: Span::ZERO,
            timeline: None,
            drifts: Drifts::none(),
            phase: Phase::Watching,
            last: None,
            overshoot: Span::ZERO,
            learns: false,
            has_learned: false,
            rest: REST,
            jumped: false,
            stood: None,
            asked_at: None,
            doing: Doing::Watching,
            drift: None,
            deadline: None,
        }
    }

    /// Replaces the timeline.
    pub fn handle_timeline(&mut self, timeline: EventTimeline) {
        self.timeline = Some(timeline);
    }

    /// Makes the media play this much ahead of the event, or behind it where negative: for the time that screens and
    /// loudspeakers take, which nobody can measure from a page.
    pub fn handle_nudge(&mut self, nudge: Span) {
        if let Some(last) = &mut self.last {
            // The media is to go elsewhere; the event does not.
            last.position = last.position + (nudge - self.nudge);
        }
        self.nudge = nudge;
        self.drifts.forget();
    }

    /// Decides what to do about what was read at `now`, when the server's time was `server`.
    pub fn handle_reading(&mut self, reading: &Reading, server: ServerTime, now: LocalTime) -> Action {
        let Some(goal) = self.goal(server, now) else { return Action::Nothing };
        let last = self.last.replace(goal);
        if !reading.seekable {
            self.measure(reading, &goal, 0.0);
            self.look(Doing::Live, &goal, IDLE);
            return Action::Nothing;
        }
        let end = reading.duration.filter(|end| goal.position >= *end);
        if goal.rate == 0.0 || goal.position < Span::ZERO || end.is_some() {
            return self.stand(reading, &goal, end);
        }
        self.stood = None;
        if reading.paused {
            return self.play(reading, &goal);
        }
        self.asked_at = None;
        let paced = last.is_some_and(|last| last.rate != goal.rate);
        if last.is_some_and(|last| beyond(goal.position - last.position_at(now), ENGAGES)) {
            self.jumped = true;
        }
        if self.jumped || paced {
            self.drifts.forget();
        }
        match self.phase {
            _ if reading.busy => {
                self.drifts.forget();
                match self.phase {
                    // Where a seek has landed is learned after it, however long it takes.
                    Phase::Resting { until } => self.phase = Phase::Resting { until: until.max(now + SETTLE) },
                    _ if paced => self.phase = Phase::Watching,
                    Phase::Watching | Phase::Pacing { .. } => {}
                }
                self.look(Doing::Resting, &goal, LOOK_AGAIN);
                Action::Nothing
            }
            _ if self.jumped => self.jump(reading, &goal),
            _ if paced => self.settle(reading, &goal),
            Phase::Resting { until } if now < until => self.rest(reading, &goal, until),
            _ if goal.changes_at.is_some_and(|change| change - now < SETTLE) => self.settle(reading, &goal),
            Phase::Pacing { faster, since, ends_at } => self.go_on(reading, &goal, faster, since, ends_at),
            Phase::Watching | Phase::Resting { .. } => self.watch(reading, &goal),
        }
    }

    /// Returns when to read the media next; nothing while there is no timeline.
    pub const fn next_deadline(&self) -> Option<LocalTime> {
        self.deadline
    }

    /// Returns the mean drift as last measured: positive where the media is ahead of the event.
    pub const fn drift(&self) -> Option<Span> {
        self.drift
    }

    /// Returns what is being done.
    pub const fn doing(&self) -> Doing {
        self.doing
    }

    /// Returns by what the media is corrected: seeks, too, where its rates have been found to do nothing.
    pub const fn means(&self) -> Means {
        self.means
    }

    /// Returns where the media should be.
    fn goal(&self, server: ServerTime, now: LocalTime) -> Option<Goal> {
        let timeline = self.timeline.as_ref()?;
        let rate = timeline.rate(server).as_factor();
        let position = timeline.position(server) - self.begins + self.nudge;
        let begins = (position < Span::ZERO).then(|| timeline.reaches(self.begins - self.nudge, server));
        let changes = earliest(&[timeline.next_segment(server), begins.flatten()]);
        Some(Goal { at: now, position, rate, changes_at: changes.map(|change| now + (change - server)) })
    }

    /// Has the media stand: the event is held, or outside of it.
    fn stand(&mut self, reading: &Reading, goal: &Goal, end: Option<Span>) -> Action {
        self.drifts.forget();
        (self.phase, self.asked_at) = (Phase::Watching, None);
        let place = end.unwrap_or(goal.position.max(Span::ZERO));
        let is_off = beyond(reading.position - place, RELEASES) && !reading.busy;
        let seek = (is_off && (self.stood != Some(place) || !reading.paused)).then_some(place);
        self.drift = None;
        self.look(Doing::Standing, goal, IDLE);
        if reading.paused && seek.is_none() {
            return Action::Nothing;
        }
        self.stood = Some(place);
        Action::Pause { seek }
    }

    /// Has the media play that is paused while the event moves. Where that does not help (a page may not play sound
    /// before it was touched), it is asked for again after a rest.
    fn play(&mut self, reading: &Reading, goal: &Goal) -> Action {
        self.drifts.forget();
        let asked = self.asked_at.map(|asked_at| asked_at + REST).filter(|again| goal.at < *again);
        if reading.busy || asked.is_some() {
            self.look(Doing::Resting, goal, LOOK);
            return Action::Nothing;
        }
        self.asked_at = Some(goal.at);
        let rate = playable(goal.rate);
        if !beyond(reading.position - goal.position, ENGAGES) {
            self.settle(reading, goal);
            return Action::Play { seek: None, rate };
        }
        (self.jumped, self.rest) = (false, REST);
        match self.seek(goal) {
            Action::Seek { to, rate } => Action::Play { seek: Some(to), rate },
            other => other,
        }
    }

    /// Follows the event to where it has jumped. Everybody does, so there is no need to make sure of the drift.
    fn jump(&mut self, reading: &Reading, goal: &Goal) -> Action {
        (self.jumped, self.rest) = (false, REST);
        if beyond(reading.position - goal.position, ENGAGES) { self.seek(goal) } else { self.settle(reading, goal) }
    }

    /// Leaves the media alone around a change, at the rate of the event.
    fn settle(&mut self, reading: &Reading, goal: &Goal) -> Action {
        self.phase = Phase::Resting { until: goal.at + SETTLE };
        self.look(Doing::Resting, goal, SETTLE);
        at_rate(reading, goal.rate)
    }

    /// Takes the media to where the event will be once it is there.
    fn seek(&mut self, goal: &Goal) -> Action {
        self.phase = Phase::Resting { until: goal.at + self.rest };
        self.drifts.forget();
        self.learns = true;
        self.rest = (self.rest + self.rest).min(REST_MAX);
        self.look(Doing::Resting, goal, LOOK_AGAIN);
        let ahead = self.overshoot.as_micros() as f64 * goal.rate;
        let to = (goal.position + Span::from_micros(ahead as i64)).max(Span::ZERO);
        Action::Seek { to, rate: playable(goal.rate) }
    }

    /// Lets the media come to rest after it was moved, and learns how far off it has landed.
    fn rest(&mut self, reading: &Reading, goal: &Goal, until: LocalTime) -> Action {
        let landed = self.measure(reading, goal, 0.0);
        if let Some(drift) = landed.filter(|_| self.learns) {
            self.learns = false;
            self.learn(drift, goal.rate);
        }
        let action = at_rate(reading, goal.rate);
        self.look(Doing::Resting, goal, if self.learns { LOOK_AGAIN } else { LOOK });
        self.deadline = self.deadline.min(Some(until));
        action
    }

    /// Learns from how far off a seek has landed. Too late: the first time all of it, later half, as seeks differ. Too
    /// early: all of it, since then the last lesson was wrong (a slow network, or somebody kicked the media meanwhile).
    fn learn(&mut self, drift: Span, rate: f64) {
        let share = if self.has_learned && drift < Span::ZERO { 0.5 } else { 1.0 };
        let late = Span::from_micros((-(drift.as_micros() as f64) * share / rate) as i64);
        self.overshoot = (self.overshoot + late).clamp(OVERSHOOT_MIN, OVERSHOOT_MAX);
        self.has_learned = true;
    }

    /// Looks at the drift, and begins to correct it where that is needed.
    fn watch(&mut self, reading: &Reading, goal: &Goal) -> Action {
        self.phase = Phase::Watching;
        let Some(drift) = self.measure(reading, goal, 0.0) else {
            let action = at_rate(reading, goal.rate);
            self.look(Doing::Watching, goal, LOOK_AGAIN);
            return action;
        };
        let seeks = match self.means {
            Means::Rates => SEEKS,
            Means::Seeks => SEEKS_ONLY,
        };
        if beyond(drift, seeks) {
            return self.seek(goal);
        }
        if !beyond(drift, ENGAGES) {
            self.rest = REST;
        }
        if self.means == Means::Rates && beyond(drift, ENGAGES) {
            return self.pace(drift, goal);
        }
        let action = at_rate(reading, goal.rate);
        self.look(Doing::Watching, goal, LOOK);
        action
    }

    /// Begins to correct a drift by the rate.
    fn pace(&mut self, drift: Span, goal: &Goal) -> Action {
        let share = -(drift.as_micros() as f64) / CORRECTED_IN.as_micros() as f64;
        let rate = playable(goal.rate * (1.0 + share.clamp(-RATE_SHARE, RATE_SHARE)));
        self.drifts.forget();
        self.phase = Phase::Pacing { faster: rate - goal.rate, since: goal.at, ends_at: None };
        self.look(Doing::Pacing, goal, LOOK_AGAIN);
        Action::Rate { rate }
    }

    /// Goes on correcting by the rate, or ends it.
    fn go_on(
        &mut self,
        reading: &Reading,
        goal: &Goal,
        faster: f64,
        since: LocalTime,
        ends_at: Option<LocalTime>,
    ) -> Action {
        let now = goal.at;
        let Some(drift) = self.measure(reading, goal, faster) else {
            self.look(Doing::Pacing, goal, LOOK_AGAIN);
            return at_rate(reading, goal.rate + faster);
        };
        if beyond(drift, SEEKS) {
            return self.seek(goal);
        }
        if now - since > PACING_MAX {
            self.means = Means::Seeks;
            self.drifts.forget();
        }
        let left = -(drift.as_micros() as f64) / faster;
        let is_over = left <= 0.0 || ends_at.is_some_and(|ends_at| ends_at <= now);
        if is_over || self.means == Means::Seeks {
            self.drifts.forget();
            self.phase = Phase::Watching;
            self.look(Doing::Watching, goal, LOOK_AGAIN);
            return Action::Rate { rate: playable(goal.rate) };
        }
        let ends_at = ends_at.or_else(|| (!beyond(drift, RELEASES)).then(|| now + Span::from_micros(left as i64)));
        self.phase = Phase::Pacing { faster, since, ends_at };
        let action = at_rate(reading, goal.rate + faster);
        let soon = Span::from_micros(left as i64).max(Span::from_millis(1)).min(LOOK);
        self.look(Doing::Pacing, goal, soon);
        action
    }

    /// Takes a reading's drift in, and gives what all of them say.
    fn measure(&mut self, reading: &Reading, goal: &Goal, faster: f64) -> Option<Span> {
        if reading.paused || reading.busy {
            return None;
        }
        self.drifts.push(goal.at, reading.position - goal.position, faster, ENGAGES);
        let mean = self.drifts.mean(goal.at, faster);
        self.drift = mean.or(self.drift);
        mean
    }

    /// Names what is being done and when to look again, at the latest at the next change.
    fn look(&mut self, doing: Doing, goal: &Goal, after: Span) {
        self.doing = doing;
        let soon = goal.at + after;
        self.deadline = Some(goal.changes_at.map_or(soon, |change| change.min(soon)));
    }
}

impl Goal {
    /// Returns where the media should be at another instant, had nothing changed.
    fn position_at(&self, at: LocalTime) -> Span {
        self.position + Span::from_micros(((at - self.at).as_micros() as f64 * self.rate) as i64)
    }
}

/// Has the media play at `rate`, if it does not.
fn at_rate(reading: &Reading, rate: f64) -> Action {
    let rate = playable(rate);
    if (reading.rate - rate).abs() < 0.000_5 { Action::Nothing } else { Action::Rate { rate } }
}

fn playable(rate: f64) -> f64 {
    rate.clamp(*PLAYABLE.start(), *PLAYABLE.end())
}
