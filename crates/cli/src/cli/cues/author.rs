//! What the commands of those who write sheets take.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use downbeat_sheet::FrameRate;
use downbeat_sheet::interchange::{FORMATS, Format};

use crate::given::{self, Destination};
use crate::time_zone::TimeZone;

pub(super) const INIT: &str = "\
Examples:
  downbeat cues init                       show.cues.jsonc, its schema and editor settings in this folder
  downbeat cues init shows/gala            the same in that folder, which is created if necessary
  downbeat cues init shows/gala.cues.jsonc a sheet of that name
  downbeat cues init --no-editor           without .vscode/settings.json

No existing file is changed: if one of the files exists with different content, nothing is written.";

pub(super) const FMT: &str = "\
Examples:
  downbeat cues fmt cues/*.jsonc           format them, and keep the comments
  downbeat cues fmt --check cues/*.jsonc   in CI: list those that are not formatted, and change nothing
  downbeat cues fmt - < gala.jsonc         from standard input to standard output

Exit codes:
  0  all are formatted
  3  a sheet is not valid JSON: it stays as it is, and the error is shown
  4  with --check: a sheet would change";

pub(super) const SHIFT: &str = "\
Examples:
  downbeat cues shift 12 +90s gala.jsonc                 cue 12 and all that begin then or later: 90 s later
  downbeat cues shift song3 -30s gala.jsonc --until song7    as far as song7, 30 s earlier
  downbeat cues shift song3 +2m gala.jsonc --dry-run     show what would move, and change nothing

Only the times change in the file, each in the form in which it is written. A time that refers to
another cue changes only if that cue stays. Included files change too. Cues may pass others: it
says so. If the sheet would have an error, such as a cue after the event's end, nothing changes.

This is for the sheet: publish it afterwards. In a running event, \"downbeat pause\" and \"downbeat
seek\" move everything that is still to come.";

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
  downbeat cues at now                     the event's current position, in its rundown
  downbeat cues at +5m gala.jsonc          five minutes after the event's current position, in this sheet";

pub(super) const JOIN: &str = "\
Examples:
  downbeat cues join 09:40 gala.jsonc      a viewer who joins 9 minutes 40 seconds into it
  downbeat cues join now                   a viewer who joins the event now, with its rundown
  downbeat cues join 09:40 gala.jsonc --all";

pub(super) const DIFF: &str = "\
Examples:
  downbeat cues diff yesterday.jsonc gala.jsonc
  downbeat cues diff gala.jsonc --live     what publishing gala.jsonc would change for viewers

Exit codes:
  0  nothing differs
  4  something differs
  5  with --live: a change is before the event's current position, so viewers who join later would
     see a different show";

pub(super) const IMPORT: &str = "\
Examples:
  downbeat cues import csv cues.csv -o gala.jsonc
  downbeat cues import audacity labels.txt -o gala.jsonc
  downbeat cues import edl marks.edl --fps 29.97 --start 01:00:00:00 -o gala.jsonc
  downbeat cues import vtt track.vtt       to standard output
  downbeat cues import csv running-order.csv --start 19:30 -o gala.jsonc     its times are times of day
  downbeat cues import xlsx show.xlsx --worksheet Show --map \"Go=time\" --map \"Mic=-\" -o gala.jsonc

csv       A line, which need not be the first, names the columns: time, action; optionally track,
          id, end or duration, kind, params (JSON) or params.song, message or message.en, late,
          jitter, needs (50ms or skip), preload (JSON), disabled, flags, note, owner, group. Usual
          names are known: \"Cue #\" is the id, \"Item\" the action, \"Dur\", \"Dept\" (owner), \"Notes\",
          \"Act\" (group), and those of Premiere's and Resolve's markers; --map names others. A
          column whose name begins with # is ignored, and one that nothing is known about is left
          out. Blank rows, totals and headings are no cues; a heading is the group of the rows
          below it. A row without a time begins when the one before ends.
          With --start 19:30 (or \"7:30 PM\", or 0.8125) times are times of day, and what comes after
          midnight is of the next day. With --fps they may be timecode.
xlsx      A worksheet as such a table. Formulas count with the values that were saved with them.
audacity  A label is an action, optionally with a track and an id: startSong [music] #song1.
          A label without length is a moment.
audition  The name of a marker is read as a label is, its description is the note.
edl       The name of an edit's clip, or of a marker, is read as a label is. One frame is a moment.
vtt       JSON with an \"action\" is a whole cue, other JSON its params, other text its message.
srt       Each subtitle is a message.

With -o it shows what it understood, asks on a terminal (--yes does not), and also writes the schema
for editors, if there is none. All errors are reported at once, with their lines; then nothing is
written.";

pub(super) const EXPORT: &str = "\
Examples:
  downbeat cues export csv gala.jsonc -o cues.csv
  downbeat cues export edl gala.jsonc --fps 25 --start 01:00:00:00 -o gala.edl
  downbeat cues export vtt gala.jsonc > gala.vtt
  downbeat cues export dash gala.jsonc --inject vod.mpd -o gala.mpd
  downbeat cues export json gala.jsonc     without comments, includes, vars, repeats and references

csv, dash, vtt and json keep everything that cues have, notes too. What the others cannot express is
reported on standard error, and so are ids that cannot come back as they are.";

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder, or the name of the sheet (.json or .jsonc) in it; by default this folder
    #[arg(value_name = "DIR|FILE", default_value = ".", hide_default_value = true)]
    pub(crate) path: PathBuf,

    /// Do not write settings for Visual Studio Code
    #[arg(long)]
    pub(crate) no_editor: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Cue sheets; - is standard input, which goes to standard output
    #[arg(value_name = "SHEET", required = true)]
    pub(crate) sheets: Vec<PathBuf>,

    /// Change nothing, and list the sheets that would change
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShiftArgs {
    /// The first cue to move: its id, or its number in the sheet
    #[arg(value_name = "CUE")]
    pub(crate) cue: String,

    /// By how much: +90s, -30s, +1:30
    #[arg(value_name = "BY", value_parser = given::destination, allow_hyphen_values = true)]
    pub(crate) by: Destination,

    /// The cue sheet
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: PathBuf,

    /// The last cue to move: none that begins after it moves
    #[arg(long, value_name = "CUE")]
    pub(crate) until: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Include this sheet's actions and their params, its tracks and its locales
    #[arg(long = "for", value_name = "SHEET")]
    pub(crate) sheet: Option<PathBuf>,

    /// Write it to this file; by default to standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AtArgs {
    /// 10:03 (M:SS), 1:02:03 (H:MM:SS), seconds; now, or +30s / -10s from the event's current position
    #[arg(value_name = "TIME", value_parser = given::position, allow_hyphen_values = true)]
    pub(crate) time: Destination,

    /// The cue sheet or rundown, - is standard input; by default the event's rundown
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: Option<PathBuf>,

    /// The number of upcoming cues to show
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    pub(crate) next: usize,
}

#[derive(Debug, Args)]
pub(crate) struct JoinArgs {
    /// 10:03 (M:SS), 1:02:03 (H:MM:SS), seconds; now, or +30s / -10s from the event's current position
    #[arg(value_name = "TIME", value_parser = given::position, allow_hyphen_values = true)]
    pub(crate) time: Destination,

    /// The cue sheet or rundown, - is standard input; by default the event's rundown
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: Option<PathBuf>,

    /// Show all cues that are missed, not only the last ones
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The old sheet or rundown; with --live the new one
    #[arg(value_name = "A")]
    pub(crate) first: PathBuf,

    /// The new sheet or rundown
    #[arg(value_name = "B", required_unless_present = "live")]
    pub(crate) second: Option<PathBuf>,

    /// Compare with the event's rundown
    #[arg(long, conflicts_with = "second")]
    pub(crate) live: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file's format
    #[arg(value_name = "FORMAT", value_parser = format(Format::imports, |format| format.about().to_owned()))]
    pub(crate) format: &'static Format,

    /// The file; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Write the sheet to this file (overwrites it only with --yes); by default to standard output
    #[arg(long, short = 'o', value_name = "SHEET")]
    pub(crate) out: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) timecode: TimecodeArgs,

    /// The time zone of times of day; matters in a night in which the clocks change, if --start has a date
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<TimeZone>,

    /// The action of cues for which the file does not name one
    #[arg(long, value_name = "NAME")]
    pub(crate) action: Option<String>,

    /// What a column of a table says: a field of cues, or - for nothing; may be repeated
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = given::mapping)]
    pub(crate) map: Vec<(String, String)>,

    /// The worksheet of a workbook; by default the first with a header
    #[arg(long, value_name = "NAME")]
    pub(crate) worksheet: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The format to write
    #[arg(value_name = "FORMAT", value_parser = format(Format::exports, about_with_losses))]
    pub(crate) format: &'static Format,

    /// The cue sheet or rundown; - is standard input
    #[arg(value_name = "SHEET")]
    pub(crate) sheet: PathBuf,

    /// Write it to this file; by default to standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Write the cues into this manifest, a copy of which is the result (dash)
    #[arg(long, value_name = "FILE")]
    pub(crate) inject: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) timecode: TimecodeArgs,
}

/// How timecode counts.
#[derive(Debug, Args)]
pub(crate) struct TimecodeArgs {
    /// The frames per second, if times are counted in frames: 25, 29.97 … (edl, and tables with timecode)
    #[arg(long = "fps", value_name = "RATE")]
    pub(crate) frame_rate: Option<FrameRate>,

    /// Where the event begins in the file's times: 01:00:00:00, 00:10:00; in tables 19:30 or "2026-12-24 19:30"
    #[arg(long, value_name = "TIME")]
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
