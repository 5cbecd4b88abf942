//! Edit decision lists (CMX 3600), which film editors exchange: events with timecode, and markers on them.

mod edit;
mod event_line;
mod export;
mod list;

use super::exchange::{FormatOptions, Remark};
use super::format::{Format, Source};
use super::import::{Import, lines};
use super::rows::counted;
use crate::interchange::timecode::{frame_rate, start};
use edit::Edit;
use list::List;

/// The format of edit decision lists.
pub(super) const FORMAT: Format = Format {
    name: "edl",
    about: "edit decision lists (CMX 3600) of Resolve, Avid, Premiere; needs --fps",
    loses: "kind, params, late, jitter, needs, preload, message, parts of a frame",
    import: Some(Source::Text(import)),
    export: Some(export::export),
};

/// Where many programmes begin in timecode: one hour.
const USUAL_START_MS: i64 = 3_600_000;

fn import(text: &str, options: &FormatOptions, import: &mut Import) {
    let rate = match frame_rate(options) {
        Ok(rate) => rate,
        Err(error) => return import.refuse_file(error),
    };
    let mut list = List::new(rate);
    for (index, line) in lines(text).enumerate() {
        if !line.trim().is_empty() {
            list.read(line.trim(), index + 1, import);
        }
    }
    list.finish(import);
    if list.blacks > 0 {
        let count = counted(list.blacks, "edit of black (BL) is", "edits of black (BL) are");
        import.remark(Remark::file(format!("{count} left out"), "add cues where black should be one"));
    }
    let first_ms = list.edits.iter().map(|edit| rate.ms(edit.begin)).min();
    if options.start.is_none() && first_ms.is_some_and(|first_ms| first_ms >= USUAL_START_MS) {
        let remedy = "if the programme begins at 01:00:00:00, say so (--start 01:00:00:00)";
        import.remark(Remark::file("the first event is an hour or more into the timecode", remedy));
    }
    let start = match start(options, rate, list.counting()) {
        Ok(start) => start,
        Err(error) => return import.refuse_file(error),
    };
    list.edits.iter().for_each(|edit: &Edit| edit.import(start, rate, options, import));
}

#[cfg(test)]
mod tests;
