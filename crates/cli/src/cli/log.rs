//! `downbeat log`

use clap::Args;
use downbeat_core::Rev;

use super::options::rev;

#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// The number of entries, the newest first
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,

    /// Only entries before this revision
    #[arg(long, value_name = "REV", value_parser = rev)]
    pub(crate) before: Option<Rev>,

    /// Show all that is in each entry: revision, token, command, body, hashes
    #[arg(long)]
    pub(crate) long: bool,

    /// Read the whole log, check that no entry was changed or removed (exit code 4 if one was), and say what that proves
    #[arg(long, conflicts_with_all = ["limit", "before", "long"])]
    pub(crate) verify: bool,
}
