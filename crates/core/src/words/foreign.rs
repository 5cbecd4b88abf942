//! Text from elsewhere: what it may not do to a terminal or a log, and what it may not give away.

use alloc::format;
use alloc::string::String;

/// The prefix of operator tokens, after which their public id follows.
const TOKEN: &str = "dbt_";

/// The prefixes of other secrets: invitations, and the content of a private emergency key's file.
const SECRETS: [&str; 2] = ["dbi_", "downbeat-emergency-key:"];

/// The longest id of a token, in characters: ids are public and stay readable.
const TOKEN_ID_CHARS_MAX: usize = 32;

/// Returns whether a character moves the cursor, reorders the text around it, or cannot be seen: control characters,
/// bidirectional marks, invisible characters and separators of lines.
///
/// The joiners U+200C and U+200D are not among them: Persian words and emoji need them. See [`tame`].
pub const fn is_hidden(char: char) -> bool {
    matches!(char,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' // C0, DEL, C1
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Writes a text from elsewhere on one line, with everything visible that would move the cursor, reorder the text or hide
/// in it: a line break as `⏎`, a tab as `⇥`, anything else as its code point.
///
/// ```
/// use downbeat_core::words::tame;
/// assert_eq!(tame("a\u{1b}[2Jb\nc"), "a<U+001B>[2Jb⏎c");
/// assert_eq!(tame("\u{202e}txt.exe"), "<U+202E>txt.exe");
/// assert_eq!(tame("Zoë, 會議, خانه\u{200c}ام, 👩\u{200d}🚒"), "Zoë, 會議, خانه\u{200c}ام, 👩\u{200d}🚒");
/// ```
pub fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(char) = chars.next() {
        // A joiner joins letters or emoji; beside ASCII it only makes two equal texts differ.
        let is_stray = matches!(char, '\u{200c}' | '\u{200d}') && before.is_ascii();
        match char {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => tamed.push('⏎'),
            '\t' => tamed.push('⇥'),
            _ if is_hidden(char) || is_stray => tamed.push_str(&format!("<U+{:04X}>", u32::from(char))),
            _ => tamed.push(char),
        }
        before = char;
    }
    tamed
}

/// Replaces what looks like a secret: of a token only the prefix and the id stay, of a private key the prefix, of the user
/// and the password in a URL nothing.
///
/// ```
/// use downbeat_core::words::redact;
/// assert_eq!(redact("no event \"dbt_maria_Zm9vYmFy\""), "no event \"dbt_maria_…\"");
/// assert_eq!(redact("https://me:pw@example.com/a"), "https://…@example.com/a");
/// ```
pub fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(Secret { from, to }) = first_secret(rest) {
        redacted.push_str(&rest[..from]);
        redacted.push('…');
        rest = &rest[to..];
    }
    redacted.push_str(rest);
    redacted
}

/// Replaces every byte of what [`redact`] leaves out by `*`, so that everything else stays in its place.
///
/// ```
/// use downbeat_core::words::mask;
/// assert_eq!(mask("dbt_maria_Zm9v \u{e9}"), "dbt_maria_**** \u{e9}");
/// ```
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(Secret { from, to }) = first_secret(rest) {
        masked.push_str(&rest[..from]);
        masked.extend(core::iter::repeat_n('*', to - from));
        rest = &rest[to..];
    }
    masked.push_str(rest);
    masked
}

/// Where the secret part of a text is, in bytes.
struct Secret {
    from: usize,
    to: usize,
}

fn first_secret(text: &str) -> Option<Secret> {
    (0..text.len()).find_map(|at| prefixed(text, at).or_else(|| user(text, at)))
}

/// Returns the secret part of a token or key that begins at `at`.
fn prefixed(text: &str, at: usize) -> Option<Secret> {
    let bytes = &text.as_bytes()[at..];
    let begins =
        |prefix: &str| bytes.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()));
    let prefix = core::iter::once(TOKEN).chain(SECRETS).find(|prefix| begins(prefix))?;
    let from = at + prefix.len();
    let to = from + text[from..].bytes().take_while(|byte| is_secret(*byte)).count();
    let id = text[from..to].find('_').filter(|id| prefix == TOKEN && (1..=TOKEN_ID_CHARS_MAX).contains(id));
    let from = from + id.map_or(0, |id| id + 1);
    (to > from).then_some(Secret { from, to })
}

/// Returns whether a byte may be part of a token or a key.
const fn is_secret(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Returns the user and the password of the URL whose `//` is at `at`.
fn user(text: &str, at: usize) -> Option<Secret> {
    let authority = text.get(at..)?.strip_prefix("//")?;
    let ends = |char: char| char.is_whitespace() || "/?#\"'<>".contains(char);
    let length = authority[..authority.find(ends).unwrap_or(authority.len())].rfind('@')?;
    let is_there = length > 0 && &authority[..length] != "…";
    is_there.then_some(Secret { from: at + 2, to: at + 2 + length })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_stays_as_it_is() {
        for text in ["", "Zoë says: 1 < 2", "會議", "می\u{200c}خواهم", "👩\u{200d}👧 🏳\u{fe0f}", "שלום", "<U+202E>"]
        {
            assert_eq!(tame(text), text);
        }
    }

    #[test]
    fn what_hides_reorders_or_moves_is_visible_on_one_line() {
        for code in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let text = format!("a{code}b");
            assert!(!tame(&text).chars().any(is_hidden), "{text:?}");
        }
        assert_eq!(tame("a\r\nb\rc\td"), "a⏎b<U+000D>c⇥d");
        assert_eq!(tame("pa\u{200b}use pa\u{200d}use"), "pa<U+200B>use pa<U+200D>use");
        assert_eq!(tame("\u{9b}2J\u{2066}x\u{2069}\u{feff}"), "<U+009B>2J<U+2066>x<U+2069><U+FEFF>");
    }

    #[test]
    fn a_secret_in_any_place_of_a_text_is_left_out() {
        for (text, redacted) in [
            ("dbt_maria_abcDEF-123_x", "dbt_maria_…"),
            ("/v1/events/dbt_m-1_abc/time", "/v1/events/dbt_m-1_…/time"),
            ("DBT_maria_abc and dbi_Zm9v.", "DBT_maria_… and dbi_…."),
            ("dbi_Zm_9v-", "dbi_…"),
            ("dbt_abcdef", "dbt_…"),
            ("xdbt_a_b dbt_a_c", "xdbt_a_… dbt_a_…"),
            ("downbeat-emergency-key:nWGxne_9WmC6hEr0\n", "downbeat-emergency-key:…\n"),
            ("\"https://k:s3cret@host/a@b\"", "\"https://…@host/a@b\""),
            ("s3://key:se@cret@bucket", "s3://…@bucket"),
            (
                "maria@desk, https://example.com/@maria, dbt_ and dbt_maria_",
                "maria@desk, https://example.com/@maria, dbt_ and dbt_maria_",
            ),
        ] {
            assert_eq!(redact(text), redacted, "{text}");
            assert_eq!(mask(text).len(), text.len(), "{text}");
            assert!(!["abcDEF", "s3cret", "Zm9v", "nWGx"].iter().any(|secret| mask(text).contains(secret)), "{text}");
            assert_eq!(redact(redacted), redacted, "redacting twice changes nothing");
        }
    }
}
