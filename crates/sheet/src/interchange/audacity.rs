//! Label tracks of Audacity: a line per label, `start<tab>end<tab>text`, times in seconds.

use core::fmt::Write as _;
use downbeat_core::{Position, Span};

use super::cue_label::CueLabel;
use super::exchange::{Exported, FormatOptions, Remark};
use super::format::{Format, Source};
use super::import::{Import, lines};
use super::row::{Row, length};
use super::rows;
use crate::rundown::{Rundown, clock};
use crate::source::Crew;

/// The format of Audacity's label tracks.
pub(super) const FORMAT: Format = Format {
    name: "audacity",
    about: "label tracks of Audacity: startSong [music] #song1",
    loses: "kind, params, late, jitter, needs, preload, message",
    import: Some(Source::Text(import)),
    export: Some(export),
};

fn import(text: &str, options: &FormatOptions, import: &mut Import) {
    let start_ms = match options.file_start_ms() {
        Ok(start_ms) => start_ms,
        Err(error) => return import.refuse_file(error),
    };
    for (index, line) in lines(text).enumerate() {
        // After a label there may be a line with its range of frequencies.
        if line.trim().is_empty() || line.starts_with("\\\t") {
            continue;
        }
        read(line, index + 1, start_ms, options, import);
    }
}

fn read(line: &str, number: usize, start_ms: i64, options: &FormatOptions, import: &mut Import) {
    let mut parts = line.splitn(3, '\t');
    let mut time = || parts.next().map_or(Err(NO_TIMES), |part| seconds_ms(part.trim()));
    let (from, to) = match time().and_then(|from| Ok((from, time()?))) {
        Ok(times) => times,
        Err((problem, remedy)) => return import.refuse(number, problem, remedy),
    };
    if to < from {
        return import.refuse(number, "it ends before it begins", "exchange the two times");
    }
    let label = CueLabel::parse(parts.next().unwrap_or_default());
    let Some(action) = import.action(number, &label.action, options) else { return };
    let mut row = Row::at_line(number);
    row.set("time", clock(Position::from_millis(from - start_ms)));
    row.set_some("duration", (to > from).then(|| length(Span::from_millis(to - from))));
    label.set_in(&mut row, action);
    import.add(row);
}

fn export(rundown: &Rundown, crew: &Crew, options: &FormatOptions) -> Result<Exported, Remark> {
    let start = Span::from_millis(options.file_start_ms()?);
    rows::check_begin(rundown, start, "--start 00:10:00")?;
    let rows = rows::rows_of(rundown, crew);
    let mut text = String::new();
    for (cue, row) in rundown.cues().iter().zip(&rows) {
        let seconds = |at: Position| {
            let ms = (at + start).as_millis();
            format!("{}.{:06}", ms / 1_000, ms % 1_000 * 1_000)
        };
        let (from, to) = (seconds(cue.time()), seconds(cue.end().unwrap_or(cue.time())));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{from}\t{to}\t{}", CueLabel::new(cue, row));
    }
    Ok(Exported { text, remarks: rows::lost_fields(&rows, &["id", "time", "action", "track", "duration"]) })
}

/// What is wrong with a line, and what to do about it.
type Refusal = (&'static str, &'static str);

const NO_TIMES: Refusal =
    ("it does not begin with two times in seconds, each followed by a tab", "export the labels from Audacity again");

/// Returns the milliseconds of a decimal number of seconds such as `563.5` or `563,5`, rounded to the nearest.
fn seconds_ms(text: &str) -> Result<i64, Refusal> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(positive) = text.strip_prefix(['-', '\u{2212}']) {
        let before = ("its time is before zero", "move the label, or delete it");
        return seconds_ms(positive).and(Err(before));
    }
    // Nine digits are thirty years.
    if !matches!(whole.len(), 1..=9) || !digits(whole) || !digits(fraction) {
        return Err(NO_TIMES);
    }
    // Audacity writes six decimals; three after a comma may be thousands that somebody separated.
    if text.contains(',') && fraction.len() == 3 && matches!(whole.len(), 1..=3) && !whole.starts_with('0') {
        return Err((
            "its time may be thousands or decimals",
            "write it with a point before the decimals, or with six of them",
        ));
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let up = fraction.as_bytes().get(3).is_some_and(|&digit| digit >= b'5');
    let number = |text: &str| text.parse::<i64>().map_err(|_| NO_TIMES);
    Ok(number(whole)? * 1_000 + number(&thousandths)? + i64::from(up))
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
                "5 its time is before zero",
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
            ("1,200", None),
            ("1,200000", Some(1_200)),
            ("0,500", Some(500)),
            ("1e3", None),
            ("1.2.3", None),
            ("9999999999", None),
        ] {
            assert_eq!(seconds_ms(text).ok(), ms, "{text}");
        }
    }
}
