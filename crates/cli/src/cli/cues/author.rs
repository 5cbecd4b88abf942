//! What the commands of those who write sheets take.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use downbeat_sheet::FrameRate;
use downbeat_sheet::interchange::{FORMATS, Format};

use crate::given::{self, Destination};

pub(super) const INIT: &str = "\
Examples:
  downbeat cues init                       show.cues.jsonc, its schema and editor settings, here
  downbeat cues init shows/gala            the same in that folder, which is made if need be
  downbeat cues init shows/gala.cues.jsonc the sheet under that name
  downbeat cues init --no-editor           without .vscode/settings.json

Nothing that is there is changed: where one of the files exists with other content, nothing is written.";

pub(super) const FMT: &str = "\
Examples:
  downbeat cues fmt cues/*.jsonc           lay them out, comments and all
  downbeat cues fmt --check cues/*.jsonc   in CI: name those that are not laid out, change nothing
  downbeat cues fmt - < gala.jsonc         from standard input to standard output

Exit codes:
  0  all are laid out
  3  a sheet is no JSON: it is left as it is, and the place is shown
  4  with --check: a sheet would change";

pub(super) const SCHEMA: &str = "\
Examples:
  downbeat cues schema -o downbeat.schema.json
  downbeat cues schema --for gala.jsonc -o downbeat.schema.json    its own actions

With --for, editors complete and check the sheet's own actions, their params, its tracks and its locales.
A sheet whose first field is \"$schema\": \"./downbeat.schema.json\" is then completed and checked by editors that know JSON Schema.";

pub(super) const AT: &str = "\
Examples:
  downbeat cues at 10:03 gala.jsonc        10 minutes 3 seconds into it
  downbeat cues at 1:02:03.500 gala.jsonc
  downbeat cues at now                     where the event is, in the rundown it has
  downbeat cues at +5m gala.jsonc          five minutes on from where the event is, in this sheet";

pub(super) const JOIN: &str = "\
Examples:
  downbeat cues join 09:40 gala.jsonc      who joins 9 minutes 40 seconds into it
  downbeat cues join now                   who joins the event now, with the rundown it has
  downbeat cues join 09:40 gala.jsonc --all";

pub(super) const DIFF: &str = "\
Examples:
  downbeat cues diff yesterday.jsonc gala.jsonc
  downbeat cues diff gala.jsonc --live     what publishing gala.jsonc would change for viewers

Exit codes:
  0  nothing differs
  4  something differs
  5  with --live: a change lies behind where the event is, so who joins later would get another show
     than who was there";

pub(super) const IMPORT: &str = "\
Examples:
  downbeat cues import csv cues.csv -o gala.jsonc
  downbeat cues import audacity labels.txt -o gala.jsonc
  downbeat cues import edl marks.edl --fps 29.97 --start 01:00:00:00 -o gala.jsonc
  downbeat cues import vtt track.vtt       to standard output

csv       The first line names the columns: time, action; and perhaps track, id, end or duration,
          kind, params (JSON) or params.song, message or message.en, late, jitter, needs
          (50ms or skip), preload (JSON), disabled, flags, note, owner, group. A column whose name
          begins with # is left out.
audacity  A label is an action, perhaps with a track and an id: startSong [music] #song1.
          A label without length is a moment.
edl       The name of an edit's clip, or of a mark, is read as a label is. One frame is a moment.
vtt       JSON with an \"action\" is a whole cue, other JSON its params, other text its message.

What is wrong is said for each line, all of it at once; then nothing is written.";

pub(super) const EXPORT: &str = "\
Examples:
  downbeat cues export csv gala.jsonc -o cues.csv
  downbeat cues export edl gala.jsonc --fps 25 --start 01:00:00:00 -o gala.edl
  downbeat cues export vtt gala.jsonc > gala.vtt
  downbeat cues export json gala.jsonc     without comments, includes, vars, repeats and references

csv and vtt hold all that cues have, json the whole sheet. What the others have no place for is told
on standard error.";

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder, or the sheet's own name (.json or .jsonc) in it; otherwise here
    #[arg(value_name = "DIR|FILE", default_value = ".", hide_default_value = true)]
    pub(crate) path: PathBuf,

    /// Write no settings for Visual Studio Code
    #[arg(long)]
    pub(crate) no_editor: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Cue sheets; - is standard input, which goes to standard output
    #[arg(value_name = "SHEET", required = true)]
    pub(crate) sheets: Vec<PathBuf>,

    /// Change nothing, name the sheets that would change
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Know this sheet's actions and their params, its tracks and its locales
    #[arg(long = "for", value_name = "SHEET")]
    pub(crate) sheet: Option<PathBuf>,

    /// Write it into this file; otherwise to standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AtArgs {
    /// 10:03 (M:SS), 1:02:03 (H:MM:SS), seconds; now, or +30s / -10s from where the event is
    #[arg(value_name = "TIME", value_parser = given::position, allow_hyphen_values = true)]
    pub(crate) time: Destination,

    /// The cue sheet or rundown, - is standard input; otherwise the rundown of the event
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: Option<PathBuf>,

    /// Show this many of the cues to come
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    pub(crate) next: usize,
}

#[derive(Debug, Args)]
pub(crate) struct JoinArgs {
    /// 10:03 (M:SS), 1:02:03 (H:MM:SS), seconds; now, or +30s / -10s from where the event is
    #[arg(value_name = "TIME", value_parser = given::position, allow_hyphen_values = true)]
    pub(crate) time: Destination,

    /// The cue sheet or rundown, - is standard input; otherwise the rundown of the event
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: Option<PathBuf>,

    /// Show all cues that are missed, not only the last of them
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The sheet or rundown that comes before; with --live the one that comes after
    #[arg(value_name = "A")]
    pub(crate) first: PathBuf,

    /// The sheet or rundown that comes after
    #[arg(value_name = "B", required_unless_present = "live")]
    pub(crate) second: Option<PathBuf>,

    /// Compare with the rundown that the event has
    #[arg(long, conflicts_with = "second")]
    pub(crate) live: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// What the file is
    #[arg(value_name = "FORMAT", value_parser = format(Format::imports, |format| format.about().to_owned()))]
    pub(crate) format: &'static Format,

    /// The file; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Write the sheet into this file (over one that is there only with --yes); otherwise to standard output
    #[arg(long, short = 'o', value_name = "SHEET")]
    pub(crate) out: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) timecode: TimecodeArgs,

    /// The action of cues for which the file names none
    #[arg(long, value_name = "NAME")]
    pub(crate) action: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What to write
    #[arg(value_name = "FORMAT", value_parser = format(Format::exports, about_with_losses))]
    pub(crate) format: &'static Format,

    /// The cue sheet or rundown; - is standard input
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: PathBuf,

    /// Write it into this file; otherwise to standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) timecode: TimecodeArgs,
}

/// How timecode counts.
#[derive(Debug, Args)]
pub(crate) struct TimecodeArgs {
    /// How many frames make a second, where times are counted in frames: 25, 29.97 …
    #[arg(long = "fps", value_name = "RATE")]
    pub(crate) frame_rate: Option<FrameRate>,

    /// The timecode at which the event begins; otherwise 00:00:00:00
    #[arg(long, value_name = "TIMECODE")]
    pub(crate) start: Option<String>,
}

/// Reads the name of one of the formats that `can`.
fn format(can: fn(&Format) -> bool, about: fn(&Format) -> String) -> impl TypedValueParser<Value = &'static Format> {
    let known = FORMATS.iter().filter(|format| can(format));
    let values = known.map(|format| PossibleValue::new(format.name()).help(about(format)));
    PossibleValuesParser::new(values).map(|name| Format::named(&name).expect("the values are the names of the formats"))
}

fn about_with_losses(format: &Format) -> String {
    match format.loses() {
        "" => format.about().to_owned(),
        losses => format!("{} (loses {losses})", format.about()),
    }
}
