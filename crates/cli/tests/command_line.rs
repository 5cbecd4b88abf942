//! What the binary does without a server: usage, sheets, tokens, times.

mod harness;

use harness::{Directory, downbeat, run};
use serde_json::json;

#[test]
fn what_cannot_be_understood_is_a_usage_error() {
    for arguments in [&[][..], &["dance"], &["seek"], &["pause", "--severity", "bad"], &["rate", "9"], &["announce"]] {
        let run = downbeat(arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(!run.err.is_empty());
    }
}

#[test]
fn with_json_a_usage_error_is_one_object_too() {
    let run = downbeat(&["seek", "--json"]);
    assert_eq!(run.code, 2);
    let json = run.json();
    assert_eq!((&json["ok"], &json["code"], &json["error"]["code"]), (&json!(false), &json!(2), &json!("usage")));
    assert!(json["error"]["message"].as_str().unwrap().contains("<POSITION>"));
}

#[test]
fn help_and_version_are_no_errors() {
    let help = downbeat(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for line in ["    5  conflict", "    9  written, but not visible", "  130  interrupted", "tokenFile"] {
        assert!(help.out.contains(line), "{line} is not in\n{}", help.out);
    }
    let version = concat!("downbeat ", env!("CARGO_PKG_VERSION"));
    assert_eq!(downbeat(&["-V"]).out, format!("{version}\n"));
    let commit = option_env!("DOWNBEAT_COMMIT").map(|commit| format!(" (commit {commit})")).unwrap_or_default();
    assert_eq!(downbeat(&["--version"]).out, format!("{version}{commit}\n"));
    assert!(downbeat(&["pause", "--help"]).out.contains("It needs no sheet, no build and no repository"));
}

#[test]
fn a_missing_server_says_what_sets_it() {
    let run = downbeat(&["status"]);
    assert_eq!(run.code, 2);
    for way in ["--server", "DOWNBEAT_SERVER", "[profile.local]"] {
        assert!(run.err.contains(way), "{}", run.err);
    }
}

#[test]
fn a_missing_token_says_what_sets_it() {
    let run = run(&["pause", "--yes"], &[("DOWNBEAT_SERVER", "http://127.0.0.1:1")]);
    assert_eq!(run.code, 7);
    for way in ["--token-file", "DOWNBEAT_TOKEN", "downbeat token new"] {
        assert!(run.err.contains(way), "{}", run.err);
    }
}

#[test]
fn a_server_that_is_not_there_is_a_network_error() {
    let run = downbeat(&["status", "--server", "http://127.0.0.1:1"]);
    assert_eq!(run.code, 8);
    assert!(run.err.contains("connection refused") && run.err.contains("next: check the address"), "{}", run.err);
}

#[test]
fn a_bad_sheet_is_invalid_input_with_every_place() {
    let directory = Directory::new();
    let (bad, good) = (directory.path("bad.json"), directory.path("good.json"));
    std::fs::write(&bad, "[\n  { \"time\": 1, \"acton\": \"x\" }\n]\n").unwrap();
    std::fs::write(&good, "[{ \"time\": 560, \"action\": \"startSong1\" }]").unwrap();
    let (bad, good) = (bad.to_str().unwrap(), good.to_str().unwrap());

    let checked = downbeat(&["cues", "check", good, bad]);
    assert_eq!(checked.code, 3);
    assert!(checked.out.contains(&format!("─[{bad}:2:16]\n")), "{}", checked.out);
    assert!(checked.out.contains("did you mean \"action\"?"), "{}", checked.out);
    let json = downbeat(&["cues", "check", bad, "--json"]).json();
    assert_eq!((&json["ok"], &json["code"]), (&json!(false), &json!(3)));
    assert_eq!(json["diagnostics"][0]["line"], json!(2));
    assert_eq!(downbeat(&["cues", "check", good]).code, 0);
    assert_eq!(downbeat(&["cues", "compile", bad]).code, 3);
    assert_eq!(downbeat(&["cues", "check", "no-such-file"]).code, 2);
}

#[test]
fn compiled_to_standard_output_are_exactly_the_bytes_of_the_rundown() {
    let directory = Directory::new();
    let (sheet, out) = (directory.path("sheet.json"), directory.path("rundown.json"));
    std::fs::write(&sheet, "[{ \"time\": 560, \"action\": \"startSong1\" }]").unwrap();
    let (sheet, path) = (sheet.to_str().unwrap(), out.to_str().unwrap());
    let digest = downbeat(&["cues", "compile", sheet, "--out", path, "--quiet"]).out;
    let bytes = std::fs::read(&out).unwrap();
    assert_eq!(downbeat(&["cues", "compile", sheet]).out.as_bytes(), bytes);
    assert_eq!(downbeat_sheet::digest_of(&bytes).to_string(), digest.trim());
}

#[cfg(unix)]
#[test]
fn a_token_goes_into_a_file_only_its_owner_can_read_and_is_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = Directory::new();
    let file = directory.path("maria.token");
    let path = file.to_str().unwrap();
    let made = downbeat(&["token", "new", "--id", "maria", "--scopes", "read,operate", "--out", path, "--json"]);
    assert_eq!(made.code, 0);
    let text = std::fs::read_to_string(&file).unwrap();
    let token: downbeat_wire::Token = text.trim_end().parse().unwrap();
    assert_eq!(made.json()["entry"]["sha256"], json!(token.sha256()));
    assert_eq!(made.json()["entry"]["scopes"], json!(["operate", "read"]));
    assert!(!made.out.contains(token.expose()), "a token in a file stays out of logs");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let again = downbeat(&["token", "new", "--id", "maria", "--out", path]);
    assert_eq!(again.code, 2);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn a_token_is_shown_once_with_its_entry() {
    let json = downbeat(&["token", "new", "--id", "ci", "--scopes", "publish", "--expires", "90d", "--json"]).json();
    let token: downbeat_wire::Token = json["token"].as_str().unwrap().parse().unwrap();
    assert_eq!(json["entry"]["sha256"], json!(token.sha256()));
    assert!(json["entry"]["expires"].as_i64().unwrap() > 1_790_000_000_000);
    let past = downbeat(&["token", "new", "--id", "ci", "--expires", "2020-01-01T00:00:00Z"]);
    assert_eq!(past.code, 3, "{}", past.err);
}

#[test]
fn doctor_says_what_is_missing_and_how_to_mend_it() {
    let run = downbeat(&["doctor"]);
    assert_eq!(run.code, 2);
    assert!(run.out.contains("fail  server") && run.out.contains("DOWNBEAT_SERVER"), "{}", run.out);
    let unreachable = downbeat(&["doctor", "--server", "http://127.0.0.1:1", "--json"]);
    assert_eq!((unreachable.code, &unreachable.json()["code"]), (8, &json!(8)));
}

#[test]
fn completions_and_manual_pages_are_made_from_the_same_command_line() {
    assert!(downbeat(&["completions", "bash"]).out.contains("--token-file"));
    let directory = Directory::new();
    assert_eq!(downbeat(&["man", "--out", directory.path("").to_str().unwrap()]).code, 0);
    let page = std::fs::read_to_string(directory.path("downbeat-cues-publish.1")).unwrap();
    assert!(page.contains("point the event at it"), "{page}");
    assert!(downbeat(&["man"]).out.contains("130"));
}
