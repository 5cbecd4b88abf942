//! Tables separated by commas, semicolons or tabs, with a header that names the columns.

mod cells;
mod column;
mod columns;
mod dialect;
mod export;
mod formulas;
mod names;
mod rows;
mod separators;
mod times;

use csv::{ReaderBuilder, StringRecord};

use super::audition;
use super::exchange::{FormatOptions, Remark};
use super::format::{Format, Source};
use super::import::Import;
use super::table::{Table, TableRow};
use column::Column;
#[cfg(feature = "xlsx")]
pub(super) use columns::has_header;
use columns::{find_header, header};
use dialect::{Lines, guess_delimiter, open_quote};
use rows::Rows;
use separators::Separators;
use times::Times;

pub(crate) use formulas::guarded;

/// The format of spreadsheets.
pub(super) const FORMAT: Format = Format {
    name: "csv",
    about: "tables of spreadsheets and lists of markers, separated by commas, semicolons or tabs",
    loses: "",
    import: Some(Source::Text(import)),
    export: Some(export::export),
};

fn import(text: &str, options: &FormatOptions, import: &mut Import) {
    if audition::is_list(text) {
        import.remark(Remark::file("it is read as a list of Audition's markers", "import it as audition"));
        return audition::import(text, options, import);
    }
    // Excel may name the delimiter in a first line of its own.
    let (text, named, lines_before) = match text.strip_prefix("sep=") {
        Some(rest) => {
            let named = rest.bytes().next().filter(|byte| b",;|\t".contains(byte));
            (rest.split_once('\n').map_or("", |(_, rest)| rest), named, 1)
        }
        None => (text, None, 0),
    };
    let delimiter = named.unwrap_or_else(|| guess_delimiter(text, options));
    if let Some(line) = open_quote(text, delimiter) {
        let problem = "a quote opens here and never closes, so the rest of the file is one cell";
        let remedy = "close it, or write two of them to mean the character";
        return import.refuse(lines_before + line, problem, remedy);
    }
    let rows = records(text, delimiter, lines_before + 1);
    read_table(Table { rows, delimiter: Some(delimiter), worksheet: None }, options, import);
}

/// Makes cues of the rows of a table.
pub(super) fn read_table(table: Table, options: &FormatOptions, import: &mut Import) {
    let Some(at) = find_header(&table.rows, options) else { return };
    let (before, rest) = table.rows.split_at(at);
    let [head, rows @ ..] = rest else { return };
    // A column missing here would be reported in every line.
    let Some(heads) = header(head, options, import) else { return };
    import.title = title(before);
    let is_time = |index: usize| {
        heads.get(index).is_some_and(|head| matches!(head, Some(head) if matches!(head.column, Column::Time(_))))
    };
    let times = rows.iter().flat_map(TableRow::filled).filter(|(index, _)| is_time(*index)).map(|(_, cell)| cell);
    let separators = match table.delimiter {
        Some(delimiter) => Separators::of_cells(times, delimiter),
        None => Separators::of_numbers(),
    };
    let times = match Times::new(separators, options) {
        Ok(times) => times,
        Err(error) => return import.refuse_file(error),
    };
    Rows { head, heads: &heads, times, options }.read(before, rows, import);
    if let Some(understood) = &mut import.understood
        && let Some((worksheet, others)) = table.worksheet
    {
        (understood.worksheet, understood.other_worksheets) = (Some(worksheet), others);
    }
}

/// Returns the title above a header: the only cell of the first row.
fn title(before: &[TableRow]) -> Option<String> {
    let mut cells = before.first()?.filled();
    cells.next().map(|(_, cell)| cell.to_owned()).filter(|_| cells.next().is_none())
}

/// Returns the records that are not empty, with their lines, of which the first is `first`.
fn records(text: &str, delimiter: u8, first: usize) -> Vec<TableRow> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut lines = Lines::new(text, first);
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    while let Ok(true) = reader.read_record(&mut record) {
        let line = lines.of_record(record.position().map_or(0, csv::Position::byte));
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            let lines = 1 + record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
            let cells = record.iter().map(str::to_owned).collect();
            rows.push(TableRow { line, lines, cells, ..TableRow::default() });
        }
    }
    rows
}

#[cfg(test)]
mod tests;
