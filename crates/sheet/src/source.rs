//! The sheet as its author writes it.
//!
//! Everything is read to the end, whatever is wrong with it: each function reports what it finds and gives what could
//! still be understood.

mod cue;
mod fields;
mod json;
mod label;
mod nearest;
mod sheet;
mod syntax;
mod time;

use core::ops::Range;
use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;

use crate::diagnostic::{At, Code, Report};
use crate::rundown::{CUES_MAX, FORMAT, Rundown};
use cue::Cues;
use sheet::Header;

/// Gives the length of a sheet: at most 10 MiB, about 200,000 cues.
const SHEET_BYTES_MAX: usize = 10 * 1024 * 1024;

/// Gives the number of disabled and enabled cues together that a sheet may have.
const SHEET_CUES_MAX: usize = CUES_MAX;

/// Reads a sheet. The rundown is only to be used if nothing was reported that is an error.
pub(crate) fn read(text: &str, report: &mut Report) -> Option<Rundown> {
    if text.len() > SHEET_BYTES_MAX {
        let message = format!(
            "the sheet has {} bytes, at most {SHEET_BYTES_MAX} (10 MiB) are read; split it into several events",
            text.len()
        );
        report.say(Code::TooLarge, &At::ROOT, 0..0, message);
        return None;
    }
    match syntax::parse(text, report)? {
        Value::Array(array) => Some(compose(Header::of_bare_array(), &array.elements, &At::ROOT, report)),
        Value::Object(object) if is_rundown(&object) => read_rundown(text, report),
        Value::Object(object) => {
            let (header, cues) = sheet::read(&object, report);
            let at = At::ROOT;
            Some(compose(header, cues, &at.key("cues"), report))
        }
        other => {
            let message = format!(
                "a sheet is an array of cues, or an object with \"cues\", not {}; begin with [ or {{",
                fields::describe(&other)
            );
            report.say(Code::WrongType, &At::ROOT, span(&other), message);
            None
        }
    }
}

/// Makes the rundown of a header and cues.
fn compose(header: Header, elements: &[Value<'_>], at: &At<'_>, report: &mut Report) -> Rundown {
    let mut cues = Cues::new(&header);
    if elements.len() > SHEET_CUES_MAX {
        let message = format!(
            "the sheet has {} cues, at most {SHEET_CUES_MAX} are read; split it into several events",
            elements.len()
        );
        report.say(Code::TooLarge, at, span(&elements[SHEET_CUES_MAX]), message);
    }
    for (index, element) in elements.iter().take(SHEET_CUES_MAX).enumerate() {
        cues.read(element, index, at, report);
    }
    let mut cues = cues.into_cues();
    cues.sort_by(|a, b| a.order().cmp(&b.order()));
    let used = || cues.iter().filter_map(|cue| cue.track.clone()).map(|name| (name, Default::default()));
    let tracks = header.tracks.unwrap_or_else(|| used().collect());
    Rundown { id: header.id, title: header.title, duration: header.duration, tracks, cues }
}

/// Says whether an object means to be a rundown rather than a sheet.
fn is_rundown(object: &Object<'_>) -> bool {
    let family = FORMAT.trim_end_matches(|char: char| char.is_ascii_digit());
    object.get_string("format").is_some_and(|format| format.value.starts_with(family))
}

/// Reads what is compiled already; it compiles to itself.
fn read_rundown(text: &str, report: &mut Report) -> Option<Rundown> {
    // An editor may have ended the file with a newline.
    match Rundown::parse(text.trim_ascii().as_bytes()) {
        Ok(rundown) => Some(rundown),
        Err(problem) => {
            report.say(Code::NotARundown, &At::ROOT, 0..text.len().min(1), problem.to_string());
            None
        }
    }
}

/// Gives where a piece of the sheet stands, in bytes.
fn span(piece: &impl Ranged) -> Range<usize> {
    piece.range().start..piece.range().end
}

/// Gives the first byte of a piece: enough to point at something that is missing in it.
fn opening(piece: &impl Ranged) -> Range<usize> {
    piece.range().start..piece.range().start + 1
}

/// Gives a text in quotes for a message, cut where it is long: it may be a megabyte of somebody's mistake.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        None => format!("{text:?}"),
        Some((cut, _)) => format!("{:?}", format!("{}…", &text[..cut])),
    }
}

#[cfg(test)]
mod tests;
