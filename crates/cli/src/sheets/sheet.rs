//! A sheet that was read and compiled.

use std::path::{Path, PathBuf};

use downbeat_sheet::preview::{self, Annotation};
use downbeat_sheet::{Compiled, Crew, CrewNote, Diagnostic, Included, Level, Options, Rundown, Unread, compile_with};
use downbeat_wire::{CueNotes, Notes};
use serde_json::{Value, json};

use super::excerpt;
use super::finding::Finding;
use super::lines::Place;
use super::sheet_text::SheetText;
use super::source::{Source, file_name, folder, included, source};
use super::summary::counted;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Output;
use crate::text;

/// The diagnostics of one sheet that people are shown: 50, more than anyone fixes before checking again.
pub(crate) const SHOWN_MAX: usize = 50;

/// A sheet with its diagnostics.
pub(crate) struct Sheet {
    /// Its path, or `stdin`.
    pub(crate) name: String,
    /// The sheet's own text, then those of the files it includes.
    texts: Vec<SheetText>,
    pub(crate) rundown: Option<Rundown>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads and compiles a sheet, with what it includes; `-` is standard input.
pub(crate) fn read(path: &Path, options: &Options) -> Result<Sheet, Error> {
    Ok(Sheet::compile(source(path)?, options))
}

/// Reads a sheet that must compile; if it has errors, they are shown.
pub(crate) fn compiled(path: &Path, output: Output) -> Result<Sheet, Error> {
    let sheet = read(path, &Options::default())?;
    if !output.json && sheet.rundown.is_none() {
        output.remark(&sheet.report());
    }
    sheet.rundown()?;
    Ok(sheet)
}

/// Returns the name and the rundown of a sheet; if it has errors, they are shown.
pub(crate) fn rundown(path: &Path, output: Output) -> Result<(String, Rundown), Error> {
    let sheet = compiled(path, output)?;
    let rundown = sheet.rundown()?.clone();
    Ok((sheet.name, rundown))
}

/// Reads a sheet for a preview: its rundown has what can be understood in spite of errors. Also returns the diagnostics
/// by cue, whose places leave out the sheet's folder, and what the sheet says for the crew.
pub(crate) fn sketch(path: &Path, options: &Options) -> Result<(Sheet, Vec<Annotation>, Crew), Error> {
    let source = source(path)?;
    let sketch = preview::sketch(&source.text, options, &included(&source.name, source.is_file));
    let (rundown, diagnostics) = (sketch.rundown().cloned(), sketch.diagnostics().to_vec());
    let sheet = Sheet::new(source, rundown, diagnostics, sketch.included().to_vec());
    let remarks = sketch.remarks(|diagnostic| {
        let Finding { text, from, .. } = sheet.finding(diagnostic);
        let file = text.included_as.clone().unwrap_or_else(|| file_name(&sheet.name));
        Some(from.map_or(file.clone(), |Place { line, column }| format!("{file}:{line}:{column}")))
    });
    Ok((sheet, remarks, sketch.crew().clone()))
}

impl Sheet {
    /// Compiles a sheet.
    pub(crate) fn compile(source: Source, options: &Options) -> Self {
        let read = included(&source.name, source.is_file);
        let compiled = compile_with(&source.text, options, &read);
        Self::of(source, compiled)
    }

    /// Creates the sheet that was compiled from this source.
    pub(crate) fn of(source: Source, Compiled { rundown, diagnostics, included }: Compiled) -> Self {
        Self::new(source, rundown, diagnostics, included)
    }

    fn new(source: Source, rundown: Option<Rundown>, diagnostics: Vec<Diagnostic>, included: Vec<Included>) -> Self {
        let Source { name, is_file, text } = source;
        let mut texts = vec![SheetText::of_sheet(name.clone(), is_file, text)];
        texts.extend(included.into_iter().map(|Included { path, text }| {
            let name = folder(&name).join(&path).display().to_string();
            SheetText::of_included(name, path, text)
        }));
        Self { name, texts, rundown, diagnostics }
    }

    /// Creates a sheet that was not compiled, for this reason.
    pub(crate) fn refused(source: Source, diagnostic: Diagnostic) -> Self {
        Self::new(source, None, vec![diagnostic], Vec::new())
    }

    /// Returns the files it was read from.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.texts.iter().filter(|text| text.is_file).map(|text| PathBuf::from(&text.name)).collect()
    }

    /// Returns the number of errors.
    pub(crate) fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.level() == Level::Error).count()
    }

    /// Returns the number of warnings.
    pub(crate) fn warnings(&self) -> usize {
        self.diagnostics.len() - self.errors()
    }

    /// Returns the rundown.
    ///
    /// # Errors
    /// [`Error`] with the diagnostics if the sheet has errors.
    pub(crate) fn rundown(&self) -> Result<&Rundown, Error> {
        self.rundown.as_ref().ok_or_else(|| {
            Error::new(Exit::InvalidInput, "sheet", format!("{} in {}", text::count(self.errors(), "error"), self.name))
                .with_hint("fix the sheet, then \"downbeat cues check\" it again")
                .with("diagnostics", self.json())
        })
    }

    /// Returns what the sheet says for those who run the show.
    pub(crate) fn crew(&self) -> Crew {
        let included = |path: &str| {
            let text = self.texts.iter().find(|text| text.included_as.as_deref() == Some(path));
            text.map(|text| text.source.clone()).ok_or_else(|| Unread::Because("it was not read".to_owned()))
        };
        downbeat_sheet::crew(&self.texts[0].source, &included)
    }

    /// Returns what the sheet says for the crew about the cues of its rundown; `None` if it is a rundown already, which says
    /// nothing about that.
    pub(crate) fn notes(&self) -> Option<Notes> {
        let (crew, rundown) = (self.crew(), self.rundown.as_ref()?);
        let notes = rundown.cues().iter().zip(crew.notes).map(|(cue, said)| {
            let CrewNote { note, owner, group, flags } = said;
            CueNotes { cue: cue.id().to_owned(), note, owner, group, flags }
        });
        let notes: Vec<CueNotes> = notes.collect();
        (!notes.is_empty()).then(|| Notes::new(notes))
    }

    /// Returns each diagnostic with its place.
    pub(crate) fn findings(&self) -> impl Iterator<Item = Finding<'_>> {
        self.diagnostics.iter().map(|diagnostic| self.finding(diagnostic))
    }

    fn finding<'a>(&'a self, diagnostic: &'a Diagnostic) -> Finding<'a> {
        let text = &self.texts[self.text_index(diagnostic)];
        let place = |offset| text.lines.place(&text.source, offset);
        let (from, to) = diagnostic.span().map(|span| (place(span.start), place(span.end))).unzip();
        Finding { text, diagnostic, from, to }
    }

    /// Returns the index of the text that a diagnostic is about.
    fn text_index(&self, diagnostic: &Diagnostic) -> usize {
        self.texts.iter().position(|text| text.included_as.as_deref() == diagnostic.file()).unwrap_or(0)
    }

    /// Returns the diagnostics with excerpts of the sheet, in its order, each followed by an empty line.
    ///
    /// If there are very many, only the first of the worst are shown, and the number of the others.
    pub(crate) fn report(&self) -> String {
        let mut shown: Vec<&Diagnostic> = self.diagnostics.iter().collect();
        shown.sort_by_key(|diagnostic| diagnostic.level());
        let rest = shown.split_off(shown.len().min(SHOWN_MAX));
        shown.sort_by_key(|diagnostic| (self.text_index(diagnostic), diagnostic.span().map(|span| span.start)));

        let mut out = String::new();
        for diagnostic in shown {
            excerpt::write(&mut out, &self.finding(diagnostic));
            out.push('\n');
        }
        if !rest.is_empty() {
            let errors = rest.iter().filter(|diagnostic| diagnostic.level() == Level::Error).count();
            let counted = counted(errors, rest.len() - errors);
            out.push_str(&format!("… and {} more in {} ({counted})\n\n", rest.len(), text::tame(&self.name)));
        }
        out
    }

    /// Returns the diagnostics as JSON.
    pub(crate) fn json(&self) -> Value {
        let one = |finding: Finding<'_>| {
            let diagnostic = finding.diagnostic;
            json!({
                "file": finding.text.name,
                "code": diagnostic.code(),
                "severity": finding.severity(),
                "pointer": diagnostic.pointer(),
                "line": finding.from.map(|place| place.line),
                "column": finding.from.map(|place| place.column),
                "span": diagnostic.span().map(|span| json!({ "start": span.start, "end": span.end })),
                "message": diagnostic.message(),
                "hint": diagnostic.advice(),
            })
        };
        self.findings().map(one).collect()
    }

    /// Compiles a text for a test, as if it were read from a file or from standard input (`stdin`).
    #[cfg(test)]
    pub(super) fn compiled(name: &str, text: impl Into<String>) -> Self {
        let source = Source { name: name.to_owned(), is_file: name != "stdin", text: text.into() };
        Self::compile(source, &Options::default())
    }

    /// Returns the sheet's own text.
    #[cfg(test)]
    pub(super) fn text(&self) -> &str {
        &self.texts[0].source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_input_can_include_nothing_and_says_so() {
        let sheet = Sheet::compiled("stdin", r#"{ "version": 1, "include": ["./songs.jsonc"], "cues": [] }"#);
        assert!(sheet.report().contains("standard input is not in a folder"), "{}", sheet.report());
    }
}
