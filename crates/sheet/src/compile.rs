//! Compiles a sheet's text to a rundown.

use crate::diagnostic::{Diagnostic, Level, Report};
use crate::options::{Included, Options, ReadIncluded, Unread};
use crate::rundown::Rundown;
use crate::source::{self, Crew, Trace};

/// The result of compiling a sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The rundown; `None` if a diagnostic is an error, or a warning where warnings are denied.
    pub rundown: Option<Rundown>,
    /// All diagnostics, in the order of the places they are about.
    pub diagnostics: Vec<Diagnostic>,
    /// The included files, in the order in which they were read.
    pub included: Vec<Included>,
}

/// Compiles a sheet: JSON with comments and trailing commas, either a bare array of cues or the object form.
///
/// A rundown compiles to itself. A text that is not JSON has one diagnostic, for the first place where it is not;
/// otherwise all diagnostics are returned at once. A sheet that includes others needs [`compile_with`].
pub fn compile(source: &str) -> Compiled {
    let unreachable = |_: &str| Err(Unread::Because("included files are not read here".to_owned()));
    compile_with(source, &Options::default(), &unreachable)
}

/// Compiles a sheet that may include others. `read` returns the text of a file by its path relative to the sheet's folder
/// (forward slashes, never leading outside it), or why it cannot be read.
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
    let denied = options.deny_warnings && diagnostics.iter().any(|diagnostic| diagnostic.level() == Level::Warning);
    Compiled { rundown: rundown.filter(|_| !refused && !denied), diagnostics, included }
}

/// Returns what a sheet says for those who run the show, and not for viewers; `read` is as in [`compile_with`].
///
/// ```
/// let sheet = r#"[{ "time": 560, "action": "startSong", "note": "watch the conductor" }]"#;
/// let crew = downbeat_sheet::crew(sheet, &|_| unreachable!("it includes nothing"));
/// assert_eq!(crew.notes[0].note.as_deref(), Some("watch the conductor"));
/// ```
pub fn crew(source: &str, read: &ReadIncluded<'_>) -> Crew {
    let mut trace = Trace::default();
    source::read(source, &Options::default(), read, &mut Report::default(), Some(&mut trace));
    trace.crew
}
