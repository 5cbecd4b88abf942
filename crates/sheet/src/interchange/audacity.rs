//! Label tracks of Audacity: a line per label, `start<tab>end<tab>text`, times in seconds.

use core::fmt::Write as _;
use downbeat_core::{Position, Span};

use super::cue_label::CueLabel;
use super::exchange::{Exported, FormatOptions, Remark};
use super::format::Format;
use super::import::Import;
use super::row::{Row, length};
use super::rows;
use crate::rundown::{Rundown, clock};

/// The format of Audacity's label tracks.
pub(super) const FORMAT: Format = Format {
    name: "audacity",
    about: "label tracks of Audacity: startSong [music] #song1",
    loses: "kind, params, late, jitter, needs, preload, message",
    import: Some(import),
    export: Some(export),
};

fn import(text: &str, options: &FormatOptions, import: &mut Import) {
    for (index, line) in text.lines().enumerate() {
        // After a label there may be a line with its range of frequencies.
        if line.trim().is_empty() || line.starts_with("\\\t") {
            continue;
        }
        read(line, index + 1, options, import);
    }
}

fn read(line: &str, number: usize, options: &FormatOptions, import: &mut Import) {
    let mut parts = line.splitn(3, '\t');
    let mut time = || parts.next().and_then(|part| seconds_ms(part.trim()));
    let (Some(from), Some(to)) = (time(), time()) else {
        let problem = "it does not begin with two times in seconds, each followed by a tab";
        return import.refuse(number, problem, "export the labels from Audacity again");
    };
    if to < from {
        return import.refuse(number, "it ends before it begins", "exchange the two times");
    }
    let label = CueLabel::parse(parts.next().unwrap_or_default());
    let Some(action) = import.action(number, &label.action, options) else { return };
    let mut row = Row::at_line(number);
    row.set("time", clock(Position::from_millis(from)));
    row.set_some("duration", (to > from).then(|| length(Span::from_millis(to - from))));
    row.name = Some(action.clone());
    row.set("action", action);
    row.set_some("track", label.track);
    row.set_some("id", label.id);
    import.add(row);
}

fn export(rundown: &Rundown, _: &FormatOptions) -> Result<Exported, Remark> {
    let mut text = String::new();
    for cue in rundown.cues() {
        let seconds = |at: Position| format!("{}.{:06}", at.as_millis() / 1_000, at.as_millis() % 1_000 * 1_000);
        let (from, to) = (seconds(cue.time()), seconds(cue.end().unwrap_or(cue.time())));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{from}\t{to}\t{}", CueLabel::new(cue));
    }
    let remarks = rows::lost_fields(&rows::rows_of(rundown), &["id", "time", "action", "track", "duration"]);
    Ok(Exported { text, remarks })
}

/// Returns the milliseconds of a decimal number of seconds such as `563.5` or `563,5`, rounded to the nearest.
fn seconds_ms(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // Nine digits are thirty years.
    if !matches!(whole.len(), 1..=9) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let up = fraction.as_bytes().get(3).is_some_and(|&digit| digit >= b'5');
    let ms = whole.parse::<i64>().ok()? * 1_000 + thousandths.parse::<i64>().ok()?;
    Some(ms + i64::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::tests::{cues, refused};

    #[test]
    fn labels_become_cues_to_the_nearest_millisecond() {
        let labels = "0.000000\t0.000000\tstart\r\n\
            560.0004999\t563.5005\tstartSong [music] #song1\n\
            \\\t100.5\t2000.25\n\
            10,25\t10,25\tstart\n\
            3723.999600\t3724\t\"a\" [\"b [c\"]\n";
        let found = cues(&FORMAT, labels, &FormatOptions::default());
        assert_eq!(
            found,
            ["0 start start", "10250 start-2 start", "560000-563501 song1 startSong music", "3724000 a a b [c"]
        );
    }

    #[test]
    fn invalid_labels_are_refused_line_by_line() {
        let labels = "560.0 startSong\n1.0\tstartSong\n5\t4\tback\n1\t1\t\n-1\t1\tearly\nNaN\t1\tx\n";
        assert_eq!(
            refused(&FORMAT, labels, &FormatOptions::default()),
            [
                "1 it does not begin with two times in seconds",
                "2 it does not begin with two times in seconds",
                "3 it ends before it begins",
                "4 it does not say what to do",
                "5 it does not begin with two times in seconds",
                "6 it does not begin with two times in seconds",
            ]
        );
        let named = FormatOptions { action: Some("mark".to_owned()), ..FormatOptions::default() };
        assert_eq!(cues(&FORMAT, "1\t1\t\n1\t1", &named), ["1000 mark mark", "1000 mark-2 mark"]);
        assert_eq!(refused(&FORMAT, "\n", &named), ["- there is no cue in the file"]);
    }

    #[test]
    fn what_the_compiler_finds_is_reported_at_the_line() {
        let long = "x".repeat(65);
        let refusals = FORMAT.import(&format!("1\t1\ta\n\n2\t2\t{long}\n"), &FormatOptions::default()).unwrap_err();
        assert_eq!(refusals[0].line, Some(3));
        assert!(refusals[0].remedy.contains("use 1 to 64 characters"), "{}", refusals[0].remedy);
        let late = refused(&FORMAT, "999999999\t999999999\ta\n", &FormatOptions::default());
        assert_eq!(late, ["1 cue \"a\": \"time\" \"277777:46:39\" is more than 366 days"]);
    }

    #[test]
    fn seconds_are_read_to_the_nearest_millisecond() {
        for (text, ms) in [
            ("0", Some(0)),
            ("563.5", Some(563_500)),
            ("563,5", Some(563_500)),
            ("1.0004", Some(1_000)),
            ("1.0005", Some(1_001)),
            ("1.9999", Some(2_000)),
            ("1.", Some(1_000)),
            (".5", None),
            ("", None),
            ("-1", None),
            ("1e3", None),
            ("1.2.3", None),
            ("9999999999", None),
        ] {
            assert_eq!(seconds_ms(text), ms, "{text}");
        }
    }
}
