//! Keeps each name once, however many cues have it.

use std::collections::BTreeSet;
use std::sync::Arc;

/// The names of actions and tracks so far.
#[derive(Default)]
pub(super) struct Interner(BTreeSet<Arc<str>>);

impl Interner {
    /// Returns a name; equal names share their memory.
    pub(super) fn intern(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let new: Arc<str> = name.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}
