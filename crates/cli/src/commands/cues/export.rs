//! `cues export`: a cue sheet to another program's file.

use std::fmt;
use std::path::PathBuf;

use downbeat_sheet::Options;
use downbeat_sheet::interchange::Exported;
use serde_json::{Map, Value, json};

use super::import::format_options;
use crate::cli::ExportArgs;
use crate::error::Error;
use crate::files;
use crate::output::{Content, Output, Report, members};
use crate::sheets;
use crate::text;

/// A file made from a sheet.
pub(crate) struct Export {
    sheet: String,
    cues: usize,
    exported: Exported,
    out: Option<PathBuf>,
    dry_run: bool,
}

/// Converts a sheet for another program.
pub(crate) fn run(args: &ExportArgs, dry_run: bool, output: Output) -> Result<Export, Error> {
    let sheet = sheets::read(&args.sheet, &Options::default())?;
    if !output.json {
        output.remark(&sheet.report());
    }
    let rundown = sheet.rundown()?;
    let mut options = format_options(&args.timecode);
    options.inject = args.inject.as_deref().map(sheets::source).transpose()?.map(|source| source.text);
    let exported = args.format.export_with(rundown, &sheet.crew(), &options).map_err(|refusal| {
        Error::invalid(format!("{} was not exported: {}", sheet.name, refusal.problem), refusal.remedy)
    })?;
    if !output.json {
        for remark in &exported.remarks {
            output.remark(&(sheets::remark(&sheet.name, remark) + "\n"));
        }
    }
    let out = files::named(args.out.as_deref());
    if let Some(out) = out.as_ref().filter(|_| !dry_run) {
        let made_of: Vec<PathBuf> = sheet.files().into_iter().chain(args.inject.clone()).collect();
        files::write(out, exported.text.as_bytes(), &made_of)?;
    }
    let cues = rundown.cues().len();
    Ok(Export { sheet: sheet.name, cues, exported, out, dry_run })
}

impl Report for Export {
    fn json(&self) -> Map<String, Value> {
        members(json!({
            "file": self.sheet,
            "cues": self.cues,
            "out": self.out,
            "dryRun": self.dry_run,
            "text": if self.out.is_none() { Some(&self.exported.text) } else { None },
            "diagnostics": sheets::remarks(&self.sheet, &self.exported.remarks),
        }))
    }

    fn content(&self) -> Content {
        if self.out.is_none() { Content::File } else { Content::Words }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(out) = &self.out else { return f.write_str(&self.exported.text) };
        let verb = if self.dry_run { "would write" } else { "wrote" };
        writeln!(f, "{}", text::tame(&format!("{verb} {}: {}", out.display(), text::count(self.cues, "cue"))))
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.out.is_some() { Ok(()) } else { self.human(f) }
    }
}
