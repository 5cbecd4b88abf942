//! Tables separated by commas, semicolons or tabs, with a header that names the columns.

mod cells;
mod columns;
mod dialect;
mod export;

use csv::{ReaderBuilder, StringRecord};

use super::exchange::FormatOptions;
use super::format::Format;
use super::import::Import;
use columns::{ColumnHead, header};
use dialect::{Lines, guess_delimiter, open_quote};

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
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut heads: Option<Vec<Option<ColumnHead>>> = None;
    let mut record = StringRecord::new();
    let mut lines = Lines::new(text, lines_before + 1);
    while let Ok(true) = reader.read_record(&mut record) {
        let line = lines.of_record(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match &heads {
            None => match header(&record, line, options, import) {
                Some(read) => heads = Some(read),
                // A column missing here would be reported in every line.
                None => return,
            },
            Some(heads) => cells::read_line(&record, heads, line, options, import),
        }
    }
}

#[cfg(test)]
mod tests;
