//! Formats the text of a sheet, with its comments.

mod tree;

use crate::diagnostic::{Diagnostic, Report};
use crate::source::{self, syntax};
use tree::{Comment, Item, Node};

/// The width of a line before its content is broken up.
const WIDTH: usize = 120;

/// The indentation of a level.
const INDENT: usize = 2;

/// Formats a sheet: two spaces a level, each cue on one line if it fits 120 characters, no trailing commas. Comments stay
/// with what they are about, single empty lines stay, values keep their notation, and lines their ends (LF or CRLF). A rundown is returned as it is,
/// since its name is the digest of its bytes.
///
/// ```
/// let laid_out = downbeat_sheet::format("[{\"time\":560,\n// the first\n\"action\":\"startSong\"},]").unwrap();
/// assert_eq!(laid_out, r#"[
///   {
///     "time": 560,
///     // the first
///     "action": "startSong"
///   }
/// ]
/// "#);
/// assert_eq!(downbeat_sheet::format(&laid_out).unwrap(), laid_out);
/// ```
///
/// # Errors
/// The diagnostic of the first place where the text is not JSON.
pub fn format(source: &str) -> Result<String, Diagnostic> {
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut report = Report::default();
    let file = report.add_file(None, source.len() - text.len());
    let parsed = syntax::parse(text, file, &mut report);
    if parsed.as_ref().is_some_and(source::is_rundown) {
        return Ok(source.to_owned());
    }
    // The lines are laid out with LF, and get the ends that most of the file's have.
    let unix = text.replace("\r\n", "\n");
    let is_windows = text.matches("\r\n").count() * 2 > text.matches('\n').count();
    let ended = |laid_out: String| if is_windows { laid_out.replace('\n', "\r\n") } else { laid_out };
    match (tree::read(&unix), parsed.is_some(), report.into_diagnostics().pop()) {
        (Some(document), true, _) => Ok(ended(document.print())),
        (_, _, Some(diagnostic)) => Err(diagnostic),
        // Not reached: the parser has read the same tokens.
        (_, _, None) => Ok(source.to_owned()),
    }
}

/// How an array or an object is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// On one line if it fits.
    Inline,
    /// With each item on a line of its own.
    OnePerLine,
}

impl tree::Document<'_> {
    fn print(&self) -> String {
        let mut out = String::new();
        for comment in &self.root.leading {
            comment_line(&mut out, comment, 0);
        }
        print(&mut out, &self.root.value, 0, Layout::OnePerLine);
        if let Some(comment) = &self.root.trailing {
            out.push(' ');
            out.push_str(comment.text);
        }
        out.push('\n');
        for comment in &self.after {
            comment_line(&mut out, comment, 0);
        }
        out
    }
}

/// Appends a value at the end of `out`, whose further lines are indented by `indent`.
fn print(out: &mut String, node: &Node<'_>, indent: usize, layout: Layout) {
    let Node::Group { open, close, items, after } = node else {
        if let Node::Scalar(text) = node {
            out.push_str(text);
        }
        return;
    };
    let column = out.len() - out.rfind('\n').map_or(0, |newline| newline + 1);
    if layout == Layout::Inline || items.is_empty() {
        let before = out.len();
        // A comma may follow.
        if inline(out, node, before + WIDTH.saturating_sub(column + 1)) {
            return;
        }
        out.truncate(before);
    }
    out.push(*open);
    out.push('\n');
    for (index, item) in items.iter().enumerate() {
        if item.blank_before && index > 0 {
            out.push('\n');
        }
        for comment in &item.leading {
            comment_line(out, comment, indent + INDENT);
        }
        spaces(out, indent + INDENT);
        if let Some(key) = item.key {
            out.push_str(key);
            out.push_str(": ");
        }
        // The cues of a sheet are one below the other, however few.
        let is_cues = indent == 0 && item.key == Some("\"cues\"");
        let layout = if is_cues { Layout::OnePerLine } else { Layout::Inline };
        print(out, &item.value, indent + INDENT, layout);
        if index + 1 < items.len() {
            out.push(',');
        }
        if let Some(comment) = &item.trailing {
            out.push(' ');
            out.push_str(comment.text);
        }
        out.push('\n');
    }
    for comment in after {
        comment_line(out, comment, indent + INDENT);
    }
    spaces(out, indent);
    out.push(*close);
}

/// Appends a value on one line, and returns whether it ends before `limit` bytes and has no comments.
fn inline(out: &mut String, node: &Node<'_>, limit: usize) -> bool {
    match node {
        Node::Scalar(text) => out.push_str(text),
        Node::Group { open, close, items, after } => {
            let padded = *open == '{' && !items.is_empty();
            out.push(*open);
            if padded {
                out.push(' ');
            }
            for (index, Item { leading, key, value, trailing, .. }) in items.iter().enumerate() {
                if !leading.is_empty() || trailing.is_some() {
                    return false;
                }
                if index > 0 {
                    out.push_str(", ");
                }
                if let Some(key) = key {
                    out.push_str(key);
                    out.push_str(": ");
                }
                if !inline(out, value, limit) {
                    return false;
                }
            }
            if padded {
                out.push(' ');
            }
            out.push(*close);
            if !after.is_empty() {
                return false;
            }
        }
    }
    out.len() <= limit
}

fn comment_line(out: &mut String, comment: &Comment<'_>, indent: usize) {
    let begins = out.is_empty() || ["\n\n", "{\n", "[\n"].iter().any(|opening| out.ends_with(opening));
    if comment.blank_before && !begins {
        out.push('\n');
    }
    spaces(out, indent);
    out.push_str(comment.text);
    out.push('\n');
}

fn spaces(out: &mut String, count: usize) {
    out.extend(core::iter::repeat_n(' ', count));
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn comments_stay_with_what_they_are_about() {
        let source = "// head\n{ /* open */ \"version\":1, // one\n\n\n  \"cues\" : [ {\"time\":1.50,\"action\":\"a\"} // first\n , /* second */ {\"time\":2,\"action\":\"b\",} \n // end of cues\n ] // after\n}\n// foot\n";
        let expected = r#"// head
{
  /* open */
  "version": 1, // one

  "cues": [
    { "time": 1.50, "action": "a" }, // first
    /* second */
    { "time": 2, "action": "b" }
    // end of cues
  ] // after
}
// foot
"#;
        let laid_out = format(source).unwrap();
        assert_eq!(laid_out, expected);
        assert_eq!(format(&laid_out).unwrap(), laid_out);
    }

    #[test]
    fn what_does_not_fit_a_line_is_broken_up() {
        let long = "x".repeat(100);
        let laid_out = format(&format!(r#"[{{"time":1,"action":"a","note":"{long}","params":{{}}}},{{"time":2}},[]]"#));
        let expected = format!(
            "[\n  {{\n    \"time\": 1,\n    \"action\": \"a\",\n    \"note\": \"{long}\",\n    \"params\": {{}}\n  }},\n  {{ \"time\": 2 }},\n  []\n]\n"
        );
        assert_eq!(laid_out.unwrap(), expected);
    }

    #[test]
    fn lines_keep_their_ends() {
        let unix = "// head\n[\n  /* two\n     lines */\n  { \"time\": 1, \"action\": \"a\" }\n]\n";
        let windows = unix.replace('\n', "\r\n");
        assert_eq!(format(unix).unwrap(), unix);
        assert_eq!(format(&windows).unwrap(), windows);
        assert_eq!(
            format("[{\"time\": 1,\r\n\"action\": \"a\"}]").unwrap(),
            "[\r\n  { \"time\": 1, \"action\": \"a\" }\r\n]\r\n"
        );
        let error = format("[\r\n{\r\n1").unwrap_err();
        assert_eq!(error.line_column("[\r\n{\r\n1"), Some((3, 1)));
    }

    #[test]
    fn a_rundown_is_unchanged_and_invalid_json_refused() {
        let rundown = crate::compile(r#"[{"time":1,"action":"a"}]"#).rundown.unwrap();
        let text = String::from_utf8(rundown.to_bytes()).unwrap();
        assert_eq!(format(&text).unwrap(), text);
        assert_eq!(format("[1").unwrap_err().code(), "DB101");
        assert_eq!(format("").unwrap_err().code(), "DB101");
        assert_eq!(format("1 // one").unwrap(), "1 // one\n");
    }
}
