//! Cue sheets as files: reading, compiling, and saying what is wrong with them.

mod excerpt;
mod github;
mod lines;
mod sarif;

use std::fmt;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use downbeat_sheet::interchange;
use downbeat_sheet::preview::{self, Remark};
use downbeat_sheet::{Compiled, Diagnostic, Included, Level, Options, Rundown, Unread, compile_with};
use serde_json::{Value, json};

use crate::error::Error;
use crate::exit::Exit;
use crate::output::Output;
use crate::text;
use lines::{Lines, Place};

pub(crate) use github::commands as github;
pub(crate) use sarif::log as sarif;

/// How many diagnostics of one sheet are shown to people: more than anyone mends before checking again.
pub(crate) const SHOWN_MAX: usize = 50;

/// What became of one sheet.
pub(crate) struct Sheet {
    /// Its path, or `stdin`.
    pub(crate) name: String,
    /// The sheet's own text, then those of the files it includes.
    texts: Vec<Text>,
    pub(crate) rundown: Option<Rundown>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The text of a sheet, or of a file that it includes.
struct Text {
    /// Its path, or `stdin`.
    name: String,
    /// Its path from the sheet's folder; nothing for the sheet itself.
    included_as: Option<String>,
    is_file: bool,
    source: String,
    lines: Lines,
}

/// One diagnostic, and where it is.
pub(crate) struct Finding<'a> {
    text: &'a Text,
    pub(crate) diagnostic: &'a Diagnostic,
    /// Where it begins, if it is anywhere in particular.
    pub(crate) from: Option<Place>,
    /// Where it ends: the place after its last character.
    pub(crate) to: Option<Place>,
}

/// A file's text, before anything is known of it.
pub(crate) struct Source {
    /// Its path, or `stdin`.
    pub(crate) name: String,
    pub(crate) is_file: bool,
    pub(crate) text: String,
}

/// Reads and compiles a sheet, with what it includes; `-` is standard input.
pub(crate) fn read(path: &Path, options: &Options) -> Result<Sheet, Error> {
    let Source { name, is_file, text } = source(path)?;
    Ok(Sheet::of(&name, is_file, text, options))
}

/// Returns the name and the rundown of a sheet; where there is none, what is wrong with it is shown.
pub(crate) fn rundown(path: &Path, output: Output) -> Result<(String, Rundown), Error> {
    let sheet = read(path, &Options::default())?;
    if !output.json && sheet.rundown.is_none() {
        output.remark(&sheet.report());
    }
    let rundown = sheet.rundown()?.clone();
    Ok((sheet.name, rundown))
}

/// Reads a sheet for looking at it: its rundown has what could be understood in spite of errors. With it comes what is
/// said about it, by cue; the places leave out the sheet's folder.
pub(crate) fn sketch(path: &Path, options: &Options) -> Result<(Sheet, Vec<Remark>), Error> {
    let Source { name, is_file, text: source } = self::source(path)?;
    let sketch = preview::sketch(&source, options, &included(&name, is_file));
    let (rundown, diagnostics) = (sketch.rundown().cloned(), sketch.diagnostics().to_vec());
    let sheet = Sheet::with(&name, is_file, source, rundown, diagnostics, sketch.included().to_vec());
    let remarks = sketch.remarks(|diagnostic| {
        let Finding { text, from, .. } = sheet.finding(diagnostic);
        let file = text.included_as.clone().unwrap_or_else(|| file_name(&name));
        Some(from.map_or(file.clone(), |Place { line, column }| format!("{file}:{line}:{column}")))
    });
    Ok((sheet, remarks))
}

/// Returns the last part of a path.
pub(crate) fn file_name(name: &str) -> String {
    Path::new(name).file_name().map_or_else(|| name.to_owned(), |last| last.to_string_lossy().into_owned())
}

/// Reads a text; `-` is standard input.
pub(crate) fn source(path: &Path) -> Result<Source, Error> {
    let failed = |why: String| Error::file(path, why);
    let is_file = path != Path::new("-");
    let (name, bytes) = if is_file {
        (path.display().to_string(), std::fs::read(path).map_err(|error| failed(error.to_string()))?)
    } else {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
        ("stdin".to_owned(), bytes)
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::invalid(format!("{name} is not UTF-8 text: byte {at} is part of no character"), "save it as UTF-8")
    })?;
    Ok(Source { name, is_file, text })
}

/// Returns the texts of included files, which lie in the folder of the sheet named `name` or below it.
///
/// Links are followed as far as they stay there: a sheet from somebody else must not show what lies elsewhere.
pub(crate) fn included(name: &str, is_file: bool) -> impl Fn(&str) -> Result<String, Unread> {
    let folder = folder(name);
    move |path| {
        if !is_file {
            let why = "standard input lies in no folder; check the sheet as a file";
            return Err(Unread::Because(why.to_owned()));
        }
        // A bare name lies in the working directory, whose path from itself is empty, and that is no path.
        let within = Path::new(".").join(&folder).canonicalize().map_err(unread)?;
        let file = folder.join(path).canonicalize().map_err(unread)?;
        if !file.starts_with(within) {
            return Err(Unread::Outside);
        }
        if !file.is_file() {
            return Err(Unread::Because("it is no file".to_owned()));
        }
        std::fs::read_to_string(file).map_err(unread)
    }
}

fn unread(error: std::io::Error) -> Unread {
    Unread::Because(match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::PermissionDenied => "no permission".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    })
}

/// Returns the folder of a file.
fn folder(name: &str) -> PathBuf {
    Path::new(name).parent().map(Path::to_owned).unwrap_or_default()
}

impl Sheet {
    /// Compiles a sheet.
    pub(crate) fn of(name: &str, is_file: bool, source: String, options: &Options) -> Self {
        let Compiled { rundown, diagnostics, included } = compile_with(&source, options, &included(name, is_file));
        Self::with(name, is_file, source, rundown, diagnostics, included)
    }

    fn with(
        name: &str,
        is_file: bool,
        source: String,
        rundown: Option<Rundown>,
        diagnostics: Vec<Diagnostic>,
        included: Vec<Included>,
    ) -> Self {
        let mut texts = vec![Text::of(name.to_owned(), None, is_file, source)];
        texts.extend(included.into_iter().map(|Included { path, text }| {
            let name = folder(name).join(&path).display().to_string();
            Text::of(name, Some(path), true, text)
        }));
        Self { name: name.to_owned(), texts, rundown, diagnostics }
    }

    /// Returns a sheet that is not compiled, because of this.
    pub(crate) fn refused(source: Source, diagnostic: Diagnostic) -> Self {
        let Source { name, is_file, text } = source;
        Self::with(&name, is_file, text, None, vec![diagnostic], Vec::new())
    }

    /// Returns the files it was read from.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.texts.iter().filter(|text| text.is_file).map(|text| PathBuf::from(&text.name)).collect()
    }

    /// Returns how many errors it has.
    pub(crate) fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.level() == Level::Error).count()
    }

    /// Returns how many warnings it has.
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
                .with_hint("mend the sheet, then \"downbeat cues check\" it again")
                .with("diagnostics", self.json())
        })
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

    /// Returns which text a diagnostic is about: the sheet's own if it says nothing else.
    fn text_index(&self, diagnostic: &Diagnostic) -> usize {
        self.texts.iter().position(|text| text.included_as.as_deref() == diagnostic.file()).unwrap_or(0)
    }

    /// Writes the diagnostics with the lines they are about, in the order of the sheet, each followed by an empty line.
    ///
    /// Of very many only the first of the worst are written, and how many more there are.
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

    /// Returns the diagnostics for programs.
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
}

impl Text {
    fn of(name: String, included_as: Option<String>, is_file: bool, source: String) -> Self {
        Self { name, included_as, is_file, lines: Lines::of(&source), source }
    }
}

impl Finding<'_> {
    /// Returns the path of the file it is in, or `stdin`.
    pub(crate) fn file(&self) -> &str {
        &self.text.name
    }

    /// Returns the path of the file it is in; nothing for standard input.
    pub(crate) fn path(&self) -> Option<&str> {
        self.text.is_file.then_some(&self.text.name)
    }

    /// Returns how bad it is, in a word.
    pub(crate) fn severity(&self) -> &'static str {
        match self.diagnostic.level() {
            Level::Error => "error",
            Level::Warning => "warning",
        }
    }
}

impl fmt::Display for Finding<'_> {
    /// Writes it in one line: `gala.json:3:14: error DB103: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file())?;
        if let Some(Place { line, column }) = self.from {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.diagnostic)
    }
}

/// Says how many errors and warnings there are: `2 errors, 1 warning`.
pub(crate) fn counted(errors: usize, warnings: usize) -> String {
    match (errors, warnings) {
        (0, 0) => "no errors".to_owned(),
        (0, _) => text::count(warnings, "warning"),
        (_, 0) => text::count(errors, "error"),
        _ => format!("{}, {}", text::count(errors, "error"), text::count(warnings, "warning")),
    }
}

/// Says in a few words what a rundown has: `"Gala", 12 cues, 1 h 30 min`.
pub(crate) fn summary(rundown: &Rundown) -> String {
    let title = if rundown.title().is_empty() { String::new() } else { format!("\"{}\", ", rundown.title()) };
    let duration = rundown.duration().map(|duration| format!(", {}", text::span(duration))).unwrap_or_default();
    format!("{title}{}{duration}", text::count(rundown.cues().len(), "cue"))
}

/// Writes what is said about a line of another program's file: `labels.txt:3: …`.
pub(crate) fn remark(file: &str, remark: &interchange::Remark) -> String {
    let line = remark.line.map(|line| format!(":{line}")).unwrap_or_default();
    text::tame(&format!("{file}{line}: {}", remark.message))
}

/// Returns what is said about another program's file, for programs.
pub(crate) fn remarks(file: &str, remarks: &[interchange::Remark]) -> Value {
    remarks.iter().map(|remark| json!({ "file": file, "line": remark.line, "message": remark.message })).collect()
}

/// Creates the error for a file of another program that cannot be read as cues.
pub(crate) fn not_imported(file: &str, refusals: &[interchange::Remark]) -> Error {
    let mut message = format!("{file} was not imported, {}:", text::count(refusals.len(), "fault"));
    for refusal in refusals.iter().take(SHOWN_MAX) {
        message += &format!("\n  {}", remark(file, refusal));
    }
    match refusals.len().saturating_sub(SHOWN_MAX) {
        0 => {}
        more => message += &format!("\n  … and {more} more (--json has all)"),
    }
    Error::new(Exit::InvalidInput, "file-content", message)
        .with_hint("mend this and import it again; nothing was written")
        .with("diagnostics", remarks(file, refusals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_input_can_include_nothing_and_says_so() {
        let source = r#"{ "version": 1, "include": ["./songs.jsonc"], "cues": [] }"#;
        let sheet = Sheet::of("stdin", false, source.to_owned(), &Options::default());
        assert!(sheet.report().contains("standard input lies in no folder"), "{}", sheet.report());
    }
}
