//! Lines in aligned columns.

use std::fmt;

use crate::text::tame;

/// The longest that a part is shown, in characters: 60.
const PART_MAX: usize = 60;

/// The longest that the last part of a line is shown, in characters: 120, since nothing follows it.
const LAST_MAX: usize = 120;

/// Lines of parts. A column that is empty in every line is omitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns(Vec<Vec<String>>);

impl Columns {
    /// Adds a line.
    pub(crate) fn line<const PARTS: usize>(&mut self, parts: [String; PARTS]) {
        let most = |index: usize| if index + 1 == PARTS { LAST_MAX } else { PART_MAX };
        self.0.push(parts.iter().enumerate().map(|(index, part)| shown(part, most(index))).collect());
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.0.iter().filter_map(|line| line.get(column)).map(|part| part.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..count).map(width).collect();
        for line in &self.0 {
            let mut text = String::new();
            for (part, &width) in line.iter().zip(&widths).filter(|(_, width)| **width > 0) {
                text.push_str(&format!("  {part:width$}"));
            }
            writeln!(f, "{}", text.trim_end())?;
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
        let mut columns = Columns::default();
        columns.line(["x".repeat(61), "y".repeat(121)]);
        assert_eq!(columns.to_string(), format!("  {}…  {}…\n", "x".repeat(60), "y".repeat(120)));
    }
}
