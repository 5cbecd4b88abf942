//! Values as people type them: spans, positions, messages.

use std::collections::BTreeMap;

use downbeat_core::message::{Draft, Words};
use downbeat_core::{Locale, Position, Rate, Severity, Span};

/// Parses a span: `90s`, `1h30m`, `1.5h`, `500ms`, `2d`, `M:SS`, `H:MM:SS`, or plain seconds.
///
/// # Errors
/// A sentence that lists the forms.
pub(crate) fn span(given: &str) -> Result<Span, String> {
    millis(given).map(Span::from_millis).ok_or_else(|| {
        format!("{given:?} is not a length of time; give 90s, 1h30m, 500ms, 1:30:00 (H:MM:SS), 2:30 (M:SS), or seconds")
    })
}

/// Parses a span longer than zero, for `--timeout`.
pub(crate) fn positive_span(given: &str) -> Result<Span, String> {
    span(given).and_then(|span| if span > Span::ZERO { Ok(span) } else { Err("give more than 0".to_owned()) })
}

/// Where a seek goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A position of the event.
    To(Position),
    /// A distance from the position that the event has when the seek takes effect.
    By(Span),
}

/// Parses where to seek: `12:30` (M:SS), `1:02:03` (H:MM:SS), `45s`, plain seconds; with `+` or `-`, from where it is.
///
/// # Errors
/// A sentence that lists the forms.
pub(crate) fn destination(given: &str) -> Result<Destination, String> {
    let (sign, rest) = match given.as_bytes().first() {
        Some(b'+') => (Some(1), &given[1..]),
        Some(b'-') => (Some(-1), &given[1..]),
        _ => (None, given),
    };
    let ms = millis(rest).ok_or_else(|| {
        format!(
            "{given:?} is not a position; give 12:30 (M:SS), 1:02:03 (H:MM:SS), seconds, or +30s / -10s from where it is"
        )
    })?;
    Ok(match sign {
        None => Destination::To(Position::from_millis(ms)),
        Some(sign) => Destination::By(Span::from_millis(sign * ms)),
    })
}

/// Parses a position to show: as [`destination`], `T-10:00` (before the event begins), or `now`, the position of the event.
///
/// # Errors
/// A sentence that lists the forms.
pub(crate) fn position(given: &str) -> Result<Destination, String> {
    if given == "now" {
        return Ok(Destination::By(Span::ZERO));
    }
    let before = given.strip_prefix("T-").and_then(millis);
    let before = before.map(|ms| Destination::To(Position::from_millis(-ms)));
    before.map_or_else(|| destination(given), Ok).map_err(|_| {
        format!(
            "{given:?} is not a position; give 12:30 (M:SS), 1:02:03 (H:MM:SS), seconds, T-10:00 before the event begins, \
             now, or +30s / -10s from where the event is"
        )
    })
}

/// Parses what a column of a table says: `Time Start=time`.
///
/// # Errors
/// A sentence with the form.
pub(crate) fn mapping(given: &str) -> Result<(String, String), String> {
    let parts = given.rsplit_once('=').map(|(column, field)| (column.trim(), field.trim()));
    match parts.filter(|(column, field)| !column.is_empty() && !field.is_empty()) {
        Some((column, field)) => Ok((column.to_owned(), field.to_owned())),
        None => Err(format!(
            "{given:?} is not COLUMN=FIELD; give the column's name and a field, such as \"Time Start=time\""
        )),
    }
}

/// Parses a rate such as `1`, `0.5` or `1.25`.
///
/// # Errors
/// A sentence with the range.
pub(crate) fn rate(given: &str) -> Result<Rate, String> {
    let (least, most) = (downbeat_core::command::RATE_MIN, downbeat_core::command::RATE_MAX);
    match given.parse::<f64>().ok().and_then(Rate::from_factor) {
        Some(rate) if rate.is_held() => Err("a rate of 0 is a hold; use \"downbeat pause\"".to_owned()),
        Some(rate) if (least..=most).contains(&rate) => Ok(rate),
        _ => Err(format!("{given:?} is not a rate that every browser can play; give {least} to {most}")),
    }
}

/// Parses a text into exact milliseconds; `None` if it has none of the forms or is longer than a million days.
fn millis(text: &str) -> Option<i64> {
    if text.contains(':') { clock_millis(text) } else { unit_millis(text) }
}

/// Parses `M:SS(.fff)` or `H:MM:SS(.fff)`; all but the first part are below 60.
fn clock_millis(text: &str) -> Option<i64> {
    let mut parts = text.rsplit(':');
    let two_digits = |part: &str| part.find('.').unwrap_or(part.len()) == 2;
    let seconds = parts.next().filter(|part| two_digits(part))?;
    let seconds = decimal(seconds, 1_000)?;
    let minutes = parts.next()?;
    let hours = parts.next();
    let minutes_ms = whole(minutes)?.checked_mul(60_000)?;
    let hours_ms = match hours {
        Some(hours) => whole(hours)?.checked_mul(3_600_000)?,
        None => 0,
    };
    let in_range = seconds < 60_000
        && (hours.is_none() || (minutes.len() == 2 && minutes_ms < 3_600_000))
        && parts.next().is_none();
    in_range.then_some(hours_ms + minutes_ms + seconds)
}

/// Parses `1h30m`, `500ms`, or plain seconds; each unit once, the biggest first.
fn unit_millis(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return decimal(text, 1_000);
    }
    let mut rest = text;
    let mut total = 0_i64;
    let mut smaller_than = i64::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|char: char| char.is_ascii_alphabetic())?;
        let (number, tail) = rest.split_at(digits);
        let unit_end = tail.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let unit_ms = match unit {
            "d" => 86_400_000,
            "h" => 3_600_000,
            "m" | "min" => 60_000,
            "s" | "sec" => 1_000,
            "ms" => 1,
            _ => return None,
        };
        if unit_ms >= smaller_than {
            return None;
        }
        smaller_than = unit_ms;
        total += decimal(number.trim(), unit_ms)?;
        rest = tail.trim_start();
    }
    (!text.is_empty()).then_some(total)
}

fn whole(text: &str) -> Option<i64> {
    let plausible = matches!(text.len(), 1..=9) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plausible { text.parse().ok() } else { None }
}

/// Returns `text`, a decimal number of units of `unit_ms`, in whole milliseconds; what is below one is cut off.
fn decimal(text: &str, unit_ms: i64) -> Option<i64> {
    let (integer, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = u32::try_from(fraction.len()).ok()?;
    let fraction_ms = i128::from(whole(fraction)?) * i128::from(unit_ms) / 10_i128.pow(digits);
    whole(integer)?.checked_mul(unit_ms)?.checked_add(i64::try_from(fraction_ms).ok()?)
}

/// One `--message`: words in the event's default locale, or in one that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    locale: Option<Locale>,
    words: String,
}

/// Parses `Back soon` or `fr="De retour"` (which the shell hands on as `fr=De retour`).
///
/// # Errors
/// Never: if what precedes a `=` is not a locale, it belongs to the words.
pub(crate) fn said(given: &str) -> Result<Said, std::convert::Infallible> {
    let named = given.split_once('=').and_then(|(tag, words)| Some((tag.parse::<Locale>().ok()?, words)));
    Ok(match named {
        Some((locale, words)) => Said { locale: Some(locale), words: words.to_owned() },
        None => Said { locale: None, words: given.to_owned() },
    })
}

/// Combines the `--message` options into one message. Words without a locale are in the event's `default` locale.
///
/// # Errors
/// A sentence if a locale has words twice.
pub(crate) fn draft(said: &[Said], severity: Severity, default: &Locale) -> Result<Option<Draft>, String> {
    let words = match said {
        [] => return Ok(None),
        [Said { locale: None, words }] => Words::Plain(words.clone()),
        several => {
            let mut texts = BTreeMap::new();
            for Said { locale, words } in several {
                let locale = locale.as_ref().unwrap_or(default);
                if texts.insert(locale.clone(), words.clone()).is_some() {
                    return Err(format!(
                        "there are two messages for {:?}; give one per locale, such as --message en=\"Back soon\" --message fr=\"De retour\"",
                        locale.as_str()
                    ));
                }
            }
            Words::PerLocale(texts)
        }
    };
    Ok(Some(Draft { words, severity }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_the_forms_people_use() {
        for (given, ms) in [
            ("90s", 90_000),
            ("1h30m", 5_400_000),
            ("1h 30min", 5_400_000),
            ("1.5h", 5_400_000),
            ("0.25", 250),
            ("500ms", 500),
            ("2d", 172_800_000),
            ("1:30:00", 5_400_000),
            ("90:00", 5_400_000),
            ("12:30.250", 750_250),
            ("5400", 5_400_000),
            ("0", 0),
        ] {
            assert_eq!(span(given), Ok(Span::from_millis(ms)), "{given}");
        }
    }

    #[test]
    fn what_is_no_span_is_refused_with_the_forms() {
        for given in [
            "",
            "h",
            "1x",
            "1:5",
            "1:60",
            "1:60:00",
            "1:2:3:04",
            "30m1h",
            "1m1m",
            "-5s",
            "1..5",
            "1e3",
            ".",
            "1.",
            ":30",
            "99999999999",
            "1:1:00",
            "½h",
            "1h-30m",
        ] {
            assert!(span(given).is_err(), "{given}");
        }
        assert!(positive_span("0s").is_err());
    }

    #[test]
    fn a_seek_goes_to_a_position_or_by_a_distance() {
        assert_eq!(destination("12:30"), Ok(Destination::To(Position::from_millis(750_000))));
        assert_eq!(destination("1:02:03"), Ok(Destination::To(Position::from_millis(3_723_000))));
        assert_eq!(destination("45"), Ok(Destination::To(Position::from_millis(45_000))));
        assert_eq!(destination("+30s"), Ok(Destination::By(Span::from_millis(30_000))));
        assert_eq!(destination("-0:10"), Ok(Destination::By(Span::from_millis(-10_000))));
        assert_eq!(position("now"), Ok(Destination::By(Span::ZERO)));
        assert_eq!(position("1:02:03.500"), Ok(Destination::To(Position::from_millis(3_723_500))));
        assert!(position("soon").unwrap_err().contains("now, or +30s"));
        assert!(destination("--10").is_err() && destination("é").is_err());
    }

    #[test]
    fn rates_say_their_range() {
        assert_eq!(rate("1.25"), Ok(Rate::from_thousandths(1_250).unwrap()));
        assert!(rate("0").unwrap_err().contains("pause"));
        assert!(rate("5").unwrap_err().contains("0.25 to 4"));
        assert!(rate("fast").is_err() && rate("NaN").is_err());
    }

    fn of(given: &[&str]) -> Result<Option<Draft>, String> {
        let said: Vec<Said> = given.iter().map(|given| said(given).unwrap()).collect();
        draft(&said, Severity::Info, &Locale::default())
    }

    #[test]
    fn plain_words_are_in_the_events_own_locale() {
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&["Back soon"]).unwrap().unwrap().words, Words::Plain("Back soon".into()));
        let Words::PerLocale(texts) = of(&["Back soon", "fr=De retour"]).unwrap().unwrap().words else { panic!() };
        assert_eq!(texts.into_values().collect::<Vec<_>>(), ["Back soon", "De retour"]);
        assert!(of(&["Back soon", "en=Back later"]).unwrap_err().contains("two messages for \"en\""));
        // No language is called "1".
        assert_eq!(of(&["1=2"]).unwrap().unwrap().words, Words::Plain("1=2".into()));
    }
}
