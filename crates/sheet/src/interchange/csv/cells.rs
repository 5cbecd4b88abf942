//! Reads a line of a table into a cue.

use serde_json::{Map, Value, json};

use super::column::Column;
use super::columns::ColumnHead;
use super::formulas::without_guard;
use super::times::{TimeCell, Times};
use crate::interchange::cue_label::CueLabel;
use crate::interchange::exchange::FormatOptions;
use crate::interchange::ids::is_id;
use crate::interchange::import::Import;
use crate::interchange::row::Row;
use crate::interchange::table::TableRow;
use crate::rundown::Kind;
use crate::source::{NEXT, time_ms};

/// A line while its cells are read.
struct Cells<'i, 't> {
    row: Row,
    times: Vec<TimeCell<'t>>,
    /// The action of a label.
    label: Option<String>,
    params: Map<String, Value>,
    texts: Map<String, Value>,
    line: usize,
    import: &'i mut Import,
}

/// Adds the cue of a line.
pub(super) fn read_line(
    row: &TableRow,
    heads: &[Option<ColumnHead>],
    group: Option<&str>,
    times: &mut Times,
    options: &FormatOptions,
    import: &mut Import,
) {
    let line = row.line;
    if row.filled().any(|(index, _)| index >= heads.len()) {
        let problem = format!("it has {} cells, the header has {}", row.cells.len(), heads.len());
        return import.refuse(line, problem, "put cells that contain the separator into quotes");
    }
    let (cue, label) = (Row::at_line(line), None);
    let mut cells = Cells { row: cue, times: Vec::new(), label, params: Map::new(), texts: Map::new(), line, import };
    for (index, (head, cell)) in heads.iter().zip(&row.cells).enumerate() {
        let cell = without_guard(cell);
        // What lasts over several rows does not last as long in each.
        let is_shared = |head: &ColumnHead| {
            row.copied.contains(&index) && matches!(head.column, Column::Time("until" | "duration"))
        };
        if let Some(head) = head.as_ref().filter(|head| !cell.trim().is_empty() && !is_shared(head)) {
            // Spaces at the ends only matter in texts that people read.
            let is_text = matches!(head.column, Column::Text("message") | Column::Message | Column::Param);
            if row.uncached.contains(&index) && head.column != Column::Idle {
                let remedy = "open the workbook in a spreadsheet program, and save it, so that it has the value";
                cells.refuse(head, cell, "is a formula without a value", remedy);
                continue;
            }
            cells.read(head, if is_text { cell } else { cell.trim() });
        }
    }
    cells.finish(group, times, options);
}

impl<'t> Cells<'_, 't> {
    fn read(&mut self, head: &'t ColumnHead, cell: &'t str) {
        match head.column {
            Column::Id => self.row.set("id", cell),
            Column::CueNumber if is_id(cell) => self.row.set("id", cell),
            Column::Label => {
                let label = CueLabel::parse(cell);
                let action = label.action.clone();
                label.set_in(&mut self.row, action.clone());
                self.label = Some(action).filter(|action| !action.is_empty());
            }
            Column::Item | Column::Idle => {}
            Column::Name | Column::CueNumber => self.row.name = Some(cell.to_owned()),
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

    fn finish(self, group: Option<&str>, times: &mut Times, options: &FormatOptions) {
        let Self { mut row, times: cells, label, params, texts, line, import } = self;
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
        one_end(&mut row);
        if row.field("group").is_none() {
            row.set_some("group", group);
        }
        if !has_time {
            match import.line_before_without_end() {
                Some(None) => {
                    row.set("time", NEXT);
                    import.soft_start(line);
                }
                Some(Some(before)) => {
                    let problem = format!("it has no time, and line {before} before it does not say when it ends");
                    let remedy = "say when it fires, or how long the line before takes, or delete it";
                    return import.refuse(line, problem, remedy);
                }
                None => return import.refuse(line, "it has no time", "say when it fires, or delete the line"),
            }
        }
        let given = label.unwrap_or_else(|| row.text("action").to_owned());
        let Some(action) = import.action(line, &given, options) else { return };
        row.set("action", action);
        // A time that was refused leaves its row without one.
        if row.field("time").is_some() {
            import.add(row);
        }
    }
}

/// Removes an end that says the same as the length, as lists of markers have both; and a length of zero, which a moment has.
fn one_end(row: &mut Row) {
    let ms = |row: &Row, name: &str| {
        let value = row.field(name)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match text.strip_prefix('-') {
            Some(before) => Some(-time_ms(before).ok()?),
            None => time_ms(&text).ok(),
        }
    };
    let (begin, until, length) = (ms(row, "time"), ms(row, "until"), ms(row, "duration"));
    if let (Some(begin), Some(until), Some(length)) = (begin, until, length)
        && (begin + length - until).abs() <= SAME_END_MS
    {
        row.unset("until");
    }
    if length == Some(0) {
        row.unset("duration");
    }
}

/// How far apart an end and a beginning with its length may be to mean the same: 1 s, since tables may leave parts of a
/// second out.
const SAME_END_MS: i64 = 1_000;

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
