//! Escapes text for XML, HTML and script elements, so that it is never markup.

use core::fmt;

/// A text for the inside of an element or of an attribute in double quotes, in XML as in HTML.
///
/// Characters that XML does not allow (control characters, U+FFFE, U+FFFF) become U+FFFD.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(|char| replacement(char).is_some()) {
            let (plain, from) = rest.split_at(at);
            f.write_str(plain)?;
            let Some(char) = from.chars().next() else { break };
            f.write_str(replacement(char).unwrap_or_default())?;
            rest = &from[char.len_utf8()..];
        }
        f.write_str(rest)
    }
}

fn replacement(char: char) -> Option<&'static str> {
    Some(match char {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '\t' | '\n' => return None,
        '\u{fffe}' | '\u{ffff}' => "\u{fffd}",
        char if char.is_control() => "\u{fffd}",
        _ => return None,
    })
}

/// Returns JSON that neither closes nor opens a script element.
pub(super) fn json_in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        let text = Escaped("a </script><img onerror='x\"&'>\u{0}\u{1b}\u{ffff}ü\n").to_string();
        assert_eq!(text, "a &lt;/script&gt;&lt;img onerror=&#39;x&quot;&amp;&#39;&gt;\u{fffd}\u{fffd}\u{fffd}ü\n");
    }

    #[test]
    fn json_closes_no_script() {
        assert_eq!(json_in_script(r#"["</script><!--"]"#), r#"["\u003c/script>\u003c!--"]"#);
    }
}
