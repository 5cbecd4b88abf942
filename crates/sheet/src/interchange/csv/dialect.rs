//! How a table is written: its delimiter, its quotes, and the lines of its records.

use csv::{ReaderBuilder, StringRecord};

use super::columns::{HEADER_ROWS_MAX, is_known};
use crate::interchange::exchange::FormatOptions;

/// Counts lines up to where records begin.
pub(super) struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    /// Creates a counter at the beginning of a text, which is line `first`.
    pub(super) fn new(text: &'t str, first: usize) -> Self {
        Self { text: text.as_bytes(), at: 0, line: first }
    }

    /// Returns the line of the record that the reader found at `byte`, which may still be in the line ends before it.
    pub(super) fn of_record(&mut self, byte: u64) -> usize {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(&here) = self.text.get(self.at).filter(|here| self.at < byte || b"\r\n".contains(here)) {
            self.line += usize::from(here == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Returns the line of a quote that opens and never closes.
pub(super) fn open_quote(text: &str, delimiter: u8) -> Option<usize> {
    let mut line = 1;
    let mut opened = None;
    let mut cell_begins = true;
    for byte in text.bytes() {
        match (byte, opened) {
            (b'"', Some(_)) => opened = None,
            // Two quotes mean the character: closed, and opened again.
            (b'"', None) if cell_begins => opened = Some(line),
            _ => {}
        }
        cell_begins = byte == delimiter || byte == b'\n' || byte == b'\r' || (byte == b'"' && opened.is_none());
        line += usize::from(byte == b'\n');
    }
    opened
}

/// Returns the delimiter that separates the most known names of columns in one of the first records, or else the most cells
/// of the first. What is in quotes does not count.
pub(super) fn guess_delimiter(text: &str, options: &FormatOptions) -> u8 {
    let known = |delimiter: &u8| {
        let mut reader =
            ReaderBuilder::new().delimiter(*delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut record = StringRecord::new();
        let (mut most, mut first) = (0, None);
        for _ in 0..HEADER_ROWS_MAX {
            if !matches!(reader.read_record(&mut record), Ok(true)) {
                break;
            }
            most = most.max(record.iter().filter(|cell| is_known(cell, options)).count());
            first.get_or_insert(record.len());
        }
        (most, first)
    };
    // The last of equals wins.
    b"|\t;,".iter().copied().max_by_key(known).unwrap_or(b',')
}
