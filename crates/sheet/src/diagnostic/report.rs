//! Collecting diagnostics while a sheet is read.

use core::fmt::Write as _;
use core::ops::Range;
use std::sync::Arc;

use super::{Code, Diagnostic, Level};

/// A place in the sheet, as a chain up to its root; made into a JSON pointer only when something is said about it.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    pub(crate) const ROOT: Self = At { parent: None, step: Step::Root };

    pub(crate) const fn key(&'a self, key: &'a str) -> At<'a> {
        At { parent: Some(self), step: Step::Key(key) }
    }

    pub(crate) const fn index(&'a self, index: usize) -> At<'a> {
        At { parent: Some(self), step: Step::Index(index) }
    }

    /// Does something with the place that the keys of `path` lead to from here.
    pub(crate) fn below(&self, path: &[&str], then: &mut dyn FnMut(&At<'_>)) {
        match path {
            [] => then(self),
            [first, rest @ ..] => self.key(first).below(rest, then),
        }
    }

    fn pointer(&self) -> String {
        let mut pointer = self.parent.map(At::pointer).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Key(key) => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Step::Index(index) => {
                // Writing to a String cannot fail.
                let _ = write!(pointer, "/{index}");
            }
        }
        pointer
    }
}

/// Everything said so far.
#[derive(Default)]
pub(crate) struct Report {
    diagnostics: Vec<(usize, Diagnostic)>,
    /// The path of each file, with the bytes left out at its beginning. The sheet itself has none.
    files: Vec<(Option<Arc<str>>, usize)>,
    /// The file that is being read.
    file: usize,
}

impl Report {
    /// Begins a file, the sheet itself first, and gives its number. `skipped` is how many bytes at its beginning are
    /// not part of what is read.
    pub(crate) fn begin(&mut self, path: Option<&str>, skipped: usize) -> usize {
        self.files.push((path.map(Arc::from), skipped));
        self.file = self.files.len() - 1;
        self.file
    }

    /// Goes on with a file that was begun before.
    pub(crate) fn go_on(&mut self, file: usize) {
        self.file = file;
    }

    /// Says something about the value at `at`, whose text is at `span`.
    pub(crate) fn say(&mut self, code: Code, at: &At<'_>, span: Range<usize>, message: String) {
        self.suggest(code, at, span, message, None);
    }

    /// Says something, and perhaps what was meant.
    pub(crate) fn suggest(
        &mut self,
        code: Code,
        at: &At<'_>,
        span: Range<usize>,
        message: String,
        hint: Option<String>,
    ) {
        let (file, skipped) = self.files.get(self.file).cloned().unwrap_or_default();
        let span = Some(span.start + skipped..span.end + skipped);
        self.diagnostics.push((self.file, Diagnostic { code, file, pointer: at.pointer(), span, message, hint }));
    }

    /// Returns how much has been said so far.
    pub(crate) fn len(&self) -> usize {
        self.diagnostics.len()
    }

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
