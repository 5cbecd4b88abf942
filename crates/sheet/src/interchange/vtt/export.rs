//! Writes a rundown as a metadata track.

use core::fmt::Write as _;
use downbeat_core::{Position, Span};
use serde_json::Value;

use super::payload::whole_cue;
use super::timestamp::stamp;
use crate::interchange::exchange::{Exported, FormatOptions, Remark};
use crate::interchange::row::Row;
use crate::interchange::rows;
use crate::rundown::{Cue, Kind, Rundown};
use crate::source::Crew;

/// How long a cue without an end is active: 1 s, so that players that check every 250 ms find it.
const ACTIVE: Span = Span::from_millis(1_000);

/// Writes each cue as JSON.
pub(super) fn export(rundown: &Rundown, crew: &Crew, options: &FormatOptions) -> Result<Exported, Remark> {
    let start = Span::from_millis(options.file_start_ms()?);
    let title = rundown.title().replace("-->", "->");
    let mut text = format!("WEBVTT {}\n", title.trim());
    let ends = rundown.cues().iter().map(|cue| cue.end().unwrap_or(cue.time()));
    let last = ends.max().unwrap_or(Position::START);
    // A state that never ends is active until everything is over.
    let over = last.max(Position::START + rundown.duration().unwrap_or(Span::ZERO)) + ACTIVE;
    rows::check_begin(rundown, start, "--start 00:10:00")?;
    let rows = rows::rows_of(rundown, crew);
    for (cue, row) in rundown.cues().iter().zip(&rows) {
        let end = cue.end().unwrap_or(if cue.kind() == Kind::State { over } else { cue.time() + ACTIVE });
        text.push('\n');
        // Writing to a String cannot fail.
        if let Some(id) = row.field("id").and_then(Value::as_str) {
            let _ = writeln!(text, "{id}");
        }
        let _ = writeln!(text, "{} --> {}\n{}", stamp(cue.time() + start), stamp(end + start), payload(cue, row));
    }
    Ok(Exported { text, remarks: rows::changed_ids(&rows).into_iter().collect() })
}

/// Returns a cue as JSON on one line. An arrow would end it; it can only be within a text, where it is escaped.
fn payload(cue: &Cue, row: &Row) -> String {
    Value::Object(whole_cue(cue, row)).to_string().replace("-->", "--\\u003e")
}
