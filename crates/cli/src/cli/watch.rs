//! `downbeat watch`

use clap::Args;
use downbeat_core::Span;

use crate::given;

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// Print lines, also on a terminal: one for each change, and one now and then
    #[arg(long)]
    pub(crate) plain: bool,

    /// Leave after so long; otherwise when you do
    #[arg(long = "for", value_name = "SPAN", value_parser = given::positive_span)]
    pub(crate) at_most: Option<Span>,

    /// Without a screen, say after so much silence where the event stands
    #[arg(long, value_name = "SPAN", value_parser = given::positive_span, default_value = "30s")]
    pub(crate) every: Span,
}
