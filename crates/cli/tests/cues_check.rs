//! `cues check` as a shell sees it: every example sheet, every form, the exit codes.

mod harness;

use std::collections::BTreeSet;
use std::path::PathBuf;

use harness::{Directory, downbeat, run};
use serde_json::{Value, json};

/// Returns the sheets in a folder of `cues/`, sorted by name.
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

/// Writes a sheet with a warning only.
fn doubtful(directory: &Directory) -> String {
    let path = directory.path("doubtful.json");
    std::fs::write(&path, "[{ \"time\": \"9:20\", \"action\": \"a\" }]").unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn good_sheets_pass_all_at_once() {
    let sheets = sheets("good");
    let paths = sheets.iter().map(|path| path.to_str().unwrap());
    let run = downbeat(&["cues", "check", "--deny", "warnings"].into_iter().chain(paths).collect::<Vec<_>>());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert_eq!(run.out.lines().last().unwrap(), format!("{} sheets: no errors", sheets.len()));
}

#[test]
fn each_bad_sheet_gets_its_codes_in_every_form() {
    for sheet in sheets("bad") {
        let path = sheet.to_str().unwrap();
        let expected = expected(&sheet);
        let codes: Vec<&str> = expected.iter().map(|one| one["code"].as_str().unwrap()).collect();

        let json = downbeat(&["cues", "check", path, "--format", "json"]).json();
        let found = json["diagnostics"].as_array().unwrap().iter().map(|one| {
            json!({
                "code": one["code"], "pointer": one["pointer"], "line": one["line"], "column": one["column"],
                "message": one["message"], "hint": one["hint"],
            })
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

        let github = downbeat(&["cues", "check", path, "--format", "github"]);
        assert_eq!(github.code, exit, "{path}");
        for code in codes.iter().collect::<BTreeSet<_>>() {
            assert!(github.out.contains(&format!(",title={code}::")), "{code} is not in\n{}", github.out);
        }

        let sarif = downbeat(&["cues", "check", path, "--format", "sarif"]);
        assert_eq!(sarif.code, exit, "{path}");
        let results = valid_sarif(&sarif.out);
        assert_eq!(results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect::<Vec<_>>(), codes);
    }
}

/// Checks what SARIF 2.1.0 requires of a log like ours (its sections 3.13 to 3.30), and gives the results.
fn valid_sarif(text: &str) -> Vec<Value> {
    let log: Value = serde_json::from_str(text).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "downbeat");
    let rules = driver["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "rules are unique");
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
        assert!(["error", "warning"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
    }
    let results = run["results"].as_array().unwrap();
    for result in results {
        assert_eq!(rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"], result["ruleId"]);
        assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let physical = &result["locations"][0]["physicalLocation"];
        assert!(!physical["artifactLocation"]["uri"].as_str().unwrap().contains(' '));
        let region = |name: &str| physical["region"][name].as_u64().unwrap();
        assert!(region("startLine") >= 1 && region("startColumn") >= 1);
        assert!((region("endLine"), region("endColumn")) >= (region("startLine"), region("startColumn")));
    }
    results.clone()
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let directory = Directory::new();
    let sheet = doubtful(&directory);
    let run = downbeat(&["cues", "check", &sheet]);
    assert_eq!(run.code, 0);
    assert!(run.out.contains(&format!("{sheet}: 1 warning; \"sheet\", 1 cue\n")), "{}", run.out);
    let denied = downbeat(&["cues", "check", &sheet, "--deny", "warnings"]);
    assert_eq!(denied.code, 3);
    assert!(denied.out.contains("warnings count as errors here (--deny warnings)\n"), "{}", denied.out);
    let json = downbeat(&["cues", "check", &sheet, "--deny", "warnings", "--json"]).json();
    assert_eq!((&json["ok"], &json["code"]), (&json!(false), &json!(3)));
    assert_eq!((&json["diagnostics"][0]["severity"], &json["errors"]), (&json!("warning"), &json!(0)));
}

#[test]
fn json_by_flag_and_by_form_is_the_same_object() {
    let directory = Directory::new();
    let sheet = faulty(&directory);
    let flag = downbeat(&["cues", "check", &sheet, "--json"]);
    assert_eq!(flag.out, downbeat(&["cues", "check", &sheet, "--format", "json"]).out);
    assert_eq!(flag.json()["diagnostics"][1]["file"], json!(sheet));
    assert_eq!(flag.json()["diagnostics"][1]["hint"], json!("did you mean \"action\"?"));
    let missing = downbeat(&["cues", "check", "no-such-file", "--format", "json"]);
    assert_eq!((missing.code, &missing.json()["error"]["code"]), (2, &json!("file")));
    assert_eq!(downbeat(&["cues", "check", &sheet, "--json", "--format", "sarif"]).code, 2);
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
fn a_code_is_explained_and_an_unknown_one_names_the_known() {
    let run = downbeat(&["cues", "check", "--explain", "DB204"]);
    assert_eq!((run.code, run.out), (0, format!("DB204: {}\n", downbeat_sheet::explain("DB204").unwrap())));
    let unknown = downbeat(&["cues", "check", "--explain", "DB999"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("the codes are DB101, ") && unknown.err.contains("DB204"), "{}", unknown.err);
    assert_eq!(downbeat(&["cues", "check"]).code, 2);
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

#[test]
fn what_is_wrong_in_an_included_file_is_shown_there() {
    for sheet in sheets("project") {
        let path = sheet.to_str().unwrap();
        let folder = sheet.parent().unwrap();
        let json = downbeat(&["cues", "check", path, "--viewers", "20000", "--format", "json"]).json();
        let found = json["diagnostics"].as_array().unwrap().iter().map(
            |one| json!({ "code": one["code"], "line": one["line"], "column": one["column"], "file": one["file"] }),
        );
        let expected = expected(&sheet).into_iter().map(|one| {
            let file = one["file"].as_str().map_or(sheet.clone(), |file| folder.join(file));
            json!({ "code": one["code"], "line": one["line"], "column": one["column"], "file": file })
        });
        assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{path}");
    }
}

#[cfg(unix)]
#[test]
fn an_include_that_is_a_link_out_of_the_folder_is_refused_and_nothing_of_it_is_shown() {
    let directory = Directory::new();
    std::fs::create_dir_all(directory.path("show/parts")).unwrap();
    std::fs::write(directory.path("secret.json"), "[{ \"time\": 1, \"action\": \"hunter2\" } oops").unwrap();
    std::fs::write(directory.path("show/parts/song.json"), "[{ \"time\": 1, \"action\": \"song\" }]").unwrap();
    std::os::unix::fs::symlink(directory.path("secret.json"), directory.path("show/out.json")).unwrap();
    std::os::unix::fs::symlink("parts/song.json", directory.path("show/in.json")).unwrap();
    let check = |include: &str| {
        let sheet = directory.path("show/sheet.json");
        let text = json!({ "version": 1, "include": [include], "cues": [] });
        std::fs::write(&sheet, text.to_string()).unwrap();
        downbeat(&["cues", "check", sheet.to_str().unwrap()])
    };
    let refused = check("./out.json");
    assert_eq!(refused.code, 3);
    assert!(refused.out.contains("error DB111") && !refused.out.contains("hunter2"), "{}", refused.out);
    let taken = check("./in.json");
    assert_eq!(taken.code, 0, "{}", taken.out);
    let folder = check("./parts");
    assert!(folder.out.contains("DB110") && folder.out.contains("it is not a file"), "{}", folder.out);
}
