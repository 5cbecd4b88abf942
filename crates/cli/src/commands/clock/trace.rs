//! A recorded trace: one exchange per line, as JSON.

use std::io::{BufRead, Read as _};

use downbeat_core::clock::{ClockChange, Estimate, Exchange};
use downbeat_core::{LocalTime, ServerTime, Span};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The longest line: 64 KiB, a hundred times what an exchange needs.
const LINE_BYTES_MAX: u64 = 65_536;

/// The largest timestamp, before or after 1970: 2^42 ms, the year 2109. Up to there, a JSON number is exact to the
/// microsecond.
const STAMP_MS_MAX: f64 = 4_398_046_511_104.0;

/// The hint about the form of a line.
const LINE: &str = r#"write a line as {"t1":…,"t2":…,"t3":…,"t4":…}, in milliseconds: t1 and t4 by the local clock, t2 and t3 by the server's"#;

/// Reads exchanges line by line, and skips blank lines.
pub(super) struct Trace<R> {
    name: String,
    lines: R,
    number: u64,
}

/// An input line.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Stamps {
    t1: f64,
    t2: f64,
    t3: f64,
    t4: f64,
}

/// An output line.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Estimated {
    at: f64,
    offset: f64,
    bound: f64,
    skew_ppm: f64,
    event: &'static str,
}

impl<R: BufRead> Trace<R> {
    /// Creates a reader of `lines`, which errors call `name`.
    pub(super) const fn new(name: String, lines: R) -> Self {
        Self { name, lines, number: 0 }
    }

    /// Returns the next exchange; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Exchange>, Error> {
        loop {
            let mut line = Vec::new();
            self.number += 1;
            let mut limited = (&mut self.lines).take(LINE_BYTES_MAX + 1);
            limited.read_until(b'\n', &mut line).map_err(|error| self.wrong(None, &error.to_string(), LINE))?;
            if line.is_empty() {
                return Ok(None);
            }
            if line.len() as u64 > LINE_BYTES_MAX {
                let message = format!("the line is longer than {LINE_BYTES_MAX} bytes");
                return Err(self.wrong(
                    None,
                    &message,
                    "write one exchange per line, each with a line feed at its end",
                ));
            }
            if !line.trim_ascii().is_empty() {
                return self.exchange(&line).map(Some);
            }
        }
    }

    fn exchange(&self, line: &[u8]) -> Result<Exchange, Error> {
        // Derived readers would take an array too.
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err(self.wrong(None, "the line is not a JSON object", LINE));
        }
        let stamps: Stamps = serde_json::from_slice(line.trim_ascii_end()).map_err(|error| {
            let text = error.to_string();
            let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
            self.wrong(Some(error.column()), &message.replace("expected f64", "expected a number"), LINE)
        })?;
        let named = [("t1", stamps.t1), ("t2", stamps.t2), ("t3", stamps.t3), ("t4", stamps.t4)];
        if let Some((name, ms)) = named.into_iter().find(|(_, ms)| ms.abs() > STAMP_MS_MAX) {
            let message = format!("{name} is {ms:e}, beyond ±{STAMP_MS_MAX} ms");
            return Err(self.wrong(None, &message, "give milliseconds, not microseconds or nanoseconds"));
        }
        let local = |ms| LocalTime::from_micros(micros(ms));
        let server = |ms| ServerTime::from_millis(0) + Span::from_micros(micros(ms));
        let exchange = Exchange::new(local(stamps.t1), server(stamps.t2), server(stamps.t3), local(stamps.t4));
        exchange.map_err(|error| self.wrong(None, &error.to_string(), "leave this line out, or record the trace again"))
    }

    fn wrong(&self, column: Option<usize>, message: &str, hint: &str) -> Error {
        // The parser says column 0 where it means the whole line.
        let column = column.filter(|column| *column > 0).map(|column| format!(":{column}")).unwrap_or_default();
        Error::invalid(format!("{}:{}{column}: {message}", self.name, self.number), hint)
    }
}

impl Stamps {
    /// Returns an exchange as a line of a trace.
    pub(super) const fn of(exchange: &Exchange) -> Self {
        Self {
            t1: millis(exchange.t1().as_micros()),
            t2: millis(exchange.t2().as_micros()),
            t3: millis(exchange.t3().as_micros()),
            t4: millis(exchange.t4().as_micros()),
        }
    }
}

impl Estimated {
    /// Returns the estimate at `at`, after an exchange that changed it in this way.
    pub(super) fn new(at: LocalTime, estimate: &Estimate, change: ClockChange) -> Self {
        Self {
            at: millis(at.as_micros()),
            offset: millis(estimate.offset.as_micros()),
            bound: millis(estimate.bound.as_micros()),
            skew_ppm: f64::from(estimate.skew.as_ppb()) / 1e3,
            event: match change {
                ClockChange::None => "none",
                ClockChange::Step => "step",
                ClockChange::Flush => "flush",
            },
        }
    }
}

/// Returns microseconds as milliseconds for JSON. Within 2^53 µs the nearest double converts back exactly.
pub(super) const fn millis(us: i64) -> f64 {
    us as f64 / 1e3
}

fn micros(ms: f64) -> i64 {
    (ms * 1e3).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<(i64, i64, i64, i64), String>> {
        let mut trace = Trace::new("trace".to_owned(), text.as_bytes());
        let mut read = Vec::new();
        loop {
            match trace.next() {
                Ok(None) => return read,
                Ok(Some(exchange)) => read.push(Ok((
                    exchange.t1().as_micros(),
                    exchange.t2().as_micros(),
                    exchange.t3().as_micros(),
                    exchange.t4().as_micros(),
                ))),
                Err(error) => {
                    read.push(Err(error.to_string()));
                    return read;
                }
            }
        }
    }

    #[test]
    fn microseconds_are_kept_whatever_the_year() {
        let lines = "{\"t1\":-0.001,\"t2\":1704067200000.123,\"t3\":1704067200000.124,\"t4\":4e3}\r\n\n \n\
                     {\"t4\":4398046511103.999,\"t3\":0,\"t2\":-4398046511103.999,\"t1\":1e-9,\"from\":\"phone\"}";
        assert_eq!(
            read(lines),
            [
                Ok((-1, 1_704_067_200_000_123, 1_704_067_200_000_124, 4_000_000)),
                Ok((0, -4_398_046_511_103_999, 0, 4_398_046_511_103_999)),
            ]
        );
    }

    #[test]
    fn microseconds_are_written_as_they_were_read() {
        for (us, text) in [(4_398_046_511_103_999, "4398046511103.999"), (-1, "-0.001"), (1_500, "1.5"), (0, "0.0")] {
            assert_eq!(serde_json::to_string(&millis(us)).unwrap(), text);
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let good = "{\"t1\":1,\"t2\":2,\"t3\":2,\"t4\":3}\n\n";
        for (bad, message) in [
            ("{\"t1\":1,\"t2\":2,\"t3\":2}", "trace:3:22: missing field `t4`"),
            ("{\"t1\":1,\"t2\":\"2\"}", "trace:3:16: invalid type: string \"2\", expected a number"),
            ("t1,t2,t3,t4", "trace:3: the line is not a JSON object"),
            ("[1,2,2,3]", "trace:3: the line is not a JSON object"),
            ("{\"t1\":1,\"t1\":1}", "trace:3:12: duplicate field `t1`"),
            ("{\"t1\":1,\"t2\":1e999}", "trace:3:18: number out of range"),
            ("{\"t1\":1,\"t2\":NaN}", "trace:3:14: expected value"),
            ("{\"t1\":1,\"t2\":2,\"t3\":2,\"t4\":3} x", "trace:3:31: trailing characters"),
            ("{\"t1\":1,\"t2\":2,\"t3\":2,\"t4\":0.5}", "trace:3: the answer arrived 500 µs before the question left"),
            ("{\"t1\":1,\"t2\":2,\"t3\":1,\"t4\":3}", "trace:3: the answer left 1000 µs before the question arrived"),
            (
                "{\"t1\":1704067200000000,\"t2\":2,\"t3\":2,\"t4\":1704067200000001}",
                "trace:3: t1 is 1.7040672e15, beyond ±4398046511104 ms",
            ),
        ] {
            let read = read(&format!("{good}{bad}\n{good}"));
            assert_eq!(read.len(), 2, "{read:?}");
            let error = read[1].as_ref().unwrap_err();
            assert!(error.starts_with(message), "{error} is not {message}");
        }
        let long = format!("{good}{}", " ".repeat(70_000));
        assert!(read(&long)[1].as_ref().unwrap_err().starts_with("trace:3: the line is longer than 65536 bytes"));
    }
}
