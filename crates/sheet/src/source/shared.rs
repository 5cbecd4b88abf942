//! Texts that many cues have, each kept once.

use std::collections::BTreeSet;
use std::sync::Arc;

/// The names of actions and tracks so far.
#[derive(Default)]
pub(super) struct Shared(BTreeSet<Arc<str>>);

impl Shared {
    /// Returns a name, the same one wherever it is asked for.
    pub(super) fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let new: Arc<str> = name.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}
