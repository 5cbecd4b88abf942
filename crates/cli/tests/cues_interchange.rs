//! Importing and exporting cue sheets, as a shell sees it.

mod harness;

use std::fs;
use std::path::PathBuf;

use harness::{Directory, Run, downbeat, run_in};
use serde_json::{Value, json};

/// Returns the path of an example sheet.
fn example(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../cues/good").join(name);
    path.to_str().unwrap().to_owned()
}

fn file(directory: &Directory, name: &str, content: impl AsRef<[u8]>) -> String {
    fs::write(directory.path(name), content).unwrap();
    directory.path(name).to_str().unwrap().to_owned()
}

fn run(directory: &Directory, arguments: &[&str]) -> Run {
    run_in(directory, arguments, &[], b"")
}

#[test]
fn files_of_other_programs_that_are_none_are_refused_too() {
    let directory = Directory::new();
    let folder = directory.path("").to_str().unwrap().to_owned();
    for (path, exit) in [
        ("no-such-file".to_owned(), 2),
        (folder, 2),
        (file(&directory, "empty", ""), 3),
        (file(&directory, "latin", b"1\t1\t\xe9"), 3),
        (file(&directory, "binary", [0, 1, 2, 3, 0, 10, 0]), 3),
        (file(&directory, "huge", "x,y,z\n".repeat(6 << 20)), 3),
        (file(&directory, "long", "x,y\n".repeat(1 << 17)), 3),
    ] {
        for format in ["audacity", "csv", "edl", "vtt"] {
            let run = run(&directory, &["cues", "import", format, &path, "--fps", "25", "-o", "made.jsonc"]);
            assert_eq!((run.code, run.out.as_str()), (exit, ""), "{format} {path} {:.2000}", run.err);
            assert!(run.err.starts_with("error: ") && run.err.contains("\nnext: "), "{:.2000}", run.err);
            assert!(run.err.len() < 20_000, "{}", run.err.len());
            assert!(!directory.path("made.jsonc").exists());
        }
    }
}

#[test]
fn what_was_imported_passes_the_check_and_is_never_overwritten_unasked() {
    let directory = Directory::new();
    let table = file(
        &directory,
        "evening.csv",
        "\u{feff}time;action;track;message.fr\r\n563,5;particles;fx;Chantez !\r\n9:20;startSong;music;\r\n",
    );
    let made = run(&directory, &["cues", "import", "csv", &table, "-o", "evening.jsonc"]);
    assert_eq!((made.code, made.out.as_str()), (0, "wrote evening.jsonc: \"evening\", 2 cues\n"));
    assert!(made.err.contains("evening.csv:3: \"9:20\" is read as minutes and seconds"), "{}", made.err);
    let checked = run(&directory, &["cues", "check", "--deny", "warnings", "evening.jsonc"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    let before = fs::read_to_string(directory.path("evening.jsonc")).unwrap();
    let labels = file(&directory, "labels.txt", "1\t2\tstart [fx]\n");
    let refused = run(&directory, &["cues", "import", "audacity", &labels, "-o", "evening.jsonc"]);
    assert!(refused.code == 2 && refused.err.contains("replace it with --yes"), "{}", refused.err);
    assert_eq!(fs::read_to_string(directory.path("evening.jsonc")).unwrap(), before);
    assert_eq!(run(&directory, &["cues", "import", "audacity", &labels, "-o", "evening.jsonc", "--yes"]).code, 0);
    let sheet = run_in(&directory, &["cues", "import", "audacity", "-"], &[], b"1\t2\tstart [fx]\n").out;
    assert!(
        sheet.contains(r#"{ "id": "start", "time": "00:00:01", "action": "start", "track": "fx", "duration": "1s" }"#),
        "{sheet}"
    );
}

#[test]
fn every_line_that_is_refused_is_named() {
    let directory = Directory::new();
    let labels = file(&directory, "labels.txt", "1\t2\tgood\n2\t1\tbad\n\n3\t3\t\n");
    let refused = run(&directory, &["cues", "import", "audacity", &labels]);
    assert_eq!((refused.code, refused.out.as_str()), (3, ""));
    assert!(
        refused.err.starts_with(&format!("error: {labels} was not imported, 2 errors:\n  {labels}:2: ")),
        "{}",
        refused.err
    );
    let json = downbeat(&["cues", "import", "audacity", &labels, "--json"]).json();
    assert_eq!((&json["error"]["code"], &json["diagnostics"][1]["line"]), (&json!("file-content"), &json!(4)));
    let named = run(&directory, &["cues", "import", "audacity", &labels, "--action", "mark"]);
    assert!(named.code == 3 && named.err.contains("1 error:"), "{}", named.err);
}

#[test]
fn what_goes_out_comes_back() {
    let directory = Directory::new();
    let gala = example("gala.json");
    for (format, terms) in
        [("csv", &[][..]), ("vtt", &[]), ("audacity", &[]), ("edl", &["--fps", "25", "--start", "10:00:00:00"])]
    {
        let out = run(&directory, &[&["cues", "export", format, &gala, "-o", "out"], terms].concat());
        assert_eq!((out.code, out.out.as_str()), (0, "wrote out: 34 cues\n"), "{}", out.err);
        assert_eq!(out.err.contains("params (29 cues)"), ["audacity", "edl"].contains(&format), "{}", out.err);
        let back = run(&directory, &[&["cues", "import", format, "out", "-o", "back.jsonc", "--yes"], terms].concat());
        assert_eq!((back.code, back.err.as_str()), (0, ""));
        let json = run(&directory, &["cues", "diff", &gala, "back.jsonc", "--json"]).json();
        let moved = json["cues"].as_array().unwrap().iter().filter(|change| change["change"] == "moved").count();
        assert_eq!(moved, if format == "edl" { 3 } else { 0 }, "{json}");
    }
    let plain = run(&directory, &["cues", "export", "json", &gala, "-o", "-"]).out;
    let plain: Value = serde_json::from_str(&plain).unwrap();
    assert_eq!(plain["cues"].as_array().unwrap().len(), 34);
    let no_rate = downbeat(&["cues", "export", "edl", &gala]);
    assert!(no_rate.code == 3 && no_rate.err.contains("next: give the rate (--fps)"), "{}", no_rate.err);
    assert_eq!(downbeat(&["cues", "export", "midi", &gala]).code, 2);
    assert_eq!(downbeat(&["cues", "export", "edl", &gala, "--fps", "31"]).code, 2);
}
