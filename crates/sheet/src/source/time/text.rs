//! Times and lengths of time that do not depend on other cues.

use super::day_time::DayTime;
use super::decimal::{decimal, is_digits, within_limit};
use super::error::TimeError;
use super::frame_rate::FrameRate;
use super::timecode::{is_timecode, timecode};
use crate::source::invisible::invisible;

/// A time or a length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) struct Reading {
    /// Whole milliseconds, at most [`TIME_MAX`](crate::rundown::TIME_MAX) either way: negative before the event begins.
    pub(in crate::source) ms: i64,
    /// Whether it was written in two parts, such as `9:20`, which some people read as hours and minutes.
    pub(in crate::source) two_parts: bool,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Reads seconds written as a JSON number.
pub(super) fn seconds(number: &str) -> Result<Reading, TimeError> {
    let (negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    decimal(number, SECOND).map(|ms| Reading::exact(if negative { -ms } else { ms }))
}

/// Returns the milliseconds of a time that is not in a sheet and not before zero: seconds too may be a text.
pub(crate) fn time_ms(text: &str) -> Result<i64, TimeError> {
    let read = match self::text(text, None) {
        Err(TimeError::Quoted) => seconds(text),
        read => read,
    };
    read.and_then(|reading| if reading.ms < 0 { Err(TimeError::Negative) } else { Ok(reading.ms) })
}

/// Reads a time or a length of time written as a text; `rate` is that of timecode that does not name its own.
pub(super) fn text(text: &str, rate: Option<FrameRate>) -> Result<Reading, TimeError> {
    if let Some(rest) = text.strip_prefix('-') {
        return plain(rest, rate).map(|reading| Reading { ms: -reading.ms, ..reading });
    }
    // What word processors make of it.
    if let Some(rest) = text.strip_prefix(['\u{2212}', '\u{2013}']) {
        let is_time = matches!(plain(rest, rate), Ok(_) | Err(TimeError::Quoted));
        return Err(if is_time { TimeError::Dash } else { TimeError::Unknown });
    }
    plain(text, rate).map_err(|error| if error == TimeError::Unknown { reason(text, rate) } else { error })
}

/// Returns why a text does not look like a time, as far as that can be seen.
fn reason(text: &str, rate: Option<FrameRate>) -> TimeError {
    let is_time = |text: &str| matches!(plain(text, rate), Ok(_) | Err(TimeError::Quoted));
    if invisible(text).is_some() {
        TimeError::Invisible
    } else if text.trim() != text && is_time(text.trim()) {
        TimeError::Spaces
    } else if text.contains(',') && is_time(&text.replace(',', ".")) {
        TimeError::Comma
    } else if DayTime::is_meant(text) {
        TimeError::TimeOfDay
    } else {
        TimeError::Unknown
    }
}

fn plain(text: &str, rate: Option<FrameRate>) -> Result<Reading, TimeError> {
    if text.starts_with('#') {
        return Err(TimeError::ReferenceHere);
    }
    if let Some(iso) = text.strip_prefix('P') {
        return iso_duration(iso).map(Reading::exact);
    }
    if is_timecode(text) {
        return timecode(text, rate).and_then(within_limit).map(Reading::exact);
    }
    if text.contains(':') {
        return clock(text);
    }
    if is_digits(&text.replacen('.', "", 1)) {
        return Err(TimeError::Quoted);
    }
    units(text, &[("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)]).map(Reading::exact)
}

impl Reading {
    fn exact(ms: i64) -> Self {
        Self { ms, two_parts: false }
    }
}

/// Reads `HH:MM:SS`, or `M:SS`, each with up to three decimals.
fn clock(text: &str) -> Result<Reading, TimeError> {
    let parts: Vec<&str> = text.splitn(4, ':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes, seconds] => (Some(hours), minutes, seconds),
        [minutes, seconds] => (None, minutes, seconds),
        _ => return Err(TimeError::Unknown),
    };
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    if ![hours.unwrap_or("0"), minutes, seconds, fraction].into_iter().all(is_digits) {
        return Err(TimeError::Unknown);
    }
    if seconds.len() != 2 || hours.is_some() && minutes.len() != 2 {
        return Err(TimeError::Digits);
    }
    let below_sixty = |part: &str| part < "60";
    if !below_sixty(seconds) || hours.is_some() && !below_sixty(minutes) {
        return Err(TimeError::Sixty);
    }
    let large = match hours {
        Some(hours) => decimal(hours, HOUR)? + decimal(minutes, MINUTE)?,
        None => decimal(minutes, MINUTE)?,
    };
    let ms = large + decimal(seconds, SECOND)? + decimal(&format!("0.{fraction}"), SECOND)?;
    Ok(Reading { ms: within_limit(ms)?, two_parts: hours.is_none() })
}

/// Reads what follows the `P` of an ISO 8601 duration.
fn iso_duration(text: &str) -> Result<i64, TimeError> {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    if date.ends_with(['Y', 'M']) || date.contains('Y') {
        return Err(TimeError::Calendar);
    }
    // ISO 8601 allows a comma as well as a point.
    let part = |text: &str, known: &[(&str, i64)]| units(&text.replace(',', "."), known);
    let days = if date.is_empty() && time.is_some() { 0 } else { part(date, &[("W", 7 * DAY), ("D", DAY)])? };
    let rest = time.map_or(Ok(0), |time| part(time, &[("H", HOUR), ("M", MINUTE), ("S", SECOND)]))?;
    within_limit(days + rest)
}

/// Reads numbers that are each followed by a unit, larger units first, such as `9m20s`.
fn units(text: &str, known: &[(&str, i64)]) -> Result<i64, TimeError> {
    let mut known = known.iter();
    let mut rest = text;
    let mut sum = 0;
    while !rest.is_empty() || text.is_empty() {
        let number_end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').ok_or(TimeError::Unknown)?;
        let (number, after) = rest.split_at(number_end);
        let unit_end = after.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        // The iterator continues after the last unit: none may be repeated, or follow a smaller one.
        let (_, size) = known.find(|(name, _)| *name == unit).ok_or(TimeError::Unknown)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        if !is_digits(whole) || !is_digits(fraction) {
            return Err(TimeError::Unknown);
        }
        sum = within_limit(sum + decimal(number, *size)?)?;
        rest = after;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_exactly() {
        for (number, ms) in [
            ("560", 560_000),
            ("0", 0),
            ("-0", 0),
            ("0.001", 1),
            ("1.0010", 1_001),
            ("4.35", 4_350),
            ("5.6e2", 560_000),
            ("560000E-3", 560_000),
            ("0e999999999999", 0),
            ("31622400", 31_622_400_000),
        ] {
            assert_eq!(seconds(number).map(|reading| reading.ms), Ok(ms), "{number}");
        }
        for (number, problem) in [
            ("0.0005", TimeError::TooFine),
            ("1e-400", TimeError::TooFine),
            ("1e-99999999999", TimeError::TooFine),
            ("1.00000000000000000000000000001", TimeError::TooFine),
            ("31622400.001", TimeError::TooLong),
            ("1e999", TimeError::TooLong),
            ("1e99999999999", TimeError::TooLong),
            ("99999999999999999999999999999999999999999999", TimeError::TooLong),
        ] {
            assert_eq!(seconds(number), Err(problem), "{number}");
        }
    }

    #[test]
    fn every_way_of_writing_nine_minutes_twenty_is_the_same_time() {
        for way in ["00:09:20", "0:09:20.000", "PT9M20S", "PT560S", "9m20s", "560s", "560000ms", "PT0H9M20.0S"] {
            assert_eq!(text(way, None), Ok(Reading { ms: 560_000, two_parts: false }), "{way}");
        }
        assert_eq!(text("9:20", None), Ok(Reading { ms: 560_000, two_parts: true }));
        assert_eq!(text("90:00.5", None), Ok(Reading { ms: 5_400_500, two_parts: true }));
        assert_eq!(text("P1DT2H", None).unwrap().ms, 93_600_000);
        assert_eq!(text("P2W", None).unwrap().ms, 1_209_600_000);
        assert_eq!(text("PT1,5S", None).unwrap().ms, 1_500);
        assert_eq!(text("1.5h", None).unwrap().ms, 5_400_000);
        assert_eq!(text("100:00:00.25", None).unwrap().ms, 360_000_250);
    }

    #[test]
    fn a_minus_counts_back_from_the_beginning() {
        for way in ["-00:09:20", "-PT9M20S", "-9m20s", "-00:09:20:00@25"] {
            assert_eq!(text(way, None), Ok(Reading { ms: -560_000, two_parts: false }), "{way}");
        }
        assert_eq!(text("-9:20", None), Ok(Reading { ms: -560_000, two_parts: true }));
        assert_eq!(seconds("-560.25"), Ok(Reading { ms: -560_250, two_parts: false }));
        assert_eq!([seconds("-0"), text("-0s", None)], [Ok(Reading { ms: 0, two_parts: false }); 2]);
        assert_eq!(seconds("-31622400.001"), Err(TimeError::TooLong));
        assert_eq!((time_ms("-5"), time_ms("-00:00:05")), (Err(TimeError::Negative), Err(TimeError::Negative)));
    }

    #[test]
    fn invalid_times_are_refused_for_their_reason() {
        for (written, problem) in [
            ("560", TimeError::Quoted),
            ("00:60:00", TimeError::Sixty),
            ("00:00:5", TimeError::Digits),
            ("9:75", TimeError::Sixty),
            ("00:00:00.0001", TimeError::TooFine),
            ("-560", TimeError::Quoted),
            ("--5s", TimeError::Unknown),
            ("-#a.start", TimeError::ReferenceHere),
            ("-00:75:00", TimeError::Sixty),
            ("\u{2212}5s", TimeError::Dash),
            ("-", TimeError::Unknown),
            ("P1Y", TimeError::Calendar),
            ("P1M", TimeError::Calendar),
            ("00:12:00:12", TimeError::NoRate),
            ("00:12:00;12", TimeError::NoRate),
            ("9000:00:00:00@25", TimeError::TooLong),
            ("#song1.start+5s", TimeError::ReferenceHere),
            ("9000:00:00", TimeError::TooLong),
            ("999999999999999999999h", TimeError::TooLong),
            ("", TimeError::Unknown),
            ("P", TimeError::Unknown),
            ("PT", TimeError::Unknown),
            ("P1DT", TimeError::Unknown),
            ("20s9m", TimeError::Unknown),
            ("9m9m", TimeError::Unknown),
            ("9m20", TimeError::Unknown),
            ("1.s", TimeError::Unknown),
            ("1.2.3s", TimeError::Unknown),
            ("::", TimeError::Unknown),
            ("soon", TimeError::Unknown),
            ("٩:٢٠", TimeError::Unknown),
            ("1é", TimeError::Unknown),
        ] {
            assert_eq!(text(written, None), Err(problem), "{written}");
        }
    }
}
