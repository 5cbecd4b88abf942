//! Spans, counts and foreign text as people read them; for programs that talk to people, which the browser's does not.

mod foreign;

use alloc::format;
use alloc::string::String;

use crate::Span;

pub use foreign::{is_hidden, mask, redact, tame};

/// Writes the length of a span with the units a person would use: `38 ms`, `0.5 s`, `2 min 5 s`, `1 h 30 min`, `3 d 2 h`.
pub fn span(span: Span) -> String {
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

/// Writes a count with its noun: `1 cue`, `12 cues`.
pub fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Writes a number of bytes in the unit that suits it: `512 B`, `16 KiB`, `64 MiB`.
pub fn bytes(bytes: usize) -> String {
    match bytes {
        0..=1_023 => format!("{bytes} B"),
        1_024..=1_048_575 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
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
}
