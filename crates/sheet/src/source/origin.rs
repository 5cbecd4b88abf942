//! Where a compiled cue comes from.

use std::sync::Arc;

/// The place of a compiled cue in what its author wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    /// The included file, as a path relative to the sheet's folder; `None` for the sheet itself.
    pub(crate) file: Option<Arc<str>>,
    /// Its number among that file's cues, from 0.
    pub(crate) index: usize,
}
