//! Lengths in JSON, the form in which states are stored and sent.

use serde::Serialize;

/// Returns the number of bytes of `value` as JSON text.
///
/// # Panics
/// Never for the types of this crate: JSON can fail only at a map whose keys are not text, and they have none.
pub(crate) fn length<T: Serialize + ?Sized>(value: &T) -> usize {
    serde_json::to_string(value).expect("the types of core have only text for keys").len()
}
