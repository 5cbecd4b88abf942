//! Reads a line of a table into a cue.

use csv::StringRecord;
use serde_json::{Map, Value, json};

use super::columns::{Column, ColumnHead};
use crate::interchange::exchange::{FormatOptions, Remark};
use crate::interchange::import::Import;
use crate::interchange::row::Row;
use crate::rundown::Kind;

/// A line while its cells are read.
struct Cells<'i> {
    row: Row,
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
    options: &FormatOptions,
    import: &mut Import,
) {
    if record.iter().skip(heads.len()).any(|cell| !cell.trim().is_empty()) {
        let problem = format!("it has {} cells, the header has {}", record.len(), heads.len());
        return import.refuse(line, problem, "put cells that contain the separator into quotes");
    }
    let mut cells = Cells { row: Row::at_line(line), params: Map::new(), texts: Map::new(), line, import };
    for (head, cell) in heads.iter().zip(record) {
        if let Some(head) = head.as_ref().filter(|_| !cell.trim().is_empty()) {
            // Spaces at the ends only matter in texts that people read.
            let is_text = matches!(head.column, Column::Text("message") | Column::Message | Column::Param);
            cells.read(head, if is_text { cell } else { cell.trim() });
        }
    }
    cells.finish(options);
}

impl Cells<'_> {
    fn read(&mut self, head: &ColumnHead, cell: &str) {
        match head.column {
            Column::Id => self.row.set("id", cell),
            Column::Name => self.row.name = Some(cell.to_owned()),
            Column::Time(field) => self.time(field, cell),
            Column::Text(field) => self.row.set(field, cell),
            Column::Json(field) => match serde_json::from_str::<Map<String, Value>>(cell) {
                Ok(object) => self.row.set(field, object),
                Err(error) => {
                    let problem = format!("is not a JSON object ({error})");
                    self.refuse(head, cell, &problem, "write it such as {\"song\": 1}");
                }
            },
            Column::Param => {
                self.params.insert(head.rest().to_owned(), serde_json::from_str(cell).unwrap_or_else(|_| cell.into()));
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
            Column::Flags => self.row.set("flags", cell.split_whitespace().collect::<Vec<_>>()),
        }
    }

    fn refuse(&mut self, head: &ColumnHead, cell: &str, problem: &str, remedy: &str) {
        let shown: String = cell.chars().take(60).collect();
        self.import.refuse(self.line, format!("column {:?}: {shown:?} {problem}", head.name), remedy);
    }

    /// Reads a time as sheets write it. Plain seconds may have a comma, and minutes and seconds become a full clock time.
    fn time(&mut self, field: &'static str, cell: &str) {
        let point = cell.replace(',', ".");
        if let Some(number) = plain_seconds(&point) {
            return self.row.set(field, Value::Number(number));
        }
        let time = match minutes_and_seconds(&point) {
            Some(clock) => {
                let problem = format!("{cell:?} is read as minutes and seconds, {clock}");
                self.import.remark(Remark::line(self.line, problem, "write all three parts to be sure"));
                clock
            }
            // A comma before the decimals of a clock time; elsewhere commas are not replaced.
            None if cell.contains(':') => point,
            None => cell.to_owned(),
        };
        self.row.set(field, time);
    }

    fn finish(self, options: &FormatOptions) {
        let Self { mut row, params, texts, line, import } = self;
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
        if row.field("time").is_none() {
            return import.refuse(line, "it has no time", "say when it fires, or delete the line");
        }
        let Some(action) = import.action(line, row.text("action"), options) else { return };
        row.set("action", action);
        import.add(row);
    }
}

/// Returns a number of seconds, exactly as it is written.
fn plain_seconds(cell: &str) -> Option<serde_json::Number> {
    let is_number =
        cell.parse::<f64>().is_ok() && cell.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if is_number { serde_json::from_str(cell).ok() } else { None }
}

/// Returns `M:SS` as `HH:MM:SS`.
fn minutes_and_seconds(cell: &str) -> Option<String> {
    let (minutes, seconds) = cell.split_once(':')?;
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(minutes.len(), 1..=4) || !is_digits(minutes) || !seconds.split('.').all(is_digits) {
        return None;
    }
    let minutes: u32 = minutes.parse().ok()?;
    Some(format!("{:02}:{:02}:{seconds}", minutes / 60, minutes % 60))
}

/// Reads `50ms`, `50ms or skip`, `50ms or fire`.
fn needs(cell: &str) -> Value {
    match cell.split_once(" or ") {
        Some((bound, otherwise)) => json!({ "bound": bound.trim(), "otherwise": otherwise.trim() }),
        None => json!({ "bound": cell }),
    }
}
