//! When a viewer fires which cue: from a rundown's cues, the event's timeline and the time to effects.
//!
//! ```
//! use downbeat_core::cueing::*;
//! use downbeat_core::{EventTimeline, Position, Seed, ServerTime, Span};
//! let burst = ListedCue {
//!     key: CueKey::from_bits(1), time: Position::from_millis(560_000), end: None,
//!     kind: Kind::Moment, late: Late::Skip, lane: 0, jitter: Span::ZERO, preload: None, needs: None,
//! };
//! let starts_at = ServerTime::from_millis(1_704_067_200_000);
//! let (after, bound) = (|ms| starts_at + Span::from_millis(ms), Span::from_millis(20));
//!
//! let viewer = Seed::of(&[b"gala", b"anna"]);
//! let mut cueing = Cueing::new(None);
//! cueing.handle_rundown(CueList::new([burst].into_iter(), &viewer), |_, _| true);
//! cueing.handle_timeline(EventTimeline::starting_at(starts_at));
//! cueing.handle_tick(after(1_000), bound);
//! assert_eq!(cueing.poll_effect(), None);
//! assert_eq!(cueing.next_deadline(), Some(after(560_000)));
//! // The timer came 8 ms late, and that is said.
//! cueing.handle_tick(after(560_008), bound);
//! let Some(Effect::Fire { cue, timing, .. }) = cueing.poll_effect() else { panic!() };
//! assert_eq!((cue.index, timing.lateness), (0, Span::from_millis(8)));
//! // There is no second time, wherever the event goes from here.
//! assert_eq!((cueing.poll_effect(), cueing.next_deadline()), (None, None));
//! ```
//!
//! # What holds
//!
//! - **A moment fires once**, through holds, seeks forward and back, reconnects and new rundowns; and through reloads
//!   where the shell keeps the [`Memory`]. A seek back does not fire it again: what the audience has had, it has had.
//!   A moment that was jumped over has not fired yet, and fires when the event comes to it.
//! - **A state is a function of the position**, so it is entered and left as often as the event comes and goes. After
//!   a seek the same states are active as if one had watched up to there.
//! - **A moment is due at the first instant at which the event *moves* at its time.** At a position that is held
//!   nothing becomes due; what stands exactly there fires when the event goes on.
//! - **Who was there may be late by [`ON_TIME`].** For who was not (joined later, was taken past it by a seek, slept),
//!   the cue's own policy decides by the distance from the cue to where the event is now, as in `downbeat cues join`.
//! - **Cues are spread** by their jitter, each viewer the same way each time; what is said here of a cue's time means
//!   the viewer's own.
//!
//! A tick at which nothing is due costs a comparison; any other O(log n + what is due).

mod bits;
mod cue;
mod effect;
mod following;
mod list;
mod memory;
mod piece;
mod places;
mod stretches;

#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use crate::queue::Queue;
use crate::time::{ServerTime, Span};
use crate::timeline::{EventTimeline, Position};
use bits::Bits;

pub use cue::{CueKey, Kind, Late, Lead, ListedCue, Needs, Otherwise};
pub use effect::{CueRef, Effect, Timing};
pub use list::CueList;
pub use memory::{ELSEWHERE_MAX, Memory, MemoryError, RANGES_MAX};

/// How late a moment may fire for a viewer who was there when it was due: 1 s.
///
/// Reason: browsers run the timers of hidden pages once a second (HTML lets them; Chrome and Firefox do), and a moment
/// should not be lost to a viewer for having looked elsewhere. On a page that is seen timers are late by milliseconds.
/// A second is about what viewers of one room would still take for the same event.
pub const ON_TIME: Span = Span::from_millis(1_000);

/// The cueing of one viewer: what has fired, what is active, and what comes next.
///
/// Tell it what there is with `handle_*`, call [`Cueing::handle_tick`] when [`Cueing::next_deadline`] has come and
/// whenever there is reason to (the page is shown again, the clock stepped), and do what [`Cueing::poll_effect`] says
/// until it says no more.
#[derive(Clone, Debug)]
pub struct Cueing {
    list: CueList,
    timeline: Option<EventTimeline>,
    /// The moments of the list that have fired, by row.
    fired: Bits,
    /// The moments that have fired and are in other lists.
    elsewhere: Vec<CueKey>,
    /// What another life of the page remembers, until there is a list to apply it to.
    remembered: Option<Memory>,
    /// The fetches that have begun.
    stood_by: Bits,
    /// Fetches that were due before the event came here, and where they begin; the next is the last.
    postponed: Vec<(Position, usize)>,
    active: Vec<Active>,
    followed: Option<Followed>,
    /// Whether what is active must be told where it is, come what may.
    disturbed: bool,
    /// Whether the next tick must look at all cues around the position.
    landing: bool,
    /// Whether a tick is called for that the deadline knows nothing of.
    changed: bool,
    /// The widest bound that something waits for.
    awaited: Option<Span>,
    deadline: Option<ServerTime>,
    effects: Queue<Effect>,
}

/// A state that is active.
#[derive(Clone, Copy, Debug)]
struct Active {
    row: usize,
    /// When it began in the rundown by which its position was last told.
    time: Position,
}

/// Up to where the event has been followed.
#[derive(Clone, Copy, Debug)]
struct Followed {
    at: ServerTime,
    position: Position,
    /// Whether what stands exactly there has been played: not if the event was held there.
    moved: bool,
}

impl Cueing {
    /// Returns the cueing of a viewer who has seen nothing, or in an earlier life of the page what `memory` holds.
    pub fn new(memory: Option<Memory>) -> Self {
        Self {
            list: CueList::default(),
            timeline: None,
            fired: Bits::none(0),
            elsewhere: Vec::new(),
            remembered: memory,
            stood_by: Bits::none(0),
            postponed: Vec::new(),
            active: Vec::new(),
            followed: None,
            disturbed: false,
            landing: false,
            changed: false,
            awaited: None,
            deadline: None,
            effects: Queue::new(),
        }
    }

    /// Takes over a rundown; an empty list where there is none.
    ///
    /// States that are in it too, and say the same, go on; the others are left at once. Moments that have fired stay
    /// fired. `is_same` is asked whether the cue with one index in the rundown so far says the same as the one with
    /// another in the new rundown; only of states that are active, so a rundown need not be compared as a whole.
    pub fn handle_rundown(&mut self, list: CueList, is_same: impl FnMut(usize, usize) -> bool) {
        self.carry_over(list, is_same);
        self.must_land();
    }

    /// Replaces the timeline.
    pub fn handle_timeline(&mut self, timeline: EventTimeline) {
        if self.timeline.as_ref() != Some(&timeline) {
            self.timeline = Some(timeline);
            self.changed = true;
        }
    }

    /// Takes note that the idea of the server's time has stepped: active states must be told where they are.
    pub fn handle_step(&mut self) {
        (self.disturbed, self.changed) = (true, true);
    }

    /// Does what is due by `now`, which is known to be wrong by at most `bound`.
    ///
    /// Ticks may come at any time, late ones too. Where time steps back by no more than [`ON_TIME`], what was already
    /// done is waited out; where it steps farther, the event is taken up anew from there.
    pub fn handle_tick(&mut self, now: ServerTime, bound: Span) {
        let is_quiet = !self.changed
            && self.deadline.is_none_or(|deadline| now < deadline)
            && self.awaited.is_none_or(|awaited| bound > awaited);
        match (&mut self.followed, &self.timeline) {
            (Some(followed), Some(timeline)) if is_quiet && followed.at <= now => {
                (followed.at, followed.position) = (now, timeline.position(now));
            }
            _ => self.follow(now, bound),
        }
    }

    /// Returns the next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop()
    }

    /// Returns the instant at which to tick next; a past one means now, nothing that there is nothing to wait for.
    pub fn next_deadline(&self) -> Option<ServerTime> {
        if self.changed && self.timeline.is_some() { Some(ASAP) } else { self.deadline }
    }

    /// Returns the states that are active.
    pub fn active(&self) -> impl Iterator<Item = CueRef> + '_ {
        self.active.iter().map(|active| self.cue(active.row))
    }

    /// Returns what has fired, for the shell to keep through a reload.
    ///
    /// Keep it *before* doing what [`Effect::Fire`] asks: a page that dies in between has then missed a cue instead
    /// of firing it twice.
    pub fn memory(&self) -> Memory {
        match &self.remembered {
            Some(memory) => memory.clone(),
            None => Memory::of(&self.list, &self.fired, &self.elsewhere),
        }
    }

    /// Forgets what has fired: for another life of the event (a new epoch), and for rehearsals.
    pub fn forget(&mut self) {
        self.fired = Bits::none(self.list.len());
        self.elsewhere.clear();
        self.remembered = None;
    }
}

/// An instant that is always past.
const ASAP: ServerTime = ServerTime::from_millis(0);
