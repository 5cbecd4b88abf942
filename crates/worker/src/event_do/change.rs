//! What an operator asks of an event's object, besides commands.

use downbeat_wire::route::{RESET, RESTORED};

use crate::request::Target;

/// What is done with the body of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The event is created, or its settings are changed.
    Configure,
    /// The event's storage was restored: it begins a new epoch.
    Restore,
    /// The event is put back to before its start, in a new epoch.
    Reset,
}

impl Change {
    pub(super) fn of(target: &Target<'_>) -> Self {
        if target.has(RESTORED) {
            Self::Restore
        } else if target.has(RESET) {
            Self::Reset
        } else {
            Self::Configure
        }
    }
}

/// Whether an event is deleted although it is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    Checked,
    Forced,
}
