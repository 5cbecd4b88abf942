//! What an import understood of a table, as a screen.

use std::fmt::Write as _;

use downbeat_sheet::Rundown;
use downbeat_sheet::interchange::{Imported, SkipReason, SkippedRow, Understood};
use serde_json::{Value, json};

use crate::columns::Columns;
use crate::text;

/// The rows of one kind that are listed: 12.
const LISTED_MAX: usize = 12;

/// Returns the screen: what each column became, which rows are cues, and which are not and why.
pub(super) fn screen(imported: &Imported) -> String {
    let mut out = String::new();
    if let Some(understood) = &imported.understood {
        table(&mut out, understood);
    }
    let cues = text::count(imported.rundown.cues().len(), "cue");
    let times = match times(&imported.rundown) {
        Some((first, last)) => format!(", from {} to {}", text::position(first), text::position(last)),
        None => String::new(),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{cues}{times}");
    out
}

/// Returns when the first cue begins and when the last is over.
pub(super) fn times(rundown: &Rundown) -> Option<(downbeat_core::Position, downbeat_core::Position)> {
    let first = rundown.cues().first()?.time();
    let last = rundown.cues().iter().map(|cue| cue.end().unwrap_or(cue.time())).max()?;
    Some((first, last))
}

fn table(out: &mut String, understood: &Understood) {
    let worksheet = understood.worksheet.as_ref().map(|name| format!("worksheet {name:?}, "));
    let _ = writeln!(out, "{}header in line {}", text::tame(&worksheet.unwrap_or_default()), understood.header_line);
    let mut columns = Columns::default();
    for column in &understood.columns {
        let field = column.field.as_deref().map_or_else(|| "left out".to_owned(), |field| format!("→ {field}"));
        let example = if column.example.is_empty() { String::new() } else { format!("such as {}", column.example) };
        columns.line([column.name.clone(), field, example]);
    }
    let _ = write!(out, "{columns}");
    for reason in
        [SkipReason::BeforeHeader, SkipReason::Blank, SkipReason::Heading, SkipReason::Total, SkipReason::Header]
    {
        let rows: Vec<&SkippedRow> = understood.skipped.iter().filter(|row| row.reason == reason).collect();
        let count: usize = rows.iter().map(|row| row.last_line - row.line + 1).sum();
        if count == 0 {
            continue;
        }
        let mut named: Vec<String> = rows.iter().take(LISTED_MAX).map(|row| named(row)).collect();
        if rows.len() > LISTED_MAX {
            named.push("…".to_owned());
        }
        let line = format!("not a cue: {}, {}: {}", text::count(count, "row"), reason.as_str(), named.join(", "));
        let _ = writeln!(out, "{}", text::tame(&line));
    }
    lines(out, &understood.soft_starts, "without a time of its own, so it begins when the one before ends");
    lines(out, &understood.hidden, "hidden in the worksheet, and read all the same");
}

/// Writes a row with what is in it.
fn named(row: &SkippedRow) -> String {
    match (row.text.is_empty(), row.last_line > row.line) {
        (true, true) => format!("{}–{}", row.line, row.last_line),
        (true, false) => row.line.to_string(),
        (false, _) => format!("{} {:?}", row.line, row.text),
    }
}

fn lines(out: &mut String, lines: &[usize], what: &str) {
    if lines.is_empty() {
        return;
    }
    let mut shown: Vec<String> = lines.iter().take(LISTED_MAX).map(usize::to_string).collect();
    if lines.len() > LISTED_MAX {
        shown.push("…".to_owned());
    }
    let _ = writeln!(out, "{}, {what}: {}", text::count(lines.len(), "row"), shown.join(", "));
}

/// Returns it for programs.
pub(super) fn json(understood: &Understood) -> Value {
    let columns = understood
        .columns
        .iter()
        .map(|column| json!({ "name": column.name, "field": column.field, "example": column.example }));
    let skipped = understood.skipped.iter().map(
        |row| json!({ "line": row.line, "lastLine": row.last_line, "reason": row.reason.as_str(), "text": row.text }),
    );
    json!({
        "worksheet": understood.worksheet,
        "otherWorksheets": understood.other_worksheets,
        "headerLine": understood.header_line,
        "columns": columns.collect::<Vec<_>>(),
        "skipped": skipped.collect::<Vec<_>>(),
        "softStarts": understood.soft_starts,
        "hidden": understood.hidden,
    })
}
