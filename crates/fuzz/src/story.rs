//! What happened before something was wrong.

use std::fmt::Debug;

/// The steps so far. They are printed if the thread panics.
#[derive(Debug, Default)]
pub(crate) struct Story(Vec<String>);

impl Story {
    /// Adds a step.
    pub(crate) fn add(&mut self, step: &impl Debug) {
        self.0.push(format!("{step:?}"));
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0.join("\n"));
        }
    }
}
