//! Exchanges as lines of JSON, as `downbeat clock replay` reads them.

use core::fmt;

use downbeat_core::clock::Exchange;

/// Writes an exchange as `{"t1":…,"t2":…,"t3":…,"t4":…}`: milliseconds with three decimals.
#[derive(Clone, Copy, Debug)]
pub struct Line(pub Exchange);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(exchange) = self;
        let (t1, t2) = (Millis(exchange.t1().as_micros()), Millis(exchange.t2().as_micros()));
        let (t3, t4) = (Millis(exchange.t3().as_micros()), Millis(exchange.t4().as_micros()));
        write!(f, r#"{{"t1":{t1},"t2":{t2},"t3":{t3},"t4":{t4}}}"#)
    }
}

/// Microseconds, written as milliseconds.
struct Millis(i64);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let us = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:03}", us / 1_000, us % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::{LocalTime, ServerTime};

    #[test]
    fn a_line_keeps_microseconds() {
        let server = ServerTime::from_millis(1_704_067_200_000);
        let (t1, t4) = (LocalTime::from_micros(-1_250), LocalTime::from_micros(20_001));
        let line = Line(Exchange::new(t1, server, server, t4).unwrap()).to_string();
        assert_eq!(line, r#"{"t1":-1.250,"t2":1704067200000.000,"t3":1704067200000.000,"t4":20.001}"#);
    }
}
