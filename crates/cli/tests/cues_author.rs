//! The commands of those who write sheets, as a shell sees them.

mod harness;

use std::fs;
use std::path::PathBuf;

use harness::{Directory, Fake, Mood, Run, TOKEN, downbeat, run_in};
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

fn cues(sheet: &str) -> String {
    format!("{{ \"version\": 1, \"title\": \"Show\", \"cues\": [{sheet}] }}")
}

#[test]
fn files_that_are_no_sheets_are_refused_by_every_command() {
    let directory = Directory::new();
    let good = file(&directory, "good.json", "[]");
    let folder = directory.path("").to_str().unwrap().to_owned();
    let cases = [
        ("no-such-file.json".to_owned(), 2),
        (folder, 2),
        (file(&directory, "empty.json", ""), 3),
        (file(&directory, "latin.json", b"[{\"time\":1,\"action\":\"\xe9\"}]"), 3),
        (file(&directory, "cut.json", "[{\"time\":1,"), 3),
    ];
    for (path, exit) in &cases {
        for arguments in [
            &["at", "10:03", path][..],
            &["join", "10:03", path],
            &["diff", path, &good],
            &["diff", &good, path],
            &["export", "csv", path],
            &["schema", "--for", path],
            &["fmt", path],
            &["fmt", "--check", path],
        ] {
            let before = fs::read(path).ok();
            let run = run(&directory, &[&["cues"], arguments].concat());
            let said = format!("{}{}", run.out, run.err);
            assert_eq!(run.code, *exit, "{arguments:?} {said:.2000}");
            assert!(!said.is_empty() && said.len() < 10_000, "{arguments:?} {said:.200}");
            assert_eq!(fs::read(path).ok(), before);
            let json = downbeat(&[&["cues"], arguments, &["--json"]].concat());
            assert_eq!(json.json()["code"], json!(exit), "{arguments:?}");
        }
    }
}

#[test]
fn a_sheet_over_the_limit_is_refused_with_the_limit() {
    let directory = Directory::new();
    let huge = file(&directory, "huge.json", format!("[{}]", " ".repeat(11 << 20)));
    let run = run(&directory, &["cues", "at", "10:03", &huge]);
    assert!(run.code == 3 && run.err.contains("10 MiB") && run.err.len() < 10_000, "{:.2000}", run.err);
}

#[test]
fn a_beginning_passes_the_check_and_overwrites_nothing() {
    let directory = Directory::new();
    let made = run(&directory, &["cues", "init", "gala"]);
    assert_eq!((made.code, made.err.as_str()), (0, ""), "{}", made.out);
    assert!(made.out.contains("wrote gala/show.cues.jsonc\n") && made.out.contains("cues check gala/show.cues.jsonc"));
    let checked = run(&directory, &["cues", "check", "--deny", "warnings", "gala/show.cues.jsonc"]);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""), "{}", checked.out);
    assert_eq!(run(&directory, &["cues", "fmt", "--check", "gala/show.cues.jsonc"]).code, 0);
    let schema = fs::read_to_string(directory.path("gala/downbeat.schema.json")).unwrap();
    assert_eq!(schema, downbeat(&["cues", "schema"]).out);
    let settings: Value =
        serde_json::from_slice(&fs::read(directory.path("gala/.vscode/settings.json")).unwrap()).unwrap();
    assert_eq!(settings["json.schemas"][0]["url"], "./downbeat.schema.json");

    // What is there with the same content stays, and one with other content stands in the way of all.
    let again = run(&directory, &["cues", "init", "gala", "--json"]).json();
    assert_eq!((&again["ok"], &again["written"]), (&json!(true), &json!([])));
    fs::write(directory.path("gala/.vscode/settings.json"), "{}").unwrap();
    let refused = run(&directory, &["cues", "init", "gala/second.jsonc"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(
        refused.err.contains("settings.json exists already") && refused.err.contains("--no-editor"),
        "{}",
        refused.err
    );
    assert!(!directory.path("gala/second.jsonc").exists());
    assert_eq!(run(&directory, &["cues", "init", "gala/second.jsonc", "--no-editor"]).code, 0);
    assert!(directory.path("gala/second.jsonc").exists());
    fs::write(directory.path("gala/show.cues.jsonc"), "// mine\n[]").unwrap();
    let refused = run(&directory, &["cues", "init", "gala", "--no-editor"]);
    assert!(refused.err.contains("gala/show.cues.jsonc exists already"), "{}", refused.err);
    assert_eq!(fs::read_to_string(directory.path("gala/show.cues.jsonc")).unwrap(), "// mine\n[]");
}

#[test]
fn nothing_is_written_without_need() {
    let directory = Directory::new();
    assert!(run(&directory, &["cues", "init", "--dry-run"]).out.contains("would write show.cues.jsonc\n"));
    assert!(!directory.path("show.cues.jsonc").exists());
    let sheet = file(&directory, "a.json", "[ ]");
    assert_eq!(run(&directory, &["cues", "fmt", "-n", &sheet]).out, format!("would format {sheet}\n"));
    assert_eq!(fs::read_to_string(&sheet).unwrap(), "[ ]");
    run(&directory, &["cues", "schema", "-o", "s.json", "-n"]);
    run(&directory, &["cues", "export", "csv", &sheet, "-o", "s.json", "-n"]);
    assert!(!directory.path("s.json").exists());
}

#[test]
fn sheets_are_laid_out_and_the_broken_one_is_left() {
    let directory = Directory::new();
    let untidy = "// first\n[{\"time\":1,\"action\":\"a\" /* why */},]";
    let tidy = "// first\n[\n  {\n    \"time\": 1,\n    \"action\": \"a\" /* why */\n  }\n]\n";
    let (one, done) = (file(&directory, "one.json", untidy), file(&directory, "done.json", tidy));
    let broken = file(&directory, "broken.json", "[{\"time\" 1}]");

    let checked = run(&directory, &["cues", "fmt", "--check", &one, &done]);
    assert_eq!((checked.code, checked.out), (4, format!("would format {one}\nwould format 1 of 2 sheets\n")));
    assert_eq!(fs::read_to_string(&one).unwrap(), untidy);
    assert_eq!(run(&directory, &["cues", "fmt", "--check", "-q", &one, &done]).out, format!("{one}\n"));

    let all = run(&directory, &["cues", "fmt", &broken, &one, &done]);
    assert_eq!(all.code, 3);
    assert!(
        all.out.contains(&format!("─[{broken}:1:10]")) && all.out.contains("1 sheet left as it was"),
        "{}",
        all.out
    );
    assert_eq!(fs::read_to_string(&one).unwrap(), tidy);
    assert_eq!(fs::read_to_string(&broken).unwrap(), "[{\"time\" 1}]");
    assert_eq!(run(&directory, &["cues", "fmt", &one, &done]).out, "2 sheets formatted already\n");
    let files = directory.path("").read_dir().unwrap().count();
    assert_eq!(files, 3, "nothing is left beside them");

    let piped = run_in(&directory, &["cues", "fmt", "-"], &[], untidy.as_bytes());
    assert_eq!((piped.code, piped.out.as_str(), piped.err.as_str()), (0, tidy, ""));
    assert_eq!(run_in(&directory, &["cues", "fmt", "-", "--check"], &[], untidy.as_bytes()).code, 4);
    let json = run_in(&directory, &["cues", "fmt", "-", "--json"], &[], untidy.as_bytes()).json();
    assert_eq!((&json["text"], &json["changed"]), (&json!(tidy), &json!(["stdin"])));
    assert_eq!(run(&directory, &["cues", "fmt", "-", &one]).code, 2);
}

#[cfg(unix)]
#[test]
fn laying_out_keeps_permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let directory = Directory::new();
    let sheet = file(&directory, "sheet.json", "[ ]");
    fs::set_permissions(&sheet, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("sheet.json", directory.path("link.json")).unwrap();
    assert_eq!(run(&directory, &["cues", "fmt", "link.json"]).code, 0);
    assert!(fs::symlink_metadata(directory.path("link.json")).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&sheet).unwrap(), "[]\n");
    assert_eq!(fs::metadata(&sheet).unwrap().permissions().mode() & 0o777, 0o640);
    fs::write(&sheet, "[ ]").unwrap();
    fs::set_permissions(&sheet, fs::Permissions::from_mode(0o440)).unwrap();
    assert_eq!(run(&directory, &["cues", "fmt", "sheet.json"]).code, 2);
    assert_eq!(fs::read_to_string(&sheet).unwrap(), "[ ]");
}

#[test]
fn the_schema_of_a_project_knows_its_names() {
    let general = downbeat(&["cues", "schema", "--json"]).json();
    assert_eq!(general["schema"]["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let directory = Directory::new();
    let gala = example("gala.json");
    let written = run(&directory, &["cues", "schema", "--for", &gala, "-o", "gala.schema.json"]);
    assert_eq!((written.code, written.out.as_str()), (0, "wrote gala.schema.json\n"));
    let schema = fs::read_to_string(directory.path("gala.schema.json")).unwrap();
    assert!(schema.contains("\"startSong\"") && schema.contains("\"fx\""), "{schema}");
    assert!(run(&directory, &["cues", "schema", "-o", "no/such/folder.json"]).err.contains("no/such/folder.json"));
}

#[test]
fn at_says_what_is_on_and_what_comes() {
    let gala = example("gala.json");
    let run = downbeat(&["cues", "at", "10:03", &gala, "--next", "2"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], format!("Spring gala ({gala}) at 00:10:03.000"));
    assert_eq!(
        lines[2..],
        [
            "on",
            "  00:02:00.000  stage  curtain      scene      32 min 57 s left, to 00:43:00.000  name=stage",
            "      > The moderator is on stage from here to the intermission.",
            "  00:09:15.000  light  song1-light  lights     3 min 22 s left, to 00:13:25.000   color=#7c3aed level=0.8",
            "  00:09:20.000  music  song1        startSong  3 min 17 s left, to 00:13:20.000   song=1 title=First light",
            "",
            "next",
            "  00:10:03.500  fx  burst1  particles  in 0.5 s       “Sing!”",
            "  00:12:31.250  fx  burst2  particles  in 2 min 28 s  color=#facc15 count=240",
            "  … and 24 more",
        ]
    );
    // A moment that takes time is on too.
    let json = downbeat(&["cues", "at", "10:04", &gala, "--next", "1", "--json"]).json();
    let ids = |name: &str| json[name].as_array().unwrap().iter().map(|cue| cue["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids("on"), ["curtain", "song1-light", "song1", "burst1"]);
    assert_eq!((&json["on"][3]["left"], ids("next")), (&json!(3_500), vec![json!("burst2")]));
    assert_eq!((&json["position"], &json["coming"], &json["live"]), (&json!(604_000), &json!(25), &Value::Null));
    assert_eq!(
        downbeat(&["cues", "at", "10:04", &gala, "--next", "1", "-q"]).out,
        "on curtain\non song1-light\non song1\non burst1\n00:12:31.250 burst2\n"
    );
    let after = downbeat(&["cues", "at", "2h", &gala]).out;
    assert!(after.ends_with("\non\n  nothing\n\nnext\n  nothing more\n"), "{after}");
    for time in ["noon", "", "1:2:3:4"] {
        let refused = downbeat(&["cues", "at", time, &gala]);
        assert!(refused.code == 2 && refused.err.contains("12:30 (M:SS)"), "{}", refused.err);
    }
}

#[test]
fn what_the_crew_should_know_stands_below_its_cue() {
    let directory = Directory::new();
    let sheet = file(
        &directory,
        "sheet.json",
        r#"[{ "id": "a", "time": 60, "action": "x", "until": 3600, "note": "to the end", "flags": ["dark"] },
            { "id": "b", "time": 1200, "action": "y", "owner": "Ana", "group": "act 1" }, { "id": "c", "time": 1300, "action": "y" }]"#,
    );
    let at = run(&directory, &["cues", "at", "2:00", &sheet]).out;
    assert!(at.contains("\n      > to the end (dark)\n"), "{at}");
    assert!(at.contains("  b  y  in 18 min\n      > Ana, act 1\n"), "{at}");
    let join = run(&directory, &["cues", "join", "2:00", &sheet]).out;
    assert!(join.contains("\n      > to the end (dark)\n"), "{join}");
    let json = downbeat(&["cues", "at", "2:00", &sheet, "--json"]).json();
    assert_eq!(json["next"][0]["crew"], json!({ "note": null, "owner": "Ana", "group": "act 1", "flags": [] }));
    assert_eq!(json["next"][1].get("crew"), None);
    let page = downbeat(&["cues", "preview", &sheet, "-o", "-", "--format", "html"]).out;
    assert!(page.contains("data-column=\"Notes\">to the end\ndark</td>"), "{page}");
}

#[test]
fn a_rundown_and_standard_input_will_do_as_well() {
    let rundown = downbeat(&["cues", "compile", &example("tiny.json")]).out;
    let directory = Directory::new();
    let by_hand = run_in(&directory, &["cues", "at", "9:20", "-"], &[], rundown.as_bytes());
    assert_eq!(by_hand.code, 0);
    let compiled = file(&directory, "rundown.json", &rundown);
    assert_eq!(run(&directory, &["cues", "diff", &compiled, &example("tiny.json")]).code, 0);
    assert_eq!(run(&directory, &["cues", "fmt", "--check", &compiled]).code, 0, "its bytes are its name");
}

#[test]
fn join_says_of_each_cue_what_a_late_viewer_sees_and_why() {
    let run = downbeat(&["cues", "join", "10:04", &example("gala.json")]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    for line in [
        "  00:09:20.000  music  song1        startSong  goes on from 00:00:44  it lasts until 00:13:20\n",
        "  00:10:03.500  fx     burst1       particles  fires                  it may be up to 2 s late; “Sing!”\n",
        "  00:02:03.500  fx     welcome        applause  it is a moment, which is over at once\n",
    ] {
        assert!(run.out.contains(line), "{line} is not in\n{}", run.out);
    }
    let marathon = example("marathon.jsonc");
    let some = downbeat(&["cues", "join", "20h", &marathon]).out;
    let all = downbeat(&["cues", "join", "20h", &marathon, "--all"]).out;
    assert!(some.contains(" earlier (--all shows them)\n") && some.lines().count() < 30, "{some}");
    assert!(all.lines().count() > 200 && !all.contains("--all"));
    let json = downbeat(&["cues", "join", "10:04", &example("gala.json"), "--json"]).json();
    let song = json["cues"].as_array().unwrap().iter().find(|cue| cue["id"] == "song1").unwrap();
    assert_eq!((&song["outcome"], &song["from"]), (&json!("resumes"), &json!(44_000)));
}

#[test]
fn diff_tells_what_an_author_did() {
    let directory = Directory::new();
    let before = file(
        &directory,
        "before.json",
        cues(
            r#"{ "id": "a", "time": 10, "action": "x", "params": { "n": 1, "same": true } }, { "id": "b", "time": 20, "action": "x", "duration": 5 },
           { "id": "c", "time": 30, "action": "x" }, { "time": 40, "action": "x" }"#,
        ),
    );
    let after = file(
        &directory,
        "after.json",
        cues(
            r#"{ "id": "a", "time": 10, "action": "x", "params": { "n": 2, "same": true } }, { "id": "b", "time": 22, "action": "x", "duration": 6 },
           { "id": "d", "time": 35, "action": "y", "track": "fx" }, { "time": 41, "action": "x" }"#,
        ),
    );
    let run = run(&directory, &["cues", "diff", &before, &after]);
    assert_eq!((run.code, run.err.as_str()), (4, ""));
    let expected = format!(
        "{before} → {after}: 1 added, 1 changed, 2 moved, 1 removed, the event's tracks\n\
         \n\
         \x20 00:00:10.000  changed  a        params.n 1 → 2\n\
         \x20 00:00:20.000  moved    b        to 00:00:22.000, 2 s later; also end\n\
         \x20 00:00:30.000  removed  c        x\n\
         \x20 00:00:35.000  added    d        y\n\
         \x20 00:00:40.000  moved    x@41000  to 00:00:41.000, 1 s later\n"
    );
    assert_eq!(run.out, expected);
    let json = downbeat(&["cues", "diff", &before, &after, "--json"]).json();
    assert_eq!((&json["same"], &json["error"]["code"], &json["code"]), (&json!(false), &json!("different"), &json!(4)));
    assert_eq!(
        json["cues"][1],
        json!({
            "id": "b", "change": "moved", "from": 20_000, "to": 22_000, "fields": ["end"], "earliest": 20_000, "behind": false
        })
    );
    assert_eq!(
        downbeat(&["cues", "diff", &before, &after, "-q"]).out,
        "changed a\nmoved b\nremoved c\nadded d\nmoved x@41000\n"
    );
    let same = downbeat(&["cues", "diff", &before, &before]);
    assert_eq!((same.code, same.out), (0, format!("{before} → {before}: no difference\n")));
    assert_eq!(downbeat(&["cues", "diff", &before]).code, 2);
    assert_eq!(downbeat(&["cues", "diff", &before, &after, "--live"]).code, 2);
}

/// Publishes a sheet to an event that is ten minutes old.
fn published(directory: &Directory, sheet: &str) -> Fake {
    published_to(Fake::start(Mood::Honest), directory, sheet)
}

fn published_to(fake: Fake, directory: &Directory, sheet: &str) -> Fake {
    let path = file(directory, "published.json", sheet);
    let variables = [("DOWNBEAT_SERVER", fake.url.as_str()), ("DOWNBEAT_TOKEN", TOKEN)];
    let run = run_in(directory, &["cues", "publish", &path, "--yes"], &variables, b"");
    assert_eq!(run.code, 0, "{}", run.err);
    fake
}

#[test]
fn the_events_own_rundown_is_asked_where_no_sheet_is_named() {
    let directory = Directory::new();
    let fake = published(
        &directory,
        &cues(r#"{ "id": "a", "time": 60, "action": "x", "until": 3600 }, { "id": "b", "time": 1200, "action": "y" }"#),
    );
    let server = ["--server", fake.url.as_str()];
    let now = downbeat(&["cues", "at", "now", server[0], server[1]]);
    assert_eq!(now.code, 0, "{}", now.err);
    assert!(now.out.starts_with("Show (main) at 00:10:0"), "{}", now.out);
    assert!(
        now.out.contains("a  x  50 min left, to 01:00:00.000\n") || now.out.contains("a  x  49 min"),
        "{}",
        now.out
    );
    let later = downbeat(&["cues", "at", "+15m", server[0], server[1], "--json"]).json();
    assert!((1_500_000..1_560_000).contains(&later["position"].as_i64().unwrap()), "{later}");
    assert_eq!(later["live"]["now"]["status"], "running");
    let joined = downbeat(&["cues", "join", "now", server[0], server[1]]);
    assert!(joined.out.contains("goes on from 00:09:0"), "{}", joined.out);
    // A sheet, at the event's own position.
    let mine = downbeat(&["cues", "at", "now", &example("gala.json"), server[0], server[1]]);
    assert!(mine.out.starts_with("Spring gala (") && mine.out.contains("song1"), "{}", mine.out);
    assert_eq!(downbeat(&["cues", "at", "now"]).code, 2, "without a server nobody knows where the event is");
    assert_eq!(downbeat(&["cues", "at", "now", "--event", "other", server[0], server[1]]).code, 3);
    let empty = Fake::start(Mood::Honest);
    let none = downbeat(&["cues", "at", "now", "--server", &empty.url]);
    assert!(none.code == 3 && none.err.contains("has no rundown yet"), "{}", none.err);
}

#[test]
fn what_viewers_have_been_past_is_an_error_and_what_is_ahead_is_none() {
    let directory = Directory::new();
    let first = r#"{ "id": "a", "time": 60, "action": "x" }, { "id": "b", "time": 1200, "action": "y" }"#;
    let fake = published(&directory, &cues(first));
    let server = ["--server", fake.url.as_str()];
    let diff = |sheet: &str, more: &[&str]| {
        let path = file(&directory, "edited.json", cues(sheet));
        run(&directory, &[&["cues", "diff", &path, "--live"], &server[..], more].concat())
    };
    assert_eq!(diff(first, &[]).code, 0);
    let ahead = diff(r#"{ "id": "a", "time": 60, "action": "x" }, { "id": "b", "time": 1210, "action": "y" }"#, &[]);
    assert_eq!(ahead.code, 4);
    assert!(ahead.out.starts_with("main, running 0:10:0") && !ahead.out.contains("behind"), "{}", ahead.out);
    let behind = r#"{ "id": "a", "time": 61, "action": "x" }, { "id": "b", "time": 1210, "action": "y" }"#;
    let refused = diff(behind, &[]);
    assert_eq!(refused.code, 5);
    assert!(
        refused.out.contains("moved  a  behind  to 00:01:01.000")
            && refused.out.contains("1 change lies behind 00:10:0"),
        "{}",
        refused.out
    );
    let json = diff(behind, &["--json"]).json();
    assert_eq!(
        (&json["behind"], &json["error"]["code"], &json["cues"][0]["behind"]),
        (&json!(1), &json!("behind"), &json!(true))
    );
}

#[test]
fn a_rundown_that_is_another_than_was_asked_for_is_not_believed() {
    let directory = Directory::new();
    let fake = published_to(Fake::start(Mood::SpoilsRundowns), &directory, "[{ \"time\": 1, \"action\": \"a\" }]");
    let run = downbeat(&["cues", "at", "now", "--server", &fake.url]);
    assert!(run.code == 8 && run.err.contains("is not the rundown of that name"), "{} {}", run.code, run.err);
}

#[test]
fn a_compiled_sheet_goes_to_standard_output_if_asked() {
    let directory = Directory::new();
    let run = run(&directory, &["cues", "compile", &example("tiny.json"), "-o", "-"]);
    assert_eq!((run.code, &run.out[..1]), (0, "{"), "{}", run.err);
    assert!(!directory.path("-").exists());
}

#[test]
fn no_output_is_written_over_the_sheet_it_is_made_of() {
    let directory = Directory::new();
    let songs = file(&directory, "songs.json", r#"[{ "time": 1, "action": "song" }]"#);
    let sheet = file(&directory, "show.json", r#"{ "version": 1, "include": ["./songs.json"], "cues": [] }"#);
    let another_way = directory.path("../").join(directory.path("").file_name().unwrap()).join("show.json");
    let same = another_way.to_str().unwrap();
    for out in [sheet.as_str(), songs.as_str(), same] {
        for arguments in [
            &["compile", sheet.as_str(), "-o", out][..],
            &["preview", &sheet, "--format", "svg", "-o", out],
            &["export", "csv", &sheet, "-o", out],
            &["schema", "--for", &sheet, "-o", out],
        ] {
            let before = [&sheet, &songs].map(|path| fs::read(path).unwrap());
            let run = run(&directory, &[&["cues"], arguments].concat());
            assert_eq!(run.code, 2, "{arguments:?} {}{}", run.out, run.err);
            assert!(run.err.contains("is what this is made of"), "{}", run.err);
            assert_eq!([&sheet, &songs].map(|path| fs::read(path).unwrap()), before, "{arguments:?}");
        }
    }
}
