//! `cues preview` as a shell sees it: what it writes, where, and when it does not.

mod harness;

use harness::{Directory, downbeat};

/// Writes a sheet and gives its path.
fn sheet(directory: &Directory, text: &str) -> String {
    let path = directory.path("show.json");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const GOOD: &str = r#"[{ "id": "song", "time": 560, "action": "startSong", "duration": "4m" }]"#;
const FAULTY: &str = r#"[{ "id": "song", "time": 560, "action": "startSong" }, { "time": "soon", "action": "a" }]"#;

#[test]
fn the_name_says_the_format() {
    let directory = Directory::new();
    let sheet = sheet(&directory, GOOD);
    for (name, beginning) in [("show.svg", "<svg "), ("show.html", "<!doctype html>"), ("SHOW.HTM", "<!doctype html>")]
    {
        let out = directory.path(name);
        std::fs::write(&out, "what was there before").unwrap();
        let run = downbeat(&["cues", "preview", &sheet, "-o", out.to_str().unwrap()]);
        let written = std::fs::read_to_string(&out).unwrap();
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{name}");
        let (name, bytes) = (out.display(), written.len());
        assert_eq!(run.out, format!("wrote {name}: \"sheet\", 1 cue, {bytes} bytes\n"));
        assert!(written.starts_with(beginning), "{name}");
        assert!(written.contains("show.json · rundown "), "{name}");
    }
}

#[test]
fn standard_output_gets_the_picture_and_nothing_else() {
    let directory = Directory::new();
    let sheet = sheet(&directory, GOOD);
    let out = directory.path("show.svg");
    downbeat(&["cues", "preview", &sheet, "-o", out.to_str().unwrap()]);
    let piped = downbeat(&["cues", "preview", &sheet, "-o", "-", "--format", "svg"]);
    assert_eq!((piped.code, piped.out), (0, std::fs::read_to_string(&out).unwrap()));
    let nameless = downbeat(&["cues", "preview", &sheet, "-o", "-"]);
    assert_eq!(nameless.code, 2);
    assert!(nameless.err.contains("add --format html or --format svg"), "{}", nameless.err);
}

#[test]
fn an_unknown_ending_is_asked_about() {
    let directory = Directory::new();
    let sheet = sheet(&directory, GOOD);
    let out = directory.path("show.png");
    let run = downbeat(&["cues", "preview", &sheet, "-o", out.to_str().unwrap()]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("ends neither in .html nor in .svg"), "{}", run.err);
    assert!(!out.exists());
}

#[test]
fn a_sheet_with_errors_is_drawn_as_far_as_it_goes() {
    let directory = Directory::new();
    let sheet = sheet(&directory, FAULTY);
    let out = directory.path("show.html");
    let run = downbeat(&["cues", "preview", &sheet, "-o", out.to_str().unwrap()]);
    assert_eq!(run.code, 0);
    assert!(run.err.contains("DB201"), "{}", run.err);
    assert!(run.out.contains("a sheet with errors is drawn as far as it can be read"), "{}", run.out);
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(written.contains("<b>error DB201</b> <code>show.json:1:"), "{written}");
}

#[test]
fn what_cannot_be_drawn_is_said_as_check_says_it() {
    let directory = Directory::new();
    let sheet = sheet(&directory, "[{ \"time\": ");
    let out = directory.path("show.svg");
    let run = downbeat(&["cues", "preview", &sheet, "-o", out.to_str().unwrap()]);
    let check = downbeat(&["cues", "check", &sheet, "--quiet"]);
    assert_eq!(run.code, 3);
    assert!(run.err.starts_with(&check.out) && check.out.contains("DB101"), "{}", run.err);
    assert!(!out.exists());
}

#[test]
fn programs_are_told_what_was_written() {
    let directory = Directory::new();
    let sheet = sheet(&directory, FAULTY);
    let out = directory.path("show.svg");
    let json = downbeat(&["cues", "preview", &sheet, "-o", out.to_str().unwrap(), "--json"]).json();
    assert_eq!(json["ok"], true);
    assert_eq!(json["out"], out.to_str().unwrap());
    assert_eq!(json["bytes"], std::fs::metadata(&out).unwrap().len());
    assert_eq!((&json["cues"], &json["errors"]), (&1.into(), &1.into()));
    assert!(json["rundown"].is_null(), "a sheet with errors has no rundown");
    assert_eq!(json["diagnostics"][0]["code"], "DB201");
}

#[test]
fn a_dry_run_writes_nothing() {
    let directory = Directory::new();
    let sheet = sheet(&directory, GOOD);
    let out = directory.path("show.svg");
    let run = downbeat(&["cues", "preview", &sheet, "-o", out.to_str().unwrap(), "--dry-run"]);
    assert!(run.code == 0 && run.out.starts_with("would write "), "{}", run.out);
    assert!(!out.exists());
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let directory = Directory::new();
    let sheet = sheet(&directory, GOOD);
    let out = directory.path("nowhere/show.svg");
    let run = downbeat(&["cues", "preview", &sheet, "-o", out.to_str().unwrap()]);
    assert!(run.code != 0 && run.err.contains("nowhere/show.svg"), "{}", run.err);
}
