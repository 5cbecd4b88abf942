//! The phases of a load test of a room.

/// The phase of a load test of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Members come, and do nothing else.
    Arriving,
    /// All have come, and do what the plan says.
    Acting,
    /// Nobody does anything any more; those that stall become ready, and those that left come back.
    Settling,
    /// All leave.
    Over,
}
