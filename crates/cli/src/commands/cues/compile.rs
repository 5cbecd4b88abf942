//! `cues compile`: compiles a cue sheet to the canonical bytes that viewers load.

use std::fmt;
use std::path::{Path, PathBuf};

use downbeat_sheet::Options;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::files;
use crate::output::{Content, Output, Report, members};
use crate::sheets::{self, Sheet};
use crate::text;

/// A compiled sheet.
pub(crate) struct Compiled {
    sheet: Sheet,
    bytes: Vec<u8>,
    out: Option<PathBuf>,
    dry_run: bool,
}

/// Compiles a sheet, into `out` or to standard output.
pub(crate) fn run(path: &Path, out: Option<&Path>, dry_run: bool, output: Output) -> Result<Compiled, Error> {
    let sheet = sheets::read(path, &Options::default())?;
    if !output.json {
        output.remark(&sheet.report());
    }
    let bytes = sheet.rundown()?.to_bytes();
    let out = files::named(out);
    if let Some(out) = out.as_deref().filter(|_| !dry_run) {
        files::write(out, &bytes, &sheet.files())?;
    }
    Ok(Compiled { sheet, bytes, out, dry_run })
}

impl Report for Compiled {
    fn json(&self) -> Map<String, Value> {
        let rundown = self.sheet.rundown.as_ref();
        // The document is included only if it was not written to a file.
        let document: Option<Value> = match self.out {
            None => serde_json::from_slice(&self.bytes).ok(),
            Some(_) => None,
        };
        members(json!({
            "file": self.sheet.name,
            "rundown": rundown.map(|rundown| rundown.digest()),
            "cues": rundown.map(|rundown| rundown.cues().len()),
            "bytes": self.bytes.len(),
            "out": self.out,
            "dryRun": self.dry_run,
            "document": document,
            "diagnostics": self.sheet.json(),
        }))
    }

    fn content(&self) -> Content {
        if self.out.is_none() { Content::File } else { Content::Words }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.out, &self.sheet.rundown) {
            (Some(out), Some(rundown)) => {
                let verb = if self.dry_run { "would write" } else { "wrote" };
                let (size, summary) = (text::count(self.bytes.len(), "byte"), sheets::summary(rundown));
                writeln!(f, "{verb} {}: {}, {size}", out.display(), text::tame(&summary))?;
                writeln!(f, "rundown {}", rundown.digest())
            }
            // Exactly the bytes of the digest, without a newline.
            _ => f.write_str(&String::from_utf8_lossy(&self.bytes)),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.out, &self.sheet.rundown) {
            (Some(_), Some(rundown)) => writeln!(f, "{}", rundown.digest()),
            _ => self.human(f),
        }
    }
}
