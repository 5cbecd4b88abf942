//! Shifts cues: edits the times in a sheet's text, and leaves the rest of it as it is.

mod edits;
mod words;

use downbeat_core::{Position, Span};

use crate::compile::{Compiled, compile_with};
use crate::diagnostic::Report;
use crate::format::format;
use crate::options::{Options, ReadIncluded};
use crate::source::{self, TimedCue, Trace, nearest};
use edits::{edited, movements};

/// Which cues to shift, and by how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The first: its id, or else its number in the sheet, from 1. All that begin then or later are shifted.
    pub from: String,
    /// The last, by id or number: none that begins after it is shifted. `None` for all.
    pub until: Option<String>,
    /// By how much; negative for earlier.
    pub by: Span,
}

/// A sheet whose cues were shifted.
#[derive(Clone, Debug)]
pub struct Shifted {
    /// The changed files.
    pub files: Vec<ShiftedFile>,
    /// The cues that begin at another time, in the order in which they began.
    pub moved: Vec<MovedCue>,
    /// What its author should know, a sentence each.
    pub remarks: Vec<String>,
    /// What the changed sheet compiles to, without errors.
    pub compiled: Compiled,
}

/// A file of a shifted sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftedFile {
    /// The included file's path relative to the sheet's folder; `None` for the sheet itself.
    pub path: Option<String>,
    /// Its new text.
    pub text: String,
}

/// A cue that begins at another time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedCue {
    /// What it is called: its id, or `number 3`.
    pub name: String,
    /// When it began.
    pub from: Position,
    /// When it begins.
    pub to: Position,
    /// Whether it is not one of those to shift, but is timed by one.
    pub follows: bool,
}

/// Why cues cannot be shifted.
#[derive(Clone, Debug)]
pub enum NotShifted {
    /// The sheet has errors as it is.
    Invalid(Box<Compiled>),
    /// There is no such cue, or nothing to do: the problem, and the remedy.
    Refused(String, String),
    /// The shifted sheet would have errors.
    Breaks(Box<Compiled>, Vec<ShiftedFile>),
}

/// Shifts cues of a sheet; `read` is as in [`compile_with`].
///
/// Times keep the form in which they are written, and so does everything else; a sheet that was formatted stays so. A time
/// that refers to another cue changes only where that cue stays.
///
/// ```
/// use downbeat_core::Span;
/// use downbeat_sheet::{Shift, shift};
/// let sheet = r#"[{ "id": "a", "time": 560, "action": "a" }, { "id": "b", "time": "9m40s", "action": "b" }]"#;
/// let later = Shift { from: "b".to_owned(), until: None, by: Span::from_millis(90_000) };
/// let shifted = shift(sheet, &later, &|_| unreachable!("it includes nothing")).unwrap();
/// assert_eq!(shifted.files[0].text, sheet.replace("9m40s", "11m10s"));
/// ```
///
/// # Errors
/// Why that is not possible.
pub fn shift(source: &str, shift: &Shift, read: &ReadIncluded<'_>) -> Result<Shifted, NotShifted> {
    let before = compile_with(source, &Options::default(), read);
    if before.rundown.is_none() {
        return Err(NotShifted::Invalid(Box::new(before)));
    }
    let cues = timed(source, read);
    let refused = |problem: String, remedy: &str| Err(NotShifted::Refused(problem, remedy.to_owned()));
    let first = find(&cues, &shift.from)?;
    let last = shift.until.as_deref().map(|name| find(&cues, name)).transpose()?;
    if shift.by == Span::ZERO {
        return refused("a shift by 0 changes nothing".to_owned(), "give a length such as +90s or -30s");
    }
    let range = first.begin_ms..=last.map_or(i64::MAX, |last| last.begin_ms);
    if range.is_empty() {
        let problem =
            format!("cue {:?} begins before cue {:?}", shift.until.as_deref().unwrap_or_default(), shift.from);
        return refused(problem, "exchange the two");
    }
    let by_ms = shift.by.as_millis();
    let movements = movements(&cues, |cue| range.contains(&cue.begin_ms));
    let text_of = |path: Option<&str>| match path {
        None => source,
        Some(path) => {
            before.included.iter().find(|included| included.path == path).map_or("", |included| &included.text)
        }
    };
    let mut paths: Vec<Option<&str>> = cues.iter().map(|cue| cue.file.as_deref()).collect();
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        let old = text_of(path);
        let mut text = edited(old, path, &cues, &movements, by_ms);
        // What was formatted stays so, for a new length may need another line.
        if format(old).is_ok_and(|formatted| formatted == old) {
            text = format(&text).unwrap_or(text);
        }
        if text != old && !files.iter().any(|file: &ShiftedFile| file.path.as_deref() == path) {
            files.push(ShiftedFile { path: path.map(str::to_owned), text });
        }
    }
    let new_text =
        |path: Option<&str>| files.iter().find(|file| file.path.as_deref() == path).map(|file| file.text.clone());
    let read_new = |path: &str| new_text(Some(path)).map_or_else(|| read(path), Ok);
    let new_source = new_text(None).unwrap_or_else(|| source.to_owned());
    let compiled = compile_with(&new_source, &Options::default(), &read_new);
    if compiled.rundown.is_none() {
        return Err(NotShifted::Breaks(Box::new(compiled), files));
    }
    let after = timed(&new_source, &read_new);
    let stays = |(nth, (old, new)): (usize, (&TimedCue, &TimedCue))| {
        new.begin_ms - old.begin_ms == if movements.moves(nth) { by_ms } else { 0 }
    };
    if cues.len() != after.len() || !cues.iter().zip(&after).enumerate().all(stays) {
        let problem = "the cues refer to each other in a way that does not allow it".to_owned();
        return refused(problem, "change their times by hand");
    }
    let mut moved: Vec<MovedCue> = words::moved(&cues, &movements, by_ms);
    moved.sort_by_key(|cue| cue.from);
    let remarks = words::remarks(&cues, &after, &movements);
    Ok(Shifted { files, moved, remarks, compiled })
}

/// Returns the cues of a sheet that compiles.
fn timed(source: &str, read: &ReadIncluded<'_>) -> Vec<TimedCue> {
    let mut trace = Trace { wants_times: true, ..Trace::default() };
    source::read(source, &Options::default(), read, &mut Report::default(), Some(&mut trace));
    trace.timed
}

/// Finds a cue by its id, or by its number in the sheet.
fn find<'c>(cues: &'c [TimedCue], name: &str) -> Result<&'c TimedCue, NotShifted> {
    let id = crate::source::nfc(name.trim_start_matches('#'));
    let number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let numbered = || cues.iter().find(|cue| cue.file.is_none() && Some(cue.index) == number);
    cues.iter().find(|cue| cue.id.as_deref() == Some(&*id)).or_else(numbered).ok_or_else(|| {
        let own = cues.iter().filter(|cue| cue.file.is_none()).count();
        let remedy = match nearest(&id, cues.iter().filter_map(|cue| cue.id.as_deref())) {
            Some(meant) => format!("did you mean {meant:?}?"),
            None => format!("give the id of one, or a number from 1 to {own}"),
        };
        NotShifted::Refused(format!("the sheet has no cue {name:?}"), remedy)
    })
}

#[cfg(test)]
mod tests;
