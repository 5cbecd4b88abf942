//! Diagnostics: a stable code, the place in the sheet, what is wrong, and how to fix it.

mod at;
mod code;
mod level;
mod report;

use core::fmt;
use core::ops::Range;
use std::sync::Arc;

pub(crate) use at::{At, pointer_step};
pub(crate) use code::Code;
pub use code::explain;
pub use level::Level;
pub(crate) use report::{FileId, Location, Message, Report};

/// One problem in a sheet.
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
    pointer: Box<str>,
    span: Option<Range<usize>>,
    problem: Box<str>,
    remedy: Box<str>,
    hint: Option<Box<str>>,
}

impl Diagnostic {
    /// Returns the code, such as `DB103`. A code never changes its meaning; [`explain`] says more about it.
    pub fn code(&self) -> &'static str {
        self.code.as_str()
    }

    /// Returns whether it is an error or a warning, which follows from the code.
    pub fn level(&self) -> Level {
        self.code.level()
    }

    /// Returns the included file it is about, as a path relative to the sheet's folder; `None` for the sheet itself.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Returns the JSON pointer (RFC 6901) of the value in question; empty for the whole sheet.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Returns the bytes in the source, or in the included [`Diagnostic::file`], that it is about. Both ends are at
    /// character boundaries.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    /// Returns what is wrong: the place, the problem and the limit.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// Returns how to fix it, in a few words.
    pub fn remedy(&self) -> &str {
        &self.remedy
    }

    /// Returns problem and remedy in one line.
    pub fn message(&self) -> String {
        format!("{}; {}", self.problem, self.remedy)
    }

    /// Returns a suggestion that may be wrong, such as the field that was probably meant.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Returns what to do about it: the hint if there is one, otherwise the remedy.
    ///
    /// ```
    /// let source = r#"[{ "time": 5, "until": 5, "action": "a" }]"#;
    /// let diagnostics = downbeat_sheet::compile(source).diagnostics;
    /// assert_eq!(diagnostics[0].advice(), "give a later \"until\" or a longer \"duration\", or neither for a moment");
    /// ```
    pub fn advice(&self) -> &str {
        self.hint().unwrap_or(&self.remedy)
    }

    /// Returns the line and the column at which the span begins, both from 1, the column in characters.
    ///
    /// `source` is the text that was compiled, or that of the included [`Diagnostic::file`]. The time this takes grows
    /// with the offset.
    pub fn line_column(&self, source: &str) -> Option<(usize, usize)> {
        let before = source.get(..self.span.as_ref()?.start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        Some((line, before[line_start..].chars().filter(|&char| char != '\u{feff}').count() + 1))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}; {}", self.level(), self.code(), self.problem, self.remedy)
    }
}
