//! The acknowledgement that a hub asks a viewer for.

/// How a state that is to be acknowledged relates to the known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ack {
    /// It is the known one, and acknowledged once it has taken effect.
    Known,
    /// It contradicts the known one. The hub is told so if that lasts.
    Disputed,
    /// The hub has been told.
    Told,
}
