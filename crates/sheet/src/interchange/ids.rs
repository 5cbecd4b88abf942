//! Ids of cues, made from names.

use crate::rundown::NAME_CHARS_MAX;
use crate::source::is_id_char;

/// Returns whether a text may be the id of a cue in a sheet.
pub(super) fn is_id(text: &str) -> bool {
    text.chars().all(is_id_char) && (1..=NAME_CHARS_MAX).contains(&text.chars().count())
}

/// Returns a name as an id: characters that ids cannot have become a hyphen.
pub(super) fn id_from(name: &str) -> String {
    let mut id = String::new();
    for char in name.chars() {
        match is_id_char(char) {
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
