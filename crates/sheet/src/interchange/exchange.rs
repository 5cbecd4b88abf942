//! What goes into an import or an export, and what comes out.

use core::fmt;

use super::understood::Understood;
use crate::rundown::Rundown;
use crate::source::{FrameRate, time_ms};

/// What a file leaves open, as far as its user knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatOptions {
    /// The frames per second, if times are counted in frames.
    pub frame_rate: Option<FrameRate>,
    /// Where in the file's times the event begins, in the form in which the file writes them: a timecode, a time of day
    /// (`19:30`, `7:30 PM`), a time. Zero if `None`.
    pub start: Option<String>,
    /// The change of clocks after the event begins, if its times are times of day.
    pub clock_change: Option<ClockChange>,
    /// The action of cues that name none.
    pub action: Option<String>,
    /// The id of the sheet, and its title if the file has none.
    pub name: Option<String>,
    /// What columns of a table say: their names in the header, each with the field of a cue, or with `-` for nothing.
    pub columns: Vec<(String, String)>,
    /// The worksheet to read; if `None`, the first that has a header.
    pub worksheet: Option<String>,
    /// Where the sheet's JSON Schema is, for editors.
    pub schema: Option<String>,
    /// The file to write the cues into; a file of their own if `None`.
    pub inject: Option<String>,
}

impl FormatOptions {
    /// Returns where the event begins in a file that counts time from its own beginning, in milliseconds. Such a file has
    /// no frames.
    ///
    /// # Errors
    /// What the file has no use for, or what cannot be read.
    pub(super) fn file_start_ms(&self) -> Result<i64, Remark> {
        if self.frame_rate.is_some() {
            let problem = "a frame rate is given (--fps), and the format does not count frames";
            return Err(Remark::file(problem, "leave it out"));
        }
        let Some(start) = self.start.as_deref() else { return Ok(0) };
        time_ms(start).map_err(|error| {
            let problem = format!("{start:?}, at which the event begins, {}", error.problem());
            Remark::file(problem, "write a time of the file, such as --start 00:10:00")
        })
    }

    /// Refuses what a format has no use for.
    ///
    /// # Errors
    /// Which option that is.
    pub(super) fn refuse_timecode(&self) -> Result<(), Remark> {
        let given = [("--fps", self.frame_rate.is_some()), ("--start", self.start.is_some())];
        let Some((option, _)) = given.into_iter().find(|(_, given)| *given) else { return Ok(()) };
        let problem = format!("{option} is given, and the format counts milliseconds from the event's beginning");
        Err(Remark::file(problem, "leave it out"))
    }
}

/// A change of the clocks on the wall, to summer time or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockChange {
    /// The time on the old clocks at which it happens, in milliseconds after the event begins.
    pub wall_ms: i64,
    /// How far the clocks are put forward, in milliseconds; negative if they are put back.
    pub by_ms: i64,
}

/// A sheet made from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The sheet's text, formatted.
    pub sheet: String,
    /// What it compiles to.
    pub rundown: Rundown,
    /// What its author should check, in the order of the lines.
    pub remarks: Vec<Remark>,
    /// What was understood of a table; `None` for other files.
    pub understood: Option<Understood>,
}

/// A file made from a rundown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file's text.
    pub text: String,
    /// What the rundown says and the file does not.
    pub remarks: Vec<Remark>,
}

/// A remark about a file: why it is refused, or what to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The line it is about, from 1; `None` for the whole file.
    pub line: Option<usize>,
    /// What is wrong or remarkable.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Remark {
    /// Creates a remark about a line.
    pub(super) fn line(line: usize, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { line: Some(line), problem: problem.into(), remedy: remedy.into() }
    }

    /// Creates a remark about the whole file.
    pub(super) fn file(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { line: None, problem: problem.into(), remedy: remedy.into() }
    }

    /// Returns problem and remedy in one line.
    pub fn message(&self) -> String {
        format!("{}; {}", self.problem, self.remedy)
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.problem, self.remedy)
    }
}
