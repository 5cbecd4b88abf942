//! Distributions of latencies, for people and for programs.

use std::fmt;

use downbeat_core::Span;
use serde_json::{Value, json};

use crate::columns::Columns;
use crate::text;
use downbeat_viewer::load::Distribution;

/// The width of a column of spans: `−500.0 ms` fits.
const WIDTH: usize = 9;

/// The table of what took how long.
pub(super) struct LatencyTable(Columns);

impl LatencyTable {
    /// Creates a table that has only its head.
    pub(super) fn new() -> Self {
        let mut table = Self(Columns::default());
        table.cells(String::new(), ["first", "median", "p99", "last"].map(str::to_owned));
        table
    }

    /// Adds a line.
    pub(super) fn line(&mut self, label: impl Into<String>, latencies: &Distribution) {
        self.cells(label.into(), cells(latencies));
    }

    fn cells(&mut self, label: String, cells: [String; 4]) {
        let [first, median, p99, last] = cells.map(|cell| format!("{cell:>WIDTH$}"));
        self.0.line([label, first, median, p99, last]);
    }
}

impl fmt::Display for LatencyTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Writes first, median, 99th percentile and last, in this order.
pub(super) fn cells(latencies: &Distribution) -> [String; 4] {
    [latencies.first, latencies.median, latencies.p99, latencies.last].map(|span| {
        let ms = span.as_micros().unsigned_abs() as f64 / 1e3;
        let sign = if span < Span::ZERO { "−" } else { "" };
        // Tenths only where the difference is worth reading.
        if ms < 99.95 { format!("{sign}{ms:.1} ms") } else { format!("{sign}{}", text::fine(span)) }
    })
}

/// Returns a distribution for programs, in milliseconds.
pub(super) fn json(latencies: &Distribution) -> Value {
    let Distribution { count, first, median, p99, last } = latencies;
    let ms = |span: &Span| span.as_micros() as f64 / 1e3;
    json!({ "count": count, "first": ms(first), "median": ms(median), "p99": ms(p99), "last": ms(last) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_before_has_a_minus() {
        let [first, last] = [-470, 12].map(Span::from_millis);
        let latencies = Distribution { count: 2, first, median: first, p99: last, last };
        assert_eq!(cells(&latencies), ["−470 ms", "−470 ms", "12.0 ms", "12.0 ms"]);
    }
}
