//! Keeping a media element on the timeline: its drift leads to nothing, a slightly different rate, or a seek.
//!
//! ```
//! use downbeat_core::correction::*;
//! use downbeat_core::{EventTimeline, LocalTime, Position, ServerTime, Span};
//! let starts_at = ServerTime::from_millis(1_704_067_200_000);
//! let mut correction = Correction::new(Position::START, Means::Rates);
//! correction.handle_timeline(EventTimeline::starting_at(starts_at));
//! // The event is at 10 s, and the video, which plays, at 10.15 s.
//! let reading = |ms| Reading {
//!     position: Span::from_millis(ms + 150), duration: None, rate: 1.0, paused: false, ended: false, busy: false, live: false,
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
//! A drift of [`ENGAGES`] or more is corrected by the rate `1 − drift / 3000 ms`, at most 5 % from normal, **which is
//! kept until the drift is gone**. (If the rate decreased with the drift, the drift would decay with a time constant
//! of 3 s: 150 ms would take 6.9 s to come down to 15 ms. With the rate kept it takes 3 s, as does every drift up to
//! 150 ms; and the rate changes twice rather than at each reading, which makes players stutter.) From [`SEEKS`] on
//! the media seeks, ahead by the time its seeks have been found to take; then it rests.
//!
//! A drift is never taken from one reading but from the mean of three or more.
//!
//! # What is seen
//!
//! Two screens agree when they show the same frame, which is not quite what players report: their position is that of the sound, and
//! frames come later by what decoder, compositor and screen take. Where a shell learns which frames are shown
//! ([`Correction::handle_frame`]), drift is that of the frames, also while none are told, as on hidden pages. Then it is corrected from
//! [`FRAME_ENGAGES`] on, within [`FRAME_CORRECTED_IN`], and after a seek as soon as six readings have shown where that landed.
//!
//! # Seeks that miss
//!
//! Some media cannot go where it is sent: a server without byte ranges leaves it where it was or takes it to its
//! beginning, and some players land on key frames only. A seek that misses is not repeated: the drift that it left
//! is played away where that is possible ([`PACED`]), and otherwise told ([`Correction::is_out_of_reach`]). What it left has to
//! double, or the event to jump, before the next attempt.

mod aim;
mod drifts;
mod goal;
mod limits;
mod pacing;
mod phase;
mod reading;
mod screen;
mod seeking;

use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{EventTimeline, Position};
use aim::Aim;
use drifts::{Drifts, beyond};
use goal::Goal;
use limits::{PLAYABLE, READ_EVERY, READ_IDLE, READ_SOON, SETTLE};
use phase::Phase;
use screen::Screen;

pub use limits::{
    AIMED, CORRECTED_IN, ENGAGES, FRAME_CORRECTED_IN, FRAME_ENGAGES, PACED, RATE_SHARE, RELEASES, REST, REST_MAX,
    SEEKS, SEEKS_ONLY,
};
pub use reading::{Action, Doing, Loops, Means, Reading};

/// The correction of one media element.
///
/// Pass it a reading at each [`Correction::next_deadline`] and whenever the element fires an event (`seeking`,
/// `seeked`, `waiting`, `playing`, `pause`, `ratechange`), and do what it returns. A shell whose user has paused the
/// element passes no readings meanwhile.
#[derive(Clone, Debug)]
pub struct Correction {
    begins: Position,
    means: Means,
    nudge: Span,
    timeline: Option<EventTimeline>,
    drifts: Drifts,
    screen: Screen,
    phase: Phase,
    /// Where the media should have been at the last reading, and how fast the event went.
    last: Option<Goal>,
    aim: Aim,
    /// How long a loop of the media is, and who goes back to its beginning.
    loops: Loops,
    rest: Span,
    /// Whether the event has jumped and the media has yet to follow.
    jumped: bool,
    /// Where the media was last paused.
    stood: Option<Span>,
    asked_at: Option<LocalTime>,
    doing: Doing,
    drift: Option<Span>,
    deadline: Option<LocalTime>,
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
            screen: Screen::new(),
            phase: Phase::Watching,
            last: None,
            aim: Aim::new(),
            loops: Loops::No,
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

    /// Makes the media start again from its beginning whenever it has come to the end of a loop.
    pub fn handle_loops(&mut self, loops: Loops) {
        self.loops = loops;
    }

    /// Handles that the element has other media now: what was learned of seeks that missed no longer counts.
    pub fn handle_other_media(&mut self) {
        self.aim.forget_misses();
        (self.phase, self.stood, self.asked_at, self.drift) = (Phase::Watching, None, None, None);
        (self.drifts, self.screen) = (Drifts::none(), Screen::new());
    }

    /// Handles that media at `position`, which plays at `rate`, shows the frame at `frame` in `shown_in`, or did so before now if
    /// that is negative.
    pub fn handle_frame(&mut self, frame: Span, position: Span, shown_in: Span, rate: f64) {
        self.screen.handle_frame(frame, position, shown_in, rate);
    }

    /// Handles that the media was left alone for a while, and follows again from the next reading on.
    pub fn handle_return(&mut self) {
        self.jumped = true;
        self.asked_at = None;
    }

    /// Returns where the media should be at `now`, and how fast the event moves; `None` before there is a timeline.
    pub(crate) fn goal(&self, duration: Option<Span>, server: ServerTime, now: LocalTime) -> Option<Goal> {
        let timeline = self.timeline.as_ref()?;
        let goal = Goal::new(timeline, self.begins - self.nudge, server, now);
        Some(match (self.loops, duration) {
            (Loops::Itself, Some(length)) => goal.in_loop(length, false),
            (Loops::After(length), _) => goal.in_loop(length, true),
            _ => goal,
        })
    }

    /// Makes the media play this much ahead of the event, or behind it if negative: to compensate for the latency of
    /// screens and loudspeakers, which a page cannot measure.
    pub fn handle_nudge(&mut self, nudge: Span) {
        if let Some(last) = &mut self.last {
            // The media's goal moves; the event does not.
            last.position = last.position + (nudge - self.nudge);
        }
        self.nudge = nudge;
        self.drifts.forget();
    }

    /// Decides what to do after a reading at `now`, when the server's time was `server`.
    pub fn handle_reading(&mut self, reading: &Reading, server: ServerTime, now: LocalTime) -> Action {
        let Some(goal) = self.goal(reading.duration, server, now) else { return Action::Nothing };
        let last = self.last.replace(goal);
        if reading.live {
            self.measure(reading, &goal, 0.0);
            self.read_again(Doing::Live, &goal, READ_IDLE);
            return Action::Nothing;
        }
        // Files end a little before or after the duration that they state.
        let stated = reading.duration.filter(|end| goal.position >= *end);
        let end = reading.place_of_end(&goal).or(stated);
        if goal.rate == 0.0 || goal.position < Span::ZERO || end.is_some() {
            return self.stand(reading, &goal, end);
        }
        self.stood = None;
        if reading.paused {
            return self.play(reading, &goal);
        }
        self.asked_at = None;
        let paced = last.is_some_and(|last| last.rate != goal.rate);
        if last.is_some_and(|last| beyond(goal.ahead_of(last.position_at(now)), ENGAGES)) {
            self.jumped = true;
            self.aim.forget_misses();
        }
        if self.jumped || paced {
            self.drifts.forget();
        }
        match self.phase {
            _ if reading.busy => self.wait(&goal, paced),
            _ if self.jumped => self.jump(reading, &goal),
            _ if paced => self.settle(reading, &goal),
            Phase::Resting { until } if now < until => self.rest(reading, &goal, until),
            _ if goal.changes_at.is_some_and(|change| change - now < SETTLE) => self.settle(reading, &goal),
            Phase::Pacing(pacing) => self.keep_pacing(reading, &goal, pacing),
            Phase::Watching | Phase::Resting { .. } => self.watch(reading, &goal),
        }
    }

    /// Returns when to read the media next; `None` before there is a timeline.
    pub const fn next_deadline(&self) -> Option<LocalTime> {
        self.deadline
    }

    /// Returns the mean drift as last measured: positive where the media is ahead of the event.
    pub const fn drift(&self) -> Option<Span> {
        self.drift
    }

    /// Returns whether the media is where no seek and no rate brings it to the event.
    pub fn is_out_of_reach(&self) -> bool {
        self.aim.has_missed()
            && self.drift.is_some_and(|drift| beyond(drift, if self.means == Means::Rates { PACED } else { SEEKS }))
    }

    /// Returns what is being done.
    pub const fn doing(&self) -> Doing {
        self.doing
    }

    /// Returns how the media is corrected: [`Means::Seeks`] also where its rates were found to have no effect.
    pub const fn means(&self) -> Means {
        self.means
    }

    /// Waits while the media is busy. Where a seek landed is learned after it, however long it takes.
    fn wait(&mut self, goal: &Goal, paced: bool) -> Action {
        self.drifts.forget();
        match self.phase {
            Phase::Resting { until } => self.phase = Phase::Resting { until: until.max(goal.at + SETTLE) },
            _ if paced => self.phase = Phase::Watching,
            Phase::Watching | Phase::Pacing(_) => {}
        }
        self.read_again(Doing::Resting, goal, READ_SOON);
        Action::Nothing
    }

    /// Pauses the media where it belongs: the event is held, or is before the media's beginning or after its end.
    fn stand(&mut self, reading: &Reading, goal: &Goal, end: Option<Span>) -> Action {
        self.drifts.forget();
        (self.phase, self.asked_at) = (Phase::Watching, None);
        let place = end.unwrap_or(goal.position.max(Span::ZERO));
        let is_off = beyond(reading.position - place, RELEASES) && !reading.busy;
        let seek = (is_off && (self.stood != Some(place) || !reading.paused)).then_some(place);
        self.drift = None;
        let after = if reading.busy { READ_SOON } else { READ_IDLE };
        self.read_again(Doing::Standing { ended: end.is_some() }, goal, after);
        if reading.paused && seek.is_none() {
            return Action::Nothing;
        }
        // Where a seek in progress lands, the next reading shows.
        self.stood = (!reading.busy).then_some(place);
        Action::Pause { seek }
    }

    /// Plays media that is paused while the event moves. Where that does not help (a page may not play sound before
    /// the user interacts with it), it is tried again after a rest.
    fn play(&mut self, reading: &Reading, goal: &Goal) -> Action {
        self.drifts.forget();
        let asked = self.asked_at.map(|asked_at| asked_at + REST).filter(|again| goal.at < *again);
        if reading.busy || asked.is_some() {
            self.read_again(Doing::Resting, goal, READ_EVERY);
            return Action::Nothing;
        }
        self.asked_at = Some(goal.at);
        let rate = playable(goal.rate);
        let drift = goal.drift(reading.position);
        if !beyond(drift, self.aim.worth(ENGAGES)) {
            self.settle(reading, goal);
            return Action::Play { seek: None, rate };
        }
        (self.jumped, self.rest) = (false, REST);
        self.aim.refine();
        match self.seek(goal) {
            Action::Seek { to, rate } => Action::Play { seek: Some(to), rate },
            other => other,
        }
    }

    /// Adds the drift of a reading, and returns the mean of the recent ones; `None` while there are too few.
    fn measure(&mut self, reading: &Reading, goal: &Goal, faster: f64) -> Option<Span> {
        if reading.paused || reading.busy {
            return None;
        }
        self.drifts.push(goal.at, goal.drift(reading.position + self.screen.ahead()), faster, ENGAGES);
        let mean = self.drifts.mean(goal.at, faster);
        self.drift = mean.or(self.drift);
        mean
    }

    /// Sets what is being done, and when to read the media again: after `after`, at the latest at the next change.
    fn read_again(&mut self, doing: Doing, goal: &Goal, after: Span) {
        self.doing = doing;
        let soon = goal.at + after;
        self.deadline = Some(goal.changes_at.map_or(soon, |change| change.min(soon)));
    }
}

/// Returns the action that makes the media play at `rate`, if it does not yet.
fn at_rate(reading: &Reading, rate: f64) -> Action {
    let rate = playable(rate);
    if (reading.rate - rate).abs() < 0.000_5 { Action::Nothing } else { Action::Rate { rate } }
}

fn playable(rate: f64) -> f64 {
    rate.clamp(*PLAYABLE.start(), *PLAYABLE.end())
}
