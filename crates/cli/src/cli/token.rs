//! `downbeat token …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use downbeat_core::Span;
use downbeat_wire::{EventPattern, Scope, TokenId};

use crate::given;
use crate::time_zone::TimeZone;

const SCOPES: &str = "\
Scopes:
  operate    all commands except rundown, and an event's configuration; includes hold
  hold       pause, resume, announce and clear only: for the phone of who is on duty
  publish    store rundowns, and point an event at one
  read       read the log, the audience and the list of events
  emergency  set and remove an event's emergency key, with which anyone can pause without a token
  rooms      make rooms
  admin      add, list, rotate and revoke tokens, with no more than its own scopes and events; delete events
An undo needs the scope of what it undoes.";

#[derive(Debug, Subcommand)]
pub(crate) enum TokenTask {
    /// Create a token for the worker's secret: the first one, or one that works when all else is down
    #[command(after_help = format!("\
It needs no server. Put what it prints into the secret DOWNBEAT_TOKENS; that is a deployment. \"token add\" needs none.

Examples:
  downbeat token new --id maria --scopes admin,operate,publish,read,emergency --out maria.token
  downbeat token new --id ci --scopes publish --expires 90d

{SCOPES}"))]
    New(TokenNewArgs),

    /// Add a token that works at once; by default a link and a QR code sign a phone's console in
    #[command(after_help = format!("\
The link works once, within 10 minutes. It does not contain the token: the device that opens it makes one, and nobody else \
ever has it. With --out or --show the token is made here; the server gets only its SHA-256. It needs a token of scope \
admin, which can give away nothing that it lacks.

Examples:
  downbeat token add maria-phone                                   a phone that may hold, and read the log
  downbeat token add tom --scopes operate,read --events 'gala-*' --expires 2d
  downbeat token add ci --scopes publish --out ci.token

{SCOPES}"))]
    Add(TokenAddArgs),

    /// List the tokens: what each allows, who made it, when it was last used
    List(TokenListArgs),

    /// Give a token another secret; the old one works for a while
    #[command(after_help = "\
Examples:
  downbeat token rotate ci --out ci-2.token       both work for a day
  downbeat token rotate maria-phone               a new link, for another phone; the old one has a day
  downbeat token rotate ci --grace 0s --show      the old one leaked: it ends at once")]
    Rotate(TokenRotateArgs),

    /// Revoke a token; it is refused everywhere within 5 seconds
    #[command(after_help = "\
A token of the secret DOWNBEAT_TOKENS is revoked by removing it there. Tokens that a revoked one has made stay valid; this \
names them.

Examples:
  downbeat token revoke maria-phone
  downbeat token revoke maria-phone --yes")]
    Revoke(TokenRevokeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ExpiryArgs {
    /// When it expires: in 90d, or at a time; by default never
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,

    /// The time zone of --expires if it is a local time; by default this machine's
    #[arg(long, value_name = "ZONE", requires = "expires")]
    pub(crate) tz: Option<TimeZone>,
}

#[derive(Debug, Args)]
pub(crate) struct HandoverArgs {
    /// Make the token here and write it to this new file, which only you can read
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Make the token here and show it once
    #[arg(long, conflicts_with = "out")]
    pub(crate) show: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TokenNewArgs {
    /// The token's name, which the log shows: 1 to 32 of a-z, 0-9 and -
    #[arg(long, value_name = "ID")]
    pub(crate) id: TokenId,

    /// What the token allows
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "operate,publish,read")]
    pub(crate) scopes: Vec<Scope>,

    /// The events it is for: names, or the beginning of names and a *; by default all
    #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
    pub(crate) events: Option<Vec<EventPattern>>,

    #[command(flatten)]
    pub(crate) expiry: ExpiryArgs,

    /// Write the token to this new file, which only you can read, instead of showing it
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TokenAddArgs {
    /// The token's name, which the log shows: 1 to 32 of a-z, 0-9 and -
    pub(crate) id: TokenId,

    /// What the token allows
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "hold,read")]
    pub(crate) scopes: Vec<Scope>,

    /// The events it is for: names, or the beginning of names and a *; by default all
    #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
    pub(crate) events: Option<Vec<EventPattern>>,

    #[command(flatten)]
    pub(crate) expiry: ExpiryArgs,

    #[command(flatten)]
    pub(crate) handover: HandoverArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TokenListArgs {
    /// Show revoked and expired ones, too
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TokenRotateArgs {
    /// The token's name
    pub(crate) id: TokenId,

    /// How long the old secret works on; 0s ends it at once
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = given::span)]
    pub(crate) grace: Span,

    #[command(flatten)]
    pub(crate) handover: HandoverArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TokenRevokeArgs {
    /// The token's name
    pub(crate) id: TokenId,

    /// Revoke it although this very command is authorised by it
    #[arg(long)]
    pub(crate) own: bool,
}
