//! `cues check`: reports everything that is wrong with cue sheets.

use std::fmt;

use downbeat_sheet::Options;
use serde_json::{Map, Value, json};

use crate::cli::{CheckArgs, Format};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Failure, Output, Report, members};
use crate::printed;
use crate::sheets::{self, Sheet};
use crate::text;

/// The findings.
pub(crate) struct Check {
    sheets: Vec<Sheet>,
    format: Format,
    /// Warnings count as errors.
    strict: bool,
}

/// Checks the sheets.
pub(crate) fn run(args: &CheckArgs, output: Output) -> Result<Check, Error> {
    if output.json && matches!(args.format, Format::Github | Format::Sarif) {
        return Err(Error::usage("--json and --format contradict each other", "leave one of them out"));
    }
    let options =
        Options { viewers: args.viewers, required_locales: args.required_locales.clone(), ..Options::default() };
    let sheets = args.sheets.iter().map(|path| sheets::read(path, &options)).collect::<Result<_, _>>()?;
    Ok(Check { sheets, format: args.format, strict: args.deny.is_some() })
}

impl Check {
    fn errors(&self) -> usize {
        self.sheets.iter().map(Sheet::errors).sum()
    }

    fn warnings(&self) -> usize {
        self.sheets.iter().map(Sheet::warnings).sum()
    }

    /// Writes the findings of each sheet, and how many there are.
    fn excerpts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for sheet in &self.sheets {
            f.write_str(&sheet.report())?;
            let counted = sheets::counted(sheet.errors(), sheet.warnings());
            let rundown = sheet.rundown.as_ref().map(sheets::summary).unwrap_or_default();
            let separator = if rundown.is_empty() { "" } else { "; " };
            writeln!(f, "{}", text::tame(&format!("{}: {counted}{separator}{rundown}", sheet.name)))?;
        }
        let (errors, warnings) = (self.errors(), self.warnings());
        if self.sheets.len() > 1 {
            writeln!(f, "{}: {}", text::count(self.sheets.len(), "sheet"), sheets::counted(errors, warnings))?;
        }
        if errors == 0 && self.failure().is_some() {
            writeln!(f, "warnings count as errors here (--deny warnings)")?;
        }
        let mut worst: Vec<_> = self.sheets.iter().flat_map(|sheet| &sheet.diagnostics).collect();
        worst.sort_by_key(|diagnostic| diagnostic.level());
        match worst.first() {
            Some(first) => writeln!(f, "more about a code: downbeat cues check --explain {}", first.code()),
            None => Ok(()),
        }
    }
}

impl Report for Check {
    fn json(&self) -> Map<String, Value> {
        let sheet = |sheet: &Sheet| {
            json!({
                "file": sheet.name,
                "rundown": sheet.rundown.as_ref().map(|rundown| rundown.digest()),
                "cues": sheet.rundown.as_ref().map(|rundown| rundown.cues().len()),
                "errors": sheet.errors(),
                "warnings": sheet.warnings(),
            })
        };
        let diagnostics = self.sheets.iter().flat_map(|sheet| match sheet.json() {
            Value::Array(diagnostics) => diagnostics,
            _ => Vec::new(),
        });
        members(json!({
            "errors": self.errors(),
            "warnings": self.warnings(),
            "diagnostics": diagnostics.collect::<Vec<_>>(),
            "sheets": self.sheets.iter().map(sheet).collect::<Vec<_>>(),
        }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.format {
            Format::Github => f.write_str(&sheets::github(&self.sheets)),
            Format::Sarif => writeln!(f, "{}", printed::json(&format!("{:#}", sheets::sarif(&self.sheets)))),
            Format::Human | Format::Json => self.excerpts(f),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.format {
            Format::Human => self.sheets.iter().try_for_each(|sheet| f.write_str(&sheet.report())),
            _ => self.human(f),
        }
    }

    fn failure(&self) -> Option<Failure> {
        let (errors, warnings) = (self.errors(), self.warnings());
        let fails = errors > 0 || (self.strict && warnings > 0);
        let message = sheets::counted(errors, if self.strict { warnings } else { 0 });
        fails.then_some(Failure { exit: Exit::InvalidInput, code: "sheet", message })
    }
}
