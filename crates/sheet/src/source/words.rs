//! Names and values as messages show them.

use super::tree::{Shape, Value};

/// The characters of a quoted text that a message shows: 60. The text may be a megabyte written by mistake.
const QUOTED_CHARS_MAX: usize = 60;

/// Returns a text in quotes, shortened if it is long.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", shortened(text))
}

/// Returns a text, shortened if it is long.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", &text[..cut]),
    }
}

/// Returns names as a list: `"a", "b" and "c"`.
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        [only] => quoted(only),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|name| quoted(name)).collect();
            format!("{} and {}", first.join(", "), quoted(last))
        }
    }
}

/// Returns the type of a value, such as `a number`.
pub(super) fn describe(value: Value<'_>) -> &'static str {
    match value.shape() {
        Shape::Text(_) => "a text",
        Shape::Number(_) => "a number",
        Shape::Boolean(_) => "true or false",
        Shape::Object(_) => "an object",
        Shape::Array(_) => "an array",
        Shape::Null => "null",
    }
}

/// Returns the hint for a name that was probably mistyped.
pub(super) fn did_you_mean(meant: Option<&str>) -> Option<String> {
    meant.map(|meant| format!("did you mean {meant:?}?"))
}
