//! How a report writes what was measured.

use downbeat_core::Span;

use crate::text;

/// Writes a measured span that is not to be exceeded: below 10 ms in tenths, rounded up.
pub(super) fn at_most(span: Span) -> String {
    let us = span.as_micros();
    match us {
        ..0 => format!("-{}", at_most(-span)),
        0..10_000 if us % 1_000 != 0 => {
            format!("{:.1} ms", us.div_euclid(100) as f64 / 10.0 + f64::from(us % 100 != 0) / 10.0)
        }
        0..1_000_000 => format!("{} ms", (us + 999) / 1_000),
        _ => text::span(span),
    }
}

/// Writes a share in percent, never rounded up to all of it: `99.98 %`.
pub(super) fn percent(count: u64, all: u64) -> String {
    let hundredths = (u128::from(count) * 10_000 / u128::from(all.max(1))) as u64;
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => format!("{whole} %"),
        (whole, rest) if rest % 10 == 0 => format!("{whole}.{} %", rest / 10),
        (whole, rest) => format!("{whole}.{rest:02} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_exceeded_is_rounded_up() {
        let written = [0, 5_700, 5_710, 9_000, 10_001, 999_100, 1_234_000].map(|us| at_most(Span::from_micros(us)));
        assert_eq!(written, ["0 ms", "5.7 ms", "5.8 ms", "9 ms", "11 ms", "1000 ms", "1.2 s"]);
    }

    #[test]
    fn not_quite_all_is_not_all() {
        let written =
            [(1, 1), (99_999, 100_000), (9_998, 10_000), (995, 1_000), (0, 0)].map(|(count, all)| percent(count, all));
        assert_eq!(written, ["100 %", "99.99 %", "99.98 %", "99.5 %", "0 %"]);
    }
}
