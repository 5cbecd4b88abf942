//! What a release will do, before it does it.

use downbeat_core::{Digest, EventName, Rev, ServerTime};
use downbeat_sheet::Rundown;
use downbeat_sheet::rundown::Diff;

use super::misfit::Misfit;
use crate::freeze::Freeze;

/// What a release will do.
#[derive(Debug)]
pub struct Plan {
    /// The event.
    pub event: EventName,
    /// The rundown that is released.
    pub rundown: Digest,
    /// Its size.
    pub bytes: usize,
    /// How many cues it has.
    pub cues: usize,
    /// What the event has now; `None` if nothing was published yet.
    pub present: Option<Present>,
    /// The revision that the event gets; `None` if it has this rundown already.
    pub next: Option<Rev>,
    /// Whether the rundown is stored.
    pub stored: Stored,
    /// A revision that an interrupted run left out of the history.
    pub heals: Option<Rev>,
    /// What differs from what the event has, if that can be read.
    pub changes: Option<Diff>,
    /// How the rundown does not fit the event; `None` if it does, and for a store, which does not have the event.
    pub misfit: Option<Misfit>,
    /// Whether the rundown may be changed now.
    pub freeze: Freeze,
    /// When the plan was made.
    pub now: ServerTime,
    /// Where viewers find the pointer, if that is known.
    pub public: Option<String>,
    /// What becomes of the notes for the crew.
    pub notes: NotesPlan,
    /// Where it goes.
    pub kind: PlanKind,
}

/// What becomes of the notes for the crew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotesPlan {
    /// Nothing: there are none to send, or the server has the same.
    Stay,
    /// The server gets notes about this many cues.
    Put(usize),
    /// There are notes about this many cues, and a store does not get them: what it has is public.
    Withheld(usize),
}

/// What differs between plans for different destinations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanKind {
    /// The event's own server.
    Worker,
    /// A bucket, which keeps the headers that its objects are served with.
    Bucket,
    /// A folder. Its web server adds the headers.
    Folder,
}

/// What the event has now.
#[derive(Debug)]
pub struct Present {
    /// The rundown it has, if it has one.
    pub rundown: Option<Digest>,
    /// That rundown, if it can be read.
    pub content: Option<Rundown>,
    /// The revision that the event is at.
    pub rev: Rev,
    /// Who published this revision, and when. A server says that in its log instead.
    pub by: Option<(String, ServerTime)>,
}

/// Whether a rundown is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// The destination does not have it.
    Missing,
    /// The destination has it.
    There,
    /// The destination has it, but something is wrong with it.
    Wrong(String),
}

impl Plan {
    /// Returns whether the event has the rundown already.
    pub const fn changes_nothing(&self) -> bool {
        self.next.is_none()
    }

    /// Returns whether the server gets notes for the crew.
    pub const fn puts_notes(&self) -> bool {
        matches!(self.notes, NotesPlan::Put(_))
    }

    /// Returns whether carrying it out writes anything.
    pub fn writes(&self) -> bool {
        !self.changes_nothing() || self.heals.is_some() || self.stored != Stored::There || self.puts_notes()
    }
}
