//! The command line: what can be asked, as clap reads it and `--help` tells it.

mod clock;
mod cues;
mod emergency;
mod event;
mod help;
mod load;
mod log;
mod options;
mod report;
mod room;
mod simulate;
mod token;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, FromArgMatches as _, Parser, Subcommand};
use downbeat_api::ServerUrl;
use downbeat_core::{EventName, Rate, Rev, Span};

use crate::exit;
use crate::given::{self, Destination};
use crate::profile::Flags;
use crate::version;

pub(crate) use clock::{ClockTask, EstimatorName, MeasureArgs, ReplayArgs};
pub(crate) use cues::{
    AtArgs, CheckArgs, CopyArgs, CuesTask, DiffArgs, Drawn, ExportArgs, FmtArgs, Format, ImportArgs, InitArgs,
    JoinArgs, KeepArgs, ListArgs, Listed, PlanArgs, PreviewArgs, PublishArgs, ReleaseArgs, RollbackArgs, SchemaArgs,
    ShiftArgs, StoreArg, TargetArgs, TimecodeArgs, begins_with,
};
pub(crate) use emergency::{EmergencyArgs, EmergencyClearArgs, EmergencyInitArgs, EmergencyTask, GlassArgs};
pub(crate) use event::{EmergencyKeyArg, EventDeleteArgs, EventListArgs, EventResetArgs, EventSetArgs, EventTask};
pub(crate) use load::{LoadArgs, LoadRoom};
pub(crate) use log::LogArgs;
pub(crate) use options::{Attribution, CommandOptions, MessageArgs, RequiredMessageArgs};
pub(crate) use report::ReportArgs;
pub(crate) use room::{RoomArg, RoomCreateArgs, RoomTask, WaitArg};
pub(crate) use simulate::{AudienceArgs, AudiencePlanArgs, Faults, SimulateArgs};
pub(crate) use token::{
    ExpiryArgs, HandoverArgs, TokenAddArgs, TokenListArgs, TokenNewArgs, TokenRevokeArgs, TokenRotateArgs, TokenTask,
};
pub(crate) use watch::WatchArgs;

const EXAMPLES: &str = "\
Examples:
  downbeat status                          show status and position
  downbeat pause -m \"Back in a moment\"     pause it, and tell viewers why
  downbeat resume                          continue from there
  downbeat event set --starts-at \"2026-12-24 19:00\" --title \"Gala\" --create
  downbeat cues publish gala.json          compile, publish, point the event at it
  downbeat doctor                          check the setup

Server, event and token come from the first of these that names them: the flags --server, --event and --token-file; the \
variables DOWNBEAT_SERVER, DOWNBEAT_EVENT and DOWNBEAT_TOKEN_FILE (in CI DOWNBEAT_TOKEN); a profile of the file that \
DOWNBEAT_CONFIG names, or of downbeat.toml in this directory or above it:

  default = \"local\"                # used where no profile is named

  [profile.local]
  server = \"http://127.0.0.1:8787\"

  [profile.production]
  server = \"https://downbeat.example.com\"
  event = \"main\"
  tokenFile = \"production.token\"   # relative to downbeat.toml
  confirm = \"name\"                 # so it is for a profile named \"production\"
  target = \"s3://shows/2026\"       # where cues are published
  publicUrl = \"https://cdn.example.com/2026\"
  freeze = \"15m\"                   # none from 15 min before the start to the end
  emergencyKeyFile = \"gala.key\"    # for \"pause --break-glass\"
";

/// Runs live events on one clock: start, pause, announce, publish cues.
#[derive(Debug, Parser)]
#[command(name = "downbeat", version, long_version = version::LONG.as_str(), max_term_width = 100)]
#[command(after_help = exit::HELP, after_long_help = format!("{EXAMPLES}\n{}", exit::HELP))]
#[command(arg_required_else_help = true, subcommand_required = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) task: Task,
}

impl Cli {
    /// Reads the arguments, of which the first is the program's name.
    pub(crate) fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = help::command(arguments);
        let matches = command.try_get_matches_from_mut(arguments)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }

    /// Returns whether one JSON object is asked for, by `--json` or as the command has it.
    pub(crate) fn json(&self) -> bool {
        let format_json = |args: &CheckArgs| args.format == Format::Json;
        self.global.json || matches!(&self.task, Task::Cues(CuesTask::Check(args)) if format_json(args))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileTask {
    /// List the profiles, and which one is used
    List,

    /// Make a profile the default: the one that is used where none is named
    #[command(after_help = "\
Examples:
  downbeat profile use local          writes default = \"local\" into downbeat.toml
  downbeat status --profile gala      uses another one once")]
    Use {
        /// The profile's name
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Show the rundown's whole SHA-256, and the epoch
    #[arg(long)]
    pub(crate) long: bool,
}

/// Flags that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Use this profile of downbeat.toml [env: DOWNBEAT_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,

    /// Talk to this server [env: DOWNBEAT_SERVER]
    #[arg(long, global = true, value_name = "URL")]
    server: Option<ServerUrl>,

    /// Use this event; by default "main" [env: DOWNBEAT_EVENT]
    #[arg(long, global = true, value_name = "NAME")]
    event: Option<EventName>,

    /// Read the operator's token from this file [env: DOWNBEAT_TOKEN_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Send the token also over plain http to another machine, where others may read it
    #[arg(long, global = true)]
    insecure: bool,

    /// Print one JSON object, for errors too
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Do not ask for confirmation
    #[arg(long, short = 'y', global = true)]
    pub(crate) yes: bool,

    /// Show what would be sent, and send nothing
    #[arg(long, short = 'n', global = true)]
    pub(crate) dry_run: bool,

    /// Print only a short result, and errors
    #[arg(long, short = 'q', global = true)]
    pub(crate) quiet: bool,

    /// Print without colour; the text stays the same
    #[arg(long, global = true)]
    pub(crate) no_color: bool,

    /// Wait this long for each answer; by default 10s [env: DOWNBEAT_TIMEOUT]
    #[arg(long, global = true, value_name = "SPAN", value_parser = given::positive_span)]
    timeout: Option<Span>,
}

impl Global {
    /// Returns what the flags say about where to go.
    pub(crate) fn flags(&self) -> Flags {
        Flags {
            profile: self.profile.clone(),
            server: self.server.clone(),
            event: self.event.clone(),
            token_file: self.token_file.clone(),
            timeout: self.timeout,
            insecure: self.insecure,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Create, configure, show, list and delete events
    #[command(subcommand)]
    Event(EventTask),

    /// Show the event's status and position
    Status(StatusArgs),

    /// Watch the event live: status, position, next cues, audience, changes
    #[command(after_help = WATCH_HELP)]
    Watch(WatchArgs),

    /// Pause the event where it is: the emergency command
    #[command(visible_alias = "hold")]
    #[command(after_help = format!("{PAUSE_HELP}\n\n{}", emergency::BREAK_GLASS), mut_arg("if_rev", |arg| arg.hide(true)))]
    Pause {
        #[command(flatten)]
        message: MessageArgs,
        #[command(flatten)]
        options: CommandOptions,
        #[command(flatten)]
        glass: Box<GlassArgs>,
    },

    /// Asks whether to pause or to end the event
    #[command(hide = true)]
    Stop {
        #[command(flatten)]
        message: MessageArgs,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Continue from where the event was paused
    #[command(visible_alias = "go")]
    Resume {
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Go to a position; a paused event stays paused there
    #[command(after_help = "\
Examples:
  downbeat seek 12:30        to 12 minutes 30 seconds (M:SS)
  downbeat seek 1:02:03      to 1 hour, 2 minutes, 3 seconds (H:MM:SS)
  downbeat seek 90           to 90 seconds
  downbeat seek +30s         30 seconds ahead of where it is when this takes effect
  downbeat seek -10s         10 seconds back")]
    Seek {
        /// 12:30 (M:SS), 1:02:03 (H:MM:SS), seconds, or +30s / -10s from the current position
        #[arg(value_parser = given::destination, allow_hyphen_values = true)]
        position: Destination,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Change how fast the event runs: 0.25 to 4, where 1 is normal
    Rate {
        /// A factor such as 1 or 1.25
        #[arg(value_parser = given::rate)]
        rate: Rate,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Show a message to viewers
    #[command(after_help = "\
Examples:
  downbeat announce \"Doors open at eight\"
  downbeat announce en=\"Sound is back\" fr=\"Le son est revenu\" --severity minor
  downbeat announce --message \"The second half starts\" --at +10m")]
    Announce {
        #[command(flatten)]
        message: RequiredMessageArgs,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Remove the message to viewers
    Clear {
        #[command(flatten)]
        options: CommandOptions,
    },

    /// End the event where it is
    End {
        #[command(flatten)]
        message: MessageArgs,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Undo the end; the event is then paused where it ended
    Reopen {
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Undo the newest change that changed anything
    #[command(after_help = UNDO_HELP)]
    #[command(mut_arg("at", |arg| arg.hide(true)), mut_arg("tz", |arg| arg.hide(true)))]
    Undo {
        /// The revision to undo, as "downbeat log" shows it; refused if another change came after it
        #[arg(value_name = "REV", value_parser = options::rev)]
        rev: Option<Rev>,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Apply the change again that the last undo reverted
    #[command(mut_arg("at", |arg| arg.hide(true)), mut_arg("tz", |arg| arg.hide(true)))]
    Redo {
        /// The revision to apply again: of the change, or of its undo
        #[arg(value_name = "REV", value_parser = options::rev)]
        rev: Option<Rev>,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Show who changed what, when and why
    Log(LogArgs),

    /// Report a show that is over: how many watched, what went wrong, how soon changes arrived
    #[command(after_help = report::REPORT_HELP)]
    Report(ReportArgs),

    /// Write, check, compile and publish cue sheets
    #[command(subcommand)]
    Cues(CuesTask),

    /// Measure this machine's clock against a server's, and compare estimators
    #[command(subcommand)]
    Clock(ClockTask),

    /// Prepare for a server outage: keys, and the states signed with them
    #[command(subcommand)]
    Emergency(EmergencyTask),

    /// Open many real viewers, and measure how they connect, receive changes and reconnect
    #[command(after_help = LOAD_HELP)]
    Load(LoadArgs),

    /// Simulate a whole audience on this machine: how far apart they are, how soon a pause reaches them
    #[command(after_help = simulate::SIMULATE_HELP)]
    Simulate(SimulateArgs),

    /// Say what an audience needs and costs before it comes: hubs, requests, dollars, limits
    #[command(after_help = simulate::PLAN_HELP)]
    Plan(AudiencePlanArgs),

    /// Make rooms, in which a few people watch together; show, replace their links, close
    #[command(subcommand)]
    Room(RoomTask),

    /// Create, list, rotate and revoke operators' tokens
    #[command(subcommand)]
    Token(TokenTask),

    /// List the profiles of downbeat.toml, or choose the default one
    #[command(subcommand)]
    Profile(ProfileTask),

    /// Check the setup: server, clock, token, versions
    Doctor,

    /// Print a completion script for a shell
    #[command(after_help = "\
Examples:
  downbeat completions bash > ~/.local/share/bash-completion/completions/downbeat
  downbeat completions zsh > ~/.zfunc/_downbeat
  downbeat completions fish > ~/.config/fish/completions/downbeat.fish")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },

    /// Print the manual page, or write the pages of all commands
    Man {
        /// Write a page per command into this directory
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

impl Task {
    /// Returns the event that the command itself names, whatever the settings say.
    pub(crate) fn event(&self) -> Option<&EventName> {
        match self {
            Self::Event(task) => task.event(),
            Self::Report(args) => args.name.as_ref(),
            _ => None,
        }
    }
}

const PAUSE_HELP: &str = "\
It needs no sheet, no build and no repository: a server, an event and a token are enough. It is never refused because \
somebody else changed the event meanwhile.

Examples:
  downbeat pause                                         shows the change, asks, and pauses the event
  downbeat pause --yes                                   does not ask
  downbeat pause --message \"Back soon\" --severity major  tells viewers why
  downbeat pause --message en=\"Back soon\" --message fr=\"De retour bientôt\"
  downbeat pause --at 2026-12-24T20:15:00+01:00          at that instant
  downbeat pause --dry-run                               shows what would happen";

const UNDO_HELP: &str = "\
It shows which change that is, who made it, and what undoing it does to viewers, and asks. If somebody changes the event in the \
meantime, nothing is undone. What changed nothing, such as pausing a paused event, is passed over. Only the newest change can \
be undone; \"downbeat redo\" applies it again.

Examples:
  downbeat undo          the newest change
  downbeat undo 13       revision 13, or nothing";

const LOAD_HELP: &str = "\
Each viewer runs the session that pages run, over a socket of its own: it asks for the time, receives changes, fires the \
cues, acknowledges changes when asked, and reconnects when it is cut off. All of them share one thread of this process.

Times are given as first, median, p99 (99 % took no longer) and last. A viewer missed a change if it kept its socket and \
did not receive the change. A missed change, or a state that goes back to an older revision, ends the command with exit \
code 8.

Examples:
  downbeat load http://127.0.0.1:8787 --viewers 500 --duration 30s
  downbeat load --viewers 8000 --duration 1m --pause-after 20s --yes    pauses, and measures how the pause arrives
  downbeat load --viewers 2000 --duration 2m --churn 50                 drops 50 connections per second
  downbeat load https://rehearsal.example.com --i-own-this --viewers 5000 --duration 5m --arrive 1m

With --room it loads a room: members come, stall, use the controls, leave and come back. It reports who got which change how long \
after the first, how long the room waited, and what was refused; who is behind at the end, or a wait that is too long, ends it with \
exit code 8.

  downbeat load --room 'http://127.0.0.1:8787/room#r-….dbi_…' --members 20 --minutes 2
  downbeat load --room LINK --members 200 --minutes 1 --stall 0 --gestures 6      how far apart 200 members are";

const WATCH_HELP: &str = "\
On a terminal it draws a screen: q leaves, the arrow keys scroll the changes. It receives changes as viewers do: through \
a socket, and by asking every few seconds while it has none. The audience and the log need a token of scope read. Its own \
socket is one of those that are counted.

In a pipe, or with --plain, it prints a line for each change, and a heartbeat when it has printed nothing for 30 s \
(--every); with --quiet only the changes. With --json each line is an object with a type: change, status, connection, \
log, acks, heartbeat; the last line is the result.

Examples:
  downbeat watch
  downbeat watch --plain --every 5m >> evening.log
  downbeat watch --json --for 1h | jq -c 'select(.type == \"change\") | .state.rev'";
