//! `downbeat clock …`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use downbeat_api::ServerUrl;
use downbeat_core::Span;

#[derive(Debug, Subcommand)]
pub(crate) enum ClockTask {
    /// Measure how far this machine's clock is from a server's, and how certain that is
    #[command(after_help = "\
Examples:
  downbeat clock measure https://downbeat.example.com
  downbeat clock measure --probes 50 --json | jq -c '.exchanges[]' > trace.jsonl    for clock replay

An offset above zero says that this machine is behind. The true offset lies within the bound on either side, however \
asymmetric the network is.")]
    Measure(MeasureArgs),

    /// Run an estimator over a recorded trace of exchanges: one line in, one line out
    #[command(after_help = "\
An input line, in milliseconds (fractions count to the microsecond; other members are ignored):
  {\"t1\":10.25,\"t2\":1704067200031,\"t3\":1704067200031,\"t4\":52.5}
t1: the request was sent, and t4: the response arrived, by the local clock; t2: the request arrived, and t3: the response \
was sent, by the server's clock. If the server reports one time only, t2 and t3 are that time. Lines are in the order of \
t4.

An output line, in milliseconds:
  {\"at\":52.5,\"offset\":1704067200000.12,\"bound\":22.63,\"skewPpm\":0.0,\"event\":\"none\"}
The server's time is the local time plus the offset, within the bound on either side. event is step if the estimate \
moved by more than 250 ms, and flush if a clock must have jumped and the estimate started over.

Timestamps count as rounded down. The resolution of a clock follows from its timestamps: 1 ms if both of a line are whole.

Examples:
  downbeat clock replay trace.jsonl
  downbeat clock replay trace.jsonl --estimator min8 | jq .offset
  tail -f trace.jsonl | downbeat clock replay -")]
    Replay(ReplayArgs),
}

#[derive(Debug, Args)]
pub(crate) struct MeasureArgs {
    /// The server; by default the one that every command uses
    #[arg(value_name = "URL")]
    pub(crate) url: Option<ServerUrl>,

    /// The number of requests
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) probes: u16,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The trace; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) trace: PathBuf,

    /// The estimator
    #[arg(long, value_name = "NAME", value_enum, default_value_t = EstimatorName::Envelope)]
    pub(crate) estimator: EstimatorName,

    /// The resolution of the server's timestamps, such as 1 or 0.001; by default it follows from them
    #[arg(long, value_name = "MS", value_parser = quantum)]
    pub(crate) quantum: Option<Span>,
}

/// The estimators by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EstimatorName {
    /// The two-sided envelope, which viewers run
    Envelope,
    /// The median of the last 8 exchanges, without slow ones
    Median8,
    /// The same, smoothed exponentially
    Ema,
    /// The fastest of the last 8 exchanges, as in NTP
    Min8,
    /// The last exchange alone
    Single,
}

/// Reads milliseconds, to the microsecond.
fn quantum(given: &str) -> Result<Span, String> {
    match given.parse::<f64>() {
        Ok(ms) if (0.0..=QUANTUM_MS_MAX).contains(&ms) => Ok(Span::from_micros((ms * 1e3).round() as i64)),
        _ => Err(format!("give milliseconds, 0 to {QUANTUM_MS_MAX}, such as 1 or 0.001")),
    }
}

/// The coarsest clock: 1 s.
const QUANTUM_MS_MAX: f64 = 1_000.0;
