//! Cue sheets as files: reading, compiling, and saying what is wrong with them.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use downbeat_sheet::{Diagnostic, Level, Rundown, compile};
use serde_json::{Value, json};

use crate::error::Error;
use crate::text;

/// What became of one sheet.
pub(crate) struct Sheet {
    /// Its path, or `stdin`.
    pub(crate) name: String,
    source: String,
    pub(crate) rundown: Option<Rundown>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads and compiles a sheet; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<Sheet, Error> {
    let failed = |why: String| Error::File { path: path.to_owned(), why };
    let (name, bytes) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
        ("stdin".to_owned(), bytes)
    } else {
        (path.display().to_string(), std::fs::read(path).map_err(|error| failed(error.to_string()))?)
    };
    let source = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::invalid(format!("{name} is not UTF-8 text: byte {at} is part of no character"), "save it as UTF-8")
    })?;
    let compiled = compile(&source);
    Ok(Sheet { name, source, rundown: compiled.rundown, diagnostics: compiled.diagnostics })
}

impl Sheet {
    /// Gives how many errors it has.
    pub(crate) fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.level() == Level::Error).count()
    }

    /// Gives how many warnings it has.
    pub(crate) fn warnings(&self) -> usize {
        self.diagnostics.len() - self.errors()
    }

    /// Gives the rundown.
    ///
    /// # Errors
    /// [`Error::Sheet`] if there is none.
    pub(crate) fn rundown(&self) -> Result<&Rundown, Error> {
        self.rundown.as_ref().ok_or_else(|| Error::Sheet {
            errors: self.errors(),
            files: vec![self.name.clone()],
            diagnostics: self.json(),
        })
    }

    /// Writes each diagnostic as `gala.json:3:14: error DB103: …`, with its hint beneath.
    pub(crate) fn report(&self) -> String {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
        let mut out = String::new();
        for diagnostic in &self.diagnostics {
            let place = match diagnostic.line_column(&self.source) {
                Some((line, column)) => format!("{}:{line}:{column}", self.name),
                None => self.name.clone(),
            };
            let (style, level) = match diagnostic.level() {
                Level::Error => (red, "error"),
                Level::Warning => (yellow, "warning"),
            };
            let (code, message) = (diagnostic.code(), text::tame(diagnostic.message()));
            let _ = writeln!(out, "{place}: {style}{level} {code}{style:#}: {message}");
            if let Some(hint) = diagnostic.hint() {
                let _ = writeln!(out, "  hint: {}", text::tame(hint));
            }
        }
        out
    }

    /// Gives the diagnostics for programs.
    pub(crate) fn json(&self) -> Value {
        let one = |diagnostic: &Diagnostic| {
            let (line, column) = diagnostic.line_column(&self.source).unzip();
            json!({
                "file": self.name,
                "code": diagnostic.code(),
                "level": match diagnostic.level() { Level::Error => "error", Level::Warning => "warning" },
                "pointer": diagnostic.pointer(),
                "line": line,
                "column": column,
                "span": diagnostic.span().map(|span| json!({ "start": span.start, "end": span.end })),
                "message": diagnostic.message(),
                "hint": diagnostic.hint(),
            })
        };
        self.diagnostics.iter().map(one).collect()
    }
}

/// Says in a few words what a rundown has: `"Gala", 12 cues, 1 h 30 min`.
pub(crate) fn summary(rundown: &Rundown) -> String {
    let title = if rundown.title().is_empty() { String::new() } else { format!("\"{}\", ", rundown.title()) };
    let duration = rundown.duration().map(|duration| format!(", {}", text::span(duration))).unwrap_or_default();
    format!("{title}{}{duration}", text::count(rundown.cues().len(), "cue"))
}

/// Gives the beginning of a digest, long enough to tell rundowns apart.
pub(crate) fn short(digest: downbeat_core::Digest) -> String {
    digest.to_string()[..12].to_owned()
}
