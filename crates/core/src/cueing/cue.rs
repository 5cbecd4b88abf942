//! A cue as cueing needs it: its time, its kind, and its late policy. What it does is up to the shell.

use crate::seed::{Seed, fnv_1a};
use crate::time::Span;
use crate::timeline::Position;

/// The key of a cue, across rundowns: the same id has the same key.
///
/// A cue *is* its id. One whose time or action changed is still the same cue and
/// does not fire a second time; to fire it again, use another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CueKey(u64);

/// Whether a cue lasts, for a viewer who was not present when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It lasts: a late joiner gets the latest of its track.
    State,
    /// It is momentary: a late joiner has missed it.
    Moment,
}

/// What happens to a cue whose time is past when a viewer could fire it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// It does not fire.
    Skip,
    /// It fires, and continues from where it would be by now.
    Resume,
    /// It fires if it is late by no more than this, otherwise not.
    Within(Span),
    /// It fires from its beginning if it is the latest of its track.
    Latest,
}

/// The certainty of the clock that a cue needs: the widest acceptable bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The widest bound of the estimate at which the cue is still useful.
    pub bound: Span,
    /// What to do while the bound is wider.
    pub otherwise: Otherwise,
}

/// What happens to a cue while the clock is less certain than it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// It does not fire. Should the clock become certain enough while the cue may still be late, it fires then.
    Skip,
    /// It fires anyway, and the effect reports that the bound is wider than needed.
    Fire,
}

/// When viewers fetch what a cue needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lead {
    /// How long before the cue they begin to fetch.
    pub lead: Span,
    /// The time over which viewers spread their fetches; at most the lead.
    pub spread: Span,
}

/// A cue as the rundown lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedCue {
    /// Which one it is.
    pub key: CueKey,
    /// When it begins, in whole milliseconds.
    pub time: Position,
    /// When it ends, if it does; after [`ListedCue::time`].
    pub end: Option<Position>,
    /// Whether it lasts.
    pub kind: Kind,
    /// What happens when it is late.
    pub late: Late,
    /// The number of its track, or of its action if it has no track: the group in which it can be the latest. Small, as
    /// memory is allocated up to the largest.
    pub lane: u32,
    /// The time over which viewers spread it; zero if all fire at once.
    pub jitter: Span,
    /// When to fetch what it needs, if it needs anything.
    pub preload: Option<Lead>,
    /// The certainty of the clock that it needs, if any.
    pub needs: Option<Needs>,
}

impl CueKey {
    /// Returns the key of the cue whose id has these bytes: the same on every machine and in later versions.
    pub fn of_id(id: impl IntoIterator<Item = u8>) -> Self {
        // Mixed, since FNV alone keeps short ids close together.
        Self(Seed::new(fnv_1a(id)).next_u64())
    }

    /// Returns the key with this number.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Returns the number.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

impl Kind {
    /// Returns the word for it in a sheet and in a rundown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Moment => "moment",
        }
    }

    /// Returns what happens with a late cue of this kind that does not say: a state goes on, a moment is skipped.
    pub const fn late(self) -> Late {
        match self {
            Self::State => Late::Resume,
            Self::Moment => Late::Skip,
        }
    }

    /// Returns the kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::State, Self::Moment].into_iter().find(|kind| kind.as_str() == word)
    }
}

impl Otherwise {
    /// Every choice, in the order in which they are explained.
    pub const ALL: [Self; 2] = [Self::Skip, Self::Fire];

    /// Returns the word for it in a sheet and in a rundown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Fire => "fire",
        }
    }

    /// Returns the choice with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|otherwise| otherwise.as_str() == word)
    }
}

impl Late {
    /// Returns the choice with this word; [`Late::Within`] has none, for it carries a time.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "skip" => Some(Self::Skip),
            "resume" => Some(Self::Resume),
            "latest" => Some(Self::Latest),
            _ => None,
        }
    }
}
