//! Why a text about tokens is not valid.

use core::fmt;

/// Why a text is not a valid token. It never contains the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// The id is wrong.
    Id,
    /// The text as a whole is wrong.
    Text,
    /// There is no such scope.
    Scope,
    /// The text is not a sign-in code.
    Code,
    /// Neither an event's name nor the beginning of names.
    Pattern,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "a token's id has 1 to 32 of a-z, 0-9 and -",
            Self::Text => "not a Downbeat token; one looks like dbt_<id>_<secret>, on one line, with nothing around it",
            Self::Scope => "the scopes are operate, hold, publish, read, rooms, emergency and admin",
            Self::Code => "not a sign-in code; open the whole link, as \"downbeat token add\" prints it",
            Self::Pattern => "give an event's name, or the beginning of names and a *, such as gala-*",
        })
    }
}
impl core::error::Error for TokenError {}
