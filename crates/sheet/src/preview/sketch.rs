//! A sheet compiled for a preview: what could be understood in spite of errors, and the cues that they are about.

use std::collections::BTreeMap;

use super::Annotation;
use crate::diagnostic::{Diagnostic, Level, Report};
use crate::options::{Included, Options, ReadIncluded};
use crate::rundown::Rundown;
use crate::source::{self, Crew, Origin, Trace};

/// What could be understood of a sheet, and its diagnostics.
#[derive(Clone, Debug)]
pub struct Sketch {
    rundown: Option<Rundown>,
    diagnostics: Vec<Diagnostic>,
    included: Vec<Included>,
    /// The origin of each of the rundown's cues.
    origins: Vec<Origin>,
    crew: Crew,
}

/// Compiles a sheet like [`crate::compile_with`], but keeps what could be understood in spite of errors.
///
/// If a diagnostic is an error, the rundown is only for viewing, not for publishing.
pub fn sketch(source: &str, options: &Options, read: &ReadIncluded<'_>) -> Sketch {
    let mut report = Report::default();
    let mut trace = Trace::default();
    let (rundown, included) = source::read(source, options, read, &mut report, Some(&mut trace));
    Sketch { rundown, diagnostics: report.into_diagnostics(), included, origins: trace.origins, crew: trace.crew }
}

impl Sketch {
    /// Returns the rundown to draw; `None` if errors left no cue.
    pub fn rundown(&self) -> Option<&Rundown> {
        let refused = self.diagnostics.iter().any(|diagnostic| diagnostic.level() == Level::Error);
        self.rundown.as_ref().filter(|rundown| !refused || !rundown.cues().is_empty())
    }

    /// Returns all diagnostics, in the order of the places they are about.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Returns what the sheet says for those who run the show.
    pub const fn crew(&self) -> &Crew {
        &self.crew
    }

    /// Returns the included files.
    pub fn included(&self) -> &[Included] {
        &self.included
    }

    /// Returns the diagnostics with the cues they are about; `place` returns their place for people to read.
    pub fn remarks(&self, place: impl Fn(&Diagnostic) -> Option<String>) -> Vec<Annotation> {
        let mut cues: BTreeMap<(Option<&str>, usize), Vec<usize>> = BTreeMap::new();
        for (cue, origin) in self.origins.iter().enumerate() {
            cues.entry((origin.file.as_deref(), origin.index)).or_default().push(cue);
        }
        let remark = |diagnostic: &Diagnostic| Annotation {
            level: diagnostic.level(),
            code: diagnostic.code(),
            place: place(diagnostic),
            message: diagnostic.message(),
            hint: diagnostic.hint().map(str::to_owned),
            cues: number(diagnostic.pointer())
                .and_then(|index| cues.get(&(diagnostic.file(), index)))
                .cloned()
                .unwrap_or_default(),
        };
        self.diagnostics.iter().map(remark).collect()
    }
}

/// Returns the number of the cue that a JSON pointer leads to: `/cues/3/time` and, in a bare array, `/3/time`.
fn number(pointer: &str) -> Option<usize> {
    let within = pointer.strip_prefix("/cues").unwrap_or(pointer).strip_prefix('/')?;
    within.split('/').next()?.parse().ok()
}
