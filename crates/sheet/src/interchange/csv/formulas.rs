//! Texts that a spreadsheet would run as formulas.

/// What spreadsheets put before a text that is not a formula.
const GUARD: char = '\'';

/// Returns whether a spreadsheet takes a cell for a formula, or runs what follows after a tab or a line end.
fn is_formula(cell: &str) -> bool {
    // A time before the event, or another number below zero.
    let is_negative = cell.strip_prefix('-').is_some_and(|rest| {
        rest.starts_with(|char: char| char.is_ascii_digit())
            && rest.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte))
    });
    !is_negative
        && cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// Returns a cell with a guard before it, if it needs one or would lose one when it is read.
pub(crate) fn guarded(cell: &str) -> Option<String> {
    is_formula(cell.trim_start_matches(GUARD)).then(|| format!("{GUARD}{cell}"))
}

/// Returns a cell without the guard before it.
pub(super) fn without_guard(cell: &str) -> &str {
    match cell.strip_prefix(GUARD) {
        Some(rest) if is_formula(rest.trim_start_matches(GUARD)) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_come_back() {
        for formula in ["=1+1", "+1", "-x", "-1+1", "-1:x", "@sum", "\tx", "'=1", "''@", "\u{ff1d}1"] {
            let guarded = guarded(formula).unwrap();
            assert!(guarded.starts_with('\''), "{guarded}");
            assert_eq!(without_guard(&guarded), formula);
        }
        for text in ["'quoted'", "a=b", "", "1-2", "-00:10:00.5", "-600"] {
            assert_eq!(guarded(text), None, "{text}");
            assert_eq!(without_guard(text), text);
        }
    }
}
