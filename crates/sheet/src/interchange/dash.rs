//! Event streams of DASH manifests (ISO/IEC 23009-1, 5.10.2), as dash.js and other players dispatch them.

use core::fmt::Write as _;
use downbeat_core::cueing::Late;
use downbeat_core::{Position, Span};
use serde_json::Value;

use super::exchange::{Exported, FormatOptions, Remark};
use super::format::Format;
use super::rows;
use super::vtt::whole_cue;
use crate::rundown::{Cue, Kind, Rundown};
use crate::source::Crew;

/// The format of event streams.
pub(super) const FORMAT: Format = Format {
    name: "dash",
    about: "an EventStream of a DASH manifest, to put into a Period; JSON in each Event",
    loses: "",
    import: None,
    export: Some(export),
};

/// What the events are: a page asks its player for this scheme.
const SCHEME: &str = "urn:downbeat:cue:2026";

fn export(rundown: &Rundown, crew: &Crew, options: &FormatOptions) -> Result<Exported, Remark> {
    let start = Span::from_millis(options.file_start_ms()?);
    rows::check_begin(rundown, start, "--start 00:10:00")?;
    let rows = rows::rows_of(rundown, crew);
    let mut text = format!("<EventStream schemeIdUri=\"{SCHEME}\" timescale=\"1000\">\n");
    for (id, (cue, row)) in rundown.cues().iter().zip(&rows).enumerate() {
        let at = (cue.time() + start - Position::START).as_millis();
        // Writing to a String cannot fail.
        let _ = write!(text, "  <Event id=\"{}\" presentationTime=\"{at}\"", id + 1);
        if let Some(duration) = duration(cue) {
            let _ = write!(text, " duration=\"{}\"", duration.as_millis());
        }
        let mut members = whole_cue(cue, row);
        members.insert("id".to_owned(), cue.id().into());
        let _ = writeln!(text, ">{}</Event>", escaped(&Value::Object(members).to_string()));
    }
    text.push_str("</EventStream>\n");
    if let Some(manifest) = &options.inject {
        text = injected(manifest, &text)?;
    }
    Ok(Exported { text, remarks: rows::changed_ids(&rows).into_iter().collect() })
}

/// Returns for how long somebody who comes later still gets a cue; `None` if there is no end to that.
fn duration(cue: &Cue) -> Option<Span> {
    match (cue.end(), cue.late()) {
        (Some(end), _) => Some(end - cue.time()),
        (None, Late::Within(late)) => Some(late),
        (None, Late::Skip) if cue.kind() == Kind::Moment => Some(Span::ZERO),
        (None, _) => None,
    }
}

/// Returns a manifest with an event stream in its first period: before the adaptation sets, where the schema has it.
fn injected(manifest: &str, stream: &str) -> Result<String, Remark> {
    let refused = |problem: &str, remedy: &str| Err(Remark::file(problem, remedy));
    if manifest.contains(SCHEME) {
        return refused("the manifest already has cues", "put them into the manifest as the packager wrote it");
    }
    let Some(at) = find(manifest, "<AdaptationSet") else {
        return refused("the manifest has no AdaptationSet", "give the manifest of DASH (.mpd) that players load");
    };
    let line = manifest[..at].rfind('\n').map_or(0, |end| end + 1);
    let indent = &manifest[line..at];
    // On a line with others it stays there.
    let (at, indent) = if indent.trim().is_empty() { (line, indent) } else { (at, "") };
    let stream: String = stream.lines().map(|line| format!("{indent}{line}\n")).collect();
    Ok(format!("{}{stream}{}", &manifest[..at], &manifest[at..]))
}

/// Returns where a tag begins, outside comments.
fn find(xml: &str, tag: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let found = from + xml[from..].find(tag)?;
        match xml[from..found].find("<!--") {
            None => return Some(found),
            Some(comment) => from += comment + xml[from + comment..].find("-->")?,
        }
    }
}

/// Escapes a text for XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;

    fn exported(sheet: &str, start: Option<&str>) -> Result<String, String> {
        let compiled = compile(sheet);
        let rundown = compiled.rundown.expect("the sheet is valid");
        let options = FormatOptions { start: start.map(str::to_owned), ..FormatOptions::default() };
        FORMAT.export(&rundown, &options).map(|exported| exported.text).map_err(|error| error.message())
    }

    #[test]
    fn a_cue_is_an_event_that_lasts_as_long_as_it_can_still_come() {
        let sheet = r#"[
            {"time": "0:01:00", "action": "startSong", "track": "music", "duration": "4m"},
            {"time": "0:02:00", "action": "flash", "late": {"within": "2s"}, "params": {"text": "<Go & cheer>"}},
            {"time": "0:03:00", "action": "bow"}
        ]"#;
        let text = exported(sheet, None).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], r#"<EventStream schemeIdUri="urn:downbeat:cue:2026" timescale="1000">"#);
        assert!(
            lines[1].starts_with(r#"  <Event id="1" presentationTime="60000" duration="240000">{"action":"startSong""#)
        );
        assert!(lines[2].starts_with(r#"  <Event id="2" presentationTime="120000" duration="2000">"#), "{text}");
        assert!(lines[2].contains(r#""text":"&lt;Go &amp; cheer&gt;""#), "{text}");
        assert!(lines[3].starts_with(r#"  <Event id="3" presentationTime="180000""#), "{text}");
        assert_eq!(lines[4], "</EventStream>");
    }

    #[test]
    fn cues_are_put_before_the_first_adaptation_set() {
        let sheet = r#"[{"time": "0:00:01", "action": "bow", "id": "bow"}]"#;
        let rundown = compile(sheet).rundown.expect("the sheet is valid");
        let inject = |manifest: &str| {
            let options = FormatOptions { inject: Some(manifest.to_owned()), ..FormatOptions::default() };
            FORMAT.export(&rundown, &options).map(|exported| exported.text).map_err(|error| error.message())
        };
        let manifest = "<MPD>\n<!-- <AdaptationSet> -->\n  <Period>\n    <AdaptationSet/>\n  </Period>\n</MPD>\n";
        let text = inject(manifest).unwrap();
        let (before, after) = text.split_once("    <EventStream").unwrap();
        assert!(before.ends_with("<Period>\n"), "{text}");
        assert!(after.ends_with("    </EventStream>\n    <AdaptationSet/>\n  </Period>\n</MPD>\n"), "{text}");
        assert!(inject("<MPD><Period><AdaptationSet/></Period></MPD>").unwrap().contains("<Period><EventStream"));
        assert!(inject(&text).unwrap_err().contains("already"));
        assert!(inject("#EXTM3U").unwrap_err().contains("AdaptationSet"));
        let options = FormatOptions { inject: Some(manifest.to_owned()), ..FormatOptions::default() };
        let vtt = crate::interchange::Format::named("vtt").unwrap();
        assert!(vtt.export(&rundown, &options).unwrap_err().message().contains("--inject"));
    }

    #[test]
    fn what_comes_before_the_period_is_refused_unless_the_event_begins_within_it() {
        let sheet = r#"[{"time": "-0:05:00", "action": "doors"}]"#;
        assert!(exported(sheet, None).unwrap_err().contains("--start"));
        assert!(exported(sheet, Some("00:10:00")).unwrap().contains(r#"presentationTime="300000""#));
    }
}
