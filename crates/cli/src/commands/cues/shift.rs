//! `cues shift`: moves cues from one on, in the sheet's file.

use std::fmt;
use std::path::Path;

use downbeat_core::Span;
use downbeat_sheet::{MovedCue, NotShifted, Shift, Shifted, ShiftedFile, shift};
use serde_json::{Map, Value, json};

use crate::cli::ShiftArgs;
use crate::columns::Columns;
use crate::error::Error;
use crate::files;
use crate::given::Destination;
use crate::output::{Output, Report, members};
use crate::sheets::{self, Sheet, Source};
use crate::text;

/// The number of cues that are listed: 50.
const LISTED_MAX: usize = 50;

/// A sheet whose cues were shifted.
pub(crate) struct Shifting {
    /// The changed files, by path.
    files: Vec<String>,
    by: Span,
    moved: Vec<MovedCue>,
    remarks: Vec<String>,
    /// What is remarkable about the shifted sheet.
    sheet: Sheet,
    dry_run: bool,
}

/// Shifts the cues of a sheet.
pub(crate) fn run(args: &ShiftArgs, dry_run: bool, output: Output) -> Result<Shifting, Error> {
    let Destination::By(by) = args.by else {
        return Err(Error::usage("the length has no sign", "give +90s for later or -90s for earlier"));
    };
    if args.sheet == Path::new("-") {
        return Err(Error::usage("standard input is not a file to change", "give the sheet's file"));
    }
    let source = sheets::source(&args.sheet)?;
    let order = Shift { from: args.cue.clone(), until: args.until.clone(), by };
    let read = sheets::included(&source.name, source.is_file);
    let found = shift(&source.text, &order, &read);
    let Shifted { files, moved, remarks, compiled } = match found {
        Ok(shifted) => shifted,
        Err(NotShifted::Refused(problem, remedy)) => {
            return Err(Error::invalid(format!("nothing was shifted: {problem}"), remedy));
        }
        Err(NotShifted::Invalid(compiled)) => {
            let sheet = Sheet::of(source, *compiled);
            shown(&sheet, output);
            sheet.rundown()?;
            return Err(Error::invalid("nothing was shifted", "fix the sheet first"));
        }
        Err(NotShifted::Breaks(compiled, files)) => {
            let sheet = Sheet::of(of_files(source, &files), *compiled);
            shown(&sheet, output);
            let problem = format!("nothing was shifted: the sheet would have {}", text::count(sheet.errors(), "error"));
            let remedy = "shift by less, up to another cue (--until), or make room first";
            return Err(Error::invalid(problem, remedy).with("diagnostics", sheet.json()));
        }
    };
    let path = |file: &ShiftedFile| match &file.path {
        None => args.sheet.clone(),
        Some(path) => args.sheet.parent().unwrap_or(Path::new("")).join(path),
    };
    for file in files.iter().filter(|_| !dry_run) {
        files::replace(&path(file), file.text.as_bytes())?;
    }
    let names = files.iter().map(|file| path(file).display().to_string()).collect();
    let sheet = Sheet::of(of_files(source, &files), compiled);
    Ok(Shifting { files: names, by, moved, remarks, sheet, dry_run })
}

fn shown(sheet: &Sheet, output: Output) {
    if !output.json {
        output.remark(&sheet.report());
    }
}

/// Returns the sheet's own file with its new text.
fn of_files(source: Source, files: &[ShiftedFile]) -> Source {
    let new = files.iter().find(|file| file.path.is_none());
    Source { text: new.map_or(source.text, |file| file.text.clone()), ..source }
}

impl Report for Shifting {
    fn json(&self) -> Map<String, Value> {
        let moved = self
            .moved
            .iter()
            .map(|cue| json!({ "cue": cue.name, "from": cue.from, "to": cue.to, "follows": cue.follows }));
        members(json!({
            "files": self.files,
            "by": self.by,
            "moved": moved.collect::<Vec<_>>(),
            "remarks": self.remarks,
            "dryRun": self.dry_run,
            "diagnostics": self.sheet.json(),
        }))
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sheet.warnings() > 0 {
            f.write_str(&self.sheet.report())?;
        }
        let mut lines = Columns::default();
        for cue in self.moved.iter().take(LISTED_MAX) {
            let follows = if cue.follows { "follows" } else { "" };
            let arrow = format!("{} → {}", text::position(cue.from), text::position(cue.to));
            lines.line([cue.name.clone(), arrow, follows.to_owned()]);
        }
        write!(f, "{lines}")?;
        if self.moved.len() > LISTED_MAX {
            writeln!(f, "  … and {} more", self.moved.len() - LISTED_MAX)?;
        }
        self.remarks.iter().try_for_each(|remark| writeln!(f, "note: {}", text::tame(remark)))?;
        let (verb, way) = (if self.dry_run { "would shift" } else { "shifted" }, self.by > Span::ZERO);
        let (by, way) = (text::span(if way { self.by } else { -self.by }), if way { "later" } else { "earlier" });
        let files = text::tame(&self.files.join(", "));
        writeln!(f, "{verb} {} by {by}, {way}: {files}", text::count(self.moved.len(), "cue"))
    }

    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.moved.iter().try_for_each(|cue| writeln!(f, "{} {}", text::position(cue.to), text::tame(&cue.name)))
    }
}
