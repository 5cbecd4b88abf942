//! A cell of a worksheet as the text that a table would have.

use calamine::{DataRef, ExcelDateTime};

/// A day: in milliseconds.
const DAY_MS: f64 = 86_400_000.0;

/// From this number of days on, a time has a date (1954).
const DATED_DAYS: f64 = 20_000.0;

/// Returns a cell's text; `None` if nothing is in it.
pub(super) fn text(value: &DataRef<'_>) -> Option<String> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) => time_text(time),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    })
}

/// Returns a number without what arithmetic on doubles leaves behind: at most nine decimals.
fn decimal(number: f64) -> String {
    let text = format!("{number:.9}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Returns a time as people read it: `19:30:00`, with a date if it has one, and a length of time in hours, minutes and
/// seconds. A worksheet stores all of them as parts of a day.
fn time_text(time: &ExcelDateTime) -> String {
    let days = time.as_f64();
    if !days.is_finite() || days.abs() > 1e7 {
        return decimal(days);
    }
    if time.is_duration() || days < DATED_DAYS {
        let sign = if days < 0.0 { "-" } else { "" };
        return format!("{sign}{}", clock((days.abs() * DAY_MS).round() as u64));
    }
    // To the nearest millisecond of the whole, so that the day is that of the clock.
    let ms = (days * DAY_MS).round();
    let exact = ExcelDateTime::new(ms / DAY_MS + 0.1 / DAY_MS, calamine::ExcelDateTimeType::DateTime, is_1904(time));
    let (year, month, day, ..) = exact.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02} {}", clock((ms % DAY_MS) as u64))
}

/// Returns whether a time counts its days from 1904.
fn is_1904(time: &ExcelDateTime) -> bool {
    ExcelDateTime::new(time.as_f64(), calamine::ExcelDateTimeType::DateTime, true).to_ymd_hms_milli()
        == time.to_ymd_hms_milli()
}

/// Returns milliseconds as `HH:MM:SS`, with `.mmm` if they are not whole seconds.
fn clock(ms: u64) -> String {
    let (hours, minutes, seconds, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:03}") };
    format!("{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};

    #[test]
    fn parts_of_a_day_are_times_and_lengths() {
        for (days, of, expected) in [
            (0.8125, DateTime, "19:30:00"),
            (0.0, DateTime, "00:00:00"),
            (1.0 / 24.0 / 40.0, DateTime, "00:01:30"),
            (1.5 / 86_400.0, DateTime, "00:00:01.500"),
            (1.0104166667, DateTime, "24:15:00"),
            (1.5, TimeDelta, "36:00:00"),
            (-0.25, TimeDelta, "-06:00:00"),
            (46_380.812_5, DateTime, "2026-12-24 19:30:00"),
            (46_380.999_999_999, DateTime, "2026-12-25 00:00:00"),
        ] {
            assert_eq!(time_text(&ExcelDateTime::new(days, of, false)), expected, "{days}");
        }
        assert_eq!(
            time_text(&ExcelDateTime::new(44_918.812_5, DateTime, true)),
            "2026-12-24 19:30:00",
            "days since 1904"
        );
    }

    #[test]
    fn numbers_are_what_was_typed() {
        let texts = [560.0, 563.125, 0.1 + 0.2, 0.8125, -5.0, -0.0, 1e10].map(decimal);
        assert_eq!(texts, ["560", "563.125", "0.3", "0.8125", "-5", "0", "10000000000"]);
        assert_eq!(text(&DataRef::Bool(true)).as_deref(), Some("TRUE"));
        assert_eq!(text(&DataRef::Empty), None);
        assert_eq!(text(&DataRef::Error(calamine::CellErrorType::Ref)).as_deref(), Some("#REF!"));
    }
}
