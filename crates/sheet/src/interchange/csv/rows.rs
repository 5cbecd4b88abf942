//! Which rows of a table are cues, and which are headings, sums or nothing.

use super::cells::read_line;
use super::column::Column;
use super::columns::ColumnHead;
use super::times::Times;
use crate::interchange::exchange::FormatOptions;
use crate::interchange::import::Import;
use crate::interchange::table::TableRow;
use crate::interchange::understood::{SkipReason, SkippedRow, Understood, UnderstoodColumn};

/// What a cell of a sum says, in the languages of most tables.
const TOTALS: [&str; 20] = [
    "total",
    "totals",
    "subtotal",
    "sub-total",
    "sum",
    "grand total",
    "total time",
    "total duration",
    "total running time",
    "trt",
    "total length",
    "summe",
    "gesamt",
    "gesamtdauer",
    "zwischensumme",
    "total général",
    "sous-total",
    "totale",
    "suma",
    "totaal",
];

/// What a longer title of a sum begins with, before what was added: `Total act one`, `Subtotal show`.
const TOTAL_OF: [&str; 3] = ["total", "subtotal", "sub-total"];

/// What is added: `Total act one`. Other words make a title, such as `Total eclipse`.
const ADDED: [&str; 10] = ["act", "part", "section", "segment", "show", "for", "of", "time", "running", "duration"];

/// A table below its header.
pub(super) struct Rows<'t> {
    pub(super) head: &'t TableRow,
    pub(super) heads: &'t [Option<ColumnHead>],
    pub(super) times: Times,
    pub(super) options: &'t FormatOptions,
}

impl Rows<'_> {
    /// Adds the cues of the rows; `before` are those above the header.
    pub(super) fn read(mut self, before: &[TableRow], rows: &[TableRow], import: &mut Import) {
        let mut skipped: Vec<SkippedRow> = before.iter().map(|row| skip(row, SkipReason::BeforeHeader)).collect();
        let mut group: Option<String> = None;
        // The line after the row before.
        let mut last = self.head.line + self.head.lines;
        for row in rows {
            if last < row.line {
                let (reason, text) = (SkipReason::Blank, String::new());
                skipped.push(SkippedRow { line: last, last_line: row.line - 1, reason, text });
            }
            last = row.line + row.lines;
            let reason = self.no_cue(row);
            if reason == Some(SkipReason::Heading) {
                group = row.filled().next().map(|(_, cell)| cell.to_owned());
            }
            match reason {
                Some(reason) => skipped.push(skip(row, reason)),
                None => read_line(row, self.heads, group.as_deref(), &mut self.times, self.options, import),
            }
        }
        self.times.finish(import);
        let understood = import.understood.get_or_insert_default();
        let soft_starts = core::mem::take(&mut understood.soft_starts);
        *understood = Understood {
            header_line: self.head.line,
            columns: self.columns(rows),
            skipped,
            soft_starts,
            hidden: rows.iter().filter(|row| row.is_hidden).map(|row| row.line).collect(),
            ..Understood::default()
        };
    }

    /// Returns why a row is no cue; `None` if it is one.
    fn no_cue(&self, row: &TableRow) -> Option<SkipReason> {
        let time = row.filled().find(|(index, _)| self.is(*index, Column::Time("time")));
        let has_id = row.filled().any(|(index, _)| self.is(index, Column::Id) || self.is(index, Column::CueNumber));
        let is_total = |index: usize, cell: &str| {
            let cell = cell.trim_end_matches([':', ' ']).to_lowercase();
            // What stands in the column of the ids is not one if it says that.
            let is_title = !has_id || self.is(index, Column::Id) || self.is(index, Column::CueNumber);
            TOTALS.contains(&&*cell) || is_title && is_total_of(&cell)
        };
        let mut filled = row.filled();
        let (first, text) = filled.next()?;
        if row.cells == self.head.cells {
            return Some(SkipReason::Header);
        }
        // A cue may be called that, too.
        if time.is_none() && row.filled().any(|(index, cell)| is_total(index, cell)) {
            return Some(SkipReason::Total);
        }
        let is_alone = filled.next().is_none();
        (is_alone && self.is_heading(row, first, text)).then_some(SkipReason::Heading)
    }

    /// Returns whether the only cell of a row is the heading of those below.
    fn is_heading(&self, row: &TableRow, column: usize, text: &str) -> bool {
        let is_word = !text.starts_with(|char: char| char.is_ascii_digit() || "+-#=\u{2212}".contains(char));
        let is_first = self.heads.iter().position(Option::is_some).is_none_or(|first| column <= first);
        // In a column of people's own words, not in that of actions, where its time was forgotten.
        let is_named = match self.heads.get(column) {
            Some(Some(head)) => {
                let is_own = !head.name.eq_ignore_ascii_case("action");
                is_own
                    && matches!(
                        head.column,
                        Column::Text("action" | "group")
                            | Column::Id
                            | Column::CueNumber
                            | Column::Name
                            | Column::Label
                    )
            }
            _ => true,
        };
        is_word && (is_first || is_named || row.is_merged)
    }

    fn is(&self, index: usize, column: Column) -> bool {
        matches!(self.heads.get(index), Some(Some(head)) if head.column == column)
    }

    /// Returns what each column became.
    fn columns(&self, rows: &[TableRow]) -> Vec<UnderstoodColumn> {
        let named = self.head.filled();
        named
            .map(|(index, name)| {
                let field = self.heads.get(index).and_then(Option::as_ref).and_then(ColumnHead::field);
                let mut cells =
                    rows.iter().filter(|row| self.no_cue(row).is_none()).filter_map(|row| row.cells.get(index));
                let example = cells.find(|cell| !cell.trim().is_empty());
                let example =
                    example.map(|cell| cell.trim().chars().take(EXAMPLE_CHARS_MAX).collect()).unwrap_or_default();
                UnderstoodColumn { name: name.to_owned(), field, example }
            })
            .collect()
    }
}

/// The characters of an example that are kept: 40.
const EXAMPLE_CHARS_MAX: usize = 40;

/// Returns whether a title in lower case says what was added: `act total`, `total act one`.
fn is_total_of(title: &str) -> bool {
    let words: Vec<&str> = title.split_whitespace().collect();
    match words[..] {
        [first, second, ..] if TOTAL_OF.contains(&first) && ADDED.contains(&second) => true,
        [_, .., last] => TOTAL_OF.contains(&last),
        _ => false,
    }
}

fn skip(row: &TableRow, reason: SkipReason) -> SkippedRow {
    // Words say more about a sum than its number.
    let has_words = |(_, cell): &(usize, &str)| cell.chars().any(char::is_alphabetic);
    let said = row.filled().find(has_words).or_else(|| row.filled().next());
    let text = said.map(|(_, cell)| cell.chars().take(EXAMPLE_CHARS_MAX).collect());
    SkippedRow { line: row.line, last_line: row.line, reason, text: text.unwrap_or_default() }
}
