//! How a table is written: its delimiter, its quotes, and the lines of its records.

use csv::{ReaderBuilder, StringRecord};

use super::columns::is_known;

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

/// Returns the delimiter that separates the most known names of columns in the first line that is not empty, or else that
/// it has most of. What is in quotes does not count.
pub(super) fn guess_delimiter(text: &str) -> u8 {
    let header = header_text(text);
    let known = |delimiter: &u8| {
        let mut reader =
            ReaderBuilder::new().delimiter(*delimiter).has_headers(false).flexible(true).from_reader(header.as_bytes());
        let mut record = StringRecord::new();
        let cells = match reader.read_record(&mut record) {
            Ok(true) => record.iter().collect(),
            _ => Vec::new(),
        };
        (cells.iter().filter(|cell| is_known(cell)).count(), cells.len())
    };
    // The last of equals wins.
    b"|\t;,".iter().copied().max_by_key(known).unwrap_or(b',')
}

/// Returns the first record that is not empty: up to a line end that is not in quotes.
fn header_text(text: &str) -> &str {
    let text = text.trim_start_matches(['\r', '\n', ' ']);
    let mut quoted = false;
    let end = text.find(|char| {
        quoted ^= char == '"';
        !quoted && (char == '\n' || char == '\r')
    });
    end.map_or(text, |end| &text[..end])
}
