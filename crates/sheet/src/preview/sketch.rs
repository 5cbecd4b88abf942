//! A sheet compiled for looking at it: with what could be understood where it has errors, and whom they are about.

use std::collections::BTreeMap;

use super::Remark;
use crate::diagnostic::{Diagnostic, Level, Report};
use crate::options::{Included, Options, ReadIncluded};
use crate::rundown::Rundown;
use crate::source::{self, Origin};

/// What could be understood of a sheet, and everything said about it.
#[derive(Clone, Debug)]
pub struct Sketch {
    rundown: Option<Rundown>,
    diagnostics: Vec<Diagnostic>,
    included: Vec<Included>,
    /// Where each of the rundown's cues stands.
    origins: Vec<Origin>,
}

/// Compiles a sheet as [`crate::compile_with`] does, but keeps what could be understood in spite of errors.
///
/// Its rundown is for looking at, not for publishing, unless no diagnostic is an error.
pub fn sketch(source: &str, options: &Options, read: &ReadIncluded<'_>) -> Sketch {
    let mut report = Report::default();
    let mut origins = Vec::new();
    let (rundown, included) = source::read(source, options, read, &mut report, Some(&mut origins));
    Sketch { rundown, diagnostics: report.into_diagnostics(), included, origins }
}

impl Sketch {
    /// Returns what there is to be drawn; nothing where errors left no cue.
    pub fn rundown(&self) -> Option<&Rundown> {
        let refused = self.diagnostics.iter().any(|said| said.level() == Level::Error);
        self.rundown.as_ref().filter(|rundown| !refused || !rundown.cues().is_empty())
    }

    /// Returns everything there is to say about the sheet, in the order of the places it is said about.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Returns the files that were included.
    pub fn included(&self) -> &[Included] {
        &self.included
    }

    /// Returns the diagnostics with the cues they are about; `place` says where one is, as people are to read it.
    pub fn remarks(&self, place: impl Fn(&Diagnostic) -> Option<String>) -> Vec<Remark> {
        let mut cues: BTreeMap<(Option<&str>, usize), Vec<usize>> = BTreeMap::new();
        for (cue, origin) in self.origins.iter().enumerate() {
            cues.entry((origin.file.as_deref(), origin.index)).or_default().push(cue);
        }
        let remark = |said: &Diagnostic| Remark {
            level: said.level(),
            code: said.code(),
            place: place(said),
            message: said.message(),
            hint: said.hint().map(str::to_owned),
            cues: number(said.pointer()).and_then(|index| cues.get(&(said.file(), index))).cloned().unwrap_or_default(),
        };
        self.diagnostics.iter().map(remark).collect()
    }
}

/// Returns the number of the cue that a JSON pointer leads into: `/cues/3/time` and, in a bare array, `/3/time`.
fn number(pointer: &str) -> Option<usize> {
    let within = pointer.strip_prefix("/cues").unwrap_or(pointer).strip_prefix('/')?;
    within.split('/').next()?.parse().ok()
}
