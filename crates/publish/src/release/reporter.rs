//! What a release reports while it runs.

use downbeat_core::{Digest, Rev};

/// A step of a release that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The rundown is stored, and was read back.
    Stored(Digest),
    /// Something should be fixed, but stops nobody.
    Warning(&'a str),
    /// Viewers get the rundown from now on.
    Pointed(Rev),
}

/// Receives the progress of a release. Every `Fn(Progress)` is one.
pub trait Reporter {
    /// Receives a step that is done.
    fn on_progress(&self, progress: Progress<'_>);
}

impl<F: Fn(Progress<'_>)> Reporter for F {
    fn on_progress(&self, progress: Progress<'_>) {
        self(progress);
    }
}
