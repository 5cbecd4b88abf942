//! A sheet's text to a rundown.

use crate::diagnostic::{Diagnostic, Report};
use crate::rundown::Rundown;
use crate::source;

/// What compiling a sheet gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The rundown; nothing if any diagnostic is an error.
    pub rundown: Option<Rundown>,
    /// Everything there is to say about the sheet, in the order of the places it is said about.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a sheet: JSON with comments and trailing commas, a bare array of cues or the object form.
///
/// A rundown compiles to itself. A text that is no JSON gives one diagnostic, for the first place where it is none;
/// otherwise all are given at once.
pub fn compile(source: &str) -> Compiled {
    // Some editors begin a file with a byte order mark; it is no part of the sheet.
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut report = Report::default();
    let rundown = source::read(text, &mut report).filter(|_| !report.has_errors());
    Compiled { rundown, diagnostics: report.into_diagnostics(source.len() - text.len()) }
}
