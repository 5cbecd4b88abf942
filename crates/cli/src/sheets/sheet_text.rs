//! The text of a sheet, or of a file that it includes.

use super::lines::Lines;

/// A text with its name and its lines.
pub(super) struct SheetText {
    /// Its path, or `stdin`.
    pub(super) name: String,
    /// Its path relative to the sheet's folder; `None` for the sheet itself.
    pub(super) included_as: Option<String>,
    pub(super) is_file: bool,
    pub(super) source: String,
    pub(super) lines: Lines,
}

impl SheetText {
    /// Creates the text of a sheet, whose name is its path or `stdin`.
    pub(super) fn of_sheet(name: String, is_file: bool, source: String) -> Self {
        Self { name, included_as: None, is_file, lines: Lines::new(&source), source }
    }

    /// Creates the text of an included file, whose path relative to the sheet's folder is `included_as`.
    pub(super) fn of_included(name: String, included_as: String, source: String) -> Self {
        Self { name, included_as: Some(included_as), is_file: true, lines: Lines::new(&source), source }
    }
}
