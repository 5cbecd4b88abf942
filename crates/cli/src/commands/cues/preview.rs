//! `cues preview`: a cue sheet as a picture, or as a page that holds it.

use std::fmt;
use std::path::{Path, PathBuf};

use downbeat_sheet::preview::{self, Picture};
use downbeat_sheet::{Options, Rundown};
use serde_json::{Map, Value, json};

use crate::cli::{Drawn, PreviewArgs};
use crate::error::Error;
use crate::files;
use crate::output::{Content, Output, Report, members};
use crate::sheets::{self, Sheet};
use crate::text;

/// A sheet that was drawn.
pub(crate) struct Preview {
    sheet: Sheet,
    /// The drawing; of a sheet with errors, as far as it can be read.
    rundown: Rundown,
    drawn: String,
    /// The file; `None` is standard output.
    out: Option<PathBuf>,
    dry_run: bool,
}

/// Draws a sheet, into a file or to standard output.
pub(crate) fn run(args: &PreviewArgs, dry_run: bool, output: Output) -> Result<Preview, Error> {
    let out = (args.out != Path::new("-")).then(|| args.out.clone());
    let format = match args.format {
        Some(format) => format,
        None => by_name(out.as_deref())?,
    };
    let options = Options { viewers: args.viewers, ..Options::default() };
    let (sheet, remarks, crew) = sheets::sketch(&args.sheet, &options)?;
    if !output.json {
        output.remark(&sheet.report());
    }
    let rundown = sheet.rundown()?.clone();
    let name = sheets::file_name(&sheet.name);
    let picture = Picture { name: &name, rundown: &rundown, remarks: &remarks, crew: &crew.notes };
    let drawn = match format {
        Drawn::Html => preview::html(&picture),
        Drawn::Svg => preview::svg(&picture),
    };
    if let Some(out) = out.as_deref().filter(|_| !dry_run) {
        files::write(out, drawn.as_bytes(), &sheet.files())?;
    }
    Ok(Preview { sheet, rundown, drawn, out, dry_run })
}

/// Returns the format that a file's name implies.
fn by_name(out: Option<&Path>) -> Result<Drawn, Error> {
    let Some(out) = out else {
        return Err(Error::usage(
            "standard output has no file name that implies the format",
            "add --format html or --format svg",
        ));
    };
    match out.extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm") => Ok(Drawn::Html),
        Some("svg") => Ok(Drawn::Svg),
        _ => Err(Error::usage(
            format!("{} ends neither in .html nor in .svg, so its format is unknown", out.display()),
            "choose such a name, or add --format html or --format svg",
        )),
    }
}

impl Report for Preview {
    fn json(&self) -> Map<String, Value> {
        let whole = self.sheet.errors() == 0;
        members(json!({
            "file": self.sheet.name,
            "out": self.out,
            "bytes": self.drawn.len(),
            "cues": self.rundown.cues().len(),
            "rundown": whole.then(|| self.rundown.digest()),
            "errors": self.sheet.errors(),
            "warnings": self.sheet.warnings(),
            "dryRun": self.dry_run,
            // Only where it was not written elsewhere.
            "document": self.out.is_none().then_some(&self.drawn),
            "diagnostics": self.sheet.json(),
        }))
    }

    fn content(&self) -> Content {
        if self.out.is_none() { Content::File } else { Content::Words }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(out) = &self.out else { return f.write_str(&self.drawn) };
        let verb = if self.dry_run { "would write" } else { "wrote" };
        let (size, summary) = (text::count(self.drawn.len(), "byte"), sheets::summary(&self.rundown));
        writeln!(f, "{verb} {}: {}, {size}", out.display(), text::tame(&summary))?;
        if self.sheet.errors() > 0 {
            writeln!(f, "a sheet with errors is drawn as far as it can be read; it cannot be published")?;
        }
        Ok(())
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.out {
            Some(_) => Ok(()),
            None => f.write_str(&self.drawn),
        }
    }
}
