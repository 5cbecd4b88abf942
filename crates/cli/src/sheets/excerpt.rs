//! A diagnostic as people read it: what is wrong, and an excerpt of the sheet.
//!
//! miette draws it. The text is prepared here: a few lines, shortened if they are long, without control characters that a
//! terminal would interpret.

use std::fmt;
use std::ops::Range;

use downbeat_core::words::{self, is_hidden};
use downbeat_sheet::Level;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::finding::Finding;
use crate::text;

/// The width of a line before it is shortened, in columns of a terminal: with its number it fits in 110.
const COLUMNS_MAX: usize = 100;

/// The columns of a shortened line that are shown before the marked part.
const COLUMNS_BEFORE: usize = 30;

/// Writes one diagnostic: its code, what is wrong, where, and the hint.
pub(super) fn write(out: &mut String, finding: &Finding<'_>) {
    let shown = Shown::new(finding);
    let theme = GraphicalTheme { characters: ThemeCharacters::unicode(), styles: ThemeStyles::ansi() };
    // The text does not depend on the terminal; `output` removes the colours if need be.
    let drawing = GraphicalReportHandler::new_themed(theme).with_links(false).with_wrap_lines(false);
    drawing.render_report(out, &shown).expect("the mark is within the excerpt, and writing to a string cannot fail");
    if let Some(hint) = finding.diagnostic.hint() {
        let cyan = anstyle::AnsiColor::Cyan.on_default();
        out.push_str(&format!("  {cyan}hint{cyan:#}: {}\n", text::tame(hint)));
    }
}

/// A diagnostic for miette.
#[derive(Debug)]
struct Shown {
    head: String,
    message: String,
    severity: Severity,
    excerpt: Option<Excerpt>,
}

/// The lines around a place.
#[derive(Debug, PartialEq, Eq)]
struct Excerpt {
    name: String,
    /// The number of the first line, from 0.
    first: usize,
    /// The lines, each with its end.
    text: String,
    /// What is marked in it, in bytes: at least one character, on one line.
    mark: Range<usize>,
    /// Where the mark begins in the sheet: line and column from 0.
    begins: (usize, usize),
}

impl Shown {
    fn new(finding: &Finding<'_>) -> Self {
        let (severity, level) = match finding.diagnostic.level() {
            Level::Error => (Severity::Error, "error"),
            Level::Warning => (Severity::Warning, "warning"),
        };
        let excerpt = Excerpt::new(finding);
        let place = if excerpt.is_none() { format!(" in {}", text::tame(finding.file())) } else { String::new() };
        let head = format!("{level} {}{place}", finding.diagnostic.code());
        Self { head, message: text::tame(&finding.diagnostic.message()), severity, excerpt }
    }
}

impl Excerpt {
    /// Returns the line of a diagnostic and the lines next to it; `None` if it has no place.
    fn new(finding: &Finding<'_>) -> Option<Self> {
        let sheet = finding.text;
        let (span, begins) = (finding.diagnostic.span()?, finding.from?);
        let line = |number: usize| sheet.lines.line(&sheet.source, number).map(|range| (range.start, range));
        let (start, range) = line(begins.line)?;
        let (here, mark, cut) = marked(&sheet.source[range], span.start - start..span.end - start);
        // Next to a part of a line, its neighbours would be in other columns than in the sheet.
        let beside = |number: usize| {
            let (_, range) = line(number).filter(|_| !cut)?;
            Some(marked(&sheet.source[range], 0..0).0.trim_end().to_owned())
        };
        let before = begins.line.checked_sub(1).and_then(beside);
        let (first, mut text) = match before {
            Some(before) => (begins.line - 2, before + "\n"),
            None => (begins.line - 1, String::new()),
        };
        let mark = text.len() + mark.start..text.len() + mark.end;
        text += &here;
        text += "\n";
        if let Some(after) = beside(begins.line + 1).filter(|after| !after.is_empty()) {
            text += &after;
            text += "\n";
        }
        let begins = (begins.line - 1, begins.column - 1);
        Some(Self { name: text::tame(&sheet.name), first, text, mark, begins })
    }
}

/// Returns a line as it is shown, the marked part of that, and whether the line was shortened.
fn marked(line: &str, mark: Range<usize>) -> (String, Range<usize>, bool) {
    // Before it is cut: what begins in the middle of a token does not look like one.
    let line = &words::mask(line);
    let start = mark.start.min(line.len());
    let end = mark.end.clamp(start, line.len());
    let fits = forward(line, 0, COLUMNS_MAX);
    let from = if fits >= end.min(start + COLUMNS_BEFORE) { 0 } else { back(line, start, COLUMNS_BEFORE) };
    let to = forward(line, from, COLUMNS_MAX);

    let mut shown = String::from(if from > 0 { "…" } else { "" });
    let mut mark = shown.len()..shown.len();
    for (at, char) in line[from..to].char_indices().map(|(at, char)| (from + at, char)) {
        if at == start {
            mark.start = shown.len();
        }
        shown.push(visible(char));
        if at < end {
            mark.end = shown.len();
        }
    }
    if start >= to {
        mark.start = shown.len();
    }
    if to < line.len() {
        shown.push('…');
    }
    // If something is missing, the character there is marked, or the space after the line.
    if mark.end <= mark.start {
        if mark.start == shown.len() {
            shown.push(' ');
        }
        mark.end = mark.start + shown[mark.start..].chars().next().map_or(0, char::len_utf8);
    }
    (shown, mark, from > 0 || to < line.len())
}

/// Returns the offset `columns` columns after `from`.
fn forward(line: &str, from: usize, columns: usize) -> usize {
    let mut left = columns;
    let beyond = line[from..].char_indices().find(|&(_, char)| match left.checked_sub(width(char)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    });
    beyond.map_or(line.len(), |(at, _)| from + at)
}

/// Returns the offset `columns` columns before `from`.
fn back(line: &str, from: usize, columns: usize) -> usize {
    let mut left = columns;
    let fitting = line[..from].char_indices().rev().take_while(|&(_, char)| match left.checked_sub(width(char)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    fitting.last().map_or(from, |(at, _)| at)
}

/// Returns how many columns a character takes at most.
fn width(char: char) -> usize {
    match char {
        '\t' => 4,
        char if char.is_ascii() => 1,
        _ => 2,
    }
}

/// Returns what is shown for a character: one that nothing interprets, so that the mark beneath stays in its place.
fn visible(char: char) -> char {
    match char {
        '\t' => char,
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(char)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f' => '␡',
        char if is_hidden(char) => char::REPLACEMENT_CHARACTER,
        char => char,
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.head))
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mark = self.excerpt.as_ref()?.mark.clone();
        Some(Box::new(std::iter::once(LabeledSpan::new(None, mark.start, mark.len()))))
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        context_lines_before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without context, miette asks for the place of the mark; with context, for the text to draw.
        let (line, column) = if context_lines_before == 0 { self.begins } else { (self.first, 0) };
        let (name, whole) = (self.name.clone(), SourceSpan::from(0..self.text.len()));
        let lines = self.text.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(name, self.text.as_bytes(), whole, line, column, lines)))
    }
}

#[cfg(test)]
mod tests;
