//! When a viewer fires which cue: turns a rundown's cues, the event's timeline and the time into effects.
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
//! let viewer = Seed::from_parts(&[b"gala", b"anna"]);
//! let mut cueing = Cueing::new(None);
//! cueing.handle_rundown(CueList::new([burst].into_iter(), &viewer), |_, _| true);
//! cueing.handle_timeline(EventTimeline::starting_at(starts_at));
//! cueing.handle_tick(after(1_000), bound);
//! assert_eq!(cueing.poll_effect(), None);
//! assert_eq!(cueing.next_deadline(), Some(after(560_000)));
//! // The timer came 8 ms late, which is reported.
//! cueing.handle_tick(after(560_008), bound);
//! let Some(Effect::Fire { cue, timing, .. }) = cueing.poll_effect() else { panic!() };
//! assert_eq!((cue.index, timing.lateness), (0, Span::from_millis(8)));
//! // It does not fire again, wherever the event goes from here.
//! assert_eq!((cueing.poll_effect(), cueing.next_deadline()), (None, None));
//! ```
//!
//! # Guarantees
//!
//! - **A moment fires once**, through holds, seeks forward and back, reconnects and new rundowns; and through reloads
//!   where the shell stores the [`Memory`]. A seek back does not fire it again, since the audience has already seen it.
//!   A moment that was jumped over has not fired yet, and fires when the event comes to it.
//! - **A state is a function of the position**, so it is entered and left as often as the event comes and goes. After
//!   a seek the same states are active as after watching up to there.
//! - **A moment is due at the first instant at which the event *moves* at its time.** At a position that is held
//!   nothing becomes due; a moment exactly there fires when the event resumes.
//! - **A viewer who was present may be late by [`ON_TIME`].** For any other (who joined later, jumped past it, or
//!   slept), the cue's own policy decides by the distance from the cue to where the event is now, as in
//!   `downbeat cues join`.
//! - **Cues are spread** by their jitter, for each viewer the same way each time; a cue's time here means
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

use crate::name::Epoch;
use crate::queue::Queue;
use crate::time::{ServerTime, Span};
use crate::timeline::{EventTimeline, Position};
use bits::Bits;

pub use cue::{CueKey, Kind, Late, Lead, ListedCue, Needs, Otherwise};
pub use effect::{CueRef, Effect, Timing};
pub use list::CueList;
pub use memory::{ELSEWHERE_MAX, Memory, MemoryError, RANGES_MAX};

/// The longest delay of a moment for a viewer who was present when it was due: 1 s.
///
/// Reason: browsers run the timers of hidden pages once a second (HTML lets them; Chrome and Firefox do), and a moment
/// should not be lost to a viewer in another tab. On a visible page timers are late by milliseconds.
/// Viewers in one room still perceive a second as the same moment.
pub const ON_TIME: Span = Span::from_millis(1_000);

/// The cueing of one viewer: what has fired, what is active, and what comes next.
///
/// Pass it its input with `handle_*`, call [`Cueing::handle_tick`] at [`Cueing::next_deadline`] and
/// whenever there is reason to (the page is shown again, the clock stepped), and do what [`Cueing::poll_effect`]
/// returns until it returns `None`.
#[derive(Clone, Debug)]
pub struct Cueing {
    /// The epoch in which the moments fired, as a number; 0 while that is not known.
    epoch: u64,
    list: CueList,
    timeline: Option<EventTimeline>,
    /// The moments of the list that have fired, by row.
    fired: Bits,
    /// The fired moments of other lists.
    elsewhere: Vec<CueKey>,
    /// The memory from before a reload, until there is a list to apply it to.
    remembered: Option<Memory>,
    /// The fetches that have begun.
    stood_by: Bits,
    /// Fetches that were due before the event came here, and the positions at which they begin; the last is the next.
    postponed: Vec<(Position, usize)>,
    active: Vec<Active>,
    followed: Option<Followed>,
    /// Whether active states must be given their position in any case.
    disturbed: bool,
    /// Whether the next tick must consider all cues around the position.
    landing: bool,
    /// Whether a tick is needed before the deadline.
    changed: bool,
    /// The widest bound that a withheld cue waits for.
    awaited: Option<Span>,
    deadline: Option<ServerTime>,
    effects: Queue<Effect>,
}

/// A state that is active.
#[derive(Clone, Copy, Debug)]
struct Active {
    row: usize,
    /// Its begin in the rundown from which its position was last computed.
    time: Position,
}

/// The point up to which the event has been followed.
#[derive(Clone, Copy, Debug)]
struct Followed {
    at: ServerTime,
    position: Position,
    /// Whether cues exactly there have been played; not if the event was held there.
    moved: bool,
}

impl Cueing {
    /// Creates the cueing of a viewer for whom nothing has fired, or only what `memory` contains.
    pub fn new(memory: Option<Memory>) -> Self {
        Self {
            epoch: memory.as_ref().map_or(0, Memory::epoch),
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

    /// Replaces the rundown; pass an empty list if the event has none.
    ///
    /// Active states that the new rundown contains unchanged go on; the others end at once. Moments that have fired
    /// stay fired. `is_same` returns whether the cue with one index in the old rundown equals the one with
    /// another index in the new rundown; it is called for active states only, so rundowns need not be compared as a
    /// whole.
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

    /// Handles that the estimate of the server's time has stepped: active states get their new position.
    pub fn handle_step(&mut self) {
        (self.disturbed, self.changed) = (true, true);
    }

    /// Does what is due by `now`, which is wrong by at most `bound`.
    ///
    /// Ticks may come at any time, also late. If time steps back by at most [`ON_TIME`], what was already
    /// done is not repeated; if it steps back farther, the event is followed anew from there.
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

    /// Returns the instant at which to tick next; a past one means now, `None` that nothing is scheduled.
    pub fn next_deadline(&self) -> Option<ServerTime> {
        if self.changed && self.timeline.is_some() { Some(ASAP) } else { self.deadline }
    }

    /// Returns the states that are active.
    pub fn active(&self) -> impl Iterator<Item = CueRef> + '_ {
        self.active.iter().map(|active| self.cue(active.row))
    }

    /// Returns what has fired, for the shell to store across a reload.
    ///
    /// Store it *before* carrying out [`Effect::Fire`]: a page that is closed in between has then missed a cue instead
    /// of firing it twice.
    pub fn memory(&self) -> Memory {
        match &self.remembered {
            Some(memory) => memory.clone(),
            None => Memory::of(self.epoch, &self.list, &self.fired, &self.elsewhere),
        }
    }

    /// Handles that the event is in `epoch`: what fired in another one, also before a reload, may fire again.
    pub fn handle_epoch(&mut self, epoch: &Epoch) {
        // FNV-1a; 0 is taken.
        let hashed = epoch
            .as_str()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let number = hashed.max(1);
        if self.epoch != 0 && self.epoch != number {
            self.forget();
        }
        self.epoch = number;
    }

    /// Forgets what has fired: for a new epoch, and for rehearsals.
    pub fn forget(&mut self) {
        self.fired = Bits::none(self.list.len());
        self.elsewhere.clear();
        self.remembered = None;
    }
}

/// An instant that is always past.
const ASAP: ServerTime = ServerTime::from_millis(0);
