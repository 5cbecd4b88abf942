//! What `cues list` takes.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use downbeat_core::Span;

use crate::given;
use crate::time_zone::TimeZone;

pub(super) const LIST: &str = "\
Examples:
  downbeat cues list gala.jsonc                            on the terminal
  downbeat cues list gala.jsonc -o gala.html               a page that prints well
  downbeat cues list gala.jsonc --format csv > gala.csv    for spreadsheets; md is Markdown
  downbeat cues list gala.jsonc -o gala.html --start \"2026-12-24 19:30\" --zone Europe/Berlin
  downbeat cues list --watch                               the event as it runs
  downbeat cues list gala.jsonc --watch                    the same, with the sheet's notes and owners
  downbeat cues list --watch --json                        an object per cue and change, for programs

Times of day are those at which cues are due if nobody holds the event. They count from --start, or from
when the event starts on its server; where neither is known they are left out. \"00:15:00 +1\" is on the day
after the start.";

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// The cue sheet or rundown, - is standard input; by default the event's rundown
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: Option<PathBuf>,

    /// The form; by default it follows from the name of --out, and otherwise it is for the terminal
    #[arg(long, value_name = "FORM", value_enum)]
    pub(crate) format: Option<Listed>,

    /// Write it to this file, and overwrite it; by default to standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// When the event starts: 19:30, "2026-12-24 19:30"; by default what its server says
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<String>,

    /// The time zone of the times of day; by default this machine's
    #[arg(long, alias = "tz", value_name = "ZONE")]
    pub(crate) zone: Option<TimeZone>,

    /// Follow the event: what has passed, what is on, what comes next and when
    #[arg(long, conflicts_with_all = ["format", "out", "start", "zone"])]
    pub(crate) watch: bool,

    /// With --watch, stop after this time; by default it runs until you stop it
    #[arg(long = "for", value_name = "SPAN", value_parser = given::positive_span, requires = "watch")]
    pub(crate) at_most: Option<Span>,
}

/// In which form `cues list` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// A page that prints well
    Html,
    /// A table of GitHub's Markdown
    Md,
    /// A table for spreadsheets and programs
    Csv,
}

impl Listed {
    /// Returns the form that a file's name says.
    pub(crate) fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(Self::Html),
            "md" | "markdown" => Some(Self::Md),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}
