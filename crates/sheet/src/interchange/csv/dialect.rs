//! How a table is written: its delimiter, its quotes, and the lines of its records.

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

/// Returns the delimiter that the first line has most of.
pub(super) fn guess_delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |byte: &u8| line.bytes().filter(|other| other == byte).count();
    // The last of equals wins.
    b"\t;,".iter().copied().max_by_key(count).unwrap_or(b',')
}
