//! How times, spans and names are written for people. The form never depends on where it is written to.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use downbeat_api::measurement::Rounded;
use downbeat_core::event::HubCount;
use downbeat_core::{Digest, Position, ServerTime, Span};
use downbeat_wire::{LastChange, Publication};

use crate::time_zone::TimeZone;

pub(crate) use downbeat_core::words::{count, span, tame};

/// Writes which sites' pages may hold sockets.
pub(crate) fn origins(origins: &[String]) -> String {
    if origins.is_empty() { "any".to_owned() } else { origins.join(", ") }
}

/// Writes who decides the number of hubs: `4`, or `added as they fill, 80,000 viewers expected`.
pub(crate) fn hub_count(count: HubCount) -> String {
    match count {
        HubCount::Fixed(hubs) => hubs.to_string(),
        HubCount::Auto { expected: None } => "added as they fill".to_owned(),
        HubCount::Auto { expected: Some(expected) } => {
            format!("added as they fill, {} viewers expected", thousands(u64::from(expected)))
        }
    }
}

/// Writes how many hubs there are, and whether more are added: `67, added as they fill, 80,000 viewers expected`.
pub(crate) fn hubs(hubs: u16, count: HubCount) -> String {
    match count {
        HubCount::Fixed(_) => hubs.to_string(),
        HubCount::Auto { .. } => format!("{hubs}, {}", hub_count(count)),
    }
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
pub(crate) fn instant(at: ServerTime, zone: TimeZone) -> String {
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
pub(crate) fn when(at: ServerTime, zone: TimeZone, now: ServerTime) -> String {
    format!("{} ({})", instant(at, zone), relative(at, now))
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

/// Returns the beginning of a digest, long enough to tell rundowns apart.
pub(crate) fn short(digest: Digest) -> String {
    digest.to_string()[..12].to_owned()
}

/// Writes a change of an event in one line: what, who, when, why.
pub(crate) fn last_change(last: &LastChange) -> String {
    let reason = last.reason.as_deref().map(|reason| format!(", because: {reason}")).unwrap_or_default();
    let at = instant(last.at, TimeZone::Local);
    // Who makes a room has no name yet.
    let by = if last.actor.is_empty() { String::new() } else { format!(" by {}", last.actor) };
    tame(&format!("{}{by} at {at}{reason}", last.name))
}

/// Writes a revision of an event's rundown in one line: what, who, when, why.
pub(crate) fn last_publication(last: &Publication) -> String {
    let reason = last.reason.as_deref().map(|reason| format!(", because: {reason}")).unwrap_or_default();
    let at = instant(last.at, TimeZone::Local);
    tame(&format!("rundown {} by {} at {at}{reason}", short(last.rundown), last.actor))
}

/// Writes on which side of the server's clock this machine's is, with spans as `written`.
pub(crate) fn clock_side(measured: Rounded, written: impl Fn(Span) -> String) -> String {
    match measured.offset.as_micros() {
        0 => "agrees with the server".to_owned(),
        1.. => format!("{} behind the server", written(measured.offset)),
        _ => format!("{} ahead of the server", written(-measured.offset)),
    }
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

/// Lines of a label and a value, the values beneath each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table(Vec<(&'static str, String)>);

impl Table {
    /// Adds a line. Further lines of an error, which are indented, follow after a semicolon.
    pub(crate) fn line(&mut self, label: &'static str, value: impl Into<String>) -> &mut Self {
        self.0.push((label, tame(&value.into().replace("\n  ", "; "))));
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
    fn a_clock_is_behind_ahead_or_agrees() {
        for (offset, side) in
            [(0, "agrees with the server"), (12_300, "12300 behind the server"), (-12_300, "12300 ahead of the server")]
        {
            let measured = Rounded { offset: Span::from_micros(offset), bound: Span::ZERO };
            assert_eq!(clock_side(measured, |span| span.as_micros().to_string()), side);
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
}
