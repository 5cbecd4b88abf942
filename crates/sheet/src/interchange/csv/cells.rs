//! Reads a line of a table into a cue.

use csv::StringRecord;
use serde_json::{Map, Value, json};

use super::columns::{Column, ColumnHead};
use super::formulas::without_guard;
use super::times::{TimeCell, Times};
use crate::interchange::exchange::FormatOptions;
use crate::interchange::import::Import;
use crate::interchange::row::Row;
use crate::rundown::Kind;

/// A line while its cells are read.
struct Cells<'i, 't> {
    row: Row,
    times: Vec<TimeCell<'t>>,
    params: Map<String, Value>,
    texts: Map<String, Value>,
    line: usize,
    import: &'i mut Import,
}

/// Adds the cue of a line.
pub(super) fn read_line(
    record: &StringRecord,
    heads: &[Option<ColumnHead>],
    line: usize,
    times: &mut Times,
    options: &FormatOptions,
    import: &mut Import,
) {
    if record.iter().skip(heads.len()).any(|cell| !cell.trim().is_empty()) {
        let problem = format!("it has {} cells, the header has {}", record.len(), heads.len());
        return import.refuse(line, problem, "put cells that contain the separator into quotes");
    }
    let row = Row::at_line(line);
    let mut cells = Cells { row, times: Vec::new(), params: Map::new(), texts: Map::new(), line, import };
    for (head, cell) in heads.iter().zip(record) {
        let cell = without_guard(cell);
        if let Some(head) = head.as_ref().filter(|_| !cell.trim().is_empty()) {
            // Spaces at the ends only matter in texts that people read.
            let is_text = matches!(head.column, Column::Text("message") | Column::Message | Column::Param);
            cells.read(head, if is_text { cell } else { cell.trim() });
        }
    }
    cells.finish(times, options);
}

impl<'t> Cells<'_, 't> {
    fn read(&mut self, head: &'t ColumnHead, cell: &'t str) {
        match head.column {
            Column::Id => self.row.set("id", cell),
            Column::Name => self.row.name = Some(cell.to_owned()),
            Column::Time(field) => self.times.push(TimeCell { field, column: &head.name, cell }),
            Column::Text(field) => self.row.set(field, cell),
            Column::Json(field) => match serde_json::from_str::<Map<String, Value>>(cell) {
                Ok(object) => self.row.set(field, object),
                Err(error) => {
                    let problem = format!("is not a JSON object ({error})");
                    self.refuse(head, cell, &problem, "write it such as {\"song\": 1}");
                }
            },
            Column::Param => {
                self.params.insert(head.rest().to_owned(), param(cell));
            }
            Column::Message => {
                self.texts.insert(head.rest().to_owned(), cell.into());
            }
            Column::Kind => match Kind::from_word(&cell.to_lowercase()) {
                Some(kind) => self.row.kind = Some(kind),
                None => self.refuse(head, cell, "is not a kind", "write state or moment"),
            },
            Column::Late => match cell.strip_prefix("within ") {
                Some(window) => self.row.set("late", json!({ "within": window.trim() })),
                None => self.row.set("late", cell),
            },
            Column::Needs => self.row.set("needs", needs(cell)),
            Column::Disabled => match &*cell.to_lowercase() {
                "true" | "yes" | "x" | "1" => self.row.set("disabled", true),
                "false" | "no" | "0" => {}
                _ => self.refuse(head, cell, "is neither yes nor no", "write true or false"),
            },
            Column::Flags => match serde_json::from_str::<Vec<String>>(cell) {
                Ok(words) => self.row.set("flags", words),
                Err(_) => self.row.set("flags", cell.split_whitespace().collect::<Vec<_>>()),
            },
        }
    }

    fn refuse(&mut self, head: &ColumnHead, cell: &str, problem: &str, remedy: &str) {
        let shown: String = cell.chars().take(60).collect();
        self.import.refuse(self.line, format!("column {:?}: {shown:?} {problem}", head.name), remedy);
    }

    fn finish(self, times: &mut Times, options: &FormatOptions) {
        let Self { mut row, times: cells, params, texts, line, import } = self;
        let has_time = cells.iter().any(|cell| cell.field == "time");
        times.read(&cells, &mut row, import);
        for (field, parts) in [("params", params), ("message", texts)] {
            if parts.is_empty() {
                continue;
            }
            if row.field(field).is_some() {
                let problem = format!("it has a {field:?} and parts of one ({field}.…)");
                return import.refuse(line, problem, "leave one of the two empty");
            }
            row.set(field, parts);
        }
        if !has_time {
            return import.refuse(line, "it has no time", "say when it fires, or delete the line");
        }
        let Some(action) = import.action(line, row.text("action"), options) else { return };
        row.set("action", action);
        // A time that was refused leaves its row without one.
        if row.field("time").is_some() {
            import.add(row);
        }
    }
}

/// Returns a param: JSON if it is that, or a text. Spreadsheets write true and false in capitals.
fn param(cell: &str) -> Value {
    match cell {
        "TRUE" => true.into(),
        "FALSE" => false.into(),
        _ => serde_json::from_str(cell).unwrap_or_else(|_| cell.into()),
    }
}

/// Reads `50ms`, `50ms or skip`, `50ms or fire`.
fn needs(cell: &str) -> Value {
    match cell.split_once(" or ") {
        Some((bound, otherwise)) => json!({ "bound": bound.trim(), "otherwise": otherwise.trim() }),
        None => json!({ "bound": cell }),
    }
}
