//! One media element, or another player, that follows the event: whose pause it is, and what is told of it.
//!
//! [`Correction`] decides where the media should be. This decides whether it is to follow at all: it stays paused when a
//! person has paused it, and when the browser has.
//!
//! # Whose pause it is
//!
//! An element fires the same `pause` whoever paused it: this program, the page, its controls, a media key,
//! headphones, the picture-in-picture window, a phone call, or the browser itself. A pause is the person's unless
//! there is another reason for it:
//!
//! - this program has paused the media, or has not started it;
//! - the media has come to its end, has no data yet, or was given another source;
//! - the page was hidden less than a second before ([`NEAR`]) or right after it: browsers pause videos then. It plays on when
//!   the page is visible;
//! - it was unmuted less than a second before, on a page that nobody has touched: browsers pause what begins to sound before a
//!   gesture, or refuse to play it.
//!
//! A person's pause lasts, whatever the event does, until the media plays again (by whatever the person presses), or until
//! [`Media::rejoin`]. Then the media is taken to where the event is.

mod observed;
mod state;

use crate::correction::{Action, Correction, Doing, Loops, Means, Reading};
use crate::time::{LocalTime, ServerTime, Span};
use crate::timeline::{EventTimeline, Position};

pub use observed::{Observed, Traits};
pub use state::MediaState;

/// How long before a pause its reason may have been: 1 s.
///
/// Reason: the events of one cause are tasks of their own, and a busy page runs them up to hundreds of ms apart.
pub const NEAR: Span = Span::from_millis(1_000);

/// How long after a pause the page may be hidden so that this is its reason: 250 ms.
///
/// Reason: browsers do both in one go, in either order; a person needs longer to pause and to leave.
const HIDES: Span = Span::from_millis(250);

/// How long media may wait for data before that is told: 1 s.
pub const STALLS: Span = Span::from_millis(1_000);

/// How long before its beginning media is loaded whose page wants it loaded late (`preload="none"`): 10 s.
pub const LOADS: Span = Span::from_millis(10_000);

/// A duration that grows and is no more than this ahead of the position, in s, is no duration: WebKitGTK has none of files
/// without one, and none from servers without byte ranges, and says what it has played.
const GROWS: f64 = 0.5;

/// How far apart two readings have to be to tell whether media moves: 40 ms, a frame at 25 Hz.
const MOVES: Span = Span::from_millis(40);

/// A duration below 0.25 s is not believed at first, for 2 s: WebKitGTK begins with none, and says 0. Paused then, it would stay so.
const TINY: f64 = 0.25;
const EARLY: Span = Span::from_millis(2_000);

/// How often to look again at media that waits for a person, for the browser or for its data: every second.
const LOOKS: Span = Span::from_millis(1_000);

/// Why media is paused, where neither the event nor this program is the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pause {
    /// A person paused it.
    Personal { at: LocalTime },
    /// The browser paused it since the page is hidden.
    Hidden,
}

/// One media element that follows the event.
#[derive(Clone, Debug)]
pub struct Media {
    correction: Correction,
    pause: Option<Pause>,
    /// Whether it was seen playing since this program last paused it or it was given a source.
    plays: bool,
    /// Whether this program paused it last, rather than played it.
    stands: bool,
    /// Whether the browser refused to play it.
    refused: bool,
    ready: bool,
    ready_since: Option<LocalTime>,
    asked_at: Option<LocalTime>,
    asked_to_load: bool,
    hidden_at: Option<LocalTime>,
    muted_at: Option<LocalTime>,
    busy_since: Option<LocalTime>,
    /// The duration last read, in s, and whether it is only what has been played so far.
    duration: f64,
    grows: bool,
    /// Where it was read last, and whether it moved since the reading before.
    last: Option<(LocalTime, Span)>,
    moves: bool,
    state: MediaState,
    deadline: Option<LocalTime>,
}

impl Media {
    /// Returns media whose beginning belongs to the position `begins` of the event. `plays` is whether it plays now.
    pub fn new(begins: Position, means: Means, loops: Loops, plays: bool) -> Self {
        let mut correction = Correction::new(begins, means);
        correction.handle_loops(loops);
        Self {
            correction,
            pause: None,
            plays,
            stands: false,
            refused: false,
            ready: false,
            ready_since: None,
            asked_at: None,
            asked_to_load: false,
            hidden_at: None,
            muted_at: None,
            busy_since: None,
            duration: f64::NAN,
            grows: false,
            last: None,
            moves: false,
            state: MediaState::Loading,
            deadline: None,
        }
    }

    /// Replaces the timeline.
    pub fn handle_timeline(&mut self, timeline: EventTimeline) {
        self.correction.handle_timeline(timeline);
    }

    /// Makes the media play this much ahead of the event, to make up for the latency of screens and loudspeakers.
    pub fn handle_nudge(&mut self, nudge: Span) {
        self.correction.handle_nudge(nudge);
    }

    /// Handles that the browser refused to play, as it does with sound before a gesture.
    pub fn handle_refusal(&mut self) {
        self.refused = true;
        self.plays = false;
        self.pause = self.pause.filter(|pause| *pause == Pause::Hidden);
        if self.state != MediaState::Released {
            self.state = MediaState::Blocked;
        }
    }

    /// Ends a person's pause, and plays at the next reading, without a wait if the browser has refused so far: a gesture
    /// is the moment to ask again.
    pub fn rejoin(&mut self) {
        if self.pause.is_some() || self.refused {
            (self.pause, self.asked_at) = (None, None);
            self.correction.handle_return();
        }
    }

    /// Handles a frame that is shown, as [`Correction::handle_frame`] does.
    pub fn handle_frame(&mut self, frame: Span, position: Span, shown_in: Span, rate: f64) {
        self.correction.handle_frame(frame, position, shown_in, rate);
    }

    /// Decides what to do after a reading at `now`, when the server's time was `server`.
    pub fn handle_reading(&mut self, seen: &Observed, server: ServerTime, now: LocalTime) -> Action {
        if seen.has(Traits::DETACHED) {
            return self.release(seen);
        }
        if self.ready && !seen.has(Traits::READY) {
            // Another source: what happened to the former one was nobody's doing.
            (self.plays, self.busy_since, self.asked_to_load, self.asked_at) = (false, None, false, None);
            (self.duration, self.grows) = (f64::NAN, false);
            self.correction.handle_other_media();
        }
        let ahead = seen.duration - seen.position.as_micros() as f64 / 1e6;
        self.grows |= seen.duration > self.duration && ahead < GROWS;
        self.duration = seen.duration;
        self.ready_since = if seen.has(Traits::READY) { self.ready_since.or(Some(now)) } else { None };
        let is_early = |since| seen.duration < TINY && now - since < EARLY;
        self.ready = self.ready_since.is_some_and(|since| !is_early(since));
        self.watch_position(seen, now);
        self.judge(seen, now);
        let action = match self.pause {
            _ if seen.has(Traits::FAILED) => self.idle(MediaState::Failed, now),
            Some(Pause::Personal { .. }) => self.idle(MediaState::Paused, now),
            Some(Pause::Hidden) => self.idle(MediaState::Hidden, now),
            None if self.ready => self.follow(&seen.reading(self.grows, self.moves), server, now),
            None => self.load(seen, server, now),
        };
        match action {
            Action::Pause { .. } => (self.stands, self.plays) = (true, false),
            Action::Play { .. } => self.stands = false,
            _ => {}
        }
        action
    }

    /// Returns what is told of it.
    pub const fn state(&self) -> MediaState {
        self.state
    }

    /// Returns the mean drift as last measured: positive where the media is ahead of the event.
    pub const fn drift(&self) -> Option<Span> {
        self.correction.drift()
    }

    /// Returns when to read the media next; `None` before there is a timeline.
    pub const fn next_deadline(&self) -> Option<LocalTime> {
        self.deadline
    }

    /// Stops following media that was taken off the page: it must not go on sounding where nobody can pause it.
    fn release(&mut self, seen: &Observed) -> Action {
        (self.state, self.deadline) = (MediaState::Released, None);
        if seen.has(Traits::PAUSED) { Action::Nothing } else { Action::Pause { seek: None } }
    }

    /// Finds out whose pause it is.
    fn judge(&mut self, seen: &Observed, now: LocalTime) {
        let is_hidden = seen.has(Traits::HIDDEN);
        self.hidden_at = if is_hidden { self.hidden_at.or(Some(now)) } else { None };
        if seen.has(Traits::MUTED) {
            self.muted_at = Some(now);
        }
        let is_paused = seen.has(Traits::PAUSED);
        if !is_paused {
            (self.plays, self.stands, self.refused) = (true, false, false);
            if self.pause.take().is_some() {
                self.correction.handle_return();
            }
            return;
        }
        // A source that is replaced fires no `pause`.
        let was_paused = (self.plays && self.ready) || (seen.has(Traits::WAS_PAUSED) && !self.stands);
        self.plays = false;
        if was_paused && !seen.has(Traits::ENDED) {
            self.pause = Some(Pause::Personal { at: now });
        }
        let is_silent_or_allowed = seen.has(Traits::MUTED) || seen.has(Traits::TOUCHED);
        match self.pause {
            Some(Pause::Personal { at })
                if self.hidden_at.is_some_and(|hidden| at - hidden <= NEAR && hidden - at <= HIDES) =>
            {
                self.pause = Some(Pause::Hidden);
            }
            Some(Pause::Personal { at })
                if !is_silent_or_allowed && self.muted_at.is_some_and(|muted| at - muted <= NEAR) =>
            {
                self.handle_refusal();
            }
            Some(Pause::Hidden) if !is_hidden => {
                self.pause = None;
                self.correction.handle_return();
            }
            _ => {}
        }
    }

    /// Finds out whether the position moves: WebKit now and then says that there is no data, and plays on.
    fn watch_position(&mut self, seen: &Observed, now: LocalTime) {
        if seen.has(Traits::BUSY) || seen.has(Traits::PAUSED) {
            (self.last, self.moves) = (None, false);
            return;
        }
        let Some((at, position)) = self.last else {
            self.last = Some((now, seen.position));
            return;
        };
        let passed = now - at;
        if passed >= MOVES {
            let moved = seen.position - position;
            self.moves = (moved + moved).as_micros() as f64 >= passed.as_micros() as f64 * seen.rate;
            self.last = Some((now, seen.position));
        }
    }

    /// Leaves the media alone.
    fn idle(&mut self, state: MediaState, now: LocalTime) -> Action {
        (self.state, self.deadline) = (state, Some(now + LOOKS));
        Action::Nothing
    }

    /// Has media loaded whose page wants that late, and plays it when its time has come: some browsers load nothing before.
    fn load(&mut self, seen: &Observed, server: ServerTime, now: LocalTime) -> Action {
        let state = if self.refused { MediaState::Blocked } else { MediaState::Loading };
        self.idle(state, now);
        let Some(goal) = self.correction.goal(None, server, now).filter(|_| seen.has(Traits::LOADABLE)) else {
            return Action::Nothing;
        };
        let is_asked = self.asked_at.is_some_and(|asked_at| now - asked_at < crate::correction::REST);
        if goal.rate > 0.0 && goal.position >= Span::ZERO && seen.has(Traits::PAUSED) && !is_asked {
            self.asked_at = Some(now);
            return Action::Play { seek: None, rate: 1.0 };
        }
        if goal.position < -LOADS || self.asked_to_load {
            return Action::Nothing;
        }
        self.asked_to_load = true;
        Action::Load
    }

    /// Keeps the media on the timeline.
    fn follow(&mut self, reading: &Reading, server: ServerTime, now: LocalTime) -> Action {
        let action = self.correction.handle_reading(reading, server, now);
        self.deadline = self.correction.next_deadline();
        self.busy_since = if reading.busy { self.busy_since.or(Some(now)) } else { None };
        let is_stalled = self.busy_since.is_some_and(|since| now - since >= STALLS);
        self.state = match self.correction.doing() {
            _ if self.deadline.is_none() => MediaState::Loading,
            Doing::Live => MediaState::Live,
            Doing::Standing { ended: true } if self.grows => MediaState::Unseekable,
            Doing::Standing { ended: true } => MediaState::Ended,
            Doing::Standing { ended: false } => MediaState::Held,
            _ if self.refused => MediaState::Blocked,
            _ if is_stalled => MediaState::Stalled,
            // It was asked to play, and is about to.
            _ if reading.paused || reading.busy => self.state,
            _ if self.correction.is_out_of_reach() => MediaState::Unseekable,
            _ => MediaState::Playing,
        };
        action
    }
}

#[cfg(test)]
mod tests;
