//! `downbeat cues …`

mod author;
mod list;
mod release;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use downbeat_core::{Digest, Locale};

pub(crate) use author::{
    AtArgs, DiffArgs, ExportArgs, FmtArgs, ImportArgs, InitArgs, JoinArgs, SchemaArgs, ShiftArgs, TimecodeArgs,
};
pub(crate) use list::{ListArgs, Listed};
pub(crate) use release::{CopyArgs, KeepArgs, PlanArgs, PublishArgs, ReleaseArgs, RollbackArgs, StoreArg, TargetArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum CuesTask {
    /// Create a small sheet to start from, its schema, and editor settings
    #[command(after_help = author::INIT)]
    Init(InitArgs),

    /// Format cue sheets, and keep their comments
    #[command(after_help = author::FMT)]
    Fmt(FmtArgs),

    /// Move a cue and all later ones, in the sheet's file
    #[command(after_help = author::SHIFT)]
    Shift(ShiftArgs),

    /// Print the JSON Schema of cue sheets, which editors use to complete and check
    #[command(after_help = author::SCHEMA)]
    Schema(SchemaArgs),

    /// Show what is on at a time, and what comes next
    #[command(after_help = author::AT)]
    At(AtArgs),

    /// Show what a viewer who joins at a time sees, cue by cue, and why
    #[command(after_help = author::JOIN)]
    Join(JoinArgs),

    /// List the cues on the terminal, for print or as a table; with --watch as the event runs
    #[command(after_help = list::LIST)]
    List(ListArgs),

    /// Show what was moved, added, removed and changed between two sheets, or from the event's rundown to a sheet
    #[command(after_help = author::DIFF)]
    Diff(DiffArgs),

    /// Make a cue sheet from a table, labels, an edit list or a text track
    #[command(after_help = author::IMPORT)]
    Import(ImportArgs),

    /// Convert a cue sheet for another program
    #[command(after_help = author::EXPORT)]
    Export(ExportArgs),

    /// Check cue sheets, and report everything that is wrong
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

        /// Write the rundown to this file; by default to standard output
        #[arg(long, short = 'o', value_name = "FILE")]
        out: Option<PathBuf>,
    },

    /// Draw a cue sheet: tracks as lanes, cues as marks, states as bars, errors marked
    #[command(after_help = "\
Examples:
  downbeat cues preview gala.json -o gala.html             a page to zoom in, search and print; needs no server
  downbeat cues preview gala.json -o gala.svg              one picture, for a wall or a document
  downbeat cues preview gala.json --format svg -o - > gala.svg

A sheet with errors is drawn as far as it can be read, and the errors are printed. \
If nothing can be read, nothing is written (exit code 3).")]
    Preview(PreviewArgs),

    /// Show what "publish" would do, without doing it
    Plan(Box<PlanArgs>),

    /// Compile a cue sheet, store its rundown, and point the event at it
    #[command(mut_arg("at", |arg| arg.hide(true)), mut_arg("tz", |arg| arg.hide(true)))]
    #[command(after_help = release::PUBLISH)]
    Publish(Box<PublishArgs>),

    /// Point the event at the rundown before the current one, or at a given one
    #[command(mut_arg("at", |arg| arg.hide(true)), mut_arg("tz", |arg| arg.hide(true)))]
    Rollback(Box<RollbackArgs>),

    /// List the event's rundowns in the order in which they were published
    History(TargetArgs),

    /// Check what is published: the pointer, the history, and every rundown they name (exit code 4 if anything is wrong)
    #[command(after_help = "\
With the worker as the target, the event's log is its history, and is checked as \"downbeat log --verify\" does.
A rundown of an old revision may be missing where \"cues gc\" with the same --keep and --older-than may have deleted it.")]
    Verify(KeepArgs),

    /// Copy rundowns from a server's bucket into the storage of its events, or back
    #[command(after_help = release::COPY)]
    Copy(CopyArgs),

    /// Delete rundowns that are no longer needed
    #[command(after_help = release::GC)]
    Gc(KeepArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Cue sheets; - is standard input
    #[arg(required_unless_present = "explain", value_name = "SHEET")]
    pub(crate) sheets: Vec<PathBuf>,

    /// How to print the findings
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,

    /// Count these as errors too
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(crate) deny: Option<Deny>,

    /// The number of viewers to expect; adds up what all of them load beforehand
    #[arg(long, value_name = "COUNT")]
    pub(crate) viewers: Option<u64>,

    /// A language that every message must have, in addition to those the sheet names; may be repeated
    #[arg(long = "require-locale", value_name = "TAG")]
    pub(crate) required_locales: Vec<Locale>,

    /// Explain a code, such as DB204
    #[arg(long, value_name = "CODE", conflicts_with_all = ["sheets", "format", "deny"])]
    pub(crate) explain: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// The cue sheet; - is standard input
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: PathBuf,

    /// Write to this file, and overwrite it; - is standard output, and needs --format
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// The format; by default it follows from the file's name, .html or .svg
    #[arg(long, value_name = "FORM", value_enum)]
    pub(crate) format: Option<Drawn>,

    /// The number of viewers to expect; adds up what all of them load beforehand
    #[arg(long, value_name = "COUNT")]
    pub(crate) viewers: Option<u64>,
}

/// What `cues preview` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawn {
    /// One page with the picture, what a late joiner sees, and a table of the cues
    Html,
    /// One static picture
    Svg,
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

/// Returns whether a digest begins so.
pub(crate) fn begins_with(digest: &Digest, prefix: &str) -> bool {
    digest.to_string().starts_with(prefix)
}
