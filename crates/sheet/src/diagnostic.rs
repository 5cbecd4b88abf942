//! What is said about a sheet: a stable code, where, what, and what to do about it.

mod code;
mod report;

use core::fmt;
use core::ops::Range;
use std::sync::Arc;

pub(crate) use code::Code;
pub use code::explain;
pub(crate) use report::{At, Report};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// There is no rundown until this is mended.
    Error,
    /// There is a rundown, which may not be what was meant.
    Warning,
}

/// One thing said about a sheet.
///
/// ```
/// let source = r#"[{ "time": 560, "acton": 1, "action": "a" }]"#;
/// let diagnostics = downbeat_sheet::compile(source).diagnostics;
/// assert_eq!(diagnostics[0].code(), "DB103");
/// assert_eq!(diagnostics[0].pointer(), "/0/acton");
/// assert_eq!(diagnostics[0].line_column(source), Some((1, 17)));
/// assert_eq!(diagnostics[0].hint(), Some("did you mean \"action\"?"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    code: Code,
    file: Option<Arc<str>>,
    pointer: String,
    span: Option<Range<usize>>,
    message: String,
    hint: Option<String>,
}

impl Diagnostic {
    /// Returns the code, such as `DB103`; it never changes its meaning. [`explain`] tells more about it.
    pub fn code(&self) -> &'static str {
        self.code.as_str()
    }

    /// Returns how bad it is, which follows from the code.
    pub fn level(&self) -> Level {
        self.code.level()
    }

    /// Returns the included file it is about, as its path from the sheet's folder; nothing for the sheet itself.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Returns the JSON pointer (RFC 6901) of the value in question; empty for the whole sheet.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Returns where that is in the source, or in the included [`Diagnostic::file`], in bytes; both ends lie between
    /// characters.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    /// Returns what is wrong and what to do, in one line: place, problem, limit, remedy.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns a suggestion that may be wrong, such as the field that was probably meant.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Returns what to do about it, in a few words: the suggestion if there is one, otherwise the remedy with which the
    /// message ends.
    ///
    /// ```
    /// let source = r#"[{ "time": -5, "action": "a" }]"#;
    /// let diagnostics = downbeat_sheet::compile(source).diagnostics;
    /// assert_eq!(diagnostics[0].advice(), "times count from the event's beginning, use 0 or more");
    /// ```
    pub fn advice(&self) -> &str {
        let remedy = self.message.rsplit_once("; ").map_or(&*self.message, |(_, remedy)| remedy);
        self.hint().unwrap_or(remedy)
    }

    /// Returns the line and the column at which the span begins, both from 1, the column in characters.
    ///
    /// `source` is the text that was compiled, or that of the included [`Diagnostic::file`]. The time this takes grows with the offset.
    pub fn line_column(&self, source: &str) -> Option<(usize, usize)> {
        let before = source.get(..self.span.as_ref()?.start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        Some((line, before[line_start..].chars().filter(|&char| char != '\u{feff}').count() + 1))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level() {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        write!(f, "{level} {}: {}", self.code(), self.message)
    }
}
