//! The boundary at which text becomes what a terminal or a log shows.
//!
//! Whatever a server, a store or a sheet wrote passes here. Each part of this program writes foreign text on one line with
//! [`tame`](crate::text::tame); this is the net below that, which no command can forget.

use std::fmt::Write as _;

use downbeat_core::words::{is_hidden, redact, tame};
use serde_json::{Map, Value};

/// Writes words for people: without secrets, and with everything visible that a terminal would obey or hide, except line
/// breaks, tabs and the styles of this program's own text.
pub(crate) fn words(text: &str) -> String {
    visible(&redact(text))
}

/// Does the same, but leaves secrets in: for those that were made just now.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|char: char| is_hidden(char) && !matches!(char, '\n' | '\t')) {
        let (before, hidden) = rest.split_at(at);
        shown.push_str(before);
        let length = match own_style(hidden) {
            Some(style) => {
                shown.push_str(style);
                style.len()
            }
            None => {
                let length = hidden.chars().next().map_or(0, char::len_utf8);
                shown.push_str(&tame(&hidden[..length]));
                length
            }
        };
        rest = &hidden[length..];
    }
    shown.push_str(rest);
    shown
}

/// Returns the escape sequence that a text begins with, if it is one of those that this program's own text has: bold, dim,
/// italic, underlined, and the colours of letters except black. None of them hides text or moves the cursor.
fn own_style(text: &str) -> Option<&str> {
    let parameters = text.strip_prefix("\x1b[")?;
    let parameters = &parameters[..parameters.find(|char: char| !char.is_ascii_digit() && char != ';')?];
    let end = "\x1b[".len() + parameters.len();
    let is_own = |code: &str| {
        matches!(code, "" | "0" | "1" | "2" | "3" | "4") || matches!(code.as_bytes(), [b'3' | b'9', b'1'..=b'7'])
    };
    (text[end..].starts_with('m') && parameters.split(';').all(is_own)).then(|| &text[..=end])
}

/// Writes JSON so that no terminal obeys anything in it: what is hidden is written as `\u` and digits, which says exactly
/// the same to a program.
pub(crate) fn json(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        // Line breaks stand between the parts of JSON, never in them.
        if is_hidden(char) && char != '\n' {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(char);
        }
    }
    escaped
}

/// Leaves secrets out of the texts in a JSON object.
pub(crate) fn redacted(members: Map<String, Value>) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (redact(&name), redacted_value(value))).collect()
}

fn redacted_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(redact(&text)),
        Value::Array(values) => values.into_iter().map(redacted_value).collect(),
        Value::Object(members) => Value::Object(redacted(members)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn own_styles_pass_and_everything_else_is_visible() {
        let bold_red = anstyle::AnsiColor::Red.on_default().bold();
        let own = format!("{bold_red}error{bold_red:#}: a\n\tb\n");
        assert_eq!(words(&own), own);
        for (foreign, shown) in [
            ("\x1b[2J", "<U+001B>[2J"),
            ("\x1b[8mhidden", "<U+001B>[8mhidden"),
            ("\x1b[30m\x1b[40m", "<U+001B>[30m<U+001B>[40m"),
            ("\x1b]8;;http://evil\x07a", "<U+001B>]8;;http://evil<U+0007>a"),
            ("\u{9b}2J \u{202e}x", "<U+009B>2J <U+202E>x"),
            ("a\rb\x08", "a<U+000D>b<U+0008>"),
            ("\x1b[", "<U+001B>["),
            ("\x1b[1", "<U+001B>[1"),
        ] {
            assert_eq!(words(foreign), shown);
        }
    }

    #[test]
    fn json_stays_exact() {
        let value = json!({ "title": "\u{202e}a\u{1b}\n\u{9b}\u{e0041}\"\\", "n": [1] });
        for text in [value.to_string(), format!("{value:#}")] {
            let printed = super::json(&text);
            assert!(!printed.chars().any(|char| is_hidden(char) && char != '\n'), "{printed}");
            assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), value);
        }
    }

    #[test]
    fn secrets_are_left_out_at_every_depth() {
        let members = Map::from_iter([("a".to_owned(), json!([{ "dbt_m_secret": "x dbt_m_secret y" }, 1, null]))]);
        assert_eq!(Value::Object(redacted(members)), json!({ "a": [{ "dbt_m_…": "x dbt_m_… y" }, 1, null] }));
        assert_eq!(words("\x1b[33mdbt_m_secret\x1b[0m"), "\x1b[33mdbt_m_…\x1b[0m");
    }
}
