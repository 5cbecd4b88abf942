use super::*;
use crate::rundown::Cue;

/// Returns the cues that a file becomes, as `ms(-ms) id action (track)`.
pub(super) fn cues(format: &Format, text: &str, options: &FormatOptions) -> Vec<String> {
    let imported = format.import(text, options).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    let compiled = crate::compile(&imported.sheet);
    assert_eq!(compiled.rundown.as_ref(), Some(&imported.rundown));
    assert_eq!(crate::format(&imported.sheet).as_deref(), Ok(&*imported.sheet), "it is formatted");
    imported.rundown.cues().iter().map(line).collect()
}

fn line(cue: &Cue) -> String {
    let end = cue.end().map(|end| format!("-{}", end.as_millis())).unwrap_or_default();
    let track = cue.track().map(|track| format!(" {track}")).unwrap_or_default();
    format!("{}{end} {} {}{track}", cue.time().as_millis(), cue.id(), cue.action())
}

/// Returns how a file is refused: each line's number, and the beginning of the problem.
pub(super) fn refused(format: &Format, text: &str, options: &FormatOptions) -> Vec<String> {
    let refusals = format.import(text, options).expect_err("it is refused");
    let one = |Remark { line, problem, remedy }: Remark| {
        assert!(!remedy.is_empty(), "a remedy is missing: {problem}");
        let line = line.map_or("-".to_owned(), |line| line.to_string());
        format!("{line} {}", problem.split([',', ';']).next().unwrap())
    };
    refusals.into_iter().map(one).collect()
}

#[test]
fn every_format_says_what_it_is() {
    let mut names: Vec<&str> = FORMATS.iter().map(Format::name).collect();
    assert!(names.is_sorted());
    names.dedup();
    assert_eq!(names.len(), FORMATS.len());
    for format in FORMATS {
        assert!(Format::named(format.name()).is_some() && !format.about().is_empty());
        assert!(format.imports() || format.exports());
    }
    assert!(Format::named("CSV").is_none());
    assert!(Format::named("json").unwrap().import("[]", &FormatOptions::default()).is_err());
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let huge = "x".repeat(IMPORT_BYTES_MAX + 1);
    for format in FORMATS.iter().filter(|format| format.imports()) {
        assert_eq!(refused(format, &huge, &FormatOptions::default())[0], "- the file has 33554433 bytes");
    }
}
