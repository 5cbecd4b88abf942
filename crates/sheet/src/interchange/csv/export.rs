//! Writes a rundown as a table.

use core::fmt::Display;
use csv::WriterBuilder;
use downbeat_core::Locale;
use serde_json::Value;
use std::collections::BTreeSet;

use super::formulas::guarded;
use crate::interchange::exchange::{Exported, FormatOptions, Remark};
use crate::interchange::row::Row;
use crate::interchange::rows;
use crate::rundown::{Kind, Rundown};
use crate::source::Crew;

/// The fields with a column of their own, the required ones first in [`REQUIRED`].
const FIELDS: [&str; 14] = [
    "id", "time", "duration", "action", "track", "params", "late", "jitter", "needs", "preload", "flags", "note",
    "owner", "group",
];

/// The fields whose column is there even if no cue has them.
const REQUIRED: [&str; 2] = ["time", "action"];

/// Writes a header and a line per cue.
pub(super) fn export(rundown: &Rundown, crew: &Crew, options: &FormatOptions) -> Result<Exported, Remark> {
    options.refuse_timecode()?;
    let rows = rows::rows_of(rundown, crew);
    let has_kinds = rows::kinds(&rows).is_some();
    let used = |field: &&str| REQUIRED.contains(field) || rows.iter().any(|row| row.field(field).is_some());
    let fields: Vec<&str> = FIELDS.into_iter().filter(used).collect();
    let messages = rundown.cues().iter().filter_map(|cue| cue.message());
    let locales: BTreeSet<&str> = messages.flat_map(|message| message.keys().map(Locale::as_str)).collect();

    let mut header: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    header.extend(has_kinds.then(|| "kind".to_owned()));
    header.extend(locales.iter().map(|locale| format!("message.{locale}")));
    let mut guarded_cells = 0;
    let mut guard = |cell: String| match guarded(&cell) {
        Some(guarded) => {
            guarded_cells += 1;
            guarded
        }
        None => cell,
    };
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(header).map_err(failed)?;
    for row in &rows {
        let mut cells: Vec<String> = fields.iter().map(|field| cell(row, field)).collect();
        cells.extend(has_kinds.then(|| row.kind.map_or("", Kind::as_str).to_owned()));
        cells.extend(locales.iter().map(|locale| message_in(row, locale).to_owned()));
        writer.write_record(cells.into_iter().map(&mut guard)).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(failed)?;
    let mut remarks: Vec<Remark> = rows::changed_ids(&rows).into_iter().collect();
    if guarded_cells > 0 {
        let cells = rows::counted(guarded_cells, "cell begins like a formula", "cells begin like formulas");
        let problem = format!("{cells} (=, +, -, @), so a ' is put before the text");
        remarks.push(Remark::file(problem, "an import takes it away again"));
    }
    Ok(Exported { text, remarks })
}

/// Returns an error of the writer, which writes to memory and should not have any.
fn failed(error: impl Display) -> Remark {
    Remark::file(error.to_string(), "choose another format")
}

/// Returns a field as a cell.
fn cell(row: &Row, field: &str) -> String {
    match row.field(field) {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(words)) if !has_spaces(words) => {
            words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        Some(value @ Value::Object(_)) if field == "late" => format!("within {}", text_in(value, "within")),
        Some(value) if field == "needs" => format!("{} or {}", text_in(value, "bound"), text_in(value, "otherwise")),
        Some(other) => other.to_string(),
    }
}

/// Returns whether one of these words has spaces, so that they cannot be separated by them.
fn has_spaces(words: &[Value]) -> bool {
    words.iter().filter_map(Value::as_str).any(|word| word.contains(char::is_whitespace) || word.starts_with('['))
}

fn message_in<'r>(row: &'r Row, locale: &str) -> &'r str {
    row.field("message").map(|message| text_in(message, locale)).unwrap_or_default()
}

fn text_in<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
