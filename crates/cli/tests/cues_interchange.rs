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
        assert!(back.code == 0 && back.err.contains("34 cues, from "), "{}", back.err);
        assert!(!back.err.contains("not a cue"), "{}", back.err);
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

#[test]
fn files_that_are_not_text_are_refused_as_what_they_are() {
    let directory = Directory::new();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for (name, bytes, what) in [
        ("book.csv", b"PK\x03\x04\x14\x00".to_vec(), "is an Excel workbook"),
        ("old.csv", b"\xd0\xcf\x11\xe0\xa1\xb1".to_vec(), "is an old Excel workbook"),
        ("a.csv", b"%PDF-1.7\n\xe2\xe3".to_vec(), "is a PDF"),
        ("a.txt", b"{\\rtf1\\ansi".to_vec(), "is a text with fonts"),
        ("page.csv", b"<!DOCTYPE html><html>".to_vec(), "is a web page"),
        ("latin.csv", b"time,action\n1,caf\xe9\n".to_vec(), "in line 2, the byte 0xE9 is not part of a character"),
        ("wide.csv", [utf16("time,action\n"), vec![0, 0xd8]].concat(), "is UTF-16"),
    ] {
        let path = file(&directory, name, bytes);
        let refused = run(&directory, &["cues", "import", "csv", &path]);
        assert!(refused.code == 3 && refused.err.contains(what), "{name}: {}", refused.err);
    }
    // Excel's "Unicode Text" is read.
    let marked = [vec![0xff, 0xfe], utf16("time\taction\r\n1,5\tcaf\u{e9}\r\n")].concat();
    let path = file(&directory, "unicode.txt", marked);
    let sheet = run(&directory, &["cues", "import", "csv", &path]);
    assert!(sheet.out.contains(r#"{ "time": 1.5, "action": "café" }"#), "{}{}", sheet.out, sheet.err);
    // A sheet is UTF-8.
    let sheet = file(&directory, "sheet.json", [vec![0xff, 0xfe], utf16("[]")].concat());
    assert!(run(&directory, &["cues", "check", &sheet]).err.contains("is UTF-16"));
}

#[test]
fn an_import_shows_what_it_understood_before_it_writes() {
    let directory = Directory::new();
    let book = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../sheet/tests/workbooks/running-order.xlsx");
    let book = book.to_str().unwrap();
    let order = ["cues", "import", "xlsx", book, "--start", "19:30", "-o", "gala.jsonc"];
    let looked = run(&directory, &[&order[..], &["--dry-run"]].concat());
    assert_eq!(
        (looked.code, looked.out.as_str()),
        (0, "would write gala.jsonc: \"Spring Gala 2026\", 6 cues\n"),
        "{}",
        looked.err
    );
    for line in [
        "worksheet \"Show\", header in line 3",
        "  Cue #  → id        such as 1",
        "  Dur    → duration  such as 00:25:00",
        "  Item   → action    such as Doors",
        "  Mic    left out    such as 1",
        "not a cue: 1 row, before the header: 1 \"Spring Gala 2026\"",
        "not a cue: 1 row, blank: 9",
        "not a cue: 2 rows, a heading, the group of the rows below: 5 \"ACT ONE\", 10 \"ACT TWO\"",
        "not a cue: 1 row, a total: 13 \"TOTAL\"",
        "2 rows, without a time of its own, so it begins when the one before ends: 7, 8",
        "1 row, hidden in the worksheet, and read all the same: 8",
        "6 cues, from -00:30:00.000 to 04:45:00.000",
    ] {
        assert!(looked.err.lines().any(|shown| shown == line), "{line}\n{}", looked.err);
    }
    assert!(!directory.path("gala.jsonc").exists() && !directory.path("downbeat.schema.json").exists());
    let made = run(&directory, &order);
    assert_eq!(made.code, 0, "{}", made.err);
    let sheet = fs::read_to_string(directory.path("gala.jsonc")).unwrap();
    assert!(
        sheet.contains("\"$schema\": \"./downbeat.schema.json\"") && directory.path("downbeat.schema.json").exists()
    );
    assert_eq!(run(&directory, &["cues", "check", "gala.jsonc", "--deny", "warnings"]).code, 0);
    let json = run(&directory, &[&order[..], &["--yes", "--json"]].concat()).json();
    assert_eq!(json["understood"]["columns"][3], json!({ "name": "Item", "field": "action", "example": "Doors" }));
    assert_eq!((&json["first"], &json["schema"]), (&json!(-1_800_000), &json!(null)));
    // Under another name, and with columns that are named.
    let bytes = fs::read(book).unwrap();
    let csv = file(&directory, "order.csv", bytes);
    let refused = run(&directory, &["cues", "import", "csv", &csv]);
    assert!(refused.code == 3 && refused.err.contains("next: import it as xlsx"), "{}", refused.err);
    let table = file(&directory, "go.csv", "Go!,What\n5,a\n");
    let mapped = run(&directory, &["cues", "import", "csv", &table, "--map", "Go!=time"]);
    assert!(mapped.out.contains(r#"{ "time": 5, "action": "a" }"#), "{}{}", mapped.out, mapped.err);
    assert_eq!(run(&directory, &["cues", "import", "csv", &table, "--map", "Go!"]).code, 2);
}

#[test]
fn times_of_day_are_read_against_the_start_and_its_zone() {
    let directory = Directory::new();
    let table = file(&directory, "night.csv", "time,action\n01:45,a\n03:10,b\n04:00,c\n");
    let times = |arguments: &[&str]| -> Vec<i64> {
        let out = run(&directory, &[&["cues", "import", "csv", &table], arguments].concat());
        assert_eq!(out.code, 0, "{}", out.err);
        let compiled = run_in(&directory, &["cues", "compile", "-"], &[], out.out.as_bytes()).out;
        let compiled: Value = serde_json::from_str(&compiled).unwrap();
        compiled["cues"].as_array().unwrap().iter().map(|cue| cue["time"].as_i64().unwrap() / 60_000).collect()
    };
    assert_eq!(times(&["--start", "01:30"]), [15, 100, 150]);
    assert_eq!(times(&["--start", "1:30 AM"]), [15, 100, 150]);
    // In this night the clocks go from 02:00 to 03:00, and in October from 03:00 back to 02:00.
    assert_eq!(times(&["--start", "2026-03-29 01:30", "--tz", "Europe/Berlin"]), [15, 40, 90]);
    assert_eq!(times(&["--start", "2026-10-25 01:30", "--tz", "Europe/Berlin"]), [15, 160, 210]);
    assert_eq!(times(&["--start", "2026-03-29T00:30:00Z", "--tz", "Europe/Berlin"]), [15, 40, 90]);
    let skipped =
        run(&directory, &["cues", "import", "csv", &table, "--start", "2026-03-29 02:30", "--tz", "Europe/Berlin"]);
    assert!(skipped.code == 3 && skipped.err.contains("does not exist in Europe/Berlin"), "{}", skipped.err);
}

#[test]
fn paths_for_github_are_those_of_the_repository() {
    let directory = Directory::new();
    fs::create_dir_all(directory.path("shows/gala")).unwrap();
    file(&directory, "shows/gala/a.json", "[");
    let within = |folder: &str, path: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_downbeat"));
        let out =
            command.current_dir(directory.path(folder)).args(["cues", "check", path, "--format", "github"]).output();
        String::from_utf8(out.unwrap().stdout).unwrap()
    };
    assert!(within("shows", "./gala/a.json").starts_with("::error file=gala/a.json,"), "outside of a repository");
    fs::create_dir(directory.path(".git")).unwrap();
    for (folder, path) in [
        ("", "shows/gala/a.json"),
        ("shows", "./gala/a.json"),
        ("shows/gala", "a.json"),
        ("shows/gala", "../gala/a.json"),
    ] {
        let out = within(folder, path);
        assert!(out.starts_with("::error file=shows/gala/a.json,"), "{folder} {path}: {out}");
    }
}

#[test]
fn formatting_keeps_the_ends_of_lines() {
    let directory = Directory::new();
    let windows = "// head\r\n[\r\n  { \"time\": 1, \"action\": \"a\" }\r\n]\r\n";
    let path = file(&directory, "a.jsonc", windows);
    assert_eq!(run(&directory, &["cues", "fmt", "--check", &path]).code, 0);
    fs::write(&path, windows.replace("  {", "{")).unwrap();
    assert_eq!(run(&directory, &["cues", "fmt", &path]).code, 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), windows);
}

#[test]
fn messages_are_shown_in_the_sheets_first_locale() {
    let directory = Directory::new();
    let sheet = |locales: &str| {
        format!(
            r#"{{ "version": 1, {locales} "cues": [{{ "time": 1, "action": "a", "duration": "9s",
            "message": {{ "de": "Singt!", "en": "Sing!", "fr": "Chantez !" }} }}] }}"#
        )
    };
    for (locales, shown) in [
        (r#""locales": ["fr", "de", "en"],"#, "Chantez !"),
        (r#""locales": ["de", "en", "fr"],"#, "Singt!"),
        ("", "Sing!"),
    ] {
        let path = file(&directory, "a.json", sheet(locales));
        for command in ["at", "join"] {
            let out = run(&directory, &["cues", command, "5", &path]).out;
            assert!(out.contains(shown), "{command} {locales}: {out}");
        }
    }
}
