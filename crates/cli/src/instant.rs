//! Instants as people write them: RFC 3339, a local time in a zone, or a distance from now.

use std::fmt;

use chrono::offset::LocalResult;
use chrono::{DateTime, FixedOffset, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};
use downbeat_core::{ServerTime, Span};
use serde_json::json;

use crate::error::Error;
use crate::exit::Exit;
use crate::given;
use crate::text;
use crate::time_zone::TimeZone;

/// Why a text does not name an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InstantError {
    /// It has none of the supported forms.
    Unreadable {
        /// The text.
        given: String,
    },
    /// The clocks of the zone skip it.
    Skipped {
        /// The text.
        given: String,
        /// The zone.
        zone: String,
        /// The instant by the offset before the jump, and by the one after it.
        meant: [DateTime<FixedOffset>; 2],
    },
    /// The clocks of the zone show it twice.
    Twice {
        /// The text.
        given: String,
        /// The zone.
        zone: String,
        /// The two instants.
        meant: [DateTime<FixedOffset>; 2],
    },
    /// It is before 1970 or after 9999.
    OutOfRange {
        /// The text.
        given: String,
    },
}

impl fmt::Display for InstantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one_of = |[first, second]: [DateTime<FixedOffset>; 2]| {
            format!("give {} or {}", text::rfc3339(first), text::rfc3339(second))
        };
        match self {
            Self::Unreadable { given } => write!(
                f,
                "{given:?} is not a time; give 2026-12-24T19:00:00+01:00, \"2026-12-24 19:00\" (with --tz for another zone than this machine's), 19:00 (today), or +30s"
            ),
            Self::Skipped { given, zone, meant } => write!(
                f,
                "{given:?} does not exist in {zone}: the clocks jump over it (daylight saving); {}",
                one_of(*meant)
            ),
            Self::Twice { given, zone, meant } => write!(
                f,
                "{given:?} exists twice in {zone}: the clocks are set back over it (daylight saving); {}",
                one_of(*meant)
            ),
            Self::OutOfRange { given } => write!(f, "{given:?} is not between 1970 and 9999; check the year"),
        }
    }
}
impl std::error::Error for InstantError {}

impl From<InstantError> for Error {
    fn from(error: InstantError) -> Self {
        let message = error.to_string();
        match error {
            InstantError::Unreadable { .. } => Self::new(Exit::Usage, "usage", message),
            InstantError::Skipped { meant, .. } | InstantError::Twice { meant, .. } => {
                Self::new(Exit::InvalidInput, "no-such-time", message)
                    .with_hint("an offset makes a time unmistakable, whatever the clocks do")
                    .with("meant", json!(meant.map(text::rfc3339)))
            }
            InstantError::OutOfRange { .. } => Self::new(Exit::InvalidInput, "no-such-time", message),
        }
    }
}

/// Reads an instant: RFC 3339, a local time of `zone` (`2026-12-24 19:00`, seconds optional), a time of today (`19:00`), or a
/// distance from `now` (`+30s`, `in 30s`, `now`).
///
/// # Errors
/// [`InstantError`]; a local time that the zone skips or repeats is never guessed.
pub(crate) fn parse(given: &str, zone: TimeZone, now: ServerTime) -> Result<ServerTime, InstantError> {
    let text = given.trim();
    if text == "now" {
        return Ok(now);
    }
    if let Some(distance) = text.strip_prefix('+').or_else(|| text.strip_prefix("in ")) {
        let distance: Span =
            given::span(distance.trim()).map_err(|_| InstantError::Unreadable { given: given.to_owned() })?;
        return Ok(now + distance);
    }
    let instant = match DateTime::parse_from_rfc3339(text) {
        Ok(instant) => instant,
        Err(_) => local(given, zone, now)?,
    };
    ServerTime::try_from_millis(instant.timestamp_millis())
        .ok_or_else(|| InstantError::OutOfRange { given: given.to_owned() })
}

/// Reads a time of day: `19:00`, seconds optional.
fn time_of_day(given: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"].into_iter().find_map(|format| NaiveTime::parse_from_str(given.trim(), format).ok())
}

fn local(given: &str, zone: TimeZone, now: ServerTime) -> Result<DateTime<FixedOffset>, InstantError> {
    let today = || Some(zone.at(now).date_naive().and_time(time_of_day(given)?));
    let local = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(given.trim(), format).ok())
        .or_else(today)
        .ok_or_else(|| InstantError::Unreadable { given: given.to_owned() })?;
    let by = |offset: FixedOffset| offset.from_local_datetime(&local).single();
    let out_of_range = || InstantError::OutOfRange { given: given.to_owned() };
    let named = || (given.to_owned(), zone.name());
    match zone.offsets(local) {
        LocalResult::Single(offset) => by(offset).ok_or_else(out_of_range),
        LocalResult::Ambiguous(first, second) => {
            let mut meant = [by(first).ok_or_else(out_of_range)?, by(second).ok_or_else(out_of_range)?];
            meant.sort();
            let (given, zone) = named();
            Err(InstantError::Twice { given, zone, meant })
        }
        LocalResult::None => {
            let (before, after) = offsets_around(zone, local).ok_or_else(out_of_range)?;
            // Written with the offset that is in force then, so that each can be copied and reads as the clocks will.
            let shown = |offset| {
                let at = ServerTime::try_from_millis(by(offset)?.timestamp_millis())?;
                Some(zone.at(at))
            };
            let mut meant = [shown(before).ok_or_else(out_of_range)?, shown(after).ok_or_else(out_of_range)?];
            meant.sort();
            let (given, zone) = named();
            Err(InstantError::Skipped { given, zone, meant })
        }
    }
}

/// Returns the offsets in force before and after the jump over `local`. No zone ever skipped more than a day.
fn offsets_around(zone: TimeZone, local: NaiveDateTime) -> Option<(FixedOffset, FixedOffset)> {
    let hours = || (1..=48).map(TimeDelta::hours);
    let before = hours().find_map(|hours| zone.offsets(local.checked_sub_signed(hours)?).latest())?;
    let after = hours().find_map(|hours| zone.offsets(local.checked_add_signed(hours)?).earliest())?;
    Some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn read(given: &str, zone: &str) -> Result<ServerTime, InstantError> {
        parse(given, zone.parse().unwrap(), NOW)
    }

    #[test]
    fn an_unreadable_time_is_a_mistake_of_the_command_line_and_an_impossible_one_is_invalid() {
        assert_eq!(Error::from(InstantError::Unreadable { given: "x".into() }).exit(), Exit::Usage);
        assert_eq!(Error::from(InstantError::OutOfRange { given: "x".into() }).exit(), Exit::InvalidInput);
    }

    #[test]
    fn a_local_time_is_read_in_its_zone() {
        // 19:00 in Tokyo is 10:00 UTC.
        let expected = ServerTime::from_millis(1_798_106_400_000);
        for given in ["2026-12-24 19:00", "2026-12-24T19:00", "2026-12-24 19:00:00", "2026-12-24T19:00:00.000"] {
            assert_eq!(read(given, "Asia/Tokyo"), Ok(expected), "{given}");
        }
        assert_eq!(read("2026-12-24T19:00:00+09:00", "Europe/Berlin"), Ok(expected));
        assert_eq!(read("2026-12-24T10:00:00Z", "Asia/Tokyo"), Ok(expected));
        let tokyo: TimeZone = "Asia/Tokyo".parse().unwrap();
        assert_eq!(text::instant(expected, tokyo), "2026-12-24T19:00:00+09:00");
    }

    #[test]
    fn a_time_of_day_is_todays_in_the_zone() {
        // NOW is 00:00 in London and 09:00 in Tokyo, on the same day; 19:00 of the day before in New York.
        for (zone, instant) in [
            ("UTC", "2024-01-01T19:30:00Z"),
            ("Asia/Tokyo", "2024-01-01T19:30:00+09:00"),
            ("America/New_York", "2023-12-31T19:30:00-05:00"),
        ] {
            let expected = read(instant, "UTC");
            assert_eq!(read("19:30", zone), expected, "{zone}");
            assert_eq!(read(" 19:30:00 ", zone), expected, "{zone}");
        }
    }

    #[test]
    fn a_time_the_clocks_jump_over_is_an_error_with_both_instants() {
        let error = read("2026-03-29 02:30", "Europe/Berlin").unwrap_err();
        assert!(matches!(error, InstantError::Skipped { .. }));
        assert_eq!(
            error.to_string(),
            "\"2026-03-29 02:30\" does not exist in Europe/Berlin: the clocks jump over it (daylight saving); \
             give 2026-03-29T01:30:00+01:00 or 2026-03-29T03:30:00+02:00"
        );
    }

    #[test]
    fn a_time_the_clocks_show_twice_is_an_error_with_both_instants() {
        let error = read("2026-10-25 02:30", "Europe/Berlin").unwrap_err();
        assert!(matches!(error, InstantError::Twice { .. }));
        assert_eq!(
            error.to_string(),
            "\"2026-10-25 02:30\" exists twice in Europe/Berlin: the clocks are set back over it (daylight saving); \
             give 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"
        );
    }

    #[test]
    fn the_times_around_a_change_of_the_clocks_are_plain() {
        assert_eq!(read("2026-03-29 01:59:59.999", "Europe/Berlin"), Ok(ServerTime::from_millis(1_774_745_999_999)));
        assert_eq!(read("2026-03-29 03:00", "Europe/Berlin"), Ok(ServerTime::from_millis(1_774_746_000_000)));
    }

    #[test]
    fn a_skipped_day_is_an_error_too() {
        let error = read("2011-12-30 12:00", "Pacific/Apia").unwrap_err().to_string();
        assert!(error.contains("2011-12-29T12:00:00-10:00 or 2011-12-31T12:00:00+14:00"), "{error}");
    }

    #[test]
    fn distances_are_from_now() {
        assert_eq!(read("+30s", "UTC"), Ok(NOW + Span::from_millis(30_000)));
        assert_eq!(read("in 1h30m", "UTC"), Ok(NOW + Span::from_millis(5_400_000)));
        assert_eq!(read("now", "UTC"), Ok(NOW));
    }

    #[test]
    fn what_is_no_instant_says_which_forms_there_are() {
        for given in ["", "tomorrow", "2026-13-01 10:00", "19", "25:00", "+", "24/12/2026 19:00", "2026-12-24 25:00"] {
            let error = read(given, "UTC").unwrap_err();
            assert!(matches!(error, InstantError::Unreadable { .. }), "{given}");
            assert!(error.to_string().contains("--tz"));
        }
        assert!(matches!(read("1969-12-31T23:59:59Z", "UTC"), Err(InstantError::OutOfRange { .. })));
    }
}
