//! The times of a cue.

use core::ops::RangeInclusive;
use downbeat_core::Position;

use crate::rundown::clock;

/// The line with the times of a cue: `00:09:20.000 --> 00:13:20.000 align:start`.
pub(super) struct CueTimes<'t> {
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    pub(super) settings: &'t str,
}

impl<'t> CueTimes<'t> {
    /// Parses the line.
    ///
    /// # Errors
    /// What is wrong, and what to do about it.
    pub(super) fn parse(line: &'t str) -> Result<Self, (String, &'static str)> {
        let (from, rest) = line.split_once("-->").unwrap_or((line, ""));
        let rest = rest.trim_start();
        // The settings may follow without a space.
        let end = rest.find(|char: char| !char.is_ascii_digit() && !":.,".contains(char)).unwrap_or(rest.len());
        let (to, settings) = rest.split_at(end);
        let read = |text: &str| {
            let invalid = || (format!("{text:?} is not a WebVTT time"), "write it such as 00:09:20.000");
            parse_ms(text).ok_or_else(invalid)
        };
        let (from_ms, to_ms) = (read(from.trim())?, read(to)?);
        if to_ms < from_ms {
            let problem = format!("it ends at {to}, before it begins at {}", from.trim());
            return Err((problem, "exchange the two"));
        }
        Ok(Self { from_ms, to_ms, settings: settings.trim() })
    }
}

/// Parses `HH:MM:SS.mmm`, of which the hours may be left out.
fn parse_ms(text: &str) -> Option<i64> {
    let (clock, thousandths) = text.split_once('.')?;
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes, seconds] => (number(hours, 1..=6)?, minutes, seconds),
        [minutes, seconds] => (0, minutes, seconds),
        _ => return None,
    };
    let below_sixty = |part: &str| number(part, 2..=2).filter(|&number| number < 60);
    let (minutes, seconds) = (below_sixty(minutes)?, below_sixty(seconds)?);
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + number(thousandths, 3..=3)?)
}

/// Parses a number that has so many digits.
fn number(part: &str, digits: RangeInclusive<usize>) -> Option<i64> {
    let plain = digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if plain { part.parse().ok() } else { None }
}

/// Returns a time as `HH:MM:SS.mmm`.
pub(super) fn stamp(at: Position) -> String {
    let clock = clock(at);
    if clock.contains('.') { clock } else { format!("{clock}.000") }
}
