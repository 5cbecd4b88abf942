//! Why bytes are no rundown.

use core::fmt;

use super::{CUES_MAX, FORMAT};

/// Says why bytes are no rundown; its text says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotARundown {
    /// They are no JSON; holds where and why.
    Json(String),
    /// Their field `format` is missing or names another format; holds what it names.
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
    /// The cue with this id stands before one that should come first.
    Order(String),
    /// Two cues have this id.
    DuplicateId(String),
    /// They mean a rundown, but are not its canonical bytes; holds the offset of the first byte that differs.
    NotCanonical(usize),
}

impl fmt::Display for NotARundown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no rundown: ")?;
        match self {
            Self::Json(problem) => write!(f, "it is no JSON ({problem})")?,
            Self::Format(None) => write!(f, "its field \"format\" is missing, {FORMAT:?} belongs there")?,
            Self::Format(Some(format)) => write!(f, "its \"format\" is {format:?}, this version reads {FORMAT:?}")?,
            Self::Value { pointer, expected } => write!(f, "at {pointer:?} there should be {expected}")?,
            Self::TooManyCues(count) => write!(f, "it has {count} cues, at most {CUES_MAX} fit")?,
            Self::Order(id) => {
                write!(f, "cue {id:?} does not come after the cue before it (time, then track, then id)")?
            }
            Self::DuplicateId(id) => write!(f, "two cues have the id {id:?}")?,
            Self::NotCanonical(offset) => {
                write!(f, "it is not in canonical form (RFC 8785), first at byte {offset}")?;
            }
        }
        f.write_str("; compile the sheet again and publish the result as it is")
    }
}
impl core::error::Error for NotARundown {}
