//! Ids of cues, made from names.

use crate::rundown::NAME_CHARS_MAX;
use crate::source::{is_id_char, is_mark, nfc};

pub(super) use crate::source::is_id;

/// Returns a name as an id: characters that ids cannot have become a hyphen.
pub(super) fn id_from(name: &str) -> String {
    let mut id = String::new();
    for char in nfc(name).chars() {
        match is_id_char(char) {
            // A joiner is only allowed between letters, and a mark only on one.
            true if matches!(char, '\u{200c}' | '\u{200d}') => {}
            true if is_mark(char) && (id.is_empty() || id.ends_with('-')) => {}
            true => id.push(char),
            false if !id.ends_with('-') => id.push('-'),
            false => {}
        }
    }
    id.trim_matches('-').chars().take(NAME_CHARS_MAX).collect()
}

/// Returns an id with its number, which the first does not have.
pub(super) fn numbered(stem: &str, number: usize) -> String {
    if number == 1 {
        return stem.to_owned();
    }
    let tail = format!("-{number}");
    stem.chars().take(NAME_CHARS_MAX - tail.len()).chain(tail.chars()).collect()
}
