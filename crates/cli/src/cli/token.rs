//! `downbeat token …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use downbeat_wire::{Scope, TokenId};

use crate::zone::Zone;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenTask {
    /// Make a token; it is shown once, and the server gets only its SHA-256
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
    /// Whose it is: 1 to 32 of a-z, 0-9 and -; it stands in the log
    #[arg(long, value_name = "ID")]
    pub(crate) id: TokenId,

    /// What it allows
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "operate,publish,read")]
    pub(crate) scopes: Vec<Scope>,

    /// When it stops being valid: 90d from now, or a time; never if not given
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,

    /// The zone of --expires where that is a local time; otherwise this machine's
    #[arg(long, value_name = "ZONE", requires = "expires")]
    pub(crate) tz: Option<Zone>,

    /// Write the token into this new file, which only you can read, instead of showing it
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
