//! Times as people write them, read exactly: no floating point on the way to milliseconds.

use super::reference::{Reference, reference};
use super::timecode::{FrameRate, is_timecode, timecode};
use crate::rundown::TIME_MAX;

/// A time that was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Whole milliseconds, 0 to [`TIME_MAX`].
    pub(super) ms: i64,
    /// It was written in two parts, which some read otherwise.
    pub(super) two_parts: bool,
}

/// When something is, as far as that can be told without the other cues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When<'s> {
    /// At this time.
    At(Reading),
    /// So long before or after another cue.
    From(Reference<'s>),
}

/// Why a text or a number is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// It is before zero.
    Negative,
    /// It has a fraction of a millisecond.
    TooFine,
    /// It is more than [`TIME_MAX`].
    TooLong,
    /// It is a number in quotes.
    Quoted,
    /// Minutes or seconds are above 59, or have not two digits.
    Sixty,
    /// Years and months have no fixed length.
    Calendar,
    /// It counts frames, and nothing says how many there are in a second.
    NoRate,
    /// It names a frame rate that does not exist.
    BadRate,
    /// Its frame is not among those of a second.
    BadFrame,
    /// Drop-frame at a rate that drops none.
    NoDrop,
    /// A frame that drop-frame counting leaves out.
    Dropped,
    /// It begins like a reference and is none.
    BadReference,
    /// It is a reference where only a length of time makes sense.
    ReferenceHere,
    /// It is nothing that looks like a time.
    Unknown,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Problem {
    /// Returns the rest of a sentence that begins with what was written.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Negative => "is before zero; times count from the event's beginning, use 0 or more",
            Self::TooFine => "is finer than a millisecond; use at most three decimals",
            Self::TooLong => "is more than 366 days; use 366 days at most",
            Self::Quoted => "is a number in quotes; leave the quotes out to mean seconds",
            Self::Sixty => "has minutes or seconds that are not 00 to 59; write HH:MM:SS, such as \"00:09:20\"",
            Self::Calendar => "has years or months, whose length varies; use days, hours, minutes and seconds",
            Self::NoRate => {
                "counts frames, but not how many make a second; add the rate, such as \"00:12:00:12@25\", or the sheet's \"frameRate\""
            }
            Self::BadRate => {
                "has a frame rate that is none of 23.976, 24, 25, 29.97, 30, 47.952, 48, 50, 59.94, 60, 100, 119.88 and 120; use one of them"
            }
            Self::BadFrame => {
                "has a frame that its rate does not reach; frames count from 00 to one less than the rate"
            }
            Self::NoDrop => {
                "is in drop-frame (\";\"), which only 29.97 and 59.94 have; use \":\" or one of these rates"
            }
            Self::Dropped => {
                "is a frame that drop-frame leaves out: each minute but every tenth begins at frame 02 (04 at 59.94); use the next one"
            }
            Self::BadReference => {
                "is no reference; write \"#id.start\" or \"#id.end\", and perhaps how far from it, such as \"#song1.start+5s\""
            }
            Self::ReferenceHere => {
                "is a reference, and only \"time\" and \"until\" take one; write a length such as \"4s\""
            }
            Self::Unknown => "is no time; write seconds (560), \"00:09:20\", \"PT9M20S\" or \"9m20s\"",
        }
    }
}

/// Reads seconds written as a JSON number.
pub(super) fn seconds(number: &str) -> Result<Reading, Problem> {
    let (negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    match decimal(number, SECOND)? {
        0 => Ok(whole(0)),
        _ if negative => Err(Problem::Negative),
        ms => Ok(whole(ms)),
    }
}

/// Reads when something is; `rate` is that of frames that do not name theirs.
pub(super) fn when(written: &str, rate: Option<FrameRate>) -> Result<When<'_>, Problem> {
    if written.starts_with('#') { reference(written, rate).map(When::From) } else { text(written, rate).map(When::At) }
}

/// Reads a length of time, or a time, written as a text.
pub(super) fn text(text: &str, rate: Option<FrameRate>) -> Result<Reading, Problem> {
    if let Some(rest) = text.strip_prefix('-') {
        return Err(if self::text(rest, rate).is_ok() { Problem::Negative } else { Problem::Unknown });
    }
    if text.starts_with('#') {
        return Err(Problem::ReferenceHere);
    }
    if let Some(iso) = text.strip_prefix('P') {
        return iso_duration(iso).map(whole);
    }
    if is_timecode(text) {
        return timecode(text, rate).and_then(within_limit).map(whole);
    }
    if text.contains(':') {
        return clock(text);
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(Problem::Quoted);
    }
    units(text, &[("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)]).map(whole)
}

fn whole(ms: i64) -> Reading {
    Reading { ms, two_parts: false }
}

/// Reads `HH:MM:SS`, or `M:SS`, each with up to three decimals.
fn clock(text: &str) -> Result<Reading, Problem> {
    let parts: Vec<&str> = text.splitn(4, ':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes, seconds] => (Some(hours), minutes, seconds),
        [minutes, seconds] => (None, minutes, seconds),
        _ => return Err(Problem::Unknown),
    };
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    if ![hours.unwrap_or("0"), minutes, seconds, fraction].into_iter().all(is_digits) {
        return Err(Problem::Unknown);
    }
    let below_sixty = |part: &str| part.len() == 2 && part < "60";
    if !below_sixty(seconds) || hours.is_some() && !below_sixty(minutes) {
        return Err(Problem::Sixty);
    }
    let large = match hours {
        Some(hours) => decimal(hours, HOUR)? + decimal(minutes, MINUTE)?,
        None => decimal(minutes, MINUTE)?,
    };
    let ms = large + decimal(seconds, SECOND)? + decimal(&format!("0.{fraction}"), SECOND)?;
    Ok(Reading { ms: within_limit(ms)?, two_parts: hours.is_none() })
}

/// Reads what follows the `P` of an ISO 8601 duration.
fn iso_duration(text: &str) -> Result<i64, Problem> {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    if date.ends_with(['Y', 'M']) || date.contains('Y') {
        return Err(Problem::Calendar);
    }
    // ISO 8601 allows a comma as well as a point.
    let part = |text: &str, known: &[(&str, i64)]| units(&text.replace(',', "."), known);
    let days = if date.is_empty() && time.is_some() { 0 } else { part(date, &[("W", 7 * DAY), ("D", DAY)])? };
    let rest = time.map_or(Ok(0), |time| part(time, &[("H", HOUR), ("M", MINUTE), ("S", SECOND)]))?;
    within_limit(days + rest)
}

/// Reads numbers that are each followed by a unit, the larger units first, such as `9m20s`.
fn units(text: &str, known: &[(&str, i64)]) -> Result<i64, Problem> {
    let mut known = known.iter();
    let mut rest = text;
    let mut sum = 0;
    while !rest.is_empty() || text.is_empty() {
        let number_end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').ok_or(Problem::Unknown)?;
        let (number, after) = rest.split_at(number_end);
        let unit_end = after.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        // The iterator goes on from the last unit: none comes twice, none after a smaller one.
        let (_, size) = known.find(|(name, _)| *name == unit).ok_or(Problem::Unknown)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        if !is_digits(whole) || !is_digits(fraction) {
            return Err(Problem::Unknown);
        }
        sum = within_limit(sum + decimal(number, *size)?)?;
        rest = after;
    }
    Ok(sum)
}

/// Returns a decimal number (`12`, `0.5`, `5.6e2`) times `unit`, exactly; the form has been checked.
fn decimal(number: &str, unit: i64) -> Result<i64, Problem> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    // The value is significant × 10^power × unit. An exponent that does not fit is out of all bounds, either way.
    let out_of_bounds = if exponent.starts_with('-') { Problem::TooFine } else { Problem::TooLong };
    let exponent: i64 = exponent.parse::<i32>().map_err(|_| out_of_bounds)?.into();
    let zeros = all.len() - all.trim_end_matches('0').len();
    let length = |count: usize| i64::try_from(count).map_err(|_| Problem::TooLong);
    let power = exponent - length(fraction.len())? + length(zeros)?;
    if power + length(significant.len())? > 12 {
        return Err(Problem::TooLong);
    }
    // Below 10^12 in all, so more than 24 digits reach beyond any millisecond.
    if significant.len() > 24 || power < -24 {
        return Err(Problem::TooFine);
    }
    let digits: i128 = significant.parse().map_err(|_| Problem::Unknown)?;
    let scaled = digits * i128::from(unit);
    // Both powers are small by the checks above: -24 ≤ power ≤ 11.
    let ten = |power: i64| 10_i128.pow(u32::try_from(power).unwrap_or(0));
    let ms = match power {
        0.. => scaled * ten(power),
        _ if scaled % ten(-power) != 0 => return Err(Problem::TooFine),
        _ => scaled / ten(-power),
    };
    within_limit(i64::try_from(ms).map_err(|_| Problem::TooLong)?)
}

fn within_limit(ms: i64) -> Result<i64, Problem> {
    if ms > TIME_MAX.as_millis() { Err(Problem::TooLong) } else { Ok(ms) }
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
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
            ("0.0005", Problem::TooFine),
            ("1e-400", Problem::TooFine),
            ("1e-99999999999", Problem::TooFine),
            ("1.00000000000000000000000000001", Problem::TooFine),
            ("-5", Problem::Negative),
            ("31622400.001", Problem::TooLong),
            ("1e999", Problem::TooLong),
            ("1e99999999999", Problem::TooLong),
            ("99999999999999999999999999999999999999999999", Problem::TooLong),
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
    fn what_is_no_time_is_refused_for_its_reason() {
        for (written, problem) in [
            ("560", Problem::Quoted),
            ("00:60:00", Problem::Sixty),
            ("00:00:5", Problem::Sixty),
            ("9:75", Problem::Sixty),
            ("00:00:00.0001", Problem::TooFine),
            ("-00:00:01", Problem::Negative),
            ("-", Problem::Unknown),
            ("P1Y", Problem::Calendar),
            ("P1M", Problem::Calendar),
            ("00:12:00:12", Problem::NoRate),
            ("00:12:00;12", Problem::NoRate),
            ("9000:00:00:00@25", Problem::TooLong),
            ("#song1.start+5s", Problem::ReferenceHere),
            ("9000:00:00", Problem::TooLong),
            ("999999999999999999999h", Problem::TooLong),
            ("", Problem::Unknown),
            ("P", Problem::Unknown),
            ("PT", Problem::Unknown),
            ("P1DT", Problem::Unknown),
            ("20s9m", Problem::Unknown),
            ("9m9m", Problem::Unknown),
            ("9m20", Problem::Unknown),
            ("1.s", Problem::Unknown),
            ("1.2.3s", Problem::Unknown),
            ("::", Problem::Unknown),
            ("soon", Problem::Unknown),
            ("٩:٢٠", Problem::Unknown),
            ("1é", Problem::Unknown),
        ] {
            assert_eq!(text(written, None), Err(problem), "{written}");
        }
    }
}
