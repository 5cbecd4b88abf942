//! The page: the static picture, the cues as a table, and the values from which a script draws the interactive picture.

use core::fmt::Write as _;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::axis::{begin_ms, extent_ms};
use super::escape::{Escaped, json_in_script};
use super::lane::lanes;
use super::{Picture, REMARKS_MAX, ROWS_MAX, crowd, svg, text, words};
use crate::diagnostic::Level;
use crate::rundown::Late;

/// The parts of the script, one module together.
const SCRIPT: &str = concat!(
    include_str!("page/setup.js"),
    include_str!("page/layout.js"),
    include_str!("page/picture.js"),
    include_str!("page/join.js"),
    include_str!("page/input.js"),
    include_str!("page/table.js"),
    include_str!("page/begin.js"),
);
const STYLE: &str = include_str!("page.css");

/// Writes the page.
pub(super) fn page(picture: &Picture<'_>) -> String {
    let heading = words::heading(picture);
    let picture_style = svg::style();
    let rundown = picture.rundown;
    let facts = words::facts(picture, crowd::busiest_minute(rundown.cues()));
    // Browsers accept exactly these styles and this script, and load nothing.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}' 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        base64(&Sha256::digest(STYLE)),
        base64(&Sha256::digest(&picture_style)),
        base64(&Sha256::digest(SCRIPT)),
    );
    let mut out = String::with_capacity(256 * 1_024);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"downbeat cues preview\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n<style>{picture_style}</style>\n</head>\n<body>\n",
        Escaped(&heading)
    );
    let _ = write!(
        out,
        "<header>\n<h1>{}</h1>\n<p class=\"facts\">{}</p>\n<p class=\"identity\">{}</p>\n</header>\n<main>\n",
        Escaped(&heading),
        facts.iter().map(|fact| format!("<span>{}</span>", Escaped(fact))).collect::<Vec<_>>().join(" "),
        Escaped(&words::identity(picture)),
    );
    out.push_str(include_str!("page.html").split_once("<!-- picture -->").map_or("", |(before, _)| before));
    out.push_str(&svg::draw(picture, svg::Embedding::InPage));
    out.push_str(include_str!("page.html").split_once("<!-- picture -->").map_or("", |(_, after)| after));
    remarks(&mut out, picture);
    table(&mut out, picture);
    let shown = json_in_script(&shown(picture).to_string());
    let _ = write!(
        out,
        "</main>\n<script type=\"application/json\" id=\"shown\">{shown}</script>\n<script type=\"module\">{SCRIPT}</script>\n</body>\n</html>\n"
    );
    out
}

fn remarks(out: &mut String, picture: &Picture<'_>) {
    let all = picture.worst_first();
    let _ = writeln!(
        out,
        "<section aria-labelledby=\"remarks-title\">\n<h2 id=\"remarks-title\">Errors and warnings</h2>\n<p>{}</p>",
        Escaped(&words::verdict(picture))
    );
    if !all.is_empty() {
        out.push_str("<ol class=\"remarks\" id=\"remarks\">\n");
        for remark in all.iter().take(REMARKS_MAX) {
            let level = remark.level;
            let _ = write!(out, "<li class=\"{level}\"><b>{level} {}</b> ", remark.code);
            if let Some(place) = &remark.place {
                let _ = write!(out, "<code>{}</code> ", Escaped(place));
            }
            let _ = write!(out, "<span>{}</span>", Escaped(&remark.message));
            if let Some(hint) = &remark.hint {
                let _ = write!(out, " <i>{}</i>", Escaped(hint));
            }
            out.push_str("</li>\n");
        }
        out.push_str("</ol>\n");
        if all.len() > REMARKS_MAX {
            let rest = words::count(all.len() - REMARKS_MAX, "");
            let _ = writeln!(out, "<p>and {rest} more, which <code>downbeat cues check</code> lists</p>");
        }
    }
    out.push_str("</section>\n");
}

/// Writes the cues as a table; page/table.js writes the same rows for those that are searched for.
fn table(out: &mut String, picture: &Picture<'_>) {
    let cues = picture.rundown.cues();
    let levels = picture.levels();
    out.push_str(
        "<section aria-labelledby=\"cues-title\">\n<h2 id=\"cues-title\">Cues</h2>\n\
         <form id=\"filter\" role=\"search\" aria-label=\"Cues\" hidden></form>\n\
         <p id=\"count\" role=\"status\">",
    );
    let listed = cues.len().min(ROWS_MAX);
    let _ = match cues.len() - listed {
        0 => write!(out, "{}", words::count(listed, "cue")),
        rest => {
            write!(out, "the first {}; {} more with JavaScript", words::count(listed, "cue"), words::count(rest, ""))
        }
    };
    out.push_str(
        "</p>\n<table role=\"table\" aria-labelledby=\"cues-title\">\n<thead role=\"rowgroup\"><tr role=\"row\">",
    );
    for column in columns(picture) {
        let _ = write!(out, "<th role=\"columnheader\" scope=\"col\">{column}</th>");
    }
    out.push_str("</tr></thead>\n<tbody role=\"rowgroup\" id=\"rows\">\n");
    for (index, level) in levels.iter().enumerate().take(ROWS_MAX) {
        row(out, picture, index, level.map(Level::as_str));
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

/// The table's columns; the last is omitted if the sheet says nothing for the crew.
const COLUMNS: [&str; 10] = ["Time", "Cue", "Track", "Action", "Kind", "Late", "Needs", "Params", "Message", "Notes"];

/// Returns the columns that are shown.
fn columns(picture: &Picture<'_>) -> &'static [&'static str] {
    let has_notes = picture.crew.iter().any(|said| !words::crew(said).is_empty());
    if has_notes { &COLUMNS } else { &COLUMNS[..9] }
}

fn row(out: &mut String, picture: &Picture<'_>, index: usize, level: Option<&str>) {
    let mut fields = cells(picture, index);
    if let Some(level) = level {
        fields[1].push_str(&format!(" ({level})"));
    }
    let _ = write!(out, "<tr role=\"row\" class=\"{}\">", level.unwrap_or_default());
    for (column, field) in columns(picture).iter().zip(&fields) {
        let class = if field.is_empty() { " class=\"none\"" } else { "" };
        let _ = write!(out, "<td role=\"cell\" data-column=\"{column}\"{class}>{}</td>", Escaped(field));
    }
    out.push_str("</tr>\n");
}

/// Returns the cells of a cue.
fn cells(picture: &Picture<'_>, index: usize) -> [String; 10] {
    let cue = &picture.rundown.cues()[index];
    let message = cue.message().into_iter().flatten();
    [
        words::when(cue),
        cue.id().to_owned(),
        cue.track().unwrap_or_default().to_owned(),
        cue.action().to_owned(),
        cue.kind().as_str().to_owned(),
        words::late(cue.late()),
        cue.needs().map(words::needs).unwrap_or_default(),
        cue.params_json().unwrap_or_default().to_owned(),
        message.map(|(locale, words)| format!("{locale}: {words}")).collect::<Vec<_>>().join("\n"),
        picture.crew.get(index).map(words::crew).unwrap_or_default(),
    ]
}

/// Returns the data for page/setup.js.
fn shown(picture: &Picture<'_>) -> Value {
    let rundown = picture.rundown;
    let lanes = lanes(rundown);
    let mut lane_of = vec![0; rundown.cues().len()];
    for (number, lane) in lanes.iter().enumerate() {
        lane.cues.iter().for_each(|&cue| lane_of[cue] = number);
    }
    let levels = picture.levels();
    let shown_columns = columns(picture).len();
    let cues = rundown.cues().iter().zip(lane_of).zip(levels).enumerate();
    let cues = cues.map(|(index, ((cue, lane), level))| {
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        put("cells", json!(cells(picture, index)[..shown_columns]));
        put("name", json!(words::caption(cue)));
        put("time", json!(cue.time().as_millis()));
        put("lane", json!(lane));
        if let Some(end) = cue.end() {
            put("end", json!(end.as_millis()));
        }
        if let Some(level) = level {
            put("level", json!(level.as_str()));
        }
        if let Late::Within(window) = cue.late() {
            put("within", json!(window.as_millis()));
        }
        Value::Object(shown)
    });
    let remarks = picture.worst_first().into_iter().take(REMARKS_MAX).map(|remark| {
        json!({
            "cues": remark.cues.iter().take(REMARKS_MAX).collect::<Vec<_>>(),
            "text": text::cut(&words::remark_text(remark), 400),
        })
    });
    let busiest = crowd::busiest_minute(rundown.cues()).filter(|&(_, count)| count > 1);
    json!({
        "busiest": busiest.map(|(from, _)| from.as_millis()),
        "begin": begin_ms(rundown),
        "extent": extent_ms(rundown),
        "duration": rundown.duration().map(|duration| duration.as_millis()),
        "lanes": lanes.iter().map(|lane| json!({ "name": lane.name, "note": lane.note, "colour": lane.colour })).collect::<Vec<_>>(),
        "cues": cues.collect::<Vec<_>>(),
        "remarks": remarks.collect::<Vec<_>>(),
    })
}

/// Returns bytes as Base64 (RFC 4648, section 4), as a content security policy writes digests.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |nth: usize| u32::from(chunk.get(nth).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for nth in 0..4 {
            let digit = char::from(DIGITS[(bits >> (18 - 6 * nth) & 63) as usize]);
            out.push(if nth <= chunk.len() { digit } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let examples = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, encoded) in examples {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
