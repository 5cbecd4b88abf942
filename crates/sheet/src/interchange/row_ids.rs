//! Ids of cues, made from names.

use std::collections::{BTreeMap, BTreeSet};

use super::row::Row;
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

/// Gives rows without an id one made from their name, which no other row has.
pub(super) fn name_rows(rows: &mut [Row]) {
    let mut taken: BTreeSet<String> =
        rows.iter().filter_map(|row| row.field("id")?.as_str().map(str::to_owned)).collect();
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.iter_mut().filter(|row| row.field("id").is_none()) {
        let Some(stem) = row.name.as_deref().map(id_from).filter(|stem| !stem.is_empty()) else { continue };
        let number = next.entry(stem.clone()).or_insert(1);
        let id = loop {
            let id = numbered(&stem, *number);
            *number += 1;
            if taken.insert(id.clone()) {
                break id;
            }
        };
        row.set("id", id);
    }
}

/// Returns an id with its number, which the first does not have.
fn numbered(stem: &str, number: usize) -> String {
    if number == 1 {
        return stem.to_owned();
    }
    let tail = format!("-{number}");
    stem.chars().take(NAME_CHARS_MAX - tail.len()).chain(tail.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_names_and_are_unique() {
        let mut rows: Vec<Row> = ["Take 1!", "take #1", "a", "a", "♪", "a"]
            .map(|name| {
                let mut row = Row::at_line(0);
                row.name = Some(name.to_owned());
                row
            })
            .into();
        rows[5].set("id", "a-2");
        name_rows(&mut rows);
        let ids: Vec<&str> = rows.iter().map(|row| row.text("id")).collect();
        assert_eq!(ids, ["Take-1", "take-1", "a", "a-3", "", "a-2"]);
    }
}
