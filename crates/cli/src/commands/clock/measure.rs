//! `clock measure`: how far this machine's clock is from a server's, and how certain that is.

use std::fmt;

use downbeat_core::clock::{Change, Envelope, Estimate, Estimator, Exchange, Spread};
use downbeat_core::{LocalTime, Span};
use serde_json::{Map, Value, json};

use super::trace::{Stamps, millis};
use crate::cli::{Global, MeasureArgs};
use crate::clock;
use crate::error::Error;
use crate::output::{Output, Report, members};
use crate::profile::TIMEOUT_DEFAULT;
use crate::server::{Server, ServerError, ServerUrl};
use crate::text::Table;

/// Gives the pause between two questions: 100 ms, the first pace of viewers.
const PAUSE: Span = Span::from_millis(100);

/// What was measured.
pub(super) struct Measured {
    server: ServerUrl,
    asked: u16,
    exchanges: Vec<Exchange>,
    estimate: Estimate,
    spread: Spread,
    /// A clock jumped meanwhile; what counts came after it.
    jumped: bool,
}

/// Asks the server for its time again and again.
pub(super) fn run(args: &MeasureArgs, global: &Global, output: Output) -> Result<Measured, Error> {
    let server = match &args.url {
        // Whoever names the server needs no settings.
        Some(url) => Server::new(url.clone(), None, global.flags().timeout.unwrap_or(TIMEOUT_DEFAULT)),
        None => {
            let settings = super::super::context(global, output)?.settings;
            Server::new(settings.server()?.clone(), None, settings.timeout)
        }
    };
    // The first question pays for name, connection and encryption, and is not counted.
    server.clock()?;
    let (mut envelope, mut jumped) = (Envelope::new(), false);
    let (mut exchanges, mut failed) = (Vec::new(), None);
    for asked in 0..args.probes {
        if asked > 0 {
            clock::sleep(PAUSE);
        }
        match ask(&server) {
            Ok(exchange) => {
                jumped |= envelope.handle_exchange(&exchange) == Change::Flush;
                exchanges.push(exchange);
            }
            Err(error) => failed = Some(error),
        }
    }
    let known = exchanges.last().and_then(|last| envelope.estimate(last.t4())).zip(Spread::of(&exchanges));
    match (known, failed) {
        (Some((estimate, spread)), _) => {
            Ok(Measured { server: server.url().clone(), asked: args.probes, exchanges, estimate, spread, jumped })
        }
        (None, Some(error)) => Err(error),
        (None, None) => Err(Error::Internal("there is at least one probe".to_owned())),
    }
}

/// Asks once. It is this machine's wall clock that is measured, so here it stands for the local one.
fn ask(server: &Server) -> Result<Exchange, Error> {
    let wall = || LocalTime::from_micros(clock::wall().as_micros());
    let t1 = wall();
    let time = server.clock()?.body;
    let t4 = wall();
    let t2 = time.received_at.unwrap_or(time.server_time);
    Exchange::new(t1, t2, time.server_time, t4).map_err(|error| {
        let url = server.url().to_string();
        Error::Server(ServerError::Strange { url, status: 200, why: error.to_string() })
    })
}

impl Report for Measured {
    fn json(&self) -> Map<String, Value> {
        let ms = |span: Span| millis(span.as_micros());
        members(json!({
            "server": self.server.to_string(),
            "offset": millis(self.estimate.offset.as_micros()),
            "bound": ms(self.estimate.bound),
            "delay": ms(self.spread.delay_least),
            "delayMedian": ms(self.spread.delay_median),
            "jitter": ms(self.spread.jitter),
            "probes": self.asked,
            "answers": self.exchanges.len(),
            "jumped": self.jumped,
            "exchanges": self.exchanges.iter().map(Stamps::of).collect::<Vec<_>>(),
        }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |span: Span| format!("{:.1} ms", millis(span.as_micros()));
        let mut table = Table::default();
        table.line("server", self.server.to_string());
        table.line("this machine", self.side());
        table.line("certain to", format!("±{}", ms(self.rounded().1)));
        table.line(
            "delay",
            format!("{} at best, {} usually", ms(self.spread.delay_least), ms(self.spread.delay_median)),
        );
        table.line("jitter", ms(self.spread.jitter));
        table.line("probes", format!("{} of {} answered", self.exchanges.len(), self.asked));
        if self.jumped {
            table.line("note", "a clock jumped meanwhile; this is what came after it");
        }
        write!(f, "{table}")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (offset, bound) = self.rounded();
        writeln!(f, "{:.1} ±{:.1} ms", millis(offset.as_micros()), millis(bound.as_micros()))
    }
}

impl Measured {
    /// Gives offset and bound in tenths of a millisecond; the interval that is shown holds the one that was measured.
    fn rounded(&self) -> (Span, Span) {
        let tenth = |us: i64| us - us.rem_euclid(100);
        let offset = self.estimate.offset.as_micros();
        let shown = tenth(offset.saturating_add(50));
        let bound = self.estimate.bound + Span::from_micros((offset - shown).abs() + 99);
        (Span::from_micros(shown), Span::from_micros(tenth(bound.as_micros())))
    }

    fn side(&self) -> String {
        let (offset, _) = self.rounded();
        let ms = millis(offset.as_micros());
        match offset.as_micros() {
            0 => "agrees with the server".to_owned(),
            1.. => format!("{ms:.1} ms behind the server"),
            _ => format!("{:.1} ms ahead of the server", -ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use downbeat_core::ServerTime;
    use downbeat_core::clock::{Offset, Skew};

    fn measured(offset_us: i64, bound_us: i64) -> Measured {
        let offset =
            Offset::between(ServerTime::from_millis(0) + Span::from_micros(offset_us), LocalTime::from_micros(0));
        let estimate = Estimate { offset, bound: Span::from_micros(bound_us), skew: Skew::ZERO };
        let spread = Spread { delay_least: Span::ZERO, delay_median: Span::ZERO, jitter: Span::ZERO };
        let server = "http://127.0.0.1:1".parse().unwrap();
        Measured { server, asked: 1, exchanges: Vec::new(), estimate, spread, jumped: false }
    }

    #[test]
    fn what_is_shown_holds_what_was_measured() {
        for (offset, bound, side, within) in [
            (0, 1_000, "agrees with the server", 1_000),
            (12_345, 1_001, "12.3 ms behind the server", 1_100),
            (-12_345, 1_001, "12.3 ms ahead of the server", 1_100),
            (-49, 1_001, "agrees with the server", 1_100),
        ] {
            let measured = measured(offset, bound);
            assert_eq!(measured.side(), side);
            let (shown, reach) = measured.rounded();
            assert_eq!(reach.as_micros(), within, "{offset} ±{bound}");
            assert!(shown.as_micros() - reach.as_micros() <= offset - bound);
            assert!(shown.as_micros() + reach.as_micros() >= offset + bound);
        }
    }
}
