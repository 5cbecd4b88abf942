//! Tables separated by commas, semicolons or tabs, with a header that names the columns.

mod cells;
mod columns;
mod dialect;
mod export;
mod formulas;
mod separators;
mod times;

use csv::{ReaderBuilder, StringRecord};

use super::exchange::FormatOptions;
use super::format::Format;
use super::import::Import;
use columns::{Column, header};
use dialect::{Lines, guess_delimiter, open_quote};
use separators::Separators;
use times::Times;

/// The format of spreadsheets.
pub(super) const FORMAT: Format = Format {
    name: "csv",
    about: "tables of spreadsheets, separated by commas, semicolons or tabs",
    loses: "",
    import: Some(import),
    export: Some(export::export),
};

fn import(text: &str, options: &FormatOptions, import: &mut Import) {
    // Excel may name the delimiter in a first line of its own.
    let (text, named, lines_before) = match text.strip_prefix("sep=") {
        Some(rest) => {
            let named = rest.bytes().next().filter(|byte| b",;|\t".contains(byte));
            (rest.split_once('\n').map_or("", |(_, rest)| rest), named, 1)
        }
        None => (text, None, 0),
    };
    let delimiter = named.unwrap_or_else(|| guess_delimiter(text));
    if let Some(line) = open_quote(text, delimiter) {
        let problem = "a quote opens here and never closes, so the rest of the file is one cell";
        let remedy = "close it, or write two of them to mean the character";
        return import.refuse(lines_before + line, problem, remedy);
    }
    let mut records = records(text, delimiter, lines_before + 1).into_iter();
    let Some((line, first)) = records.next() else { return };
    // A column missing here would be reported in every line.
    let Some(heads) = header(&first, line, options, import) else { return };
    let records: Vec<(usize, StringRecord)> = records.collect();
    let cells = records.iter().flat_map(|(_, record)| heads.iter().zip(record));
    let times = cells.filter(|(head, _)| head.as_ref().is_some_and(|head| matches!(head.column, Column::Time(_))));
    let separators = Separators::of_cells(times.map(|(_, cell)| cell.trim()), delimiter);
    let mut times = match Times::new(separators, options) {
        Ok(times) => times,
        Err(error) => return import.refuse_file(error),
    };
    for (line, record) in &records {
        cells::read_line(record, &heads, *line, &mut times, options, import);
    }
    times.finish(import);
}

/// Returns the records that are not empty, with their lines, of which the first is `first`.
fn records(text: &str, delimiter: u8, first: usize) -> Vec<(usize, StringRecord)> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut lines = Lines::new(text, first);
    let mut records = Vec::new();
    let mut record = StringRecord::new();
    while let Ok(true) = reader.read_record(&mut record) {
        let line = lines.of_record(record.position().map_or(0, csv::Position::byte));
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            records.push((line, record.clone()));
        }
    }
    records
}

#[cfg(test)]
mod tests;
