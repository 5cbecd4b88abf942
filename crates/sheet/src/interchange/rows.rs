//! The cues of a whole sheet.

use downbeat_core::{Position, Span};
use std::collections::{BTreeMap, BTreeSet};

use super::exchange::Remark;
use super::ids::{id_from, numbered};
use super::row::{FIELDS, Row};
use crate::rundown::{Kind, Rundown, clock};
use crate::source::{Crew, CrewNote};

/// Returns the cues of a rundown, each with an id unless the compiler generates it.
pub(super) fn rows_of(rundown: &Rundown, crew: &Crew) -> Vec<Row> {
    let mut rows: Vec<Row> = rundown.cues.iter().map(Row::from_cue).collect();
    for (row, CrewNote { note, owner, group, flags }) in rows.iter_mut().zip(&crew.notes) {
        row.set_some("note", note.clone());
        row.set_some("owner", owner.clone());
        row.set_some("group", group.clone());
        row.set_some("flags", (!flags.is_empty()).then(|| flags.clone()));
    }
    name_rows(&mut rows);
    rows
}

/// Checks that no cue comes before zero in a file in which the event begins at `start`.
///
/// # Errors
/// Which cue does, and where the event may begin, as `example` says.
pub(super) fn check_begin(rundown: &Rundown, start: Span, example: &str) -> Result<(), Remark> {
    let Some(first) = rundown.cues().first().filter(|cue| cue.time() + start < Position::START) else { return Ok(()) };
    let problem =
        format!("cue {:?} at {} comes before zero, where the file's times begin", first.id(), clock(first.time()));
    Err(Remark::file(problem, format!("say where in the file the event begins, such as {example}")))
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

/// Returns remarks about ids that become others, and about the fields of cues that a format loses, given those it keeps.
pub(super) fn lost_fields(rows: &[Row], kept: &[&str]) -> Vec<Remark> {
    let lost = FIELDS.into_iter().filter(|name| !kept.contains(name)).filter_map(|name| {
        let count = rows.iter().filter(|row| row.field(name).is_some()).count();
        (count > 0).then(|| cues_with(name, count))
    });
    let mut lost: Vec<String> = lost.collect();
    let differing = rows.iter().filter(|row| row.kind_differs()).count();
    if differing > 0 {
        lost.push(cues_with("kind", differing));
    }
    let mut remarks: Vec<Remark> = changed_ids(rows).into_iter().collect();
    if !lost.is_empty() {
        let problem = format!("the format has no place for {}", lost.join(", "));
        remarks.push(Remark::file(problem, "keep the sheet"));
    }
    remarks
}

/// Returns a remark about ids that become others, if there are any: those of repeats, which a sheet cannot write.
pub(super) fn changed_ids(rows: &[Row]) -> Option<Remark> {
    let mut changed = rows.iter().filter_map(|row| Some((row.name.as_deref()?, row.field("id")?.as_str()?)));
    let (was, is) = changed.next()?;
    let count = counted(changed.count() + 1, "id of a repeat becomes another", "ids of repeats become others");
    let problem = format!("{count}, such as {is:?} for {was:?}");
    Some(Remark::file(problem, "keep the sheet, whose \"repeat\" says the same in one line"))
}

fn cues_with(field: &str, count: usize) -> String {
    format!("{field} ({})", counted(count, "cue", "cues"))
}

/// Returns a number with its noun.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
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
