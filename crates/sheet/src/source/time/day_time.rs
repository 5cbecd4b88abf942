//! Times of day, as running orders have them: `19:30`, `7:30 PM`, a part of a day such as 0.8125, with or without a date.

/// A day: 24 h, in milliseconds.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// The latest hour: 47, since running orders count on after midnight (25:30 is half past one).
const HOUR_MAX: i64 = 47;

/// Excel's number of the day 1970-01-01.
const SERIAL_1970: i64 = 25_569;

/// From this number on, a day is a date of Excel (1954), not a count of days.
const SERIAL_MIN: i64 = 20_000;

/// A time of day, perhaps with a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DayTime {
    /// The date as the number of days since 1970.
    pub(crate) date: Option<i64>,
    /// Milliseconds since midnight; from a day on, those of the next day.
    pub(crate) ms: i64,
    /// Whether it was written as a part of a day.
    pub(crate) is_part: bool,
}

impl DayTime {
    /// Parses a time of day; `None` if the text is not one. A plain number is a part of a day.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = spaced(text);
        if let Some(part) = day_part(&text) {
            return Some(part);
        }
        let (clock, half) = without_half(&text);
        let (date, clock) = match clock.rsplit_once([' ', 't']) {
            Some((date, clock)) => (Some(date_number(date.trim_end_matches(',').trim())?), clock),
            None => (None, clock),
        };
        Some(Self { date, ms: clock_ms(clock, half)?, is_part: false })
    }

    /// Returns whether a text can only be a time of day: it has a half of the day, a date, or more decimals than times in
    /// seconds have.
    pub(crate) fn is_meant(text: &str) -> bool {
        match Self::parse(text) {
            Some(time) if time.is_part => {
                let decimals = text.split_once(['.', ',']).map_or(0, |(_, decimals)| decimals.trim_end().len());
                time.ms < DAY_MS && decimals > 3
            }
            Some(time) => {
                let text = spaced(text);
                // `19h` is a length of time, `19h30` is not.
                let by_h = text.contains('h') && !text.ends_with('h');
                time.date.is_some() || without_half(&text).1.is_some() || by_h
            }
            None => false,
        }
    }
}

/// The half of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Am,
    Pm,
}

/// Returns a text in lower case, with plain spaces; some systems put narrow ones before AM and PM.
fn spaced(text: &str) -> String {
    text.trim().chars().map(|char| if char.is_whitespace() { ' ' } else { char.to_ascii_lowercase() }).collect()
}

/// Returns a clock time without the half of the day after it.
fn without_half(text: &str) -> (&str, Option<Half>) {
    for (words, half) in [(["a.m.", "am"], Half::Am), (["p.m.", "pm"], Half::Pm)] {
        for word in words {
            if let Some(clock) = text.strip_suffix(word) {
                return (clock.trim_end(), Some(half));
            }
        }
    }
    (text, None)
}

/// Parses `19:30`, `19:30:05.5`, `19h30`; with a half of the day also `7` and `7.30`.
fn clock_ms(text: &str, half: Option<Half>) -> Option<i64> {
    let separator = match half {
        _ if text.contains(':') => ':',
        None => 'h',
        Some(_) => '.',
    };
    let mut parts = text.split(separator);
    let hours = number(parts.next()?, 1..=2)?;
    let minutes = match parts.next() {
        Some("") if separator == 'h' => 0,
        Some(minutes) => number(minutes, 2..=2)?,
        None if half.is_some() => 0,
        None => return None,
    };
    let (seconds, fraction) = match parts.next() {
        Some(seconds) => seconds.split_once(['.', ',']).unwrap_or((seconds, "")),
        None => ("00", ""),
    };
    let thousandths = format!("{:0<3}", fraction.trim_end_matches('0'));
    let (seconds, thousandths) = (number(seconds, 2..=2)?, number(&thousandths, 3..=3)?);
    let hours = match half {
        Some(_) if !(1..=12).contains(&hours) => return None,
        Some(half) => hours % 12 + if half == Half::Pm { 12 } else { 0 },
        None => hours,
    };
    let in_range = hours <= HOUR_MAX && minutes < 60 && seconds < 60 && parts.next().is_none();
    in_range.then_some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths)
}

/// Parses a part of a day, as spreadsheets store times: 0.8125 is 19:30. A larger number has the day before its point.
fn day_part(text: &str) -> Option<DayTime> {
    let (days, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(days.len(), 1..=5) || !is_digits(days) || !is_digits(fraction) || fraction.len() > 17 {
        return None;
    }
    let days: i64 = days.parse().ok()?;
    let unit = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    let parts: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let ms = i64::try_from((parts * i128::from(DAY_MS) + unit / 2) / unit).ok()?;
    match days {
        SERIAL_MIN.. => Some(DayTime { date: Some(days - SERIAL_1970), ms, is_part: true }),
        // A show of a few days; a larger number is something else.
        0..=9 => Some(DayTime { date: None, ms: days * DAY_MS + ms, is_part: true }),
        _ => None,
    }
}

/// Returns the number of days from 1970 to a date: `2026-12-24`, `24.12.2026`, `12/24/2026`. A date of which both the
/// first and the second number may be the month is `None`.
fn date_number(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [first, second, third] = parts[..] else { return None };
    let (year, month, day) = if first.len() == 4 {
        (number(first, 4..=4)?, number(second, 1..=2)?, number(third, 1..=2)?)
    } else {
        let (a, b) = (number(first, 1..=2)?, number(second, 1..=2)?);
        let (month, day) = match (a, b) {
            _ if text.contains('.') || a == b => (b, a),
            (13.., _) => (b, a),
            (_, 13..) => (a, b),
            _ => return None,
        };
        (number(third, 4..=4)?, month, day)
    };
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| days_since_1970(year, month, day))
}

/// Returns the number of days from 1970-01-01 to a date of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that a leap day is their last.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day
        - 719_469
}

/// Parses a number that has so many digits.
fn number(text: &str, digits: core::ops::RangeInclusive<usize>) -> Option<i64> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_as_people_and_spreadsheets_write_them() {
        let ms = |hours: i64, minutes: i64, seconds: i64| ((hours * 60 + minutes) * 60 + seconds) * 1_000;
        for (text, expected) in [
            ("19:30", ms(19, 30, 0)),
            ("9:05:07", ms(9, 5, 7)),
            ("00:00:00", 0),
            ("19:30:05.25", ms(19, 30, 5) + 250),
            ("19:30:05,5", ms(19, 30, 5) + 500),
            ("7:30 PM", ms(19, 30, 0)),
            ("7:30\u{202f}pm", ms(19, 30, 0)),
            ("7:30:15 p.m.", ms(19, 30, 15)),
            ("12:15 AM", ms(0, 15, 0)),
            ("12 pm", ms(12, 0, 0)),
            ("7.30pm", ms(19, 30, 0)),
            ("19h30", ms(19, 30, 0)),
            ("19h", ms(19, 0, 0)),
            ("25:30", ms(25, 30, 0)),
            ("0.8125", ms(19, 30, 0)),
            ("0,0625", ms(1, 30, 0)),
            ("0.812511574", ms(19, 30, 1)),
            ("1.0104166667", ms(24, 15, 0)),
            ("0", 0),
        ] {
            let read = DayTime::parse(text).unwrap_or_else(|| panic!("{text} is not read"));
            assert_eq!((read.ms, read.date), (expected, None), "{text}");
        }
        for text in [
            "",
            "soon",
            "19:60",
            "7:3 PM",
            "13:00 PM",
            "0:30 PM",
            "48:00",
            "19:30:05:12",
            "-1:00",
            "1930",
            "560",
            "19:30Z",
        ] {
            assert_eq!(DayTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn dates_count_days_and_doubtful_ones_are_not_read() {
        for (text, date) in [
            ("1970-01-01 19:30", 0),
            ("2026-12-24T19:30:00", 20_811),
            ("24.12.2026 19:30", 20_811),
            ("12/24/2026, 7:30 PM", 20_811),
            ("24/12/2026 7:30 PM", 20_811),
            ("46380.8125", 20_811),
            ("2000-03-01 19:30", 11_017),
        ] {
            let read = DayTime::parse(text).unwrap_or_else(|| panic!("{text} is not read"));
            assert_eq!((read.date, read.ms), (Some(date), 70_200_000), "{text}");
        }
        assert_eq!(DayTime::parse("4/5/2026 19:30"), None);
        assert_eq!(DayTime::parse("2026-12-24T19:30:00+01:00"), None);
    }

    #[test]
    fn what_can_only_be_a_time_of_day_is_known() {
        for text in ["7:30 PM", "2026-12-24 19:30", "0.8125", "46380.8125", "19h30"] {
            assert!(DayTime::is_meant(text), "{text}");
        }
        for text in ["19:30", "0.75", "563.5", "00:09:20", "9m20s", "1h30m", "19h", "2.0005"] {
            assert!(!DayTime::is_meant(text), "{text}");
        }
    }
}
