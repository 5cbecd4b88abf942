//! The greatest width of a text in any system font, and the part of it that fits.

/// Returns the width of a text in units, which no common sans-serif font exceeds at this size.
///
/// The font is not known here. The widths are those of DejaVu Sans, the widest font that systems ship, rounded up;
/// characters that are not Latin count as squares or wider.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

fn advance(char: char) -> f64 {
    match char {
        'i' | 'l' | 'j' | '\'' => 0.29,
        'I' | '|' | ' ' | '.' | ',' | ':' | ';' | '!' => 0.34,
        'f' | 't' | 'r' | '-' | '(' | ')' | '/' | '\\' | '[' | ']' => 0.42,
        'c' | 's' | 'z' | 'J' | '"' | '*' | '_' | '?' | '`' => 0.56,
        'k' | 'v' | 'x' | 'y' | 'F' | 'L' => 0.6,
        'm' | 'M' | 'W' | '@' | '%' | '…' | '—' => 1.01,
        'w' | '+' | '=' | '<' | '>' | '~' | '#' | '×' | '^' | '–' => 0.84,
        'D' | 'G' | 'H' | 'N' | 'O' | 'Q' | 'U' | '&' => 0.8,
        'A'..='Z' => 0.7,
        ' '..='~' => 0.645,
        '·' => 0.34,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.3,
        '\u{a0}'..='\u{17f}' => 0.85,
        '\u{180}'..='\u{10ff}' => 1.05,
        '\u{1f000}'..='\u{1ffff}' => 1.45,
        _ => 1.15,
    }
}

/// Returns as much of a text as fits, with … if it is shortened; `None` if not even four characters fit.
pub(super) fn fit(text: &str, size: f64, room: f64) -> Option<String> {
    if width(text, size) <= room {
        return Some(text.to_owned());
    }
    let mut left = room - width("…", size);
    let kept: String = text
        .chars()
        .take_while(|&char| {
            left -= advance(char) * size;
            left >= 0.0
        })
        .collect();
    (kept.chars().count() >= 4).then(|| format!("{}…", kept.trim_end()))
}

/// Returns the first `chars` characters, with … if there are more.
pub(super) fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_where_it_does() {
        assert_eq!(fit("song1", 10.0, 40.0).as_deref(), Some("song1"));
        assert_eq!(fit("Twenty-four hours", 10.0, 70.0).as_deref(), Some("Twenty-fou…"));
        assert!(width("Twenty-fou…", 10.0) <= 70.0);
        assert_eq!(fit("Twenty-four hours", 10.0, 25.0), None);
        assert_eq!(cut("añb", 2), "añ…");
    }
}
