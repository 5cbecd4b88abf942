//! The rundown: a compiled sheet, as it is published and as viewers follow it.
//!
//! Its bytes are canonical (RFC 8785), so one rundown has one digest, and the digest is its name: `<sha256>.json`.
//!
//! ```
//! use downbeat_sheet::{Rundown, digest_of};
//! # #[cfg(feature = "compiler")] {
//! let bytes = downbeat_sheet::compile(r#"[{ "time": 1, "action": "flash" }]"#).rundown.unwrap().to_bytes();
//! let read = Rundown::parse(&bytes).unwrap();
//! assert_eq!(read.to_bytes(), bytes);
//! assert_eq!(read.digest(), digest_of(&bytes));
//! // One more space makes it a different text with a different name, so it is not a rundown.
//! assert!(Rundown::parse(&[&bytes[..], b" "].concat()).is_err());
//! # }
//! ```

mod at;
mod canonical;
mod checkpoint;
mod cue;
mod cue_list;
mod diff;
mod join;
mod not_a_rundown;
mod parse;
mod print;
mod texts;

use downbeat_core::{Digest, Position, Span};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

pub use checkpoint::Checkpoint;
pub(crate) use cue::Params;
pub use cue::{Cue, Preload};
pub use diff::{ChangeKind, CueChange, Diff};
pub use downbeat_core::cueing::{Kind, Late, Needs, Otherwise};
pub use join::{Joined, Outcome, Why};
pub use not_a_rundown::NotARundown;
pub use texts::Texts;

/// The name of the format, which every rundown has in its field `format`.
pub const FORMAT: &str = "downbeat.rundown/1";

/// The number of cues in a rundown: at most 200,000, one every half second for a whole day.
pub const CUES_MAX: usize = 200_000;

/// The latest time a cue may have, and the earliest before the event: 366 days, which no event reaches.
///
/// Reason: times stay far from the limits of 64 bits and of a browser's timers.
pub const TIME_MAX: Span = Span::from_millis(366 * 24 * 3_600_000);

/// The widest bound that a cue may need of the clock: 10 s.
///
/// Reason: at 100 ppm a clock becomes so uncertain only after a day without an answer, so every viewer meets a wider one.
pub const BOUND_MAX: Span = Span::from_millis(10_000);

/// The length of an id: at most 96 characters, room for a name, a time and a number.
pub const ID_CHARS_MAX: usize = 96;

/// The length of an action's or a track's name and of an id in a sheet: at most 64 characters.
pub const NAME_CHARS_MAX: usize = 64;

/// The length of a title: at most 200 characters, a line on a screen.
pub const TITLE_CHARS_MAX: usize = 200;

/// The largest number anywhere in a rundown, either way: 2^53 − 1.
///
/// Reason: beyond it browsers round integers, and readers of canonical JSON refuse them (RFC 8785, section 3.2.2.3).
pub const NUMBER_MAX: i64 = (1 << 53) - 1;

/// A compiled sheet: its cues, sorted by time.
#[derive(Clone, Debug, PartialEq)]
pub struct Rundown {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) duration: Option<Span>,
    pub(crate) tracks: BTreeMap<String, Track>,
    pub(crate) cues: Vec<Cue>,
    checkpoints: Vec<Checkpoint>,
}

/// The properties of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Track {
    pub(crate) exclusive: bool,
    pub(crate) priority: i32,
}

impl Rundown {
    /// Creates a rundown from sorted cues.
    pub(crate) fn new(
        id: String,
        title: String,
        duration: Option<Span>,
        tracks: BTreeMap<String, Track>,
        cues: Vec<Cue>,
    ) -> Self {
        let checkpoints = checkpoint::checkpoints(&cues);
        Self { id, title, duration, tracks, cues, checkpoints }
    }

    /// Parses a rundown from its canonical bytes.
    ///
    /// # Errors
    /// [`NotARundown`] if the bytes are not exactly what [`Rundown::to_bytes`] returns for some rundown.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotARundown> {
        parse::parse(bytes)
    }

    /// Returns the canonical bytes (RFC 8785): keys sorted, shortest numbers, no white space.
    pub fn to_bytes(&self) -> Vec<u8> {
        print::print(self).into_bytes()
    }

    /// Returns the SHA-256 of the canonical bytes, which is the rundown's name.
    pub fn digest(&self) -> Digest {
        digest_of(&self.to_bytes())
    }

    /// Returns the id of the sheet it was compiled from.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the title, or the id if the sheet has no title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the length of the event, if the sheet gives it.
    pub fn duration(&self) -> Option<Span> {
        self.duration
    }

    /// Returns the tracks by name: those the sheet declares, or if it declares none, those its cues use.
    pub fn tracks(&self) -> &BTreeMap<String, Track> {
        &self.tracks
    }

    /// Returns the cues, sorted by time, then track (none first), then id.
    pub fn cues(&self) -> &[Cue] {
        &self.cues
    }

    /// Returns the states that are active at whole minutes, by time.
    pub fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// Returns the cue with this id.
    pub fn cue(&self, id: &str) -> Option<&Cue> {
        self.cues.iter().find(|cue| *cue.id == *id)
    }
}

impl Track {
    /// Returns whether only one of its states may be active at a time.
    pub fn exclusive(self) -> bool {
        self.exclusive
    }

    /// Returns the priority: of two tracks that affect the same thing, the higher one wins.
    pub fn priority(self) -> i32 {
        self.priority
    }
}

/// Returns the SHA-256 of `bytes`.
///
/// ```
/// let empty = downbeat_sheet::digest_of(b"");
/// assert_eq!(empty.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
/// ```
pub fn digest_of(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(bytes).into())
}

/// Returns a time as people write it: `HH:MM:SS`, with `.mmm` if it is not a whole second.
///
/// ```
/// use downbeat_core::Position;
/// assert_eq!(downbeat_sheet::rundown::clock(Position::from_millis(560_500)), "00:09:20.500");
/// ```
pub fn clock(position: Position) -> String {
    let ms = position.as_millis();
    let (sign, ms) = (if ms < 0 { "-" } else { "" }, ms.unsigned_abs());
    let (hours, minutes, seconds, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:03}") };
    format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

/// Returns a length of time in the units a person would use, without rounding: `1 h 30 min`, `0.5 s`.
///
/// ```
/// use downbeat_core::Span;
/// assert_eq!(downbeat_sheet::rundown::length(Span::from_millis(90_500)), "1 min 30.5 s");
/// ```
pub fn length(span: Span) -> String {
    let ms = span.as_millis().max(0);
    let parts = [(ms / 86_400_000, "d"), (ms / 3_600_000 % 24, "h"), (ms / 60_000 % 60, "min")];
    let mut words: Vec<String> =
        parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number} {unit}")).collect();
    let (s, rest) = (ms / 1_000 % 60, ms % 1_000);
    if rest > 0 {
        words.push(format!("{s}.{} s", format!("{rest:03}").trim_end_matches('0')));
    } else if s > 0 || words.is_empty() {
        words.push(format!("{s} s"));
    }
    words.join(" ")
}

#[cfg(all(test, feature = "compiler"))]
mod tests;
