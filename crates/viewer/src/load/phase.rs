//! The phases of a load test.

/// The phase of a load test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Viewers arrive.
    Arriving,
    /// All viewers have arrived, and watch.
    Watching,
    /// They leave.
    Over,
}
