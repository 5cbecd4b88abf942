//! The names of the columns of a table, and what their cells say.

use csv::StringRecord;
use downbeat_core::Locale;
use std::collections::BTreeSet;

use crate::interchange::exchange::FormatOptions;
use crate::interchange::import::Import;
use crate::source::{invisible, nearest};

/// The names a column may have, and what it says about a cue.
const COLUMNS: [(&str, Column); 25] = [
    ("id", Column::Id),
    ("name", Column::Name),
    ("time", Column::Time("time")),
    ("start", Column::Time("time")),
    ("end", Column::Time("until")),
    ("until", Column::Time("until")),
    ("duration", Column::Time("duration")),
    ("action", Column::Text("action")),
    ("cue", Column::Text("action")),
    ("track", Column::Text("track")),
    ("kind", Column::Kind),
    ("params", Column::Json("params")),
    ("late", Column::Late),
    ("jitter", Column::Time("jitter")),
    ("needs", Column::Needs),
    ("preload", Column::Json("preload")),
    ("message", Column::Text("message")),
    ("disabled", Column::Disabled),
    ("flags", Column::Flags),
    ("note", Column::Text("note")),
    ("notes", Column::Text("note")),
    ("owner", Column::Text("owner")),
    ("group", Column::Text("group")),
    ("params.…", Column::Param),
    ("message.…", Column::Message),
];

/// What the cells of a column say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Name,
    Time(&'static str),
    Text(&'static str),
    Json(&'static str),
    Kind,
    Late,
    Needs,
    Disabled,
    Flags,
    /// One of the params, named in the header after `params.`.
    Param,
    /// The message in one language, named in the header after `message.`.
    Message,
}

/// A column as the header names it.
pub(super) struct ColumnHead {
    pub(super) column: Column,
    /// Its name, in the case in which it is written.
    pub(super) name: String,
}

impl ColumnHead {
    /// Returns what follows `params.` or `message.`.
    pub(super) fn rest(&self) -> &str {
        self.name.split_once('.').map_or("", |(_, rest)| rest)
    }
}

/// Reads the header; a column that is left out is `None`. Returns `None` if a required column is missing.
pub(super) fn header(
    record: &StringRecord,
    line: usize,
    options: &FormatOptions,
    import: &mut Import,
) -> Option<Vec<Option<ColumnHead>>> {
    let mut used = BTreeSet::new();
    let heads: Vec<Option<ColumnHead>> =
        record.iter().enumerate().map(|(index, name)| head(name.trim(), index, line, &mut used, import)).collect();
    let mut required = vec![("time", Column::Time("time"))];
    if options.action.is_none() {
        required.push(("action", Column::Text("action")));
    }
    required.retain(|(_, column)| !heads.iter().flatten().any(|head| head.column == *column));
    for (name, _) in &required {
        let problem = format!("the header has no column {name:?}");
        import.refuse(line, problem, "the first line names the columns, such as time,action,track");
    }
    required.is_empty().then_some(heads)
}

/// Reads the name of a column; `used` are the columns so far.
fn head(name: &str, index: usize, line: usize, used: &mut BTreeSet<String>, import: &mut Import) -> Option<ColumnHead> {
    // A spreadsheet may have columns that are only for people.
    if name.is_empty() || name.starts_with('#') {
        return None;
    }
    if let Some(found) = invisible(name) {
        let problem = format!("the name of column {} has {found}, which nobody sees", index + 1);
        import.refuse(line, problem, "type the name again");
        return None;
    }
    let Some(column) = column_named(&name.to_lowercase()) else {
        let problem = format!("column {} is called {name:?}, which says nothing about a cue", index + 1);
        let remedy = format!("rename it, or begin its name with # to leave it out; {}", hint(&name.to_lowercase()));
        import.refuse(line, problem, remedy);
        return None;
    };
    let which = if matches!(column, Column::Param | Column::Message) { name.to_owned() } else { format!("{column:?}") };
    if !used.insert(which) {
        let problem = format!("column {} says the same as an earlier one ({name:?})", index + 1);
        import.refuse(line, problem, "keep one of them, or begin the name of the other with #");
    }
    Some(ColumnHead { column, name: name.to_owned() })
}

/// Returns whether a cell of a header names a column.
pub(super) fn is_known(name: &str) -> bool {
    column_named(&name.trim().to_lowercase()).is_some()
}

/// Returns the column with this name, which is in lower case.
fn column_named(name: &str) -> Option<Column> {
    match name.split_once('.') {
        Some(("params", rest)) if !rest.is_empty() => Some(Column::Param),
        Some(("message", rest)) if rest.parse::<Locale>().is_ok() => Some(Column::Message),
        _ => COLUMNS.iter().find(|(known, _)| *known == name).map(|&(_, column)| column),
    }
}

/// Returns the column that was probably meant, or all of them.
fn hint(name: &str) -> String {
    let known: Vec<&str> = COLUMNS.iter().map(|(known, _)| *known).collect();
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean {meant:?}?"),
        None => format!("the columns are {}", known.join(", ")),
    }
}
