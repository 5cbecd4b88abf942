//! WebVTT, the text tracks of web players. Cues are metadata: JSON that a page reads when a player comes to them.

mod export;
mod payload;
mod timestamp;

use downbeat_core::{Position, Span};

use super::exchange::{FormatOptions, Remark};
use super::format::Format;
use super::ids::is_id;
use super::import::Import;
use super::row::{Row, length};
use crate::rundown::clock;
use payload::ActionName;
use timestamp::CueTimes;

/// The format of WebVTT.
pub(super) const FORMAT: Format = Format {
    name: "vtt",
    about: "WebVTT metadata tracks of web players, JSON in each cue; subtitles become messages",
    loses: "",
    import: Some(import),
    export: Some(export::export),
};

/// Consecutive lines without an empty one between them.
struct Block<'t> {
    /// The number of the first line.
    line: usize,
    lines: Vec<&'t str>,
}

fn import(text: &str, options: &FormatOptions, import: &mut Import) {
    let mut blocks = blocks(text).into_iter();
    let header = blocks.next();
    let first = header.as_ref().map_or("", |header| header.lines[0]);
    let Some(title) = after_keyword(first, "WEBVTT") else {
        let remedy = "write that as the first line, with an empty line after it, and times as 00:09:20.000";
        return import.refuse(1, "it does not begin with WEBVTT", remedy);
    };
    import.title = Some(title.trim().trim_start_matches('-').trim().to_owned()).filter(|title| !title.is_empty());
    let mut note = None;
    for block in blocks {
        let first = block.lines[0];
        if first.starts_with("STYLE") || first.starts_with("REGION") {
            let keyword = first.split_whitespace().next().unwrap_or_default();
            let problem = format!("{keyword} is left out, since it only says how text looks");
            import.remark(Remark::line(block.line, problem, "style messages on the page"));
        } else if let Some(rest) = after_keyword(first, "NOTE") {
            note = Some(note_text(rest, &block.lines[1..]));
        } else if let Some(mut row) = read(&block, options, import) {
            if row.field("note").is_none() {
                row.set_some("note", note.take().filter(|note: &String| !note.is_empty()));
            }
            import.add(row);
        }
    }
}

/// Returns the rest of a line that begins with a keyword.
fn after_keyword<'t>(line: &'t str, keyword: &str) -> Option<&'t str> {
    line.strip_prefix(keyword).filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// Returns the lines of a note as one.
fn note_text(first: &str, lines: &[&str]) -> String {
    let lines = core::iter::once(first).chain(lines.iter().copied()).map(str::trim);
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open = false;
    for (index, line) in text.lines().enumerate() {
        if line.is_empty() {
            open = false;
        } else if open && let Some(block) = blocks.last_mut() {
            block.lines.push(line);
        } else {
            blocks.push(Block { line: index + 1, lines: vec![line] });
            open = true;
        }
    }
    blocks
}

/// Reads a cue: perhaps an identifier, its times, its payload.
fn read(block: &Block<'_>, options: &FormatOptions, import: &mut Import) -> Option<Row> {
    let Some(at) = block.lines.iter().take(2).position(|line| line.contains("-->")) else {
        let problem = "it is not a cue, since its times are missing";
        let remedy = "write them such as 00:09:20.000 --> 00:13:20.000, or NOTE before it";
        import.refuse(block.line, problem, remedy);
        return None;
    };
    let line = block.line + at;
    let CueTimes { from_ms, to_ms, settings } = match CueTimes::parse(block.lines[at]) {
        Ok(times) => times,
        Err((problem, remedy)) => {
            import.refuse(line, problem, remedy);
            return None;
        }
    };
    let mut row = Row::at_line(line);
    row.set("time", clock(Position::from_millis(from_ms)));
    row.set_some("duration", (to_ms > from_ms).then(|| length(Span::from_millis(to_ms - from_ms))));
    let identifier = block.lines[..at].first().map(|line| line.trim()).filter(|line| !line.is_empty());
    let action = match payload::read(&block.lines[at + 1..].join("\n"), &mut row) {
        Ok(ActionName::Payload(action)) => action,
        Ok(ActionName::Identifier) => import.action(line, identifier.unwrap_or_default(), options)?,
        Ok(ActionName::Missing) => import.action(line, "", options)?,
        Err((problem, remedy)) => {
            import.refuse(line, problem, remedy);
            return None;
        }
    };
    payload::keep_settings(settings, &mut row);
    match identifier.filter(|identifier| is_id(identifier)) {
        Some(id) => row.set("id", id),
        None => row.name = Some(identifier.unwrap_or(&action).to_owned()),
    }
    row.set("action", action);
    Some(row)
}

#[cfg(test)]
mod tests;
