//! `downbeat event …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use downbeat_core::event::{EmergencyKey, HUBS_MAX, HubCount, PageUrl};
use downbeat_core::name::NameError;
use downbeat_core::{EventName, Locale, Span};
use downbeat_publish::emergency::key::is_usable;

use super::options::Attribution;
use crate::given;
use crate::time_zone::TimeZone;

#[derive(Debug, Subcommand)]
pub(crate) enum EventTask {
    /// Create the event, or change its configuration; what is not given stays as it is
    #[command(after_help = "\
Examples:
  downbeat event set --starts-at \"2026-12-24 19:00\" --tz Asia/Tokyo --duration 1h30m --title \"Gala\"
  downbeat event set --starts-at +30s          30 seconds from now, by the server's clock
  downbeat event set --event rehearsal --starts-at 2026-12-23T18:00:00+01:00 --create
  downbeat event set --duration none           its length is not known

A local time that does not exist or exists twice because of daylight saving is refused, and the error names both \
instants. At its start time the event starts running by itself; after that, its start cannot move (use \"downbeat seek\").")]
    Set(Box<EventSetArgs>),

    /// Show the event's configuration
    Show,

    /// List the server's events
    List(EventListArgs),

    /// Archive an event that has ended: it stays as it is, and "event list" leaves it out
    #[command(after_help = "\
Examples:
  downbeat event archive gala-2025               shows the event, asks, and archives it
  downbeat event archive gala-2025 --yes         does not ask
  downbeat event list --all                      lists archived events too

Nothing changes an archived event: every command, \"event set\" and \"cues publish\" are refused. Its state, its log and its \
rundowns can be read. \"event unarchive\" makes it like any other that has ended; \"event delete\" deletes it.")]
    Archive(EventArchiveArgs),

    /// Take an event out of the archive: it can be changed again, and "event list" has it
    Unarchive(EventArchiveArgs),

    /// Put the event back to before its start, as after a rehearsal; every cue may fire again
    #[command(after_help = "\
Holds, seeks, rates, the end and all messages are gone; settings, rundown and log stay. Viewers go back to the countdown, and \
forget which cues have fired. It asks for the event's name.

Examples:
  downbeat event reset                                         keeps its start, if that is still to come
  downbeat event reset --starts-at \"2026-12-24 19:00\"          gives it a new one
  downbeat event reset rehearsal --starts-at +10m --yes        does not ask")]
    Reset(Box<EventResetArgs>),

    /// Go on with an event whose storage was restored from a backup
    #[command(after_help = "\
Run it once the server is up again with the restored storage. What was changed since the backup is lost; pages and hubs \
that still have it take the restored state at once, and ignore what else is said of the lost one. It cannot be undone.

Examples:
  downbeat event restore                       shows what the server has, asks, and goes on from there
  downbeat event restore --event gala --yes    does not ask")]
    Restore,

    /// Delete an event with all that the server stores for it: state, log, rundowns
    #[command(after_help = "\
Examples:
  downbeat event delete rehearsal --keep-log rehearsal.jsonl    saves the log first, asks for the name, and deletes
  downbeat event delete rehearsal --yes                         does not ask
  downbeat event delete rehearsal --dry-run                     shows what would be deleted

This cannot be undone. Viewers are disconnected, and the name can be used for a new event. An event that is running or \
paused, or has viewers connected before its start, is refused without --force. It needs a token of scope admin; to keep an \
event that is over out of the way, \"downbeat event archive\" needs operate only.")]
    Delete(EventDeleteArgs),
}

impl EventTask {
    /// Returns the event that the command itself names.
    pub(super) fn event(&self) -> Option<&EventName> {
        match self {
            Self::Archive(args) | Self::Unarchive(args) => Some(&args.name),
            Self::Delete(args) => Some(&args.name),
            Self::Reset(args) => args.name.as_ref(),
            Self::Set(_) | Self::Show | Self::List(_) | Self::Restore => None,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct EventListArgs {
    /// List archived events too
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EventArchiveArgs {
    /// The event's name, whatever the profile or --event says
    pub(crate) name: EventName,

    #[command(flatten)]
    pub(crate) attribution: Attribution,
}

#[derive(Debug, Args)]
pub(crate) struct EventResetArgs {
    /// The event's name; by default that of --event or the profile
    pub(crate) name: Option<EventName>,

    /// The new start: 2026-12-24T19:00:00+09:00, "2026-12-24 19:00" (with --tz), 19:00 (today), or +10m; by default it stays
    #[arg(long, value_name = "TIME")]
    pub(crate) starts_at: Option<String>,

    /// The time zone of --starts-at if it is a local time; by default this machine's
    #[arg(long, value_name = "ZONE", requires = "starts_at")]
    pub(crate) tz: Option<TimeZone>,

    #[command(flatten)]
    pub(crate) attribution: Attribution,
}

#[derive(Debug, Args)]
pub(crate) struct EventDeleteArgs {
    /// The event's name, whatever the profile or --event says
    pub(crate) name: EventName,

    /// Save the whole log in this new file first, one JSON object per line, the oldest entry first
    #[arg(long, value_name = "FILE")]
    pub(crate) keep_log: Option<PathBuf>,

    /// Delete it although it is under way or has viewers, or although its state cannot be read
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EventSetArgs {
    /// The start: 2026-12-24T19:00:00+09:00, "2026-12-24 19:00" (with --tz), or +30s
    #[arg(long, value_name = "TIME")]
    pub(crate) starts_at: Option<String>,

    /// The time zone of --starts-at if it is a local time; by default this machine's
    #[arg(long, value_name = "ZONE", requires = "starts_at")]
    pub(crate) tz: Option<TimeZone>,

    /// The planned length: 1h30m, 1:30:00, seconds, or "none" if it is not known
    #[arg(long, value_name = "SPAN", value_parser = duration)]
    pub(crate) duration: Option<Duration>,

    /// The title
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,

    /// The language of messages that do not name one, such as en or fr-CA
    #[arg(long, value_name = "TAG")]
    pub(crate) locale: Option<Locale>,

    /// The number of hubs that hold viewers' sockets: "auto" adds them as they fill, or give 1 to 1024
    #[arg(long, value_name = "COUNT", value_parser = hubs)]
    pub(crate) hubs: Option<HubCount>,

    /// How many viewers you expect; enough hubs for them exist before the doors open
    #[arg(long, value_name = "VIEWERS")]
    pub(crate) expected: Option<u32>,

    /// A site whose pages may hold sockets, such as https://gala.example; repeat it for up to 20, "any" for all
    #[arg(long = "origin", value_name = "ORIGIN", action = clap::ArgAction::Append)]
    pub(crate) origins: Option<Vec<String>>,

    /// How often viewers ask for the time: 30s to 1h
    #[arg(long, value_name = "SPAN", value_parser = given::span)]
    pub(crate) resync: Option<Span>,

    /// The public key whose signature viewers trust during an outage, as "emergency init" shows it; or "none"
    #[arg(long, value_name = "KEY", value_parser = emergency_key)]
    pub(crate) emergency_key: Option<EmergencyKeyArg>,

    /// Where viewers check during an outage: the URL of the store's pointer; by default it stays, or follows from the profile's publicUrl
    #[arg(long, value_name = "URL")]
    pub(crate) emergency_url: Option<PageUrl>,

    /// Create the event if it does not exist; without this, creating one has to be confirmed
    #[arg(long)]
    pub(crate) create: bool,

    #[command(flatten)]
    pub(crate) attribution: Attribution,
}

fn hubs(given: &str) -> Result<HubCount, String> {
    if given == "auto" {
        return Ok(HubCount::Auto { expected: None });
    }
    // Which numbers are allowed, the server says.
    given.parse().map(HubCount::Fixed).map_err(|_| format!("give \"auto\" or a number from 1 to {HUBS_MAX}"))
}

/// What `--duration` gives: a length, or that none is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Duration(pub(crate) Option<Span>);

/// What `--emergency-key` gives: a key, or that there is none any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EmergencyKeyArg(pub(crate) Option<EmergencyKey>);

fn emergency_key(given: &str) -> Result<EmergencyKeyArg, String> {
    if given == "none" {
        return Ok(EmergencyKeyArg(None));
    }
    let key: EmergencyKey = given.parse().map_err(|error: NameError| error.to_string())?;
    if is_usable(&key) {
        Ok(EmergencyKeyArg(Some(key)))
    } else {
        Err("this is not a public key of Ed25519; \"downbeat emergency init\" makes one".to_owned())
    }
}

fn duration(given: &str) -> Result<Duration, String> {
    if given == "none" { Ok(Duration(None)) } else { given::span(given).map(|span| Duration(Some(span))) }
}
