//! A diagnostic with its place as line and column.

use std::fmt;

use downbeat_sheet::Diagnostic;

use super::lines::Place;
use super::sheet_text::SheetText;

/// A diagnostic, and where it is.
pub(crate) struct Finding<'a> {
    pub(super) text: &'a SheetText,
    pub(crate) diagnostic: &'a Diagnostic,
    /// Where it begins, if it has a place.
    pub(crate) from: Option<Place>,
    /// Where it ends: the place after its last character.
    pub(crate) to: Option<Place>,
}

impl Finding<'_> {
    /// Returns the path of the file it is in, or `stdin`.
    pub(crate) fn file(&self) -> &str {
        &self.text.name
    }

    /// Returns the path of the file it is in; `None` for standard input.
    pub(crate) fn path(&self) -> Option<&str> {
        self.text.is_file.then_some(&self.text.name)
    }

    /// Returns `error` or `warning`.
    pub(crate) fn severity(&self) -> &'static str {
        self.diagnostic.level().as_str()
    }
}

impl fmt::Display for Finding<'_> {
    /// Writes it in one line: `gala.json:3:14: error DB103: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file())?;
        if let Some(Place { line, column }) = self.from {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.diagnostic)
    }
}
