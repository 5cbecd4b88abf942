//! Marker lists of Adobe Audition: tables separated by tabs, with a name, a start and a length.

use core::fmt::Write as _;
use downbeat_core::{Position, Span};
use serde_json::Value;

use super::cue_label::CueLabel;
use super::exchange::{Exported, FormatOptions, Remark};
use super::format::{Format, Source};
use super::import::{Import, lines};
use super::row::{Row, length};
use super::rows;
use super::timecode::{Counting, frame_number};
use crate::rundown::{Rundown, clock};
use crate::source::{Crew, FrameRate};

/// The format of Audition's markers.
pub(super) const FORMAT: Format = Format {
    name: "audition",
    about: "marker lists of Adobe Audition: startSong [music] #song1",
    loses: "kind, params, late, jitter, needs, preload, message, flags, owner, group",
    import: Some(Source::Text(import)),
    export: Some(export),
};

/// The columns, in Audition's order.
const COLUMNS: [&str; 6] = ["Name", "Start", "Duration", "Time Format", "Type", "Description"];

/// Returns whether a text is such a list: whether its first line has these columns.
pub(super) fn is_list(text: &str) -> bool {
    let head = lines(text).find(|line| !line.trim().is_empty()).unwrap_or_default();
    let has = |name: &&str| head.split('\t').any(|cell| cell.trim().eq_ignore_ascii_case(name));
    COLUMNS[..4].iter().all(has)
}

pub(super) fn import(text: &str, options: &FormatOptions, import: &mut Import) {
    let start_ms = match options.file_start_ms() {
        Ok(start_ms) => start_ms,
        Err(error) => return import.refuse_file(error),
    };
    let mut columns = None;
    for (index, line) in lines(text).enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        // A quote is a character like others.
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        match &columns {
            None => {
                let found = COLUMNS.map(|name| cells.iter().position(|cell| cell.eq_ignore_ascii_case(name)));
                if found[0].is_none() || found[1].is_none() {
                    let remedy = "export the markers from Audition again, or import the table as csv";
                    return import.refuse(index + 1, "it is not a header with the columns Name and Start", remedy);
                }
                columns = Some(found);
            }
            Some(columns) => read(&cells, columns, index + 1, start_ms, options, import),
        }
    }
}

fn read(
    cells: &[&str],
    columns: &[Option<usize>; 6],
    line: usize,
    start_ms: i64,
    options: &FormatOptions,
    import: &mut Import,
) {
    let [name, start, duration, format, _, note] =
        columns.map(|column| column.and_then(|column| cells.get(column).copied()).unwrap_or_default());
    let (from, lasts) = match (time_ms(start, format), time_ms(duration, format)) {
        (Ok(from), Ok(lasts)) => (from, lasts),
        (Ok(from), Err(_)) if duration.is_empty() => (from, 0),
        (Err((problem, remedy)), _) | (_, Err((problem, remedy))) => return import.refuse(line, problem, remedy),
    };
    let label = CueLabel::parse(name);
    let Some(action) = import.action(line, &label.action, options) else { return };
    let mut row = Row::at_line(line);
    row.set("time", clock(Position::from_millis(from - start_ms)));
    row.set_some("duration", (lasts > 0).then(|| length(Span::from_millis(lasts))));
    row.set_some("note", Some(note).filter(|note| !note.is_empty()));
    label.set_in(&mut row, action);
    import.add(row);
}

fn export(rundown: &Rundown, crew: &Crew, options: &FormatOptions) -> Result<Exported, Remark> {
    let start = Span::from_millis(options.file_start_ms()?);
    rows::check_begin(rundown, start, "--start 00:10:00")?;
    let rows = rows::rows_of(rundown, crew);
    let mut text = COLUMNS.join("\t") + "\n";
    for (cue, row) in rundown.cues().iter().zip(&rows) {
        let lasts = cue.end().map_or(Span::ZERO, |end| end - cue.time());
        let note = row.field("note").and_then(Value::as_str).unwrap_or_default();
        let note: String = note.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
        let (from, lasts) = (decimal(cue.time() + start), decimal(Position::START + lasts));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}\t{from}\t{lasts}\tdecimal\tCue\t{note}", CueLabel::new(cue, row));
    }
    let remarks = rows::lost_fields(&rows, &["id", "time", "action", "track", "duration", "note"]);
    Ok(Exported { text, remarks })
}

/// Returns a time as Audition writes it: `9:20.500`, `1:02:03.000`.
fn decimal(at: Position) -> String {
    let ms = at.as_millis();
    let (hours, minutes, seconds, ms) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}.{ms:03}")
    } else {
        format!("{minutes}:{seconds:02}.{ms:03}")
    }
}

/// Reads a time in the format that its line names: `decimal`, or a frame rate such as `25 fps`.
fn time_ms(text: &str, format: &str) -> Result<i64, (String, &'static str)> {
    let invalid = |remedy| (format!("{text:?} is not a time ({format})"), remedy);
    if let Some(rate) = rate_of(format) {
        let counting = if format.to_lowercase().contains("drop") { Counting::of_rate(rate) } else { Counting::NonDrop };
        return frame_number(text, rate, counting).map(|frame| rate.ms(frame)).map_err(|error| invalid(error.remedy()));
    }
    if !format.is_empty() && !format.eq_ignore_ascii_case("decimal") {
        return Err(invalid("choose Decimal (mm:ss.ddd) as Audition's time format, and export the markers again"));
    }
    let remedy = "write it such as 9:20.500, or 1:02:03.000";
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, "000"));
    let parts: Option<Vec<i64>> = clock
        .split(':')
        .map(|part| if matches!(part.len(), 1..=4) && is_digits(part) { part.parse().ok() } else { None })
        .collect();
    let (hours, minutes, seconds) = match parts.as_deref() {
        Some(&[hours, minutes, seconds]) if minutes < 60 => (hours, minutes, seconds),
        Some(&[minutes, seconds]) => (0, minutes, seconds),
        _ => return Err(invalid(remedy)),
    };
    if seconds >= 60 || fraction.len() != 3 || !is_digits(fraction) {
        return Err(invalid(remedy));
    }
    let thousandths = fraction.parse::<i64>().map_err(|_| invalid(remedy))?;
    Ok(((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths)
}

/// Returns the frame rate that a format such as `25 fps` or `SMPTE 29.97 fps (Drop)` names.
fn rate_of(format: &str) -> Option<FrameRate> {
    let (before, _) = format.split_once("fps")?;
    before.split_whitespace().next_back()?.parse().ok()
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::tests::{cues, refused};

    const HEADER: &str = "Name\tStart\tDuration\tTime Format\tType\tDescription\r\n";

    #[test]
    fn markers_become_cues_in_the_format_that_their_line_names() {
        let markers = format!(
            "{HEADER}startSong [music] #song1\t9:20.500\t4:00.000\tdecimal\tCue\twait for \"go\"\r\n\
             bell\t1:02:03.000\t0:00.000\tdecimal\tCue\t\r\n\
             Marker 01\t00:00:10:12\t00:00:00:00\t25 fps\tCue\t\r\n"
        );
        let options = FormatOptions::default();
        assert_eq!(
            cues(&FORMAT, &markers, &options),
            ["10480 Marker-01 Marker 01", "560500-800500 song1 startSong music", "3723000 bell bell"]
        );
        assert!(FORMAT.import(&markers, &options).unwrap().sheet.contains(r#""note": "wait for \"go\"""#));
        let bad = format!("{HEADER}a\t441000\t0\tSamples\tCue\t\nb\t9:60.000\t0:00.000\tdecimal\tCue\t\n");
        assert_eq!(
            refused(&FORMAT, &bad, &options),
            ["2 \"441000\" is not a time (Samples)", "3 \"9:60.000\" is not a time (decimal)"]
        );
        assert_eq!(
            refused(&FORMAT, "time,action\n1,a\n", &options),
            ["1 it is not a header with the columns Name and Start"]
        );
    }

    #[test]
    fn cues_go_out_and_come_back_with_their_ids() {
        let sheet = r#"[{ "id": "a", "time": 1.5, "action": "go", "track": "x", "duration": "1h", "note": "two\nlines" },
            { "time": 3723, "action": "b" }]"#;
        let rundown = crate::compile(sheet).rundown.unwrap();
        let crew = crate::crew(sheet, &|_| unreachable!("it includes nothing"));
        let exported = FORMAT.export_with(&rundown, &crew, &FormatOptions::default()).unwrap();
        let lines: Vec<&str> = exported.text.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                "go [x] #a\t0:01.500\t1:00:00.000\tdecimal\tCue\ttwo lines",
                "b #@\t1:02:03.000\t0:00.000\tdecimal\tCue\t"
            ]
        );
        assert_eq!(FORMAT.import(&exported.text, &FormatOptions::default()).unwrap().rundown.cues(), rundown.cues());
    }
}
