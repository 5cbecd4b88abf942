//! What several commands take: who, why, when, and what viewers are told.

use clap::Args;
use downbeat_core::{CommandId, Rev, Severity};

use crate::given::{self, Said};
use crate::time_zone::TimeZone;

/// The options that every command has in addition to its own.
#[derive(Clone, Debug, Args)]
pub(crate) struct CommandOptions {
    /// When it takes effect: 2026-12-24T19:00:00+01:00, "2026-12-24 19:00" (with --tz), 19:00 (today), or +30s; by default at once.
    /// A time that has passed is refused
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,

    /// The time zone of --at if it is a local time; by default this machine's
    #[arg(long, value_name = "ZONE", requires = "at")]
    pub(crate) tz: Option<TimeZone>,

    #[command(flatten)]
    pub(crate) attribution: Attribution,

    /// The command's id; sent again with the same id, it changes nothing
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<CommandId>,
}

impl CommandOptions {
    /// Returns the zone in which a local time is meant.
    pub(crate) fn zone(&self) -> TimeZone {
        self.tz.unwrap_or(TimeZone::Local)
    }
}

/// Who changes something, why, and at which revision they saw it.
#[derive(Clone, Debug, Args)]
pub(crate) struct Attribution {
    /// The reason, for the log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// Your name, for the log; by default user@machine [env: DOWNBEAT_ACTOR]
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,

    /// Refuse if the event is no longer at this revision; by default the one that is shown
    #[arg(long, value_name = "REV", value_parser = rev)]
    pub(crate) if_rev: Option<Rev>,
}

/// Reads a revision.
pub(crate) fn rev(given: &str) -> Result<Rev, String> {
    given.parse().map(Rev::new).map_err(|_| "give a revision, the number that \"downbeat status\" shows".to_owned())
}

/// An optional message.
#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    /// The message to viewers; for several languages, repeat it as en="…" and fr="…"
    #[arg(long = "message", short = 'm', value_name = "TEXT", value_parser = given::said)]
    pub(crate) said: Vec<Said>,

    /// The severity: info, minor, major or critical
    #[arg(long, value_name = "LEVEL", default_value = "info", requires = "said")]
    pub(crate) severity: Severity,
}

/// A required message.
#[derive(Debug, Args)]
pub(crate) struct RequiredMessageArgs {
    /// The message to viewers; for several languages, en="…" fr="…"
    #[arg(value_name = "TEXT", value_parser = given::said, required_unless_present = "said")]
    pub(crate) texts: Vec<Said>,

    /// The same, as in other commands
    #[arg(long = "message", short = 'm', value_name = "TEXT", value_parser = given::said)]
    pub(crate) said: Vec<Said>,

    /// The severity: info, minor, major or critical
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub(crate) severity: Severity,
}
