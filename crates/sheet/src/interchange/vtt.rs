//! WebVTT, the text tracks of web players. Cues are metadata: JSON that a page reads when a player comes to them.

use downbeat_core::{Position, Span};
use serde_json::{Map, Value, json};

use super::label::is_id;
use super::row::{self, Row, length};
use super::{Exported, Format, Intake, Remark, Terms};
use crate::rundown::{Cue, Kind, Rundown, clock};

pub(super) const FORMAT: Format = Format {
    name: "vtt",
    about: "WebVTT metadata tracks of web players, JSON in each cue; subtitles become messages",
    loses: "",
    import: Some(import),
    export: Some(export),
};

/// What the JSON of a cue has where it is a whole cue, besides `action`; JSON with anything else is params.
const MEMBERS: [&str; 12] =
    ["action", "track", "kind", "end", "params", "late", "jitter", "needs", "preload", "message", "note", "owner"];

/// The action of a text where none is said.
const CAPTION: &str = "caption";

/// What stands for characters that mean something else in WebVTT.
const ENTITIES: [(&str, &str); 6] =
    [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u{a0}"), ("&lrm;", "\u{200e}"), ("&rlm;", "\u{200f}")];

/// How long a cue without end is shown: long enough that a player that looks every 250 ms finds it.
const SHOWN: Span = Span::from_millis(1_000);

/// Lines without an empty one between them, and the number of the first.
struct Block<'t> {
    line: usize,
    lines: Vec<&'t str>,
}

fn import(text: &str, terms: &Terms, intake: &mut Intake) {
    let mut blocks = blocks(text).into_iter();
    let header = blocks.next();
    let first = header.as_ref().map_or("", |header| header.lines[0]);
    let title = first.strip_prefix("WEBVTT").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    let Some(title) = title else {
        return intake.refuse(1, "it does not begin with WEBVTT; write that as the first line, with an empty line after it, and times as 00:09:20.000");
    };
    intake.title = Some(title.trim().trim_start_matches('-').trim().to_owned()).filter(|title| !title.is_empty());
    let mut note = None;
    for block in blocks {
        let first = block.lines[0];
        if first.starts_with("STYLE") || first.starts_with("REGION") {
            let what = first.split_whitespace().next().unwrap_or_default();
            intake.remark(block.line, format!("{what} is left out: it says how text looks, which is nothing to cues"));
        } else if let Some(words) =
            first.strip_prefix("NOTE").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        {
            let lines = block.lines[1..].iter().copied();
            let words: Vec<&str> =
                core::iter::once(words).chain(lines).map(str::trim).filter(|line| !line.is_empty()).collect();
            note = Some(words.join(" "));
        } else if let Some(mut row) = read(&block, terms, intake) {
            if row.field("note").is_none() {
                row.set_some("note", note.take().filter(|note: &String| !note.is_empty()));
            }
            intake.add(row);
        }
    }
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

/// Reads a cue: perhaps an identifier, its times, what it says.
fn read(block: &Block<'_>, terms: &Terms, intake: &mut Intake) -> Option<Row> {
    let Some(at) = block.lines.iter().take(2).position(|line| line.contains("-->")) else {
        intake.refuse(block.line, "it is no cue, for its times are missing; write them such as 00:09:20.000 --> 00:13:20.000, or NOTE before it");
        return None;
    };
    let line = block.line + at;
    let (from, to, settings) = match times(block.lines[at]) {
        Ok(times) => times,
        Err(problem) => {
            intake.refuse(line, problem);
            return None;
        }
    };
    let mut row = Row::at_line(line);
    row.set("time", clock(Position::from_millis(from)));
    row.set_some("duration", (to > from).then(|| length(Span::from_millis(to - from))));
    let identifier = block.lines[..at].first().map(|line| line.trim()).filter(|line| !line.is_empty());
    let said = block.lines[at + 1..].join("\n");
    let action = match serde_json::from_str::<Value>(&said) {
        Ok(Value::Object(object)) if is_cue(&object) => take_cue(object, &mut row, line, intake)?,
        Ok(Value::Object(object)) => {
            row.set("params", object);
            intake.action(line, identifier.unwrap_or_default(), terms)?
        }
        _ => {
            row.set_some("message", Some(words(&said)).filter(|words| !words.is_empty()));
            intake.action(line, if row.field("message").is_some() { CAPTION } else { "" }, terms)?
        }
    };
    keep_settings(settings, &mut row);
    match identifier.filter(|identifier| is_id(identifier)) {
        Some(id) => row.set("id", id),
        None => row.name = Some(identifier.unwrap_or(&action).to_owned()),
    }
    row.set("action", action);
    Some(row)
}

/// Reads `00:09:20.000 --> 00:13:20.000 align:start`, where hours may be left out.
fn times(line: &str) -> Result<(i64, i64, &str), String> {
    let (from, rest) = line.split_once("-->").unwrap_or((line, ""));
    let rest = rest.trim_start();
    let (to, settings) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let read =
        |text: &str| time(text).ok_or_else(|| format!("{text:?} is not a WebVTT time; write it such as 00:09:20.000"));
    let (from_ms, to_ms) = (read(from.trim())?, read(to)?);
    if to_ms < from_ms {
        return Err(format!("it ends at {to}, before it begins at {}; exchange the two", from.trim()));
    }
    Ok((from_ms, to_ms, settings.trim()))
}

fn time(text: &str) -> Option<i64> {
    let (clock, thousandths) = text.split_once('.')?;
    let number = |part: &str, digits: core::ops::RangeInclusive<usize>| {
        let plain = digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<i64>().ok()).flatten()
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes, seconds] => (number(hours, 2..=6)?, minutes, seconds),
        [minutes, seconds] => (0, minutes, seconds),
        _ => return None,
    };
    let below_sixty = |part: &str| number(part, 2..=2).filter(|&number| number < 60);
    let (minutes, seconds) = (below_sixty(minutes)?, below_sixty(seconds)?);
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + number(thousandths, 3..=3)?)
}

/// Returns whether JSON is a whole cue, as it is written here, rather than somebody's params.
fn is_cue(object: &Map<String, Value>) -> bool {
    object.get("action").is_some_and(Value::is_string) && object.keys().all(|key| MEMBERS.contains(&key.as_str()))
}

/// Takes a whole cue out of its JSON, and gives its action.
fn take_cue(object: Map<String, Value>, row: &mut Row, line: usize, intake: &mut Intake) -> Option<String> {
    let mut action = None;
    for (member, value) in object {
        match (&*member, value) {
            ("action", Value::String(name)) => action = Some(name),
            ("kind", value) => {
                row.kind = value.as_str().and_then(Kind::from_word);
                if row.kind.is_none() {
                    intake.refuse(line, format!("its kind is {value}; write \"state\" or \"moment\""));
                    return None;
                }
            }
            ("end", Value::Null) => row.unset("duration"),
            ("end", other) => {
                intake.refuse(
                    line,
                    format!("its end is {other}; the times say when it ends, leave it out, or write null for none"),
                );
                return None;
            }
            (member, value) => {
                let known = MEMBERS.into_iter().find(|known| *known == member);
                known.into_iter().for_each(|known| row.set(known, value.clone()));
            }
        }
    }
    action
}

/// Keeps where and how a text is shown with the cue, for whoever shows it.
fn keep_settings(settings: &str, row: &mut Row) {
    let settings: Map<String, Value> = settings
        .split_whitespace()
        .filter_map(|setting| setting.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    if settings.is_empty() {
        return;
    }
    let mut params = row.field("params").and_then(Value::as_object).cloned().unwrap_or_default();
    params.entry("settings").or_insert(settings.into());
    row.set("params", params);
}

/// Returns the words of a text without its tags, and with the characters that its entities stand for.
fn words(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, after) = rest.split_at(at);
        words.push_str(before);
        let entity = ENTITIES.iter().find(|(entity, _)| after.starts_with(entity));
        rest = match (entity, after.find('>').filter(|_| after.starts_with('<'))) {
            (Some((entity, character)), _) => {
                words.push_str(character);
                &after[entity.len()..]
            }
            (None, Some(end)) => &after[end + 1..],
            (None, None) => {
                words.push_str(&after[..1]);
                &after[1..]
            }
        };
    }
    words.push_str(rest);
    words.trim().to_owned()
}

fn export(rundown: &Rundown, _: &Terms) -> Result<Exported, Remark> {
    let title = rundown.title().replace("-->", "->");
    let mut text = format!("WEBVTT {}\n", title.trim());
    let last = rundown.cues().iter().filter_map(|cue| cue.end().or(Some(cue.time()))).max().unwrap_or(Position::START);
    // What never ends is shown until everything is over.
    let over = last.max(Position::START + rundown.duration().unwrap_or(Span::ZERO)) + SHOWN;
    for (cue, row) in rundown.cues().iter().zip(row::of_rundown(rundown)) {
        let end = cue.end().unwrap_or(if cue.kind() == Kind::State { over } else { cue.time() + SHOWN });
        text.push('\n');
        if let Some(id) = row.field("id").and_then(Value::as_str) {
            text.push_str(&format!("{id}\n"));
        }
        text.push_str(&format!("{} --> {}\n{}\n", stamp(cue.time()), stamp(end), said(cue, &row)));
    }
    Ok(Exported { text, remarks: Vec::new() })
}

/// Writes a cue as JSON on one line. The arrow, which ends a cue, can only be within a text and is escaped there.
fn said(cue: &Cue, row: &Row) -> String {
    let mut members = Map::new();
    for (name, value) in row.fields().filter(|(name, _)| MEMBERS.contains(name)) {
        members.insert(name.to_owned(), value.clone());
    }
    members.insert("kind".to_owned(), cue.kind().as_str().into());
    if cue.end().is_none() {
        members.insert("end".to_owned(), json!(null));
    }
    Value::Object(members).to_string().replace("-->", "--\\u003e")
}

fn stamp(at: Position) -> String {
    let clock = clock(at);
    if clock.contains('.') { clock } else { format!("{clock}.000") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::tests::{cues, refused};

    #[test]
    fn metadata_becomes_cues_and_foreign_json_their_params() {
        let track = "\u{feff}WEBVTT - Spring gala\r\n\r\nNOTE for\r\nthe desk\r\n\r\n\
            song1\r\n00:09:20.000 --> 00:13:20.500\r\n{\"action\":\"startSong\",\"track\":\"music\",\r\n\"params\":{\"song\":1}}\r\n\r\n\
            burst\n10:03.500 --> 10:04.000 align:start position:10%\n{\"count\":3}\n\n\n\
            01:00:00.000 --> 01:00:01.000\n{\"action\":\"bell\",\"kind\":\"moment\",\"end\":null}\n";
        let imported = FORMAT.import(track, &Terms::default()).unwrap();
        assert_eq!(imported.rundown.title(), "Spring gala");
        assert!(imported.sheet.contains("\"note\": \"for the desk\""), "{}", imported.sheet);
        assert_eq!(
            cues(&FORMAT, track, &Terms::default()),
            ["560000-800500 song1 startSong music", "603500-604000 burst burst", "3600000 bell bell"]
        );
        let params = imported.rundown.cues()[1].params().unwrap();
        assert_eq!(
            serde_json::to_value(params).unwrap(),
            json!({ "count": 3, "settings": { "align": "start", "position": "10%" } })
        );
    }

    #[test]
    fn subtitles_become_messages() {
        let track = "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n1\n00:01.000 --> 00:02.000\n<v Anna>One &amp; <i>two</i>\n3 < 4 & more";
        let imported = FORMAT.import(track, &Terms::default()).unwrap();
        let [cue] = imported.rundown.cues() else { panic!() };
        assert_eq!((cue.id(), cue.action()), ("1", "caption"));
        assert_eq!(cue.message().unwrap().values().next().unwrap(), "One & two\n3 < 4 & more");
        assert_eq!(imported.remarks[0].line, Some(3));
    }

    #[test]
    fn what_is_no_track_is_refused_line_by_line() {
        let terms = Terms::default();
        assert_eq!(
            refused(&FORMAT, "1\n00:00:01,000 --> 00:00:02,000\nHi\n", &terms),
            ["1 it does not begin with WEBVTT"]
        );
        assert_eq!(refused(&FORMAT, "", &terms), ["1 it does not begin with WEBVTT"]);
        assert_eq!(refused(&FORMAT, "WEBVTT\n", &terms), ["- there is no cue in the file"]);
        let bad = "WEBVTT\n\nhello\n\n1\n00:00:01,000 --> 00:00:02.000\nHi\n\n00:05.000 --> 00:04.000\nHi\n\n\
            00:05.000 --> 00:60.000\nHi\n\n00:05.000 --> 00:06.000\n\n00:05.000 --> 00:06.000\n{\"action\":\"a\",\"kind\":\"x\"}\n\n\
            00:05.000 --> 00:06.000\n{\"action\":\"a\",\"end\":7}\n";
        assert_eq!(
            refused(&FORMAT, bad, &terms),
            [
                "3 it is no cue",
                "6 \"00:00:01",
                "9 it ends at 00:04.000",
                "12 \"00:60.000\" is not a WebVTT time",
                "15 it does not say what is to be done",
                "17 its kind is \"x\"",
                "20 its end is 7",
            ]
        );
    }
}
