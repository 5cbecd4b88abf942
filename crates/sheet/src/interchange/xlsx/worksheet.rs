//! The rows of a worksheet, cell by cell: a range of all its cells could be larger than memory.

use std::collections::BTreeMap;

use super::book::{Workbook, unreadable};
use super::cell::text;
use super::hidden::HiddenRows;
use crate::interchange::exchange::Remark;
use crate::interchange::table::TableRow;

/// The cells of a worksheet that are read: 2,000,000, ten for each cue that a sheet may have.
const CELLS_MAX: usize = 2_000_000;

/// The columns that are read: 256.
const COLUMNS_MAX: u32 = 256;

/// Returns the rows of a worksheet in which something is.
pub(super) fn rows(book: &mut Workbook<'_>, name: &str, hidden: &HiddenRows) -> Result<Vec<TableRow>, Remark> {
    let merged = book.merge_cells_by_sheet_name(name).map_err(unreadable)?;
    let mut rows: BTreeMap<u32, TableRow> = BTreeMap::new();
    let mut cells = book.worksheet_cells_reader(name).map_err(unreadable)?;
    let mut count = 0;
    while let Some(cell) = cells.next_cell_with_formula().map_err(unreadable)? {
        let (row, column) = cell.pos;
        let (text, is_uncached) = match (text(&cell.value), cell.formula) {
            (Some(text), _) => (text, false),
            (None, Some(formula)) => (format!("={formula}"), true),
            (None, None) => continue,
        };
        if text.trim().is_empty() {
            continue;
        }
        let found = rows.entry(row).or_insert_with(|| TableRow { line: row as usize + 1, ..TableRow::default() });
        // Empty ones before it take room, too.
        count += (column as usize + 1).saturating_sub(found.cells.len());
        if count > CELLS_MAX || column >= COLUMNS_MAX {
            let problem = format!("the worksheet {name:?} has more than {CELLS_MAX} cells, or {COLUMNS_MAX} columns");
            return Err(Remark::file(problem, "delete what is not part of the table"));
        }
        let column = column as usize;
        if found.cells.len() <= column {
            found.cells.resize(column + 1, String::new());
        }
        found.cells[column] = text;
        if is_uncached {
            found.uncached.push(column);
        }
    }
    for area in merged {
        let ((top, left), (bottom, right)) = (area.start, area.end);
        if right > left {
            if let Some(row) = rows.get_mut(&top) {
                row.is_merged = true;
            }
        } else if left < COLUMNS_MAX {
            copy_down(&mut rows, left as usize, top, bottom);
        }
    }
    for row in hidden.of(name) {
        if let Some(row) = rows.get_mut(&row) {
            row.is_hidden = true;
        }
    }
    Ok(rows.into_values().collect())
}

/// Copies a cell that spans several rows into each of them that has something else.
fn copy_down(rows: &mut BTreeMap<u32, TableRow>, column: usize, top: u32, bottom: u32) {
    let above = rows.get(&top).and_then(|row| row.cells.get(column)).filter(|cell| !cell.is_empty()).cloned();
    let (Some(text), true) = (above, bottom > top) else { return };
    for (_, row) in rows.range_mut(top + 1..=bottom) {
        if row.cells.len() <= column {
            row.cells.resize(column + 1, String::new());
        }
        if row.cells[column].is_empty() {
            row.cells[column].clone_from(&text);
            row.copied.push(column);
        }
    }
}
