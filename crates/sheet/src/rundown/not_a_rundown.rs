//! Why bytes are not a rundown.

use core::fmt;

use super::{CUES_MAX, FORMAT};

/// Why bytes are not a rundown. Its text says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotARundown {
    /// They are not JSON; holds where and why.
    Json(String),
    /// Their field `format` is missing or names another format; holds the name.
    Format(Option<String>),
    /// The value at this JSON pointer is not what belongs there.
    Value {
        /// Where.
        pointer: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// There are more than [`CUES_MAX`] cues; holds how many.
    TooManyCues(usize),
    /// The cue with this id comes before one that should come first.
    Order(String),
    /// Two cues have this id.
    DuplicateId(String),
    /// They mean a rundown, but are not its canonical bytes; holds the offset of the first byte that differs.
    NotCanonical(usize),
}

/// What is wrong, without the remedy.
pub(crate) struct Problem<'a>(&'a NotARundown);

impl NotARundown {
    /// What to do about any of these.
    pub(crate) const REMEDY: &str = "compile the sheet again and publish the result as it is";

    /// Returns what is wrong.
    pub(crate) fn problem(&self) -> Problem<'_> {
        Problem(self)
    }
}

impl fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not a rundown: ")?;
        match self.0 {
            NotARundown::Json(problem) => write!(f, "not valid JSON ({problem})"),
            NotARundown::Format(None) => write!(f, "its field \"format\" is missing, {FORMAT:?} belongs there"),
            NotARundown::Format(Some(format)) => {
                write!(f, "its \"format\" is {format:?}, this version reads {FORMAT:?}")
            }
            NotARundown::Value { pointer, expected } => write!(f, "at {pointer:?} there should be {expected}"),
            NotARundown::TooManyCues(count) => write!(f, "it has {count} cues, at most {CUES_MAX} fit"),
            NotARundown::Order(id) => {
                write!(f, "cue {id:?} does not come after the cue before it (time, then track, then id)")
            }
            NotARundown::DuplicateId(id) => write!(f, "two cues have the id {id:?}"),
            NotARundown::NotCanonical(offset) => {
                write!(f, "it is not in canonical form (RFC 8785), first at byte {offset}")
            }
        }
    }
}

impl fmt::Display for NotARundown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.problem(), Self::REMEDY)
    }
}
impl core::error::Error for NotARundown {}
