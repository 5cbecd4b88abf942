//! Collects the diagnostics while a sheet is read.

use core::ops::Range;
use std::sync::Arc;

use super::Diagnostic;
use super::code::Code;
use super::level::Level;

/// One of the files of a sheet, in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId(usize);

/// A value in one of the sheet's files.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    pub(crate) file: FileId,
    /// The JSON pointer of the value.
    pub(crate) pointer: String,
    /// The bytes of the value.
    pub(crate) span: Range<usize>,
}

/// The text of a diagnostic.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    problem: String,
    remedy: String,
    hint: Option<String>,
}

/// The diagnostics so far.
#[derive(Default)]
pub(crate) struct Report {
    diagnostics: Vec<(FileId, Diagnostic)>,
    files: Vec<ReportedFile>,
}

struct ReportedFile {
    /// The path relative to the sheet's folder; `None` for the sheet itself.
    path: Option<Arc<str>>,
    /// The bytes at the beginning of the file that are not part of what is read.
    skipped: usize,
}

impl Message {
    /// Creates a message from what is wrong and how to fix it.
    pub(crate) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { problem: problem.into(), remedy: remedy.into(), hint: None }
    }

    /// Adds what was probably meant, if that is known.
    pub(crate) fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

impl Report {
    /// Adds a file, the sheet itself first. `skipped` is the number of bytes at its beginning that are not part of what
    /// is read.
    pub(crate) fn add_file(&mut self, path: Option<&str>, skipped: usize) -> FileId {
        self.files.push(ReportedFile { path: path.map(Arc::from), skipped });
        FileId(self.files.len() - 1)
    }

    /// Adds a diagnostic.
    pub(crate) fn add(&mut self, code: Code, location: Location, message: Message) {
        let Location { file: id, pointer, span } = location;
        let Message { problem, remedy, hint } = message;
        let ReportedFile { path, skipped } = &self.files[id.0];
        let span = Some(span.start + skipped..span.end + skipped);
        let diagnostic = Diagnostic {
            code,
            file: path.clone(),
            pointer: pointer.into(),
            span,
            problem: problem.into(),
            remedy: remedy.into(),
            hint: hint.map(Into::into),
        };
        self.diagnostics.push((id, diagnostic));
    }

    /// Returns the number of diagnostics so far.
    pub(crate) fn len(&self) -> usize {
        self.diagnostics.len()
    }

    /// Returns whether one of the diagnostics is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|(_, diagnostic)| diagnostic.level() == Level::Error)
    }

    /// Returns the diagnostics in the order of their files and places.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|(file, diagnostic)| {
            (*file, diagnostic.span.as_ref().map(|span| span.start), diagnostic.code)
        });
        self.diagnostics.into_iter().map(|(_, diagnostic)| diagnostic).collect()
    }
}
