//! `downbeat watch`

use clap::Args;
use downbeat_core::Span;

use crate::given;

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// Print lines, even on a terminal: one per change, and a heartbeat while nothing changes
    #[arg(long)]
    pub(crate) plain: bool,

    /// Stop after this time; by default it runs until you stop it
    #[arg(long = "for", value_name = "SPAN", value_parser = given::positive_span)]
    pub(crate) at_most: Option<Span>,

    /// With lines, print a heartbeat after this time without a line
    #[arg(long, value_name = "SPAN", value_parser = given::positive_span, default_value = "30s")]
    pub(crate) every: Span,
}
