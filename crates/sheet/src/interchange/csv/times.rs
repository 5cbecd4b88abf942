//! The times of a table: seconds, clock times, times of day, timecode.

use downbeat_core::Position;
use serde_json::Value;

use super::separators::{CellNumber, Separators};
use crate::interchange::day_clock::DayClock;
use crate::interchange::exchange::{FormatOptions, Remark};
use crate::interchange::import::Import;
use crate::interchange::row::Row;
use crate::interchange::timecode::{Counting, frame_number, is_timecode};
use crate::rundown::clock;
use crate::source::{DayTime, FrameRate, invisible};

/// What a cell of a spreadsheet says in place of a value that it could not compute.
const ERRORS: [&str; 8] = ["#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "##"];

/// What is wrong with a cell, and what to do about it.
type Refusal = (String, String);

/// How a table's times are read.
pub(super) struct Times {
    separators: Separators,
    start: Start,
    frame_rate: Option<FrameRate>,
    has_timecode: bool,
    /// Whether it was said how times of day are read.
    said: bool,
    /// The number of times, and that of those that are plain numbers below 1 and above 0.
    count: usize,
    below_one: usize,
}

/// Where the event begins in the table's times.
enum Start {
    Zero,
    /// At this frame.
    Frame(i64),
    /// At this time of day.
    Day(DayClock),
}

/// A cell with a time, and the name of its column.
pub(super) struct TimeCell<'t> {
    pub(super) field: &'static str,
    pub(super) column: &'t str,
    pub(super) cell: &'t str,
}

impl Times {
    /// Creates a reader of times.
    ///
    /// # Errors
    /// Why `--start` cannot be read.
    pub(super) fn new(separators: Separators, options: &FormatOptions) -> Result<Self, Remark> {
        let start = match (options.start.as_deref(), options.frame_rate) {
            (Some(start), Some(rate)) if is_timecode(start) => {
                let frame = frame_number(start, rate, Counting::NonDrop);
                let problem = |error: crate::source::TimeError| {
                    let problem = format!("the timecode {start:?}, at which the event begins, {}", error.problem());
                    Remark::file(problem, error.remedy())
                };
                Start::Frame(frame.map_err(problem)?)
            }
            (Some(start), None) if is_timecode(start) => {
                let problem = format!("{start:?}, at which the event begins, counts frames");
                return Err(Remark::file(problem, "give the rate too (--fps), such as 25, 29.97 or 30"));
            }
            _ => DayClock::of_options(options)?.map_or(Start::Zero, Start::Day),
        };
        let frame_rate = options.frame_rate;
        Ok(Self { separators, start, frame_rate, has_timecode: false, said: false, count: 0, below_one: 0 })
    }

    /// Reads the times of a line into its row.
    pub(super) fn read(&mut self, cells: &[TimeCell<'_>], row: &mut Row, import: &mut Import) {
        let mut begin = None;
        // An end may depend on the beginning, whichever column is first.
        let of = |field: &'static str| cells.iter().filter(move |cell| cell.field == field);
        let rest = cells.iter().filter(|cell| !["time", "until"].contains(&cell.field));
        for cell in of("time").chain(of("until")).chain(rest) {
            if let Err((problem, remedy)) = self.read_cell(cell, &mut begin, row, import) {
                let shown: String = cell.cell.chars().take(60).collect();
                import.refuse(row.line, format!("column {:?}: {shown:?} {problem}", cell.column), remedy);
            }
        }
    }

    /// Reports what is remarkable about all times together, or an option that none of them needed.
    pub(super) fn finish(&self, import: &mut Import) {
        if self.count > 1 && self.count == self.below_one {
            let problem = "every time is less than a second, as if they were parts of a day";
            let remedy = "if 0.75 is 18:00, say when the event begins (--start 18:00)";
            import.remark(Remark::file(problem, remedy));
        }
        if self.frame_rate.is_some() && !self.has_timecode {
            let problem = "a frame rate is given (--fps), and no time in the table counts frames";
            import.refuse_file(Remark::file(problem, "leave it out, or write times such as 00:09:20:12"));
        }
    }

    fn read_cell(
        &mut self,
        cell: &TimeCell<'_>,
        begin: &mut Option<(DayTime, i64)>,
        row: &mut Row,
        import: &mut Import,
    ) -> Result<(), Refusal> {
        let &TimeCell { field, cell: text, .. } = cell;
        check_content(text)?;
        let is_position = matches!(field, "time" | "until");
        if let Start::Day(clock) = &mut self.start
            && !text.starts_with('#')
            && (is_position || begin.is_some_and(|(begin, _)| begin.is_part) && is_below_one(text))
        {
            let time = day_time(text)?;
            let wall_ms = match (field, *begin) {
                ("until", Some((begin, begin_ms))) => DayClock::wall_end_ms(time, begin, begin_ms),
                // A length of time in a table of parts of a day.
                _ if !is_position => {
                    row.set(field, format!("{}ms", time.ms));
                    return Ok(());
                }
                _ => clock.wall_ms(time),
            };
            if field == "time" {
                *begin = Some((time, wall_ms));
            }
            let position = crate::rundown::clock(Position::from_millis(clock.position_ms(wall_ms)));
            if !self.said {
                self.said = true;
                let problem = format!("{text:?} is read as a time of day, at {position} of the event (--start)");
                import.remark(Remark::line(row.line, problem, "the other times are read likewise, look at them"));
            }
            row.set(field, position);
            return Ok(());
        }
        if is_timecode(text) && !text.contains('@') {
            let ms = self.frames_ms(text, is_position)?;
            row.set(field, clock(Position::from_millis(ms)));
            return Ok(());
        }
        if is_position && matches!(self.start, Start::Frame(_)) && !text.starts_with('#') {
            let remedy = "write it such as 01:00:10:12, or leave --start out";
            return Err(("is not a timecode, and the event begins at one (--start)".to_owned(), remedy.to_owned()));
        }
        if is_position {
            self.count += 1;
            self.below_one += usize::from(is_below_one(text));
        }
        row.set(field, self.plain(text, row.line, import)?);
        Ok(())
    }

    /// Returns the milliseconds of a timecode.
    fn frames_ms(&mut self, text: &str, is_position: bool) -> Result<i64, Refusal> {
        self.has_timecode = true;
        let Some(rate) = self.frame_rate else {
            let problem = "counts frames, but does not say how many make a second".to_owned();
            return Err((problem, "give the rate (--fps), such as 25, 29.97 or 30".to_owned()));
        };
        let frame = frame_number(text, rate, Counting::NonDrop)
            .map_err(|error| (error.problem().to_owned(), error.remedy().to_owned()))?;
        let start = if let (Start::Frame(start), true) = (&self.start, is_position) { *start } else { 0 };
        Ok(rate.ms(frame - start))
    }

    /// Reads a time as sheets write it. Plain seconds may have a comma, and minutes and seconds become a full clock time.
    fn plain(&self, cell: &str, line: usize, import: &mut Import) -> Result<Value, Refusal> {
        if DayTime::is_meant(cell) {
            let remedy = "say when the event begins (--start 19:30), or write seconds or HH:MM:SS from its beginning";
            return Err(("is a time of day".to_owned(), remedy.to_owned()));
        }
        match self.separators.number(cell) {
            Some(CellNumber::Ambiguous([thousands, decimal])) => {
                let remedy =
                    format!("write {thousands}, or {} for less", decimal.trim_end_matches('0').trim_end_matches('.'));
                return Err(("may be thousands or decimals".to_owned(), remedy));
            }
            Some(CellNumber::Grouped(number)) => {
                return Err(("has separated thousands".to_owned(), format!("write {number}")));
            }
            Some(CellNumber::Plain(number)) => {
                // Zeros in front are not JSON.
                let whole = number.trim_start_matches('0');
                let number =
                    if whole.is_empty() || whole.starts_with('.') { format!("0{whole}") } else { whole.to_owned() };
                return serde_json::from_str(&number)
                    .map_err(|_| ("is not a number".to_owned(), "write 563.5".to_owned()));
            }
            None => {}
        }
        let point = cell.replace(',', ".").replace('\u{2212}', "-");
        if let Some(number) = signed_or_exponential(&point) {
            return Ok(Value::Number(number));
        }
        Ok(match minutes_and_seconds(&point) {
            Some(clock) => {
                let problem = format!("{cell:?} is read as minutes and seconds, {clock}");
                let remedy = match self.start {
                    Start::Zero => "write all three parts to be sure; times of day need --start",
                    _ => "write all three parts to be sure",
                };
                import.remark(Remark::line(line, problem, remedy));
                clock.into()
            }
            // A comma before the decimals of a clock time; elsewhere commas are not replaced.
            None if cell.contains(':') => point.into(),
            None => cell.into(),
        })
    }
}

/// Refuses what spreadsheets leave in cells.
fn check_content(cell: &str) -> Result<(), Refusal> {
    let refused = |problem: &str, remedy: &str| Err((problem.to_owned(), remedy.to_owned()));
    if cell.starts_with('=') {
        return refused("is a formula", "export values, not formulas");
    }
    if ERRORS.iter().any(|error| cell.starts_with(error)) {
        return refused(
            "is what a spreadsheet writes where it has no value",
            "correct the formula, or widen the column",
        );
    }
    // Spaces before AM and PM are whatever the system writes.
    let spaces = ['\u{a0}', '\u{202f}', '\u{2009}'];
    match invisible(&cell.replace(spaces, " ")) {
        Some(found) => refused(&format!("has {found}, which nobody sees"), "type the time again"),
        None => Ok(()),
    }
}

fn day_time(text: &str) -> Result<DayTime, Refusal> {
    DayTime::parse(text).ok_or_else(|| {
        let remedy = "write it such as 19:30, 19:30:05 or 7:30 PM, with a date such as 2026-12-24 if it needs one";
        ("is not a time of day, and the event begins at one (--start)".to_owned(), remedy.to_owned())
    })
}

/// Returns whether a text is a number below 1 and above 0.
fn is_below_one(text: &str) -> bool {
    let decimals = text.strip_prefix("0.").or_else(|| text.strip_prefix("0,"));
    decimals.is_some_and(|decimals| {
        decimals.bytes().all(|byte| byte.is_ascii_digit()) && decimals.contains(|char| char != '0')
    })
}

/// Returns a number of seconds with a sign or an exponent, exactly as it is written.
fn signed_or_exponential(cell: &str) -> Option<serde_json::Number> {
    let is_number =
        cell.parse::<f64>().is_ok() && cell.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if is_number { serde_json::from_str(cell).ok() } else { None }
}

/// Returns `M:SS` as `HH:MM:SS`.
fn minutes_and_seconds(cell: &str) -> Option<String> {
    if let Some(before) = cell.strip_prefix('-') {
        return minutes_and_seconds(before).map(|clock| format!("-{clock}"));
    }
    let (minutes, seconds) = cell.split_once(':')?;
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(minutes.len(), 1..=4) || !is_digits(minutes) || !seconds.split('.').all(is_digits) {
        return None;
    }
    let minutes: u32 = minutes.parse().ok()?;
    Some(format!("{:02}:{:02}:{seconds}", minutes / 60, minutes % 60))
}
