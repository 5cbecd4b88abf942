//! Names that a cue uses and the sheet does not declare.

use crate::diagnostic::Message;
use crate::source::cursor::Cursor;
use crate::source::nearest::nearest;
use crate::source::words::{did_you_mean, listed, quoted};

/// The number of declared names that a message lists: 12. A long list would bury the message.
const LISTED_MAX: usize = 12;

/// A kind of name that a sheet may declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declaration {
    Action,
    Track,
    Locale,
}

impl Declaration {
    /// Returns what messages call a name of this kind.
    fn noun(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Track => "track",
            Self::Locale => "locale",
        }
    }

    /// Returns the sheet's field that declares such names.
    fn field(self) -> &'static str {
        match self {
            Self::Action => "actions",
            Self::Track => "tracks",
            Self::Locale => "locales",
        }
    }
}

/// Returns the message about a name that is not one of those the sheet declares.
pub(super) fn undeclared<'k>(
    name: &str,
    kind: Declaration,
    declared: impl Iterator<Item = &'k str>,
    cursor: &Cursor<'_>,
) -> Message {
    let declared: Vec<&str> = declared.collect();
    let listed = match declared.len() {
        0..=LISTED_MAX => listed(&declared),
        count => format!("{count} others"),
    };
    let (noun, field) = (kind.noun(), kind.field());
    let problem =
        format!("{} has the {noun} {}, but the sheet's {field:?} declare {listed}", cursor.subject, quoted(name));
    Message::new(problem, "use one of them, or declare it").with_hint(did_you_mean(nearest(name, declared)))
}
