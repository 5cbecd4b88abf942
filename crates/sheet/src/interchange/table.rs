//! A table: rows of cells, whichever file they came from.

/// A table on its way into cues.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// The rows, without those that are empty.
    pub(super) rows: Vec<TableRow>,
    /// What separated the cells, if something did.
    pub(super) delimiter: Option<u8>,
    /// The worksheet it was on, and the others of the file.
    pub(super) worksheet: Option<(String, Vec<String>)>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableRow {
    /// Its number in the file, from 1.
    pub(super) line: usize,
    /// The number of lines it takes.
    pub(super) lines: usize,
    pub(super) cells: Vec<String>,
    /// The columns whose cell is that of a row above, which spans this one too.
    pub(super) copied: Vec<usize>,
    /// The columns of which the cell is a formula whose value was not saved.
    pub(super) uncached: Vec<usize>,
    /// Whether one of its cells spans several columns.
    pub(super) is_merged: bool,
    /// Whether people do not see it.
    pub(super) is_hidden: bool,
}

impl Default for TableRow {
    fn default() -> Self {
        Self {
            line: 1,
            lines: 1,
            cells: Vec::new(),
            copied: Vec::new(),
            uncached: Vec::new(),
            is_merged: false,
            is_hidden: false,
        }
    }
}

impl TableRow {
    /// Returns the numbers of the columns in which something is, with what that is.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().map(|cell| cell.trim()).enumerate().filter(|(_, cell)| !cell.is_empty())
    }
}
