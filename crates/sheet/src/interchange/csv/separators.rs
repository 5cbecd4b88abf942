//! Numbers with points and commas, which separate decimals in some countries and thousands in others.

/// What a table shows about its points and commas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Separators {
    /// Whether a comma separates decimals somewhere.
    comma: bool,
    /// Whether a point does.
    point: bool,
    /// Whether the cells are separated by semicolons, as where commas separate decimals.
    semicolons: bool,
}

/// A cell that is a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CellNumber {
    /// A number, with a point before its decimals.
    Plain(String),
    /// A number with separated thousands, and what it is without.
    Grouped(String),
    /// It has thousands or decimals: the two numbers that it may be.
    Ambiguous([String; 2]),
}

impl Separators {
    /// Collects what cells show.
    pub(super) fn of_cells<'c>(cells: impl Iterator<Item = &'c str>, delimiter: u8) -> Self {
        let mut separators = Self { semicolons: delimiter == b';', ..Self::default() };
        for cell in cells {
            match decimal_separator(cell) {
                Some(',') => separators.comma = true,
                Some(_) => separators.point = true,
                None => {}
            }
        }
        separators
    }

    /// Returns those of a table whose numbers are not texts: a point separates decimals.
    pub(super) fn of_numbers() -> Self {
        Self { point: true, ..Self::default() }
    }

    /// Reads a cell; `None` if it is not a number.
    pub(super) fn number(self, cell: &str) -> Option<CellNumber> {
        let (digits, separators) = split(cell)?;
        let text = |parts: &[&str]| parts.concat();
        let [first, .., last] = digits[..] else { return Some(CellNumber::Plain(cell.to_owned())) };
        let groups = digits[1..].iter().all(|group| group.len() == 3) && matches!(first.len(), 1..=3);
        match separators[..] {
            [separator @ (',' | '.')] => {
                let decimal = format!("{first}.{last}");
                let decides = if separator == ',' {
                    self.comma && !self.point
                } else {
                    !self.comma && (self.point || !self.semicolons)
                };
                if decides || !may_be_thousands(first, last) {
                    Some(CellNumber::Plain(decimal))
                } else {
                    Some(CellNumber::Ambiguous([text(&digits), decimal]))
                }
            }
            [.., before, point @ (',' | '.')] if before != point => {
                let whole = text(&digits[..digits.len() - 1]);
                Some(CellNumber::Grouped(format!("{whole}.{last}")))
            }
            _ => groups.then(|| CellNumber::Grouped(text(&digits))),
        }
    }
}

/// Returns whether a number with one point or comma may be one with thousands.
fn may_be_thousands(before: &str, after: &str) -> bool {
    after.len() == 3 && matches!(before.len(), 1..=3) && !before.starts_with('0')
}

/// Returns the point or comma that certainly separates the decimals of a cell.
fn decimal_separator(cell: &str) -> Option<char> {
    // In a clock time, they are after the seconds.
    let is_clock = cell.contains(':');
    let number = cell.rsplit(':').next().unwrap_or(cell);
    let (digits, separators) = split(number)?;
    match separators[..] {
        [separator @ (',' | '.')] if is_clock || !may_be_thousands(digits[0], digits[1]) => Some(separator),
        [.., before, last @ (',' | '.')] if before != last => Some(last),
        _ => None,
    }
}

/// Splits a cell into groups of digits and what separates them; `None` if it has anything else.
fn split(cell: &str) -> Option<(Vec<&str>, Vec<char>)> {
    let is_separator = |char: char| ",.'_\u{2019}\u{66c}".contains(char) || char.is_whitespace();
    let digits: Vec<&str> = cell.split(is_separator).collect();
    let valid = digits.iter().all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    valid.then(|| (digits, cell.chars().filter(|&char| is_separator(char)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str, others: &[&str], delimiter: u8) -> Option<CellNumber> {
        let cells = others.iter().copied().chain([cell]);
        Separators::of_cells(cells, delimiter).number(cell)
    }

    #[test]
    fn decimals_and_thousands_are_told_apart_or_are_ambiguous() {
        let plain = |text: &str| Some(CellNumber::Plain(text.to_owned()));
        let grouped = |text: &str| Some(CellNumber::Grouped(text.to_owned()));
        let ambiguous = |a: &str, b: &str| Some(CellNumber::Ambiguous([a.to_owned(), b.to_owned()]));
        for (cell, others, delimiter, expected) in [
            ("560", &[][..], b',', plain("560")),
            ("563.5", &[], b',', plain("563.5")),
            ("563,5", &[], b';', plain("563.5")),
            ("563.500", &[], b',', plain("563.500")),
            ("0,500", &[], b';', plain("0.500")),
            ("1200.500", &[], b';', plain("1200.500")),
            ("1,200", &[], b',', ambiguous("1200", "1.200")),
            ("1,200", &["563,5"], b';', plain("1.200")),
            ("1,200", &["563.5"], b',', ambiguous("1200", "1.200")),
            ("1,200", &["00:00:01,5"], b';', plain("1.200")),
            ("1.200", &[], b';', ambiguous("1200", "1.200")),
            ("1.200", &["563.5"], b';', plain("1.200")),
            ("1.200", &["563,5"], b',', ambiguous("1200", "1.200")),
            ("1,200.5", &[], b',', grouped("1200.5")),
            ("1.200,5", &[], b';', grouped("1200.5")),
            ("1,234,567", &[], b',', grouped("1234567")),
            ("1 200", &[], b';', grouped("1200")),
            ("1\u{202f}200,5", &[], b';', grouped("1200.5")),
            ("1\u{2019}200", &[], b';', grouped("1200")),
            ("1,2,3", &[], b',', None),
            ("9:20", &[], b',', None),
            ("", &[], b',', None),
            ("a", &[], b',', None),
        ] {
            assert_eq!(read(cell, others, delimiter), expected, "{cell} beside {others:?}");
        }
    }
}
