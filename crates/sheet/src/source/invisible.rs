//! Characters that nobody sees, and that make two names differ which look the same.

use downbeat_core::words::is_hidden;

use super::nfc::is_mark;

/// Returns the first character of a text that cannot be seen, or that looks like a space and is another; as messages name
/// it: `a zero width space (U+200B)`. Control characters are not looked for.
///
/// Joiners between letters of scripts that need them, and between the parts of an emoji, are seen by what they do.
pub(crate) fn invisible(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let is_space = char.is_whitespace() && char != '\u{3000}' && !char.is_ascii();
        let joins = |char: char| !char.is_ascii() && (char.is_alphanumeric() || is_mark(char) || !char.is_whitespace());
        let is_stray = match char {
            '\u{200c}' | '\u{200d}' => !joins(before) || !chars.peek().is_some_and(|&next| joins(next)),
            // The letters of a flag, after its black one.
            '\u{e0020}'..='\u{e007f}' => !matches!(before, '\u{1f3f4}' | '\u{e0020}'..='\u{e007f}'),
            char => is_hidden(char) && !char.is_control(),
        };
        if is_space || is_stray {
            return Some(format!("{} (U+{:04X})", name(char), u32::from(char)));
        }
        before = char;
    }
    None
}

/// Returns what Unicode calls a character, with its article.
fn name(char: char) -> &'static str {
    match char {
        '\u{a0}' => "a no-break space",
        '\u{ad}' => "a soft hyphen",
        '\u{200b}' => "a zero width space",
        '\u{200c}' => "a zero width non-joiner",
        '\u{200d}' => "a zero width joiner",
        '\u{200e}' => "a left-to-right mark",
        '\u{200f}' => "a right-to-left mark",
        '\u{61c}' => "an Arabic letter mark",
        '\u{2028}' => "a line separator",
        '\u{2029}' => "a paragraph separator",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "a bidirectional control",
        '\u{202f}' => "a narrow no-break space",
        '\u{2060}' => "a word joiner",
        '\u{feff}' => "a byte order mark",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "a Hangul filler",
        char if char.is_whitespace() => "a space of another width",
        _ => "an invisible character",
    }
}

#[cfg(test)]
mod tests {
    use super::invisible;

    #[test]
    fn what_cannot_be_seen_is_named() {
        for (text, found) in [
            ("start\u{200b}Song", "a zero width space (U+200B)"),
            ("\u{feff}time", "a byte order mark (U+FEFF)"),
            ("start\u{a0}song", "a no-break space (U+00A0)"),
            ("19:30\u{200e}", "a left-to-right mark (U+200E)"),
            ("\u{202e}gnos", "a bidirectional control (U+202E)"),
            ("pa\u{200d}use", "a zero width joiner (U+200D)"),
            ("a\u{ad}b", "a soft hyphen (U+00AD)"),
            ("a\u{3164}", "a Hangul filler (U+3164)"),
        ] {
            assert_eq!(invisible(text).as_deref(), Some(found), "{text:?}");
        }
        for text in [
            "start song",
            "會議\u{3000}一",
            "خانه\u{200c}ام",
            "👩\u{200d}🚒",
            "क्\u{200d}ष",
            "Zoë",
            "a\tb",
            "🏴\u{e0067}\u{e007f}",
        ] {
            assert_eq!(invisible(text), None, "{text:?}");
        }
    }
}
