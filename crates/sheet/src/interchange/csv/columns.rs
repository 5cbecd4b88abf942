//! The columns of a table, and what their cells say.

use super::column::Column;
use super::names::{self, FIELDS, field, known, plain};
use crate::interchange::exchange::{FormatOptions, Remark};
use crate::interchange::import::Import;
use crate::interchange::table::TableRow;
use crate::source::{invisible, nearest};

/// The rows among which the header is looked for: 100.
pub(super) const HEADER_ROWS_MAX: usize = 100;

/// A column as the header names it.
#[derive(Clone, Debug)]
pub(super) struct ColumnHead {
    pub(super) column: Column,
    /// Its name, in the case in which it is written.
    pub(super) name: String,
    /// The field that was named for it, if one was.
    mapped: Option<String>,
}

impl ColumnHead {
    /// Returns what follows `params.` or `message.`.
    pub(super) fn rest(&self) -> &str {
        let name = self.mapped.as_deref().unwrap_or(&self.name);
        name.split_once('.').map_or("", |(_, rest)| rest)
    }

    /// Returns the field that it becomes.
    pub(super) fn field(&self) -> Option<String> {
        Some(match self.column {
            Column::Idle => return None,
            Column::Param | Column::Message => self.mapped.clone().unwrap_or_else(|| self.name.clone()),
            Column::CueNumber => "id".to_owned(),
            Column::Item | Column::Label => "action".to_owned(),
            Column::Time(name) | Column::Text(name) | Column::Json(name) => name.to_owned(),
            other => FIELDS.iter().find(|(_, column)| *column == other).map(|(name, _)| (*name).to_owned())?,
        })
    }
}

/// Finds the header: the first row that names a time and what happens, or else the one that names most. Returns its index
/// among the rows.
pub(super) fn find_header(rows: &[TableRow], options: &FormatOptions) -> Option<usize> {
    let rows = &rows[..rows.len().min(HEADER_ROWS_MAX)];
    // The first of equals.
    let most = || (0..rows.len()).rev().max_by_key(|&index| known_count(&rows[index], options));
    rows.iter().position(|row| is_header(row, options)).or_else(most)
}

/// Returns whether one of the first rows is a header.
#[cfg(feature = "xlsx")]
pub(in crate::interchange) fn has_header(rows: &[TableRow], options: &FormatOptions) -> bool {
    rows.iter().take(HEADER_ROWS_MAX).any(|row| is_header(row, options))
}

/// Returns whether a row names a time and what happens.
fn is_header(row: &TableRow, options: &FormatOptions) -> bool {
    let columns = || row.filled().filter_map(|(_, cell)| column(cell, options));
    columns().any(|column| column == Column::Time("time"))
        && (options.action.is_some() || columns().any(says_what))
        // A cell of a row of cues may be a word that a header has, too.
        && row.filled().count() <= 2 * known_count(row, options) + 1
}

fn known_count(row: &TableRow, options: &FormatOptions) -> usize {
    row.filled().filter(|(_, cell)| is_known(cell, options)).count()
}

/// Returns whether a column may say what a cue does.
fn says_what(column: Column) -> bool {
    matches!(column, Column::Text("action") | Column::Item | Column::Label | Column::Name | Column::CueNumber)
}

/// Returns the field that `--map` gives a column.
fn mapped<'o>(name: &str, options: &'o FormatOptions) -> Option<&'o str> {
    options.columns.iter().find(|(column, _)| plain(column) == plain(name)).map(|(_, field)| &**field)
}

fn column(name: &str, options: &FormatOptions) -> Option<Column> {
    match mapped(name, options) {
        Some("-") => Some(Column::Idle),
        Some(given) => field(given),
        None => known(name),
    }
}

/// Returns whether a cell of a header names a column.
pub(super) fn is_known(name: &str, options: &FormatOptions) -> bool {
    column(name, options).is_some()
}

/// Reads the header; a column that is left out is `None`. Returns `None` if a required column is missing.
pub(super) fn header(row: &TableRow, options: &FormatOptions, import: &mut Import) -> Option<Vec<Option<ColumnHead>>> {
    check_map(row, options, import);
    let is_edit_index = names::is_edit_index(&row.filled().map(|(_, cell)| cell).collect::<Vec<_>>());
    let mut heads: Vec<Option<ColumnHead>> = Vec::new();
    for (index, name) in row.cells.iter().enumerate() {
        let name = name.trim();
        heads.push(if is_edit_index && names::is_of_clips(name) && mapped(name, options).is_none() {
            Some(ColumnHead { column: Column::Idle, name: name.to_owned(), mapped: None })
        } else {
            head(name, index, row.line, options, &heads, import)
        });
    }
    say_what(&mut heads, options);
    let has = |wanted: Column| heads.iter().flatten().any(|head| head.column == wanted);
    let mut missing = Vec::new();
    if !has(Column::Time("time")) {
        missing.push("time");
    }
    if options.action.is_none() && !has(Column::Text("action")) && !has(Column::Label) {
        missing.push("action");
    }
    for name in &missing {
        let problem = format!("the header has no column {name:?}");
        let remedy = format!("name it in the table, or say which it is, such as --map \"Column={name}\"");
        import.refuse(row.line, problem, remedy);
    }
    missing.is_empty().then_some(heads)
}

/// Reports fields that do not exist, and columns that the header does not have.
fn check_map(row: &TableRow, options: &FormatOptions, import: &mut Import) {
    for (name, given) in &options.columns {
        if given != "-" && field(given).is_none() {
            let problem = format!("--map {:?}: a cue has no field {given:?}", format!("{name}={given}"));
            let fields: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
            let remedy = format!("the fields are {}, and - for none", fields.join(", "));
            import.refuse_file(Remark::file(problem, remedy));
        } else if !row.filled().any(|(_, cell)| plain(cell) == plain(name)) {
            let names: Vec<&str> = row.filled().map(|(_, cell)| cell).take(30).collect();
            let problem = format!("--map: the table has no column {name:?}");
            let remedy = format!("line {} has {}", row.line, names.join(", "));
            import.refuse_file(Remark::file(problem, remedy));
        }
    }
}

/// Reads the name of a column; `before` are the columns before it.
fn head(
    name: &str,
    index: usize,
    line: usize,
    options: &FormatOptions,
    before: &[Option<ColumnHead>],
    import: &mut Import,
) -> Option<ColumnHead> {
    let mapped = mapped(name, options);
    // A spreadsheet may have columns that are only for people.
    if name.is_empty() || name.starts_with('#') && mapped.is_none() {
        return None;
    }
    if let Some(found) = invisible(name) {
        let problem = format!("the name of column {} has {found}, which nobody sees", index + 1);
        import.refuse(line, problem, "type the name again");
        return None;
    }
    let Some(column) = column(name, options) else {
        unknown(name, index, line, import);
        return None;
    };
    let mapped = mapped.map(str::to_owned);
    let head = ColumnHead { column, name: name.to_owned(), mapped };
    let same = |other: &&ColumnHead| match column {
        Column::Idle => false,
        Column::Param | Column::Message => other.column == column && other.rest() == head.rest(),
        _ => other.column == column,
    };
    let Some(other) = before.iter().flatten().find(same) else { return Some(head) };
    let is_field = |head: &ColumnHead| head.mapped.is_some() || field(&plain(&head.name)).is_some();
    if is_field(&head) && is_field(other) {
        let problem = format!("column {} says the same as an earlier one ({name:?})", index + 1);
        import.refuse(line, problem, "keep one of them, or begin the name of the other with #");
    } else {
        let problem = format!("column {name:?} says the same as {:?}, and is left out", other.name);
        let remedy = format!("say what it is, such as --map \"{name}=note\", or --map \"{name}=-\" for nothing");
        import.remark(Remark::line(line, problem, remedy));
    }
    None
}

/// Reports a column that nothing is known about: an error if its name is nearly a known one.
fn unknown(name: &str, index: usize, line: usize, import: &mut Import) {
    let problem = format!("column {} is called {name:?}, which says nothing about a cue", index + 1);
    match nearest(&plain(name), names::all().filter(|known| known.len() > 4)) {
        Some(meant) => {
            let remedy = format!(
                "did you mean {meant:?}? Rename it, or say what it is: --map \"{name}={meant}\", or - for nothing"
            );
            import.refuse(line, problem, remedy);
        }
        None => {
            let remedy = format!("it is left out; if it should be a field, say which: --map \"{name}=note\"");
            import.remark(Remark::line(line, problem, remedy));
        }
    }
}

/// Decides which column says what a cue does: the action, or else the item, the label, the name, or the cue.
fn say_what(heads: &mut [Option<ColumnHead>], options: &FormatOptions) {
    let has = |heads: &[Option<ColumnHead>], wanted: Column| heads.iter().flatten().any(|head| head.column == wanted);
    let action = Column::Text("action");
    let others = [Column::Item, Column::Name, Column::CueNumber];
    if !has(heads, action) && !has(heads, Column::Label) && options.action.is_none() {
        let says = others.into_iter().find(|&column| has(heads, column));
        if let Some(head) = heads.iter_mut().flatten().find(|head| Some(head.column) == says) {
            head.column = if head.column == Column::Name { Column::Label } else { action };
        }
    }
    // An item beside an action is a note, if there is no other.
    let note = if has(heads, Column::Text("note")) { Column::Idle } else { Column::Text("note") };
    for head in heads.iter_mut().flatten().filter(|head| head.column == Column::Item) {
        head.column = note;
    }
}
