//! `downbeat load`

use clap::Args;
use downbeat_core::Span;

use crate::given;
use crate::server::ServerUrl;

/// The most viewers one process opens: 50,000.
const VIEWERS_MAX: i64 = 50_000;

/// The longest run: a day.
const DURATION_MAX: Span = Span::from_millis(86_400_000);

/// The most connections that are dropped in a second.
const CHURN_MAX: f64 = 5_000.0;

#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// The server; otherwise as for every command
    #[arg(value_name = "URL")]
    pub(crate) url: Option<ServerUrl>,

    /// How many viewers, 1 to 50000
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=VIEWERS_MAX))]
    pub(crate) viewers: u32,

    /// How long they watch once they are there, up to a day
    #[arg(long, value_name = "SPAN", value_parser = duration)]
    pub(crate) duration: Span,

    /// Over which time they come; otherwise 1,000 in a second
    #[arg(long, value_name = "SPAN", value_parser = given::span)]
    pub(crate) arrive: Option<Span>,

    /// Pause the event this long after they are there, and measure how they hear of it
    #[arg(long, value_name = "SPAN", value_parser = given::span)]
    pub(crate) pause_after: Option<Span>,

    /// Drop so many connections in a second, as a bad network would, and see them come back
    #[arg(long, value_name = "RATE", value_parser = churn, default_value = "0")]
    pub(crate) churn: f64,

    /// Yes, this server is mine, and may be loaded: needed for any but this machine
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
        _ => Err(format!("give connections in a second, 0 to {CHURN_MAX}, such as 20 or 0.5")),
    }
}
