//! The command line: what can be asked, as clap reads it and `--help` tells it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use downbeat_core::{CommandId, Digest, EventName, Locale, Rate, Rev, Severity, Span};
use downbeat_wire::{Scope, TokenId};

use crate::exit;
use crate::given::{self, Destination, Said};
use crate::instant::Zone;
use crate::profile::Flags;
use crate::server::ServerUrl;

const EXAMPLES: &str = "\
Examples:
  downbeat status                                      where the event stands
  downbeat pause --message \"Back in a moment\"          hold it, and tell viewers
  downbeat resume                                      go on from there
  downbeat event set --starts-at \"2026-12-24 19:00\" --tz Europe/Paris --title \"Christmas gala\"
  downbeat cues publish gala.json                      compile, publish, point the event at it
  downbeat doctor                                      what is wrong with this setup

Where it goes is said, in this order, by --server, --event and --token-file, by DOWNBEAT_SERVER, DOWNBEAT_EVENT and \
DOWNBEAT_TOKEN_FILE (in CI DOWNBEAT_TOKEN), or by a profile of downbeat.toml in this directory or above it:

  [profile.production]
  server = \"https://downbeat.example.com\"
  event = \"main\"
  tokenFile = \"production.token\"        # relative to downbeat.toml
  confirm = \"name\"                      # asks for the event's name; \"production\" does so by itself
";

/// Runs live events on one clock: start, pause, announce, publish cues.
#[derive(Debug, Parser)]
#[command(name = "downbeat", version, max_term_width = 100)]
#[command(after_help = exit::HELP, after_long_help = format!("{EXAMPLES}\n{}", exit::HELP))]
#[command(arg_required_else_help = true, subcommand_required = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) task: Task,
}

impl Cli {
    /// Says whether one JSON object is asked for, by `--json` or as the command has it.
    pub(crate) fn json(&self) -> bool {
        let format_json = |args: &CheckArgs| args.format == Format::Json;
        self.global.json || matches!(&self.task, Task::Cues(CuesTask::Check(args)) if format_json(args))
    }
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

    /// Use this event; otherwise "main" [env: DOWNBEAT_EVENT]
    #[arg(long, global = true, value_name = "NAME")]
    event: Option<EventName>,

    /// Read the operator's token from this file [env: DOWNBEAT_TOKEN_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Print one JSON object, also for errors
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Ask nothing, go ahead
    #[arg(long, short = 'y', global = true)]
    pub(crate) yes: bool,

    /// Show what would be sent, send nothing
    #[arg(long, short = 'n', global = true)]
    pub(crate) dry_run: bool,

    /// Print the result in few words, and errors
    #[arg(long, short = 'q', global = true)]
    pub(crate) quiet: bool,

    /// Print without colour; the text stays the same
    #[arg(long, global = true)]
    pub(crate) no_color: bool,

    /// Wait this long for each answer; otherwise 10s [env: DOWNBEAT_TIMEOUT]
    #[arg(long, global = true, value_name = "SPAN", value_parser = given::positive_span)]
    timeout: Option<Span>,
}

impl Global {
    /// Gives what the flags say about where to go.
    pub(crate) fn flags(&self) -> Flags {
        Flags {
            profile: self.profile.clone(),
            server: self.server.clone(),
            event: self.event.clone(),
            token_file: self.token_file.clone(),
            timeout: self.timeout,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Make an event, change how it is set up, show it, list them all
    #[command(subcommand)]
    Event(EventTask),

    /// Show where the event stands
    Status,

    /// Hold the event where it stands: the emergency command
    #[command(after_help = PAUSE_HELP, mut_arg("if_rev", |arg| arg.hide(true)))]
    Pause {
        #[command(flatten)]
        message: MessageArgs,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Go on from where the event was held
    Resume {
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Go to a position; a held event stays held there
    #[command(after_help = "\
Examples:
  downbeat seek 12:30        to 12 minutes 30 seconds (M:SS)
  downbeat seek 1:02:03      to 1 hour, 2 minutes, 3 seconds (H:MM:SS)
  downbeat seek 90           to 90 seconds
  downbeat seek +30s         30 seconds ahead of where it is when this takes effect
  downbeat seek -10s         10 seconds back")]
    Seek {
        /// 12:30 (M:SS), 1:02:03 (H:MM:SS), seconds, or +30s / -10s from where it is
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

    /// Take the message to viewers away
    Clear {
        #[command(flatten)]
        options: CommandOptions,
    },

    /// End the event: it stands where it is, for good
    End {
        #[command(flatten)]
        message: MessageArgs,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Take the end back; the event is then held where it had ended
    Reopen {
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Take the last change back; done twice, it brings the change again
    #[command(mut_arg("at", |arg| arg.hide(true)), mut_arg("tz", |arg| arg.hide(true)))]
    Undo {
        #[command(flatten)]
        options: CommandOptions,
    },

    /// Show who changed what, when and why
    Log(LogArgs),

    /// Check, compile and publish cue sheets
    #[command(subcommand)]
    Cues(CuesTask),

    /// Make operators' tokens
    #[command(subcommand)]
    Token(TokenTask),

    /// Find out what is wrong: server, clock, token, versions
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

const PAUSE_HELP: &str = "\
It needs no sheet, no build and no repository: a server, an event and a token are enough. It is never refused because \
somebody else changed the event meanwhile.

Examples:
  downbeat pause                                         shows one screen, asks, holds the event
  downbeat pause --yes                                   asks nothing
  downbeat pause --message \"Back soon\" --severity major  tells viewers why
  downbeat pause --message en=\"Back soon\" --message fr=\"De retour bientôt\"
  downbeat pause --at 2026-12-24T20:15:00+01:00          at that instant
  downbeat pause --dry-run                               shows what would happen";

/// What a command takes besides its own arguments.
#[derive(Clone, Debug, Args)]
pub(crate) struct CommandOptions {
    /// When: 2026-12-24T19:00:00+01:00, "2026-12-24 19:00" (with --tz), or +30s; otherwise at once
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,

    /// The zone of --at where that is a local time; otherwise this machine's
    #[arg(long, value_name = "ZONE", requires = "at")]
    pub(crate) tz: Option<Zone>,

    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// Who asks, for the log; otherwise user@machine [env: DOWNBEAT_ACTOR]
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,

    /// Refuse if the event is no longer at this revision; otherwise the one that is shown
    #[arg(long, value_name = "REV", value_parser = rev)]
    pub(crate) if_rev: Option<Rev>,

    /// The command's id; the same one again changes nothing
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<CommandId>,
}

impl CommandOptions {
    /// Gives the zone in which a local time is meant.
    pub(crate) fn zone(&self) -> Zone {
        self.tz.unwrap_or(Zone::Local)
    }
}

fn rev(given: &str) -> Result<Rev, String> {
    given.parse().map(Rev::new).map_err(|_| "give a revision, the number that \"downbeat status\" shows".to_owned())
}

/// A message that may be left out.
#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    /// What viewers are told; for several languages, repeat it as en="…" and fr="…"
    #[arg(long = "message", short = 'm', value_name = "TEXT", value_parser = given::said)]
    pub(crate) said: Vec<Said>,

    /// How bad it is: info, minor, major or critical
    #[arg(long, value_name = "LEVEL", default_value = "info", requires = "said")]
    pub(crate) severity: Severity,
}

/// A message that has to be there.
#[derive(Debug, Args)]
pub(crate) struct RequiredMessageArgs {
    /// What viewers are told; for several languages, en="…" fr="…"
    #[arg(value_name = "TEXT", value_parser = given::said, required_unless_present = "said")]
    pub(crate) texts: Vec<Said>,

    /// The same, as the other commands take it
    #[arg(long = "message", short = 'm', value_name = "TEXT", value_parser = given::said)]
    pub(crate) said: Vec<Said>,

    /// How bad it is: info, minor, major or critical
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub(crate) severity: Severity,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EventTask {
    /// Make the event, or change how it is set up; what is not given stays
    #[command(after_help = "\
Examples:
  downbeat event set --starts-at \"2026-12-24 19:00\" --tz Asia/Tokyo --duration 1h30m --title \"Gala\"
  downbeat event set --starts-at +30s          30 seconds from now, by the server's clock
  downbeat event set --event rehearsal --starts-at 2026-12-23T18:00:00+01:00
  downbeat event set --duration none           how long it lasts is not known

A local time that does not exist or exists twice, because the clocks change, is refused with both instants. \
At its start the event runs by itself; once it has begun, its start cannot move (use \"downbeat seek\").")]
    Set(EventSetArgs),

    /// Show everything that is set
    Show,

    /// List the events of the server
    List,
}

#[derive(Debug, Args)]
pub(crate) struct EventSetArgs {
    /// When it begins: 2026-12-24T19:00:00+09:00, "2026-12-24 19:00" (with --tz), or +30s
    #[arg(long, value_name = "TIME")]
    pub(crate) starts_at: Option<String>,

    /// The zone of --starts-at where that is a local time; otherwise this machine's
    #[arg(long, value_name = "ZONE", requires = "starts_at")]
    pub(crate) tz: Option<Zone>,

    /// How long it is meant to last: 1h30m, 1:30:00, seconds, or "none" if that is not known
    #[arg(long, value_name = "SPAN", value_parser = duration)]
    pub(crate) duration: Option<Duration>,

    /// What it is called
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,

    /// The language of messages given without one, such as en or fr-CA
    #[arg(long, value_name = "TAG")]
    pub(crate) locale: Option<Locale>,

    /// How many hubs hold the viewers' sockets: 1 to 64
    #[arg(long, value_name = "COUNT")]
    pub(crate) hubs: Option<u16>,

    /// How often viewers ask for the time: 30s to 1h
    #[arg(long, value_name = "SPAN", value_parser = given::span)]
    pub(crate) resync: Option<Span>,

    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// Who asks, for the log; otherwise user@machine [env: DOWNBEAT_ACTOR]
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,

    /// Refuse if the event is no longer at this revision; otherwise the one that is shown
    #[arg(long, value_name = "REV", value_parser = rev)]
    pub(crate) if_rev: Option<Rev>,
}

/// What `--duration` gives: a length, or that none is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Duration(pub(crate) Option<Span>);

fn duration(given: &str) -> Result<Duration, String> {
    if given == "none" { Ok(Duration(None)) } else { given::span(given).map(|span| Duration(Some(span))) }
}

#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// How many entries, the newest first
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,

    /// Only entries before this revision
    #[arg(long, value_name = "REV", value_parser = rev)]
    pub(crate) before: Option<Rev>,

    /// Read the whole log and check that no entry was changed or removed (exit code 4 if one was)
    #[arg(long, conflicts_with_all = ["limit", "before"])]
    pub(crate) verify: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CuesTask {
    /// Check cue sheets and say all that is wrong with them
    #[command(after_help = "\
Examples:
  downbeat cues check cues/*.json
  downbeat cues check - < gala.json                        from standard input
  downbeat cues check cues/*.json --deny warnings --format github      in a workflow
  downbeat cues check --explain DB204                      what a code means")]
    Check(CheckArgs),

    /// Compile a cue sheet to a rundown: the canonical bytes that viewers load
    Compile {
        /// The cue sheet; - is standard input
        #[arg(value_name = "SHEET")]
        sheet: PathBuf,

        /// Write the rundown into this file; to standard output if not given
        #[arg(long, short = 'o', value_name = "FILE")]
        out: Option<PathBuf>,
    },

    /// Compile a cue sheet, store its rundown, and point the event at it
    #[command(mut_arg("at", |arg| arg.hide(true)), mut_arg("tz", |arg| arg.hide(true)))]
    #[command(after_help = "\
Examples:
  downbeat cues publish gala.json                          shows one screen, asks
  downbeat cues publish gala.json --yes --json             from CI, with DOWNBEAT_SERVER and DOWNBEAT_TOKEN")]
    Publish {
        /// The cue sheet; - is standard input
        #[arg(value_name = "SHEET")]
        sheet: PathBuf,
        #[command(flatten)]
        options: CommandOptions,
    },

    /// List the rundowns of the event in the order in which they were published
    List,

    /// Point the event at the rundown before the present one, or at one that is named
    #[command(mut_arg("at", |arg| arg.hide(true)), mut_arg("tz", |arg| arg.hide(true)))]
    Rollback {
        /// The rundown's SHA-256, or the beginning of it (8 digits or more)
        #[arg(long, value_name = "SHA256", value_parser = digest_prefix)]
        to: Option<String>,
        #[command(flatten)]
        options: CommandOptions,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Cue sheets; - is standard input
    #[arg(required_unless_present = "explain", value_name = "SHEET")]
    pub(crate) sheets: Vec<PathBuf>,

    /// How to print what is found
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,

    /// Count these as errors too
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(crate) deny: Option<Deny>,

    /// How many viewers to expect; then what they load beforehand, all together, is added up
    #[arg(long, value_name = "COUNT")]
    pub(crate) viewers: Option<u64>,

    /// A language every message must be in, besides those the sheet names; may be repeated
    #[arg(long = "require-locale", value_name = "TAG")]
    pub(crate) required_locales: Vec<Locale>,

    /// Say what a code means, such as DB204
    #[arg(long, value_name = "CODE", conflicts_with_all = ["sheets", "format", "deny"])]
    pub(crate) explain: Option<String>,
}

/// How `cues check` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the lines in question, for people
    Human,
    /// One JSON object, the same as --json
    Json,
    /// Workflow commands, which GitHub shows beside the lines
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// What `--deny` counts as errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// All warnings
    Warnings,
}

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

/// Reads the beginning of a digest.
pub(crate) fn digest_prefix(given: &str) -> Result<String, String> {
    let plausible =
        matches!(given.len(), 8..=64) && given.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if plausible {
        Ok(given.to_owned())
    } else {
        Err(format!(
            "{given:?} is no SHA-256; give 8 to 64 digits of 0-9 and a-f, as \"downbeat cues list\" shows them"
        ))
    }
}

/// Says whether a digest begins so.
pub(crate) fn begins_with(digest: &Digest, prefix: &str) -> bool {
    digest.to_string().starts_with(prefix)
}
