//! How times, spans and names are written for people. The form never depends on where it is written to.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use downbeat_core::{Position, ServerTime, Span};

use crate::instant::Zone;

/// Writes the length of a span with the units a person would use: `38 ms`, `0.5 s`, `2 min 5 s`, `1 h 30 min`, `3 d 2 h`.
pub(crate) fn span(span: Span) -> String {
    let ms = span.as_millis().unsigned_abs();
    let two = |big: u64, big_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{big} {big_unit}"),
        _ => format!("{big} {big_unit} {small} {small_unit}"),
    };
    match ms {
        0..=99 => format!("{ms} ms"),
        100..=9_949 => match (ms + 50) / 100 {
            tenths if tenths % 10 == 0 => format!("{} s", tenths / 10),
            tenths => format!("{}.{} s", tenths / 10, tenths % 10),
        },
        9_950..=59_499 => format!("{} s", (ms + 500) / 1_000),
        59_500..=3_599_499 => {
            let s = (ms + 500) / 1_000;
            two(s / 60, "min", s % 60, "s")
        }
        3_599_500..=86_369_999 => {
            let min = (ms + 30_000) / 60_000;
            two(min / 60, "h", min % 60, "min")
        }
        _ => {
            let h = (ms + 1_800_000) / 3_600_000;
            two(h / 24, "d", h % 24, "h")
        }
    }
}

/// Writes which sites' pages may hold sockets.
pub(crate) fn origins(origins: &[String]) -> String {
    if origins.is_empty() { "any".to_owned() } else { origins.join(", ") }
}

/// Writes a short span in whole milliseconds, for what is measured; from 10 s on as [`span`] does.
pub(crate) fn fine(measured: Span) -> String {
    match measured.as_millis().unsigned_abs() {
        ms @ 0..=9_999 => format!("{ms} ms"),
        _ => span(measured),
    }
}

/// Writes a position as `HH:MM:SS.mmm`, so that positions beneath each other line up.
pub(crate) fn position(position: Position) -> String {
    let clock = downbeat_sheet::rundown::clock(position.whole_millis());
    if clock.contains('.') { clock } else { format!("{clock}.000") }
}

/// Writes an instant as RFC 3339 in `zone`; milliseconds only where there are any.
pub(crate) fn instant(at: ServerTime, zone: Zone) -> String {
    rfc3339(zone.at(at))
}

/// Writes an instant as RFC 3339; milliseconds only where there are any.
pub(crate) fn rfc3339(at: DateTime<FixedOffset>) -> String {
    let format = if at.timestamp_subsec_millis() == 0 { "%Y-%m-%dT%H:%M:%S%:z" } else { "%Y-%m-%dT%H:%M:%S%.3f%:z" };
    at.format(format).to_string()
}

/// Writes how far `at` is from `now`: `in 30 s`, `12 min ago`, `now`.
pub(crate) fn relative(at: ServerTime, now: ServerTime) -> String {
    let ahead = at - now;
    match ahead.as_millis() {
        0 => "now".to_owned(),
        1.. => format!("in {}", span(ahead)),
        _ => format!("{} ago", span(ahead)),
    }
}

/// Writes an instant in `zone` and how far it is from `now`.
pub(crate) fn when(at: ServerTime, zone: Zone, now: ServerTime) -> String {
    format!("{} ({})", instant(at, zone), relative(at, now))
}

/// Writes a count with its noun: `1 cue`, `12 cues`.
pub(crate) fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Writes a number with its thousands apart: `8,000`.
pub(crate) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let from = digits.len() % 3;
    let mut text = digits[..from].to_owned();
    for group in digits.as_bytes()[from..].as_chunks::<3>().0 {
        text.push_str(if text.is_empty() { "" } else { "," });
        text.extend(group.iter().map(|digit| char::from(*digit)));
    }
    text
}

/// Writes an argument so that a shell reads it back as it is.
pub(crate) fn shell(argument: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,@%+".contains(&byte);
    if !argument.is_empty() && argument.bytes().all(plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

/// Removes what would let a text from elsewhere move the cursor or fake lines of this terminal.
pub(crate) fn tame(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

/// Lines of a label and a value, the values beneath each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table(Vec<(&'static str, String)>);

impl Table {
    /// Adds a line.
    pub(crate) fn line(&mut self, label: &'static str, value: impl Into<String>) -> &mut Self {
        self.0.push((label, tame(&value.into())));
        self
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
        let bold = anstyle::Style::new().bold();
        for (label, value) in &self.0 {
            writeln!(f, "{bold}{label:width$}{bold:#}  {value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_use_the_units_a_person_would() {
        for (ms, text) in [
            (38, "38 ms"),
            (500, "0.5 s"),
            (2_000, "2 s"),
            (9_960, "10 s"),
            (59_999, "1 min"),
            (125_000, "2 min 5 s"),
            (3_599_999, "1 h"),
            (5_400_000, "1 h 30 min"),
            (86_399_999, "1 d"),
            (266_400_000, "3 d 2 h"),
            (-1_500, "1.5 s"),
        ] {
            assert_eq!(span(Span::from_millis(ms)), text, "{ms}");
        }
    }

    #[test]
    fn arguments_survive_the_shell() {
        assert_eq!(shell("https://downbeat.example:8787/a"), "https://downbeat.example:8787/a");
        assert_eq!(shell("it's on"), r"'it'\''s on'");
        assert_eq!(shell(""), "''");
    }

    #[test]
    fn thousands_stand_apart() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (18_342, "18,342"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(count), text);
        }
    }

    #[test]
    fn foreign_text_stays_on_its_line() {
        assert_eq!(tame("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
