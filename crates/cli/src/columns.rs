//! Lines in aligned columns.

use std::fmt;

use crate::text::tame;

/// The longest that a part is shown, in characters: 60.
const PART_MAX: usize = 60;

/// The longest that the last part of a line is shown, in characters: 120, since nothing follows it.
const LAST_MAX: usize = 120;

/// The longest that a note is shown, in characters: 400, some lines of a terminal.
const NOTE_MAX: usize = 400;

/// Lines of parts. A column that is empty in every line is omitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns(Vec<Line>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Line {
    parts: Vec<String>,
    /// What stands below it; may be empty.
    note: String,
}

impl Columns {
    /// Adds a line.
    pub(crate) fn line<const PARTS: usize>(&mut self, parts: [String; PARTS]) {
        let most = |index: usize| if index + 1 == PARTS { LAST_MAX } else { PART_MAX };
        let parts = parts.iter().enumerate().map(|(index, part)| shown(part, most(index))).collect();
        self.0.push(Line { parts, note: String::new() });
    }

    /// Writes a note below the last line, unless it is empty.
    pub(crate) fn note(&mut self, note: String) {
        if let Some(line) = self.0.last_mut() {
            line.note = shown(&note, NOTE_MAX);
        }
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.iter().map(|line| line.parts.len()).max().unwrap_or(0);
        let width = |column: usize| {
            self.0.iter().filter_map(|line| line.parts.get(column)).map(|part| part.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..count).map(width).collect();
        for Line { parts, note } in &self.0 {
            let mut text = String::new();
            for (part, &width) in parts.iter().zip(&widths).filter(|(_, width)| **width > 0) {
                text.push_str(&format!("  {part:width$}"));
            }
            writeln!(f, "{}", text.trim_end())?;
            if !note.is_empty() {
                writeln!(f, "      > {note}")?;
            }
        }
        Ok(())
    }
}

/// Returns a part as it is shown: on one line, and cut where it is long.
fn shown(part: &str, most: usize) -> String {
    let part = tame(part);
    match part.char_indices().nth(most) {
        None => part,
        Some((cut, _)) => format!("{}…", &part[..cut]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_beneath_each_other_and_empty_columns_go() {
        let mut columns = Columns::default();
        columns.line(["a".to_owned(), String::new(), "é".to_owned(), String::new()]);
        columns.line(["long".to_owned(), String::new(), "b\nc".to_owned(), "d".to_owned()]);
        assert_eq!(columns.to_string(), "  a     é\n  long  b⏎c  d\n");
        columns.note("watch\nthe conductor".to_owned());
        columns.line(["z".to_owned(), String::new(), String::new(), String::new()]);
        columns.note(String::new());
        let text = "  a     é\n  long  b⏎c  d\n      > watch⏎the conductor\n  z\n";
        assert_eq!(columns.to_string(), text);
        let mut columns = Columns::default();
        columns.line(["x".repeat(61), "y".repeat(121)]);
        assert_eq!(columns.to_string(), format!("  {}…  {}…\n", "x".repeat(60), "y".repeat(120)));
    }
}
