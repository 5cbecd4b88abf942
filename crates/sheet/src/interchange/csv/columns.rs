//! What the columns of a table are called, and what their cells say.

use csv::StringRecord;
use downbeat_core::Locale;
use std::collections::BTreeSet;

use super::{Intake, Terms};
use crate::source::nearest;

/// What a column may be called, and what it says about a cue.
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
    /// One of the params; its header goes on with which.
    Param,
    /// The message in one language; its header goes on with which.
    Message,
}

/// A column as the header names it.
pub(super) struct Head {
    pub(super) column: Column,
    /// What its header says, in the case in which it is written.
    pub(super) name: String,
}

impl Head {
    /// Returns what follows `params.` or `message.`.
    pub(super) fn rest(&self) -> &str {
        self.name.split_once('.').map_or("", |(_, rest)| rest)
    }
}

/// Reads the header, unless what every cue needs is not in it; a column that is left out gives nothing.
pub(super) fn header(
    record: &StringRecord,
    line: usize,
    terms: &Terms,
    intake: &mut Intake,
) -> Option<Vec<Option<Head>>> {
    let mut seen = BTreeSet::new();
    let heads: Vec<Option<Head>> =
        record.iter().enumerate().map(|(index, name)| head(name.trim(), index, line, &mut seen, intake)).collect();
    let has = |column: Column| heads.iter().flatten().any(|head| head.column == column);
    let missing = [("time", Column::Time("time"), false), ("action", Column::Text("action"), terms.action.is_some())];
    let missing = missing.into_iter().filter(|(_, column, told)| !told && !has(*column));
    let refused = missing.map(|(name, ..)| {
        let message =
            format!("the header has no column {name:?}; the first line names the columns, such as time,action,track");
        intake.refuse(line, message);
    });
    (refused.count() == 0).then_some(heads)
}

fn head(name: &str, index: usize, line: usize, seen: &mut BTreeSet<String>, intake: &mut Intake) -> Option<Head> {
    // A spreadsheet may have columns for people only.
    if name.is_empty() || name.starts_with('#') {
        return None;
    }
    let small = name.to_lowercase();
    let column = match small.split_once('.') {
        Some(("params", rest)) if !rest.is_empty() => Some(Column::Param),
        Some(("message", rest)) if rest.parse::<Locale>().is_ok() => Some(Column::Message),
        _ => COLUMNS.iter().find(|(known, _)| *known == small).map(|&(_, column)| column),
    };
    let Some(column) = column else {
        let known: Vec<&str> = COLUMNS.iter().map(|(known, _)| *known).collect();
        let hint = match nearest(&small, known.iter().copied()) {
            Some(meant) => format!("did you mean {meant:?}?"),
            None => format!("the columns are {}", known.join(", ")),
        };
        let message = format!(
            "column {} is called {name:?}, which says nothing about a cue; rename it, or begin its name with # to leave it out; {hint}",
            index + 1
        );
        intake.refuse(line, message);
        return None;
    };
    let which = if matches!(column, Column::Param | Column::Message) { name.to_owned() } else { format!("{column:?}") };
    if !seen.insert(which) {
        intake.refuse(line, format!("column {} says the same as an earlier one ({name:?}); keep one of them, or begin the name of the other with #", index + 1));
    }
    Some(Head { column, name: name.to_owned() })
}
