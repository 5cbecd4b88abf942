//! The cue list on paper and in tables: what a caller reads while the event runs.
//!
//! ```
//! use downbeat_sheet::list::List;
//! let rundown = downbeat_sheet::compile(r#"[{ "time": 560, "action": "song", "duration": "4m" }]"#).rundown.unwrap();
//! let list = List::new(&rundown, &Default::default(), |_| None);
//! assert!(list.markdown().contains("| 1 | 00:09:20 | 00:04:00 | song@560000 | song |"));
//! ```

mod csv;
mod html;
mod line;
mod markdown;

use downbeat_core::Position;

use crate::rundown::{Rundown, clock};
use crate::source::Crew;

pub use csv::Csv;
pub use line::{Column, Line};

/// A cue list, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    title: String,
    facts: Vec<String>,
    lines: Vec<Line>,
}

impl List {
    /// Lists the cues of a rundown. `day_time` says at which time of day a position is reached; `None` where that is unknown.
    pub fn new(rundown: &Rundown, crew: &Crew, day_time: impl Fn(Position) -> Option<String>) -> Self {
        let note = |index: usize| crew.notes.get(index).cloned().unwrap_or_default();
        let lines = rundown.cues().iter().enumerate();
        let lines = lines
            .map(|(index, cue)| Line::new(index + 1, cue, note(index), crew.locale.as_ref(), day_time(cue.time())));
        let count = rundown.cues().len();
        let mut facts = vec![format!("{count} {}", if count == 1 { "cue" } else { "cues" })];
        facts.extend(rundown.duration().map(|duration| format!("duration {}", clock(Position::START + duration))));
        facts.push(format!("rundown {}", &rundown.digest().to_string()[..12]));
        Self { title: rundown.title().to_owned(), facts, lines: lines.collect() }
    }

    /// Adds something that belongs to the whole list, such as when the event starts.
    #[must_use]
    pub fn with_fact(mut self, fact: String) -> Self {
        self.facts.push(fact);
        self
    }

    /// Returns the lines, a cue each.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Returns the columns that say something: those that every cue has, and those that at least one has.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        Column::ALL
            .into_iter()
            .filter(|column| column.is_always() || self.lines.iter().any(|line| !line.cell(*column).is_empty()))
    }

    /// Writes a page that needs nothing else, for the screen and for paper. The head of its table is on every sheet of paper.
    pub fn html(&self) -> String {
        html::write(self)
    }

    /// Writes a table of GitHub's Markdown, in which nothing of the sheet is markup.
    pub fn markdown(&self) -> String {
        markdown::write(self)
    }

    /// Writes a table for spreadsheets and programs, in which nothing of the sheet is a formula. It has all columns, except the
    /// time of day if that is unknown.
    pub fn csv(&self) -> Csv {
        csv::write(self)
    }
}

#[cfg(test)]
mod tests;
