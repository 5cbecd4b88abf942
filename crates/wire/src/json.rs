//! Parsing and writing JSON, one way for each: text is parsed as a value and a value as a type, a type is written as
//! text. serde generates code for every pair of type and format, so a second way would double the worker's.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

/// Reads `text`, which was written by this or another version of Downbeat.
///
/// # Errors
/// [`Error`] if the text is not JSON (with its position), or JSON of another type.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Error> {
    serde_json::from_slice::<Value>(text).and_then(serde_json::from_value)
}

/// Returns `body` as text.
///
/// # Panics
/// Never for the types of this crate and core: JSON can fail only at a map whose keys are not text, and they have none.
pub fn text<T: Serialize + ?Sized>(body: &T) -> String {
    serde_json::to_string(body).expect("bodies have only text for keys")
}

/// Returns `body` as a value.
pub(crate) fn value<T: Serialize + ?Sized>(body: &T) -> Value {
    serde_json::from_slice(text(body).as_bytes()).expect("what was written is JSON")
}

/// Returns whether a member is `false` and therefore omitted.
pub(crate) const fn is_false(value: &bool) -> bool {
    !*value
}

/// Returns whether a number is 0 and therefore omitted.
pub(crate) const fn is_zero(value: &u64) -> bool {
    *value == 0
}
