//! What goes into an import or an export, and what comes out.

use core::fmt;

use crate::rundown::Rundown;
use crate::source::FrameRate;

/// What a file leaves open, as far as its user knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatOptions {
    /// The frames per second, if times are counted in frames.
    pub frame_rate: Option<FrameRate>,
    /// The timecode at which the event begins; zero if `None`.
    pub start: Option<String>,
    /// The action of cues that name none.
    pub action: Option<String>,
    /// The id of the sheet, and its title if the file has none.
    pub name: Option<String>,
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
