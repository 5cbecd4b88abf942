//! An index of the lines of a text, which finds the place of an offset without reading the text again.

use std::ops::Range;

/// The distance between index entries, in bytes: finding a column reads at most this much of a line, however long it is.
const BLOCK: usize = 1_024;

/// The lines of a text.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
    /// The number of characters before each block.
    marks: Vec<usize>,
}

/// A place in a text: line and column from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Lines {
    /// Finds the lines of a text.
    pub(crate) fn new(source: &str) -> Self {
        let bytes = source.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| at + 1);
        let mut count = 0;
        let marks = (0..=bytes.len() / BLOCK).map(|block| {
            let before = count;
            count += characters(bytes, block * BLOCK..bytes.len().min((block + 1) * BLOCK));
            before
        });
        Self { starts: std::iter::once(0).chain(ends).collect(), marks: marks.collect() }
    }

    /// Returns the place of an offset; one beyond the end is at the end.
    pub(crate) fn place(&self, source: &str, offset: usize) -> Place {
        let offset = offset.min(source.len());
        let line = self.starts.partition_point(|&start| start <= offset);
        let column = self.before(source, offset) - self.before(source, self.starts[line - 1]) + 1;
        Place { line, column }
    }

    /// Returns the bytes of a line (counted from 1) without its line end; `None` if there is no such line.
    pub(crate) fn line(&self, source: &str, line: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let Some(&next) = self.starts.get(line) else { return Some(start..source.len()) };
        let text = &source[start..next - 1];
        Some(start..start + text.strip_suffix('\r').unwrap_or(text).len())
    }

    /// Counts the characters before an offset.
    fn before(&self, source: &str, offset: usize) -> usize {
        let block = offset / BLOCK;
        self.marks[block] + characters(source.as_bytes(), block * BLOCK..offset)
    }
}

/// Counts the characters that begin in a part of a text, except byte order marks, which have no column.
fn characters(bytes: &[u8], part: Range<usize>) -> usize {
    let begins = |&at: &usize| bytes[at] & 0xC0 != 0x80 && !bytes[at..].starts_with("\u{feff}".as_bytes());
    part.filter(begins).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_not_bytes() {
        let source = "[\n\té火🎆x\r\n\n";
        let lines = Lines::new(source);
        let at = |text: &str| lines.place(source, source.find(text).unwrap());
        assert_eq!(at("["), Place { line: 1, column: 1 });
        assert_eq!(at("\t"), Place { line: 2, column: 1 });
        assert_eq!(at("x"), Place { line: 2, column: 5 });
        assert_eq!(lines.place(source, source.len()), Place { line: 4, column: 1 });
        assert_eq!(lines.place(source, 1_000), Place { line: 4, column: 1 });
    }

    #[test]
    fn a_line_comes_without_its_end() {
        let source = "a\r\nb\n\nc\r";
        let lines = Lines::new(source);
        let all: Vec<_> = (0..6).map(|line| lines.line(source, line).map(|range| &source[range])).collect();
        assert_eq!(all, [None, Some("a"), Some("b"), Some(""), Some("c\r"), None]);
        assert_eq!(Lines::new("").line("", 1), Some(0..0));
    }

    #[test]
    fn far_into_a_long_line_it_agrees_with_the_slow_count() {
        let mut source = format!("\u{feff}[\n  [{}", "\"é火🎆\", \u{feff} ".repeat(700));
        source.push_str("{\"time\": 1}]\n]");
        let lines = Lines::new(&source);
        for diagnostic in downbeat_sheet::compile(&source).diagnostics {
            let Place { line, column } = lines.place(&source, diagnostic.span().unwrap().start);
            assert_eq!(diagnostic.line_column(&source), Some((line, column)));
        }
        for (offset, _) in source.char_indices() {
            let slow = source[..offset].rsplit('\n').next().unwrap().chars().filter(|&c| c != '\u{feff}').count() + 1;
            assert_eq!(lines.place(&source, offset).column, slow, "{offset}");
        }
    }
}
