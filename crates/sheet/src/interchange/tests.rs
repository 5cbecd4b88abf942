use super::*;
use crate::rundown::Cue;

/// Returns the cues that a file becomes, as `ms(-ms) id action (track)`.
pub(super) fn cues(format: &Format, text: &str, terms: &Terms) -> Vec<String> {
    let imported = format.import(text, terms).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    let compiled = crate::compile(&imported.sheet);
    assert_eq!(compiled.rundown.as_ref(), Some(&imported.rundown));
    assert_eq!(crate::format(&imported.sheet).as_deref(), Ok(&*imported.sheet), "it is laid out");
    imported.rundown.cues().iter().map(line).collect()
}

fn line(cue: &Cue) -> String {
    let end = cue.end().map(|end| format!("-{}", end.as_millis())).unwrap_or_default();
    let track = cue.track().map(|track| format!(" {track}")).unwrap_or_default();
    format!("{}{end} {} {}{track}", cue.time().as_millis(), cue.id(), cue.action())
}

/// Returns how a file is refused: each line's number, and the beginning of what is said.
pub(super) fn refused(format: &Format, text: &str, terms: &Terms) -> Vec<String> {
    let refusals = format.import(text, terms).expect_err("it is refused");
    let one = |Remark { line, message }: Remark| {
        assert!(message.contains([';', ':']), "a remedy is missing: {message}");
        let line = line.map_or("-".to_owned(), |line| line.to_string());
        format!("{line} {}", message.split([',', ';']).next().unwrap())
    };
    refusals.into_iter().map(one).collect()
}

#[test]
fn every_format_says_what_it_is_and_loses_nothing_unsaid() {
    let mut names: Vec<&str> = FORMATS.iter().map(Format::name).collect();
    assert!(names.is_sorted());
    names.dedup();
    assert_eq!(names.len(), FORMATS.len());
    for format in FORMATS {
        assert!(Format::named(format.name()).is_some() && !format.about().is_empty());
        assert!(format.imports() || format.exports());
    }
    assert!(Format::named("CSV").is_none());
    assert!(Format::named("json").unwrap().import("[]", &Terms::default()).is_err());
}

#[test]
fn seconds_are_read_to_the_nearest_millisecond() {
    for (text, ms) in [
        ("0", Some(0)),
        ("563.5", Some(563_500)),
        ("563,5", Some(563_500)),
        ("1.0004", Some(1_000)),
        ("1.0005", Some(1_001)),
        ("1.9999", Some(2_000)),
        ("1.", Some(1_000)),
        (".5", None),
        ("", None),
        ("-1", None),
        ("1e3", None),
        ("1.2.3", None),
        ("9999999999", None),
    ] {
        assert_eq!(seconds_ms(text), ms, "{text}");
    }
}

#[test]
fn a_file_of_nothing_but_bytes_is_no_more_than_refused() {
    let huge = "x".repeat(IMPORT_BYTES_MAX + 1);
    for format in FORMATS.iter().filter(|format| format.imports()) {
        assert_eq!(refused(format, &huge, &Terms::default())[0], "- the file has 33554433 bytes");
    }
}
