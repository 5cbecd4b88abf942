//! `downbeat load`

use clap::Args;
use downbeat_api::ServerUrl;
use downbeat_core::Span;

use crate::given;

/// The most viewers one process opens: 50,000.
const VIEWERS_MAX: i64 = 50_000;

/// The longest run: 24 h.
const DURATION_MAX: Span = Span::from_millis(86_400_000);

/// The most connections that are dropped per second: 5,000.
const CHURN_MAX: f64 = 5_000.0;

#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// The server; by default the one that every command uses
    #[arg(value_name = "URL")]
    pub(crate) url: Option<ServerUrl>,

    /// The number of viewers, 1 to 50000
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=VIEWERS_MAX))]
    pub(crate) viewers: u32,

    /// How long they watch once they have arrived, up to 24h
    #[arg(long, value_name = "SPAN", value_parser = duration)]
    pub(crate) duration: Span,

    /// The time over which they arrive; by default 1,000 arrive per second
    #[arg(long, value_name = "SPAN", value_parser = given::span)]
    pub(crate) arrive: Option<Span>,

    /// How long to wait for those without a connection once the last one has arrived
    #[arg(long, value_name = "SPAN", value_parser = given::span, default_value = "15s")]
    pub(crate) settle: Span,

    /// Pause the event this long after they have arrived, and measure how the pause reaches them
    #[arg(long, value_name = "SPAN", value_parser = given::span)]
    pub(crate) pause_after: Option<Span>,

    /// Drop this many connections per second, as a bad network does, and measure how viewers reconnect
    #[arg(long, value_name = "RATE", value_parser = churn, default_value = "0")]
    pub(crate) churn: f64,

    /// Confirm that this server is yours and may be loaded; required for any server but this machine
    #[arg(long)]
    pub(crate) i_own_this: bool,
}

fn duration(given: &str) -> Result<Span, String> {
    match given::positive_span(given)? {
        span if span <= DURATION_MAX => Ok(span),
        _ => Err("give 24h or less".to_owned()),
    }
}

fn churn(given: &str) -> Result<f64, String> {
    match given.parse::<f64>() {
        Ok(rate) if (0.0..=CHURN_MAX).contains(&rate) => Ok(rate),
        _ => Err(format!("give connections per second, 0 to {CHURN_MAX}, such as 20 or 0.5")),
    }
}
