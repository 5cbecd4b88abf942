//! An instant that has passed: what is said before anything is sent, and which one was probably meant.

use chrono::{Days, NaiveDateTime};
use downbeat_core::{ServerTime, Span};

use crate::error::Error;
use crate::exit::Exit;
use crate::text;
use crate::time_zone::TimeZone;

/// How long ago an instant may be so that the same time of a later day was probably meant: 36 h.
const SAME_HOUR_MAX: Span = Span::from_millis(36 * 3_600_000);

/// Checks that `at`, which was `given` with `flag`, has not passed by more than `past_max`.
///
/// # Errors
/// [`Error`] with the time that it is, and the same time today or tomorrow where that fits.
pub(crate) fn check(
    flag: &str,
    given: &str,
    at: ServerTime,
    past_max: Span,
    zone: TimeZone,
    now: ServerTime,
) -> Result<(), Error> {
    if now - at <= past_max {
        return Ok(());
    }
    let message = format!(
        "{flag} {given} was {}, and it is {} now; nothing was sent",
        text::relative(at, now),
        text::instant(now, zone)
    );
    let meant = next_same_time(at, zone, now).filter(|_| now - at <= SAME_HOUR_MAX);
    let hint = match meant {
        Some((day, meant)) => format!("did you mean {day}? {flag} {}", text::instant(meant, zone)),
        None => format!("check the date, or leave {flag} out to act at once"),
    };
    let error = Error::new(Exit::InvalidInput, "past", message).with_hint(hint);
    Err(match meant {
        Some((_, meant)) => error.with("meant", serde_json::json!([text::instant(meant, zone)])),
        None => error,
    })
}

/// Returns the next instant with the same time of day in `zone`, and whether that is today or tomorrow. A day whose clocks skip
/// that time, or show it twice, is passed over.
fn next_same_time(at: ServerTime, zone: TimeZone, now: ServerTime) -> Option<(&'static str, ServerTime)> {
    let time = zone.at(at).time();
    let today = zone.at(now).date_naive();
    ["today", "tomorrow"].into_iter().enumerate().find_map(|(days, word)| {
        let day = today.checked_add_days(Days::new(days as u64))?;
        let meant = zone.instant(NaiveDateTime::new(day, time))?;
        (meant > now).then_some((word, meant))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        "Europe/Berlin".parse().unwrap()
    }
    fn at(text: &str) -> ServerTime {
        ServerTime::from_millis(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
    }
    fn refused(given: &str, now: &str) -> (String, String) {
        let second = Span::from_millis(1_000);
        let error = check("--at", given, at(given), second, berlin(), at(now)).unwrap_err();
        assert_eq!(error.exit(), Exit::InvalidInput);
        (error.to_string(), error.hint().unwrap().to_owned())
    }

    #[test]
    fn yesterdays_hour_is_refused_and_todays_is_offered() {
        let (message, hint) = refused("2026-11-29T20:15:00+01:00", "2026-11-30T19:00:00+01:00");
        assert_eq!(
            message,
            "--at 2026-11-29T20:15:00+01:00 was 22 h 45 min ago, and it is 2026-11-30T19:00:00+01:00 now; nothing was sent"
        );
        assert_eq!(hint, "did you mean today? --at 2026-11-30T20:15:00+01:00");
    }

    #[test]
    fn an_hour_of_today_that_has_passed_is_probably_tomorrows() {
        let (_, hint) = refused("2026-11-30T18:59:00+01:00", "2026-11-30T19:00:00+01:00");
        assert_eq!(hint, "did you mean tomorrow? --at 2026-12-01T18:59:00+01:00");
    }

    #[test]
    fn the_same_hour_is_the_one_on_the_clock_when_the_clocks_change() {
        // The clocks are set forward in the night to the 29th of March 2026: the next 20:15 is 23 hours later.
        let (_, hint) = refused("2026-03-28T20:15:00+01:00", "2026-03-28T21:00:00+01:00");
        assert_eq!(hint, "did you mean tomorrow? --at 2026-03-29T20:15:00+02:00");
        // 02:30 does not exist on that day, and is there twice on the 25th of October.
        let (_, hint) = refused("2026-03-28T02:30:00+01:00", "2026-03-28T21:00:00+01:00");
        assert_eq!(hint, "check the date, or leave --at out to act at once");
        let (_, hint) = refused("2026-10-24T02:30:00+02:00", "2026-10-24T21:00:00+02:00");
        assert_eq!(hint, "check the date, or leave --at out to act at once");
    }

    #[test]
    fn a_wrong_month_is_a_wrong_date() {
        let (message, hint) = refused("2026-10-30T20:15:00+01:00", "2026-11-30T19:00:00+01:00");
        assert!(message.contains("was 30 d 23 h ago"), "{message}");
        assert_eq!(hint, "check the date, or leave --at out to act at once");
    }

    #[test]
    fn what_may_be_a_difference_of_clocks_passes() {
        let now = at("2026-11-30T19:00:00+01:00");
        for ago in [-1_000, 0, 1_000] {
            let given = now - Span::from_millis(ago);
            assert!(check("--at", "x", given, Span::from_millis(1_000), berlin(), now).is_ok(), "{ago}");
        }
    }
}
