//! Diagnostics as workflow commands, which GitHub Actions shows beside the lines of a pull request.

use std::fmt::Write as _;

use downbeat_sheet::Level;

use super::finding::Finding;
use super::repository::from_root;
use super::sheet::{SHOWN_MAX, Sheet};
use super::summary::counted;
use crate::text;

/// The annotations of one type that GitHub shows for a step: 10. It drops the others silently.
const ANNOTATIONS_MAX: usize = 10;

/// Returns the commands: the errors, then the warnings, and last how many more there are.
///
/// Those that GitHub would drop are plain lines in the log.
pub(crate) fn commands(sheets: &[Sheet]) -> String {
    let (mut out, mut rest) = (String::new(), Vec::new());
    for level in [Level::Error, Level::Warning] {
        let findings = sheets.iter().flat_map(Sheet::findings).filter(|finding| finding.diagnostic.level() == level);
        for (count, finding) in findings.enumerate() {
            if count < ANNOTATIONS_MAX { command(&mut out, &finding) } else { rest.push(finding) }
        }
    }
    for finding in rest.iter().take(SHOWN_MAX) {
        // A text in a sheet must not become a command of the old form, which the runner accepts anywhere in a line.
        let line = text::tame(&finding.to_string()).replace("##[", "# #[");
        let _ = writeln!(out, "  {line}");
    }
    if !rest.is_empty() {
        let of = |level| rest.iter().filter(|finding| finding.diagnostic.level() == level).count();
        let more = counted(of(Level::Error), of(Level::Warning));
        let message = format!("{more} more, which GitHub does not show beside the lines; the log of this step lists ");
        let listed = if rest.len() > SHOWN_MAX { format!("the first {SHOWN_MAX}") } else { "them".to_owned() };
        let _ = writeln!(out, "::notice title=downbeat cues check::{}", data(&(message + &listed)));
    }
    out
}

/// Writes one annotation.
fn command(out: &mut String, finding: &Finding<'_>) {
    let mut properties = Vec::new();
    if let Some(path) = finding.path() {
        properties.push(format!("file={}", property(&from_root(path))));
    }
    if let (Some(from), Some(to)) = (finding.from, finding.to) {
        properties.push(format!("line={}", from.line));
        // GitHub accepts columns only within one line.
        if from.line == to.line {
            properties.push(format!("col={},endColumn={}", from.column, to.column));
        } else {
            properties.push(format!("endLine={}", to.line));
        }
    }
    properties.push(format!("title={}", property(finding.diagnostic.code())));
    let hint = finding.diagnostic.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    let message = data(&format!("{}{hint}", finding.diagnostic.message()));
    let _ = writeln!(out, "::{} {}::{message}", finding.severity(), properties.join(","));
}

/// Escapes a command's message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_or_a_property_is_escaped() {
        assert_eq!(data("100 %\r\n::error a:b,c"), "100 %25%0D%0A::error a:b,c");
        assert_eq!(property("a%0A\r\n:b,c"), "a%250A%0D%0A%3Ab%2Cc");
    }

    #[test]
    fn a_mistake_is_an_annotation_with_its_place() {
        let source = "[\n  { \"time\": 1, \"action\": \"100%\", \"time\": 2 },\n  { \"time\": \"x\", \"acton\": 1, \"action\": \"a\" }\n]";
        let sheet = Sheet::compiled("./cues/a,b:c.json", source);
        let text = commands(&[sheet]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "::error file=cues/a%2Cb%3Ac.json,line=2,col=34,endColumn=40,title=DB102::cue number 1 at 00:00:01 \
             has \"time\" twice; keep one of them"
        );
        assert!(
            lines[2].starts_with("::error file=cues/a%2Cb%3Ac.json,line=3,col=18,endColumn=25,title=DB103::"),
            "{text}"
        );
        assert!(lines[2].ends_with("%0Ahint: did you mean \"action\"?"), "{text}");
    }

    #[test]
    fn standard_input_has_no_file_to_annotate() {
        let commands = commands(&[Sheet::compiled("stdin", "")]);
        assert!(commands.starts_with("::error line=1,"), "{commands}");
    }

    #[test]
    fn the_worst_comes_first_and_the_last_line_says_how_many_more() {
        let warning = "{ \"time\": \"9:20\", \"action\": \"##[set-env name=a]\" },\n".repeat(12);
        let error = "{ \"time\": \"##[x]\", \"action\": \"a\" },\n".repeat(11);
        let text = commands(&[Sheet::compiled("a.json", format!("[\n{warning}{error}]"))]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[..10].iter().all(|line| line.starts_with("::error ")), "{text}");
        assert!(lines[10..20].iter().all(|line| line.starts_with("::warning ")), "{text}");
        assert!(lines[20].starts_with("  a.json:24:11: error DB201: "), "{text}");
        assert!(lines[21..23].iter().all(|line| line.starts_with("  a.json:1") && line.contains("warning DB204")));
        assert!(!lines[20..23].iter().any(|line| line.contains("##[")), "{text}");
        assert_eq!(
            lines[23..],
            ["::notice title=downbeat cues check::1 error, 2 warnings more, which GitHub does not show beside the \
              lines; the log of this step lists them"]
        );
    }
}
