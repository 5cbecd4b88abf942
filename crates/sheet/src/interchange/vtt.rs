//! WebVTT, the text tracks of web players. Cues are metadata: JSON that a page reads when a player comes to them.

mod export;
mod payload;
mod timestamp;

use downbeat_core::{Position, Span};
use std::collections::BTreeSet;

use super::exchange::{FormatOptions, Remark};
use super::format::{Format, Source};
use super::ids::is_id;
use super::import::{Import, lines};
use super::row::{Row, length};
use crate::rundown::clock;
use payload::ActionName;
pub(super) use payload::{CAPTION, whole_cue};
use timestamp::CueTimes;

/// The format of WebVTT.
pub(super) const FORMAT: Format = Format {
    name: "vtt",
    about: "WebVTT metadata tracks of web players, JSON in each cue; subtitles become messages",
    loses: "",
    import: Some(Source::Text(import)),
    export: Some(export::export),
};

/// Consecutive lines, as the standard's parser collects them: up to an empty line, or to the times of another cue. A line
/// with an arrow begins a cue wherever it is, with at most one line above it as its identifier.
#[derive(Default)]
struct Block<'t> {
    /// The number of the first line.
    line: usize,
    identifier: Option<&'t str>,
    /// The line with the times, and its number; `None` if it is not a cue.
    times: Option<(usize, &'t str)>,
    /// The lines after the times, or all.
    lines: Vec<&'t str>,
}

impl<'t> Block<'t> {
    /// Collects the block that begins at a line, and moves on to the line after it.
    fn collect(lines: &[&'t str], at: &mut usize) -> Self {
        let mut block = Self { line: *at + 1, ..Self::default() };
        while let Some(&line) = lines.get(*at).filter(|line| !line.is_empty()) {
            if !line.contains(ARROW) {
                block.lines.push(line);
            } else if block.times.is_none() && block.lines.len() <= 1 {
                block.identifier = block.lines.pop();
                block.times = Some((*at + 1, line));
            } else {
                break;
            }
            *at += 1;
        }
        block
    }
}

/// What is between the two times of a cue.
const ARROW: &str = "-->";

fn import(text: &str, options: &FormatOptions, import: &mut Import) {
    let start_ms = match options.file_start_ms() {
        Ok(start_ms) => start_ms,
        Err(error) => return import.refuse_file(error),
    };
    let lines: Vec<&str> = lines(text).collect();
    let Some(title) = lines.first().and_then(|first| after_keyword(first, "WEBVTT")) else {
        let remedy = "write that as the first line, or import SubRip files as srt";
        return import.refuse(1, "it does not begin with WEBVTT", remedy);
    };
    import.title = Some(title.trim().trim_start_matches('-').trim().to_owned()).filter(|title| !title.is_empty());
    let mut at = 1;
    while let Some(line) = lines.get(at).filter(|line| !line.is_empty() && !line.contains(ARROW)) {
        at += 1;
        if line.starts_with("X-TIMESTAMP-MAP") {
            let problem = "X-TIMESTAMP-MAP moves the times of a part of a stream, and is left out";
            import.remark(Remark::line(at, problem, "say where the event begins in these times (--start)"));
        }
    }
    let mut note = None;
    let mut ids = BTreeSet::new();
    while at < lines.len() {
        if lines[at].is_empty() {
            at += 1;
            continue;
        }
        let block = Block::collect(&lines, &mut at);
        if let Some((number, times)) = block.times {
            let Some(mut row) = read(&block, (number, times), start_ms, &mut ids, options, import) else { continue };
            if row.field("note").is_none() {
                row.set_some("note", note.take().filter(|note: &String| !note.is_empty()));
            }
            import.add(row);
        } else if let Some(rest) = after_keyword(block.lines[0], "NOTE") {
            note = Some(note_text(rest, &block.lines[1..]));
        } else {
            leave_out(&block, import);
        }
    }
}

/// Says that a block is left out, as players do, unless it was meant as a cue.
fn leave_out(block: &Block<'_>, import: &mut Import) {
    let first = block.lines[0];
    let keyword = ["STYLE", "REGION"].into_iter().find(|keyword| after_keyword(first, keyword).is_some());
    if let Some(keyword) = keyword {
        let problem = format!("{keyword} is left out, since it only says how text looks");
        import.remark(Remark::line(block.line, problem, "style messages on the page"));
    } else if block
        .lines
        .iter()
        .any(|line| ["->", "\u{2192}", "\u{2013}>", "\u{2014}>"].iter().any(|arrow| line.contains(arrow)))
    {
        let problem = "it is not a cue, since there is no --> between its times";
        import.refuse(block.line, problem, "write them such as 00:09:20.000 --> 00:13:20.000, or NOTE before it");
    } else {
        let problem = "it has no times, so that it is left out, as players do";
        import.remark(Remark::line(
            block.line,
            problem,
            "write them such as 00:09:20.000 --> 00:13:20.000, or NOTE before it",
        ));
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

/// Reads a cue; `ids` are those of the cues before.
fn read<'t>(
    block: &Block<'t>,
    (line, times): (usize, &str),
    start_ms: i64,
    ids: &mut BTreeSet<&'t str>,
    options: &FormatOptions,
    import: &mut Import,
) -> Option<Row> {
    let CueTimes { from_ms, to_ms, settings } = match CueTimes::parse(times) {
        Ok(times) => times,
        Err((problem, remedy)) => {
            import.refuse(line, problem, remedy);
            return None;
        }
    };
    let mut row = Row::at_line(line);
    row.set("time", clock(Position::from_millis(from_ms - start_ms)));
    row.set_some("duration", (to_ms > from_ms).then(|| length(Span::from_millis(to_ms - from_ms))));
    let identifier = block.identifier.map(str::trim).filter(|line| !line.is_empty());
    let text = block.lines.join("\n");
    let found = match payload::read(&text, &mut row) {
        Ok(found) => found,
        Err((problem, remedy)) => {
            import.refuse(line, problem, remedy);
            return None;
        }
    };
    // A whole cue without an identifier is one whose id is generated.
    let is_whole = matches!(found, ActionName::Cue(_));
    let action = match found {
        ActionName::Cue(action) => action,
        ActionName::Text(action) => {
            if payload::has_open_tag(&text) {
                let problem = "there is a < without a >, after which players show nothing";
                import.remark(Remark::line(line, problem, "write &lt; for the character"));
            }
            action
        }
        ActionName::Identifier => import.action(line, identifier.unwrap_or_default(), options)?,
        ActionName::Missing => import.action(line, "", options)?,
    };
    payload::keep_settings(settings, &mut row);
    match identifier {
        Some(id) if is_id(id) && ids.insert(id) => row.set("id", id),
        None if is_whole => {}
        _ => row.name = Some(identifier.unwrap_or(&action).to_owned()),
    }
    row.set("action", action);
    Some(row)
}

#[cfg(test)]
mod tests;
