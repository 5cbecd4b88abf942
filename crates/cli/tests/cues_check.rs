//! `cues check` as a shell sees it: every example sheet, and the lines that are shown.

mod harness;

use std::path::PathBuf;

use harness::{Directory, downbeat, run};
use serde_json::{Value, json};

/// Gives the sheets in a folder of `cues/`, sorted by name.
fn sheets(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../cues").join(folder);
    let mut paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file() && !path.to_string_lossy().ends_with(".expected.json"));
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

fn expected(sheet: &std::path::Path) -> Vec<Value> {
    serde_json::from_str(&std::fs::read_to_string(sheet.with_extension("expected.json")).unwrap()).unwrap()
}

/// Writes a sheet with one error and one warning.
fn faulty(directory: &Directory) -> String {
    let path = directory.path("faulty.json");
    std::fs::write(&path, "[\n  { \"time\": \"9:20\", \"acton\": 1, \"action\": \"a\" }\n]\n").unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn good_sheets_pass_all_at_once() {
    let sheets = sheets("good");
    let paths = sheets.iter().map(|path| path.to_str().unwrap());
    let run = downbeat(&["cues", "check"].into_iter().chain(paths).collect::<Vec<_>>());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert_eq!(run.out.lines().last().unwrap(), format!("{} sheets: no errors", sheets.len()));
}

#[test]
fn each_bad_sheet_gets_its_codes_and_their_places() {
    for sheet in sheets("bad") {
        let path = sheet.to_str().unwrap();
        let expected = expected(&sheet);
        let codes: Vec<&str> = expected.iter().map(|one| one["code"].as_str().unwrap()).collect();

        let json = downbeat(&["cues", "check", path, "--json"]).json();
        let found = json["sheets"][0]["diagnostics"].as_array().unwrap().iter().map(|one| {
            json!({ "code": one["code"], "pointer": one["pointer"], "line": one["line"], "column": one["column"] })
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{path}");
        let exit = if json["errors"] == 0 { 0 } else { 3 };

        let human = downbeat(&["cues", "check", path]);
        assert_eq!((human.code, human.err.as_str()), (exit, ""), "{path}");
        let heads = human.out.lines().filter_map(|line| {
            line.strip_prefix("error DB")
                .or_else(|| line.strip_prefix("warning DB"))
                .map(|number| format!("DB{number}"))
        });
        assert_eq!(heads.collect::<Vec<_>>(), codes, "{path}");
        for one in &expected {
            let place = format!("─[{path}:{}:{}]\n", one["line"], one["column"]);
            assert!(human.out.contains(&place), "{place} is not in\n{}", human.out);
        }
    }
}

#[test]
fn standard_input_is_a_sheet_too() {
    let run = downbeat(&["cues", "check", "-"]);
    assert_eq!(run.code, 3);
    assert!(run.out.contains("─[stdin:1:1]") && run.out.contains("\nstdin: 1 error\n"), "{}", run.out);
}

#[test]
fn only_the_colour_goes_where_it_is_piped() {
    let directory = Directory::new();
    let sheet = faulty(&directory);
    let coloured = run(&["cues", "check", &sheet], &[("CLICOLOR_FORCE", "1")]).out;
    let plain = downbeat(&["cues", "check", &sheet]).out;
    assert!(coloured.contains("\u{1b}[") && !plain.contains('\u{1b}'), "{coloured}");
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn compiling_and_publishing_show_the_same_lines() {
    let directory = Directory::new();
    let sheet = faulty(&directory);
    let checked = downbeat(&["cues", "check", &sheet]).out;
    let excerpts = checked.split(&format!("{sheet}: ")).next().unwrap();
    assert!(excerpts.contains(&format!("╭─[{sheet}:2:21]\n")), "{excerpts}");
    let server = ["--server", "http://127.0.0.1:1"];
    for task in ["compile", "publish"] {
        let run = downbeat(&["cues", task, &sheet, server[0], server[1]]);
        assert_eq!((run.code, run.out.as_str()), (3, ""), "{task}");
        assert!(run.err.starts_with(excerpts), "{}", run.err);
    }
}
