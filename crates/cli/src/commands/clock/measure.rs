//! `clock measure`: how far this machine's clock is from a server's, and how certain that is.

use std::fmt;

use downbeat_api::measurement::Measurement;
use downbeat_api::{Client, ServerUrl};
use downbeat_core::Span;
use serde_json::{Map, Value, json};

use super::trace::{Stamps, millis};
use crate::cli::{Global, MeasureArgs};
use crate::error::Error;
use crate::output::{Output, Report, members};
use crate::profile::TIMEOUT_DEFAULT;
use crate::text::{self, Table};

/// The pause between two questions: 100 ms, the first pace of viewers.
const PAUSE: Span = Span::from_millis(100);

/// What is shown to people: tenths of a millisecond.
const TENTH: Span = Span::from_micros(100);

/// What was measured.
pub(super) struct Measured {
    server: ServerUrl,
    of: Measurement,
}

/// Asks the server for its time again and again.
pub(super) async fn run(args: &MeasureArgs, global: &Global, output: Output) -> Result<Measured, Error> {
    let server = match &args.url {
        // Whoever names the server needs no settings.
        Some(url) => Client::new(url.clone()).with_timeout(global.flags().timeout.unwrap_or(TIMEOUT_DEFAULT)),
        None => {
            let settings = super::super::context(global, output)?.settings;
            Client::new(settings.server()?.clone()).with_timeout(settings.timeout)
        }
    };
    Ok(Measured { server: server.url().clone(), of: Measurement::take(&server, args.probes, PAUSE).await? })
}

impl Report for Measured {
    fn json(&self) -> Map<String, Value> {
        let ms = |span: Span| millis(span.as_micros());
        let Measurement { requests, exchanges, estimate, spread, jumped } = &self.of;
        members(json!({
            "server": self.server.to_string(),
            "offset": millis(estimate.offset.as_micros()),
            "bound": ms(estimate.bound),
            "delay": ms(spread.delay_least),
            "delayMedian": ms(spread.delay_median),
            "jitter": ms(spread.jitter),
            "probes": requests,
            "answers": exchanges.len(),
            "jumped": jumped,
            "exchanges": exchanges.iter().map(Stamps::of).collect::<Vec<_>>(),
        }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measurement { requests, exchanges, spread, jumped, .. } = &self.of;
        let shown = self.of.rounded(TENTH);
        let mut table = Table::default();
        table.line("server", self.server.to_string());
        table.line("this machine", text::clock_side(shown, written));
        table.line("certain to", format!("±{}", written(shown.bound)));
        table.line(
            "delay",
            format!("{} at best, {} usually", written(spread.delay_least), written(spread.delay_median)),
        );
        table.line("jitter", written(spread.jitter));
        table.line("probes", format!("{} of {requests} answered", exchanges.len()));
        if *jumped {
            table.line("note", "a clock jumped meanwhile; this is what came after it");
        }
        write!(f, "{table}")
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.of.rounded(TENTH);
        writeln!(f, "{:.1} ±{}", millis(shown.offset.as_micros()), written(shown.bound))
    }
}

fn written(span: Span) -> String {
    format!("{:.1} ms", millis(span.as_micros()))
}
