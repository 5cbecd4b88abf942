//! The sheets in `cues/`: the good ones compile without a word, the bad ones get exactly the diagnostics beside them;
//! those in `project` do too, and need more than their own text: what they include, or how many viewers there are.

use downbeat_core::Position;
use downbeat_sheet::{Compiled, Options, Rundown, Unread, compile_with};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Returns the sheets in a folder of `cues/`, sorted by name.
fn sheets(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../cues").join(folder);
    let mut paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file() && !path.to_string_lossy().ends_with(".expected.json"));
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

#[expect(clippy::disallowed_methods, reason = "the crate reads no files; its tests read the example sheets")]
fn read(path: &PathBuf) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compiles a sheet for 20,000 viewers, with what it includes beside it.
fn compile(path: &PathBuf) -> Compiled {
    #[expect(clippy::disallowed_methods, reason = "the crate reads no files; its tests read the example sheets")]
    let included = |included: &str| {
        std::fs::read_to_string(path.parent().unwrap().join(included))
            .map_err(|_| Unread::Because("no such file".to_owned()))
    };
    compile_with(&read(path), &Options { viewers: Some(20_000), ..Options::default() }, &included)
}

#[test]
fn good_sheets_compile_without_a_word() {
    for path in sheets("good") {
        let compiled = compile(&path);
        assert_eq!(compiled.diagnostics, [], "{}", path.display());
        let rundown = compiled.rundown.unwrap();
        assert_eq!(Rundown::parse(&rundown.to_bytes()).unwrap(), rundown, "{}", path.display());
    }
}

#[test]
fn bad_sheets_get_exactly_the_diagnostics_beside_them() {
    for path in [sheets("bad"), sheets("project")].concat() {
        let source = read(&path);
        let compiled = compile(&path);
        let found: Vec<Value> = compiled
            .diagnostics
            .iter()
            .map(|diagnostic| {
                let included = compiled.included.iter().find(|included| Some(&*included.path) == diagnostic.file());
                let text = included.map_or(&source, |included| &included.text);
                let (line, column) = diagnostic.line_column(text).unwrap();
                let mut found = json!({
                    "code": diagnostic.code(), "pointer": diagnostic.pointer(), "line": line, "column": column,
                    "message": diagnostic.message(), "hint": diagnostic.advice(),
                });
                let fields = found.as_object_mut().unwrap();
                fields.extend(diagnostic.file().map(|file| ("file".to_owned(), file.into())));
                found
            })
            .collect();
        let expected = read(&path.with_extension("expected.json"));
        let found = Value::from(found);
        assert_eq!(found, serde_json::from_str::<Value>(&expected).unwrap(), "{}: {found}", path.display());
    }
}

#[test]
fn every_code_has_a_bad_sheet() {
    let shown: BTreeSet<&str> = [sheets("bad"), sheets("project")]
        .concat()
        .iter()
        .flat_map(|path| compile(path).diagnostics)
        .map(|said| said.code())
        .collect();
    let all: Vec<String> = (100..600).map(|number| format!("DB{number}")).collect();
    let all: BTreeSet<&str> =
        all.iter().map(String::as_str).filter(|code| downbeat_sheet::explain(code).is_some()).collect();
    assert_eq!(shown, all);
}

#[test]
fn every_message_says_what_to_do() {
    for path in [sheets("bad"), sheets("project")].concat() {
        for diagnostic in compile(&path).diagnostics {
            let message = diagnostic.message();
            assert!(message.contains("; ") && message.len() < 400, "{}: {message}", path.display());
            assert!(!diagnostic.advice().is_empty() && diagnostic.advice() != message, "{}: {message}", path.display());
        }
    }
}

#[test]
fn the_gala_is_what_it_says() {
    let gala = sheets("good").into_iter().find(|path| path.ends_with("gala.json")).unwrap();
    let rundown = compile(&gala).rundown.unwrap();
    assert_eq!(rundown.duration().unwrap().as_millis(), 5_400_000);
    let burst = rundown.cue("burst1").unwrap();
    assert_eq!((burst.time().as_millis(), burst.end().unwrap().as_millis()), (603_500, 607_500));
    assert_eq!(burst.message().unwrap()[&"fr".parse().unwrap()], "Chantez !");
    assert!(rundown.cue("encore-cut").is_none(), "what is disabled is not published");
}

#[test]
fn the_marathon_lasts_a_day_and_costs_as_much_to_join_anywhere() {
    let marathon = sheets("good").into_iter().find(|path| path.ends_with("marathon.jsonc")).unwrap();
    let rundown = compile(&marathon).rundown.unwrap();
    let day = 86_400_000;
    assert_eq!((rundown.duration().unwrap().as_millis(), rundown.cues().len()), (day, 24 + 24 + 5 + 288 + 1 + 7));
    let active = |ms| rundown.active(Position::from_millis(ms)).iter().map(|cue| cue.id()).collect::<Vec<_>>();
    // 00:10:00;00 is 599999 ms at 29.97 drop-frame, so the lullaby of the twelfth hour begins at 11:39:59.999.
    assert_eq!(active(41_999_998), ["dark", "act#12"]);
    assert_eq!(active(41_999_999), ["dark", "act#12", "lullaby#2"]);
    assert_eq!(active(day - 1), ["day", "anthem", "break#24"]);
    // From the checkpoint before any minute there is little to go through.
    for minute in 1..1_440 {
        let at = Position::from_millis(minute * 60_000);
        let known = rundown.checkpoints().iter().rev().find(|checkpoint| checkpoint.time() <= at);
        let from = known.map_or(0, |checkpoint| rundown.cues().len() - rundown.next(checkpoint.time()).len());
        assert!(rundown.cues().len() - rundown.next(at).len() - from <= 64, "{minute}");
    }
}

#[test]
fn laying_out_the_sheets_changes_none_of_them() {
    for path in sheets("good") {
        let laid_out = downbeat_sheet::format(&read(&path)).unwrap();
        let included = |included: &str| Ok(read(&path.parent().unwrap().join(included)));
        assert_eq!(compile_with(&laid_out, &Options::default(), &included).rundown, compile(&path).rundown);
    }
}

#[test]
fn an_evening_in_three_files_is_one_rundown() {
    let evening = sheets("project").into_iter().find(|path| path.ends_with("evening.jsonc")).unwrap();
    let rundown = compile(&evening).rundown.unwrap();
    let times = rundown.cues().iter().map(|cue| (cue.id(), cue.time().as_millis(), cue.end().unwrap().as_millis()));
    let expected = [
        ("dusk", 0, 1_079_999),
        ("song1", 599_999, 839_999),
        ("song2", 869_999, 1_079_999),
        ("dark", 1_079_999, 3_600_000),
    ];
    assert_eq!(times.collect::<Vec<_>>(), expected);
    let preload = rundown.cue("song1").unwrap().preload().unwrap();
    assert_eq!(preload.assets(), ["https://media.example/tapes/song1.ogg"]);
}
