//! `cues fmt`: formats cue sheets.

use std::fmt;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::cli::FmtArgs;
use crate::error::Error;
use crate::exit::Exit;
use crate::files;
use crate::output::{Content, Failure, Report, members};
use crate::sheets::{self, Sheet, Source};
use crate::text;

/// The formatted sheets.
pub(crate) struct Formatted {
    sheets: Vec<(String, Layout)>,
    /// The formatted text of standard input, if that was the input.
    text: Option<String>,
    check: bool,
    dry_run: bool,
}

/// The result for one sheet.
enum Layout {
    /// It was formatted already.
    Same,
    /// It was reformatted, or would be.
    New,
    /// It is not valid JSON.
    Refused(Box<Sheet>),
}

/// Formats the sheets. All are read before the first is written.
pub(crate) fn run(args: &FmtArgs, dry_run: bool) -> Result<Formatted, Error> {
    let from_stdin = args.sheets.iter().any(|path| path == Path::new("-"));
    if from_stdin && args.sheets.len() > 1 {
        return Err(Error::usage(
            "standard input goes to standard output, and files into themselves",
            "give either - or files",
        ));
    }
    let sources = args.sheets.iter().map(|path| sheets::source(path)).collect::<Result<Vec<_>, _>>()?;
    let mut formatted = Formatted { sheets: Vec::new(), text: None, check: args.check, dry_run };
    for (path, source) in args.sheets.iter().zip(sources) {
        let name = source.name.clone();
        let layout = match downbeat_sheet::format(&source.text) {
            Err(diagnostic) => Layout::Refused(Box::new(Sheet::refused(source, diagnostic))),
            Ok(text) => formatted.keep(path, &source, text)?,
        };
        formatted.sheets.push((name, layout));
    }
    Ok(formatted)
}

impl Formatted {
    fn keep(&mut self, path: &Path, source: &Source, text: String) -> Result<Layout, Error> {
        let same = text == source.text;
        if !source.is_file && !self.check {
            self.text = Some(text);
        } else if !same && !self.check && !self.dry_run {
            files::replace(path, text.as_bytes())?;
        }
        Ok(if same { Layout::Same } else { Layout::New })
    }

    fn refused(&self) -> impl Iterator<Item = &Sheet> {
        self.sheets.iter().filter_map(|(_, layout)| match layout {
            Layout::Refused(sheet) => Some(&**sheet),
            _ => None,
        })
    }

    fn changed(&self) -> impl Iterator<Item = &str> {
        self.sheets.iter().filter(|(_, layout)| matches!(layout, Layout::New)).map(|(name, _)| name.as_str())
    }
}

impl Report for Formatted {
    fn json(&self) -> Map<String, Value> {
        let diagnostics = self.refused().flat_map(|sheet| match sheet.json() {
            Value::Array(diagnostics) => diagnostics,
            _ => Vec::new(),
        });
        members(json!({
            "sheets": self.sheets.len(),
            "changed": self.changed().collect::<Vec<_>>(),
            "check": self.check,
            "dryRun": self.dry_run,
            "text": self.text,
            "diagnostics": diagnostics.collect::<Vec<_>>(),
        }))
    }

    fn content(&self) -> Content {
        if self.text.is_some() { Content::File } else { Content::Words }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.text {
            return f.write_str(text);
        }
        self.refused().try_for_each(|sheet| f.write_str(&sheet.report()))?;
        let verb = if self.check || self.dry_run { "would format" } else { "formatted" };
        self.changed().try_for_each(|name| writeln!(f, "{verb} {}", text::tame(name)))?;
        let refused = self.refused().count();
        match (self.sheets.len(), self.changed().count()) {
            (all, 0) if refused == 0 => writeln!(f, "{} formatted already", text::count(all, "sheet"))?,
            // Its name has said so.
            (1, _) => {}
            (all, changed) => writeln!(f, "{verb} {changed} of {}", text::count(all, "sheet"))?,
        }
        if refused > 0 {
            writeln!(f, "{} left as it was: not valid JSON", text::count(refused, "sheet"))?;
        }
        Ok(())
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.text {
            return f.write_str(text);
        }
        self.refused().try_for_each(|sheet| f.write_str(&sheet.report()))?;
        self.changed().try_for_each(|name| writeln!(f, "{}", text::tame(name)))
    }

    fn failure(&self) -> Option<Failure> {
        let (changed, refused) = (self.changed().count(), self.refused().count());
        if refused > 0 {
            let message = format!("{} not valid JSON", text::count(refused, "sheet"));
            return Some(Failure { exit: Exit::InvalidInput, code: "sheet", message });
        }
        (self.check && changed > 0).then(|| Failure {
            exit: Exit::Different,
            code: "layout",
            message: format!("{} not formatted", text::count(changed, "sheet")),
        })
    }
}
