//! `downbeat report`

use std::path::PathBuf;

use clap::Args;
use downbeat_core::EventName;

pub(super) const REPORT_HELP: &str = "\
Without --md and --html it prints Markdown. The event counts its viewers once a minute while somebody is connected; after a day one \
count for each quarter of an hour is kept, and none after a week, so make the report soon. What operators did is in the log for good. \
After \"event reset\" only what came since is reported. It needs a token of scope read.

Examples:
  downbeat report gala                                   Markdown, to read
  downbeat report gala --html gala.html --md gala.md     a page with plots, and the same as Markdown
  downbeat report gala --json | jq .incidents            for programs";

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The event's name; by default that of --event or the profile
    pub(crate) name: Option<EventName>,

    /// Write it as Markdown into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) md: Option<PathBuf>,

    /// Write it as a page with plots into this file; the page loads nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}
