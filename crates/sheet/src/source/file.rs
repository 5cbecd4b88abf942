//! One file of a sheet.

use super::header::Part;
use super::tree::Tree;
use crate::diagnostic::FileId;

/// A file, ready for its cues to be read.
pub(super) struct File<'s> {
    /// Its path relative to the sheet's folder; `None` for the sheet itself.
    pub(super) path: Option<String>,
    pub(super) id: FileId,
    pub(super) tree: &'s Tree<'s>,
    pub(super) part: Part<'s>,
}
