//! A sheet's text to a rundown.

use downbeat_core::Locale;

use crate::diagnostic::{Diagnostic, Level, Report};
use crate::rundown::Rundown;
use crate::source;

/// How many bytes per second viewers may fetch together: 1.25 GB/s, 10 Gbit/s.
///
/// Reason: what one site of a content network hands out without having been told beforehand.
pub const PRELOAD_BYTES_PER_SECOND_MAX: u64 = 1_250_000_000;

/// What compiling a sheet gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The rundown; nothing if any diagnostic is an error, or a warning where those are denied.
    pub rundown: Option<Rundown>,
    /// Everything there is to say about the sheet, in the order of the places it is said about.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that were included, in the order in which they were read.
    pub included: Vec<Included>,
}

/// A file that a sheet includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// Its path from the sheet's folder.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// Why an included file gives nothing to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Its path leads out of the sheet's folder all the same, by a link.
    Outside,
    /// It could not be read, for this reason.
    Because(String),
}

/// Reads an included file by its path from the sheet's folder.
pub type ReadIncluded<'r> = dyn Fn(&str) -> Result<String, Unread> + 'r;

/// What to hold a sheet to, beyond what it says itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Returns no rundown if there is a warning.
    pub deny_warnings: bool,
    /// How many viewers are expected; nothing where nobody knows, and then preloads are not added up.
    pub viewers: Option<u64>,
    /// How many bytes per second they may fetch together.
    pub preload_bytes_per_second_max: u64,
    /// The locales every message must be in, besides those the sheet declares.
    pub required_locales: Vec<Locale>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deny_warnings: false,
            viewers: None,
            preload_bytes_per_second_max: PRELOAD_BYTES_PER_SECOND_MAX,
            required_locales: Vec::new(),
        }
    }
}

/// Compiles a sheet: JSON with comments and trailing commas, a bare array of cues or the object form.
///
/// A rundown compiles to itself. A text that is no JSON gives one diagnostic, for the first place where it is none;
/// otherwise all are given at once. A sheet that includes others needs [`compile_with`].
pub fn compile(source: &str) -> Compiled {
    let unreachable = |_: &str| Err(Unread::Because("included files are not read here".to_owned()));
    compile_with(source, &Options::default(), &unreachable)
}

/// Compiles a sheet that may include others. `read` gives the text of a file by its path from the sheet's folder
/// (forward slashes, never leading outside it), or says why there is none.
///
/// ```
/// use downbeat_sheet::{Options, Unread, compile_with};
/// let sheet = r##"{ "version": 1, "include": ["./songs.jsonc"], "cues": [
///     { "time": "#song1.start-10s", "action": "dim" } ] }"##;
/// let read = |path: &str| match path {
///     "songs.jsonc" => Ok(r#"[{ "id": "song1", "time": 560, "action": "startSong" }]"#.to_owned()),
///     _ => Err(Unread::Because("no such file".to_owned())),
/// };
/// let rundown = compile_with(sheet, &Options::default(), &read).rundown.unwrap();
/// assert_eq!(rundown.cues()[0].id(), "dim@550000");
/// ```
pub fn compile_with(source: &str, options: &Options, read: &ReadIncluded<'_>) -> Compiled {
    let mut report = Report::default();
    let (rundown, included) = source::read(source, options, read, &mut report, None);
    let refused = report.has_errors();
    let diagnostics = report.into_diagnostics();
    let denied = options.deny_warnings && diagnostics.iter().any(|said| said.level() == Level::Warning);
    Compiled { rundown: rundown.filter(|_| !refused && !denied), diagnostics, included }
}
