//! The cues of a whole sheet.

use std::collections::{BTreeMap, BTreeSet};

use super::exchange::Remark;
use super::ids::{id_from, numbered};
use super::row::{FIELDS, Row};
use crate::rundown::{Kind, Rundown};

/// Returns the cues of a rundown, each with an id unless the compiler generates it.
pub(super) fn rows_of(rundown: &Rundown) -> Vec<Row> {
    let mut rows: Vec<Row> = rundown.cues.iter().map(Row::from_cue).collect();
    name_rows(&mut rows);
    rows
}

/// Returns all actions, with their kind if it does not follow from the ends of their cues; `None` if it does for all.
pub(super) fn kinds(rows: &[Row]) -> Option<BTreeMap<String, Option<Kind>>> {
    let differing: Vec<&Row> = rows.iter().filter(|row| row.kind_differs()).collect();
    if differing.is_empty() {
        return None;
    }
    let mut actions: BTreeMap<String, Option<Kind>> =
        rows.iter().map(|row| (row.text("action").to_owned(), None)).collect();
    actions.extend(differing.into_iter().map(|row| (row.text("action").to_owned(), row.kind)));
    Some(actions)
}

/// Returns a remark about the fields of cues that a format loses, given those that it keeps.
pub(super) fn lost_fields(rows: &[Row], kept: &[&str]) -> Vec<Remark> {
    let lost = FIELDS.into_iter().filter(|name| !kept.contains(name)).filter_map(|name| {
        let count = rows.iter().filter(|row| row.field(name).is_some()).count();
        (count > 0).then(|| counted(name, count))
    });
    let mut lost: Vec<String> = lost.collect();
    let differing = rows.iter().filter(|row| row.kind_differs()).count();
    if differing > 0 {
        lost.push(counted("kind", differing));
    }
    if lost.is_empty() {
        return Vec::new();
    }
    let problem = format!("the format has no place for {}", lost.join(", "));
    vec![Remark::file(problem, "keep the sheet")]
}

fn counted(field: &str, count: usize) -> String {
    format!("{field} ({count} {})", if count == 1 { "cue" } else { "cues" })
}

/// Assigns rows without an id one made from their name, which no other row has.
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
