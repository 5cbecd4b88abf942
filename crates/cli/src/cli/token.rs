//! `downbeat token …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use downbeat_wire::{Scope, TokenId};

use crate::time_zone::TimeZone;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenTask {
    /// Create a token; it is shown once, and the server gets only its SHA-256
    #[command(after_help = "\
Examples:
  downbeat token new --id maria --out maria.token
  downbeat token new --id ci --scopes publish --expires 90d

Scopes:
  operate  change an event: its configuration, pause, resume, announce and the like
  publish  store rundowns, and point an event at one
  read     read the log, the audience and the list of events")]
    New(TokenNewArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TokenNewArgs {
    /// The token's name, which the log shows: 1 to 32 of a-z, 0-9 and -
    #[arg(long, value_name = "ID")]
    pub(crate) id: TokenId,

    /// What the token allows
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "operate,publish,read")]
    pub(crate) scopes: Vec<Scope>,

    /// When it expires: in 90d, or at a time; by default never
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,

    /// The time zone of --expires if it is a local time; by default this machine's
    #[arg(long, value_name = "ZONE", requires = "expires")]
    pub(crate) tz: Option<TimeZone>,

    /// Write the token to this new file, which only you can read, instead of showing it
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
