//! `cues schema`: sheets as a JSON Schema.

use std::fmt;
use std::path::PathBuf;

use downbeat_sheet::Options;
use serde_json::{Map, Value, json};

use crate::cli::SchemaArgs;
use crate::error::Error;
use crate::files;
use crate::output::{Content, Output, Report, members};
use crate::sheets::{self, Source};

/// A schema.
pub(crate) struct Schema {
    schema: Value,
    out: Option<PathBuf>,
    dry_run: bool,
}

/// Returns the schema of sheets, or of one project's sheets.
pub(crate) fn run(args: &SchemaArgs, dry_run: bool, output: Output) -> Result<Schema, Error> {
    let (schema, made_of) = match &args.sheet {
        None => (downbeat_sheet::schema(), Vec::new()),
        Some(path) => of_project(sheets::source(path)?, output)?,
    };
    let out = files::named(args.out.as_deref());
    if let Some(out) = out.as_ref().filter(|_| !dry_run) {
        files::write(out, printed(&schema).as_bytes(), &made_of)?;
    }
    Ok(Schema { schema, out, dry_run })
}

/// Returns the text of a schema's file.
pub(super) fn printed(schema: &Value) -> String {
    format!("{schema:#}\n")
}

/// Returns the schema of one project's sheets, and the files it was made from.
fn of_project(source: Source, output: Output) -> Result<(Value, Vec<PathBuf>), Error> {
    let read = sheets::included(&source.name, source.is_file);
    let schema = downbeat_sheet::schema_for(&source.text, &read);
    let sheet = sheets::Sheet::compile(source, &Options::default());
    match schema {
        Ok(schema) => Ok((schema, sheet.files())),
        // What stands in the way of its declarations stands in the way of its rundown too.
        Err(_) => {
            if !output.json {
                output.remark(&sheet.report());
            }
            sheet.rundown()?;
            Err(Error::internal("the sheet compiles, but its declarations could not be read"))
        }
    }
}

impl Report for Schema {
    fn json(&self) -> Map<String, Value> {
        members(json!({
            "out": self.out,
            "dryRun": self.dry_run,
            "schema": if self.out.is_none() { Some(&self.schema) } else { None },
        }))
    }

    fn content(&self) -> Content {
        if self.out.is_none() { Content::File } else { Content::Words }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.out {
            Some(out) => writeln!(f, "{} {}", if self.dry_run { "would write" } else { "wrote" }, out.display()),
            None => f.write_str(&printed(&self.schema)),
        }
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.out.is_some() { Ok(()) } else { self.human(f) }
    }
}
