//! An object that was listed.

use downbeat_core::ServerTime;

/// An object that was listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its size.
    pub bytes: u64,
    /// When it was put last, by the store's clock.
    pub modified: ServerTime,
}
