//! `cues check`: says all that is wrong with cue sheets.

use std::fmt;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Failure, Report, members};
use crate::sheets::{self, Sheet};
use crate::text;

/// What was found.
pub(crate) struct Check(Vec<Sheet>);

/// Checks the sheets.
pub(crate) fn run(paths: &[PathBuf]) -> Result<Check, Error> {
    paths.iter().map(|path| sheets::read(path)).collect::<Result<_, _>>().map(Check)
}

impl Check {
    fn errors(&self) -> usize {
        self.0.iter().map(Sheet::errors).sum()
    }

    fn warnings(&self) -> usize {
        self.0.iter().map(Sheet::warnings).sum()
    }
}

impl Report for Check {
    fn json(&self) -> Map<String, Value> {
        let sheet = |sheet: &Sheet| {
            json!({
                "file": sheet.name,
                "rundown": sheet.rundown.as_ref().map(|rundown| rundown.digest()),
                "cues": sheet.rundown.as_ref().map(|rundown| rundown.cues().len()),
                "diagnostics": sheet.json(),
            })
        };
        members(json!({
            "errors": self.errors(),
            "warnings": self.warnings(),
            "sheets": self.0.iter().map(sheet).collect::<Vec<_>>(),
        }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for sheet in &self.0 {
            f.write_str(&sheet.report())?;
            let counted = sheets::counted(sheet.errors(), sheet.warnings());
            let rundown = sheet.rundown.as_ref().map(sheets::summary).unwrap_or_default();
            let separator = if rundown.is_empty() { "" } else { "; " };
            writeln!(f, "{}", text::tame(&format!("{}: {counted}{separator}{rundown}", sheet.name)))?;
        }
        if self.0.len() > 1 {
            let sheets = text::count(self.0.len(), "sheet");
            writeln!(f, "{sheets}: {}", sheets::counted(self.errors(), self.warnings()))?;
        }
        Ok(())
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|sheet| f.write_str(&sheet.report()))
    }

    fn failure(&self) -> Option<Failure> {
        let message = text::count(self.errors(), "error");
        (self.errors() > 0).then_some(Failure { exit: Exit::InvalidInput, code: "sheet", message })
    }
}
