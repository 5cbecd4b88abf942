//! `cues import`: another program's file to a cue sheet.

mod understood;

use std::fmt;
use std::path::{Path, PathBuf};

use downbeat_core::{ServerTime, Span};
use downbeat_sheet::interchange::{ClockChange, FormatOptions, Imported};
use serde_json::{Map, Value, json};

use super::init::SCHEMA;
use super::schema;
use crate::cli::{ImportArgs, TimecodeArgs};
use crate::confirm;
use crate::error::Error;
use crate::files;
use crate::instant;
use crate::output::{Content, Output, Report, members};
use crate::sheets::{self, Foreign};
use crate::text;
use crate::time_zone::TimeZone;

/// Clocks are changed at full quarters of an hour: in milliseconds.
const CLOCK_CHANGE_STEP_MS: i64 = 900_000;

/// The quarters of an hour in which a change is looked for: those of 36 hours.
const CLOCK_CHANGE_STEPS: usize = 144;

/// A sheet made from a file.
pub(crate) struct Import {
    file: String,
    imported: Imported,
    out: Option<PathBuf>,
    /// The schema that was written, too.
    schema: Option<PathBuf>,
    dry_run: bool,
}

/// Makes a sheet from a file.
pub(crate) fn run(args: &ImportArgs, yes: bool, dry_run: bool, output: Output) -> Result<Import, Error> {
    let Foreign { name: file, is_file, bytes } = sheets::foreign(&args.file, args.format)?;
    let stem = args.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = stem.filter(|_| is_file);
    let out = files::named(args.out.as_deref());
    let mut options = FormatOptions {
        action: args.action.clone(),
        name,
        columns: args.map.clone(),
        worksheet: args.worksheet.clone(),
        schema: out.as_ref().map(|_| format!("./{SCHEMA}")),
        ..format_options(&args.timecode)
    };
    set_dated_start(&mut options, args.tz.unwrap_or(TimeZone::Local))?;
    let imported = match args.format.import_bytes(&bytes, &options) {
        Ok(imported) => imported,
        Err(refusals) => return Err(sheets::not_imported(&file, &refusals)),
    };
    if !output.json {
        for remark in &imported.remarks {
            output.remark(&(sheets::remark(&file, remark) + "\n"));
        }
    }
    if out.is_some() && !output.json {
        output.remark(&understood::screen(&imported));
    }
    let mut schema = None;
    if let Some(out) = out.as_ref().filter(|_| !dry_run) {
        check_free(out, yes)?;
        if !yes && is_file {
            confirm::ask_if_possible(&format!("Write {}?", text::tame(&out.display().to_string())))?;
        }
        write(out, &imported.sheet)?;
        schema = write_schema(out)?;
        if let Some(schema) = schema.as_ref().filter(|_| !output.json) {
            output.remark(&text::tame(&format!("wrote {}, which the sheet names for editors\n", schema.display())));
        }
    }
    Ok(Import { file, imported, out, schema, dry_run })
}

/// Returns the options of timecode.
pub(super) fn format_options(args: &TimecodeArgs) -> FormatOptions {
    FormatOptions { frame_rate: args.frame_rate, start: args.start.clone(), ..FormatOptions::default() }
}

/// Prepares a start with a date: an instant becomes a local time of the zone, whose clocks may change after it.
fn set_dated_start(options: &mut FormatOptions, zone: TimeZone) -> Result<(), Error> {
    let is_dated = |start: &&str| start.len() > 10 && start.as_bytes()[4] == b'-' && start.as_bytes()[7] == b'-';
    let Some(start) = options.start.as_deref().map(str::trim).filter(is_dated) else { return Ok(()) };
    // There is no distance from now in it.
    let begin = instant::parse(start, zone, ServerTime::from_millis(0))?;
    let offset_s = |at: ServerTime| zone.at(at).offset().local_minus_utc();
    let (first_s, step) = (offset_s(begin), Span::from_millis(CLOCK_CHANGE_STEP_MS));
    let steps = core::iter::successors(Some((begin, Span::ZERO)), |&(at, after)| Some((at + step, after + step)));
    let change = steps.take(CLOCK_CHANGE_STEPS).find(|&(at, _)| offset_s(at) != first_s);
    options.clock_change = change.map(|(at, after)| ClockChange {
        wall_ms: after.as_millis(),
        by_ms: i64::from(offset_s(at) - first_s) * 1_000,
    });
    options.start = Some(zone.at(begin).format("%Y-%m-%d %H:%M:%S").to_string());
    Ok(())
}

/// Checks that the sheet may be written. An existing one is not overwritten without `--yes`: somebody may have edited it.
fn check_free(out: &Path, yes: bool) -> Result<(), Error> {
    if yes || !out.exists() {
        return Ok(());
    }
    let message = format!("{} exists already; nothing was written", out.display());
    Err(Error::usage(message, "give another name, or replace it with --yes"))
}

/// Writes the sheet.
fn write(out: &Path, sheet: &str) -> Result<(), Error> {
    if out.exists() { files::replace(out, sheet.as_bytes()) } else { files::create(out, sheet.as_bytes()) }
}

/// Writes the schema that the sheet names, unless there is one; the project's own knows more.
fn write_schema(out: &Path) -> Result<Option<PathBuf>, Error> {
    let path = out.with_file_name(SCHEMA);
    if path.exists() {
        return Ok(None);
    }
    files::create(&path, schema::printed(&downbeat_sheet::schema()).as_bytes())?;
    Ok(Some(path))
}

impl Report for Import {
    fn json(&self) -> Map<String, Value> {
        members(json!({
            "file": self.file,
            "cues": self.imported.rundown.cues().len(),
            "out": self.out,
            "schema": self.schema,
            "first": understood::times(&self.imported.rundown).map(|(first, _)| first),
            "last": understood::times(&self.imported.rundown).map(|(_, last)| last),
            "understood": self.imported.understood.as_ref().map(understood::json),
            "dryRun": self.dry_run,
            "sheet": if self.out.is_none() { Some(&self.imported.sheet) } else { None },
            "diagnostics": sheets::remarks(&self.file, &self.imported.remarks),
        }))
    }

    fn content(&self) -> Content {
        if self.out.is_none() { Content::File } else { Content::Words }
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(out) = &self.out else { return f.write_str(&self.imported.sheet) };
        let verb = if self.dry_run { "would write" } else { "wrote" };
        let summary = sheets::summary(&self.imported.rundown);
        writeln!(f, "{}", text::tame(&format!("{verb} {}: {summary}", out.display())))
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.out.is_some() { Ok(()) } else { self.human(f) }
    }
}
