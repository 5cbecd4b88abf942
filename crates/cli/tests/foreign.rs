//! What others wrote moves no cursor, reorders and hides nothing, fakes no line, and no secret is repeated.

mod harness;

use downbeat_core::words::is_hidden;
use harness::{Directory, Fake, HOSTILE, Mood, Run, TOKEN, downbeat, run, run_in};
use serde_json::{Value, json};

/// The commands that print what a server wrote.
const COMMANDS: &[&[&str]] = &[
    &["status"],
    &["status", "--quiet"],
    &["event", "show"],
    &["event", "list"],
    &["log"],
    &["log", "--verify"],
    &["report"],
    &["doctor"],
    &["pause", "--dry-run"],
    &["pause", "--yes", "--message", "Back soon"],
    &["announce", "Hello", "--yes"],
    &["undo", "--yes"],
    &["event", "set", "--title", "Gala", "--yes"],
    &["cues", "at", "--live"],
    &["cues", "history"],
    &["clock", "measure"],
];

/// In how many parts the texts of an answer are replaced: with all at once, no answer could be read.
const PARTS: usize = 7;

/// Asserts that a terminal obeys nothing in what was printed, except this program's own styles.
fn assert_tame(run: &Run, context: &str) {
    for text in [&run.out, &run.err] {
        let mut rest = text.as_str();
        while let Some(at) = rest.find(|char: char| is_hidden(char) && char != '\n') {
            let style = &rest[at..rest[at..].find('m').map_or(rest.len(), |end| at + end + 1)];
            let is_style = style.strip_prefix("\x1b[").and_then(|style| style.strip_suffix('m'));
            assert!(
                is_style
                    .is_some_and(|codes| codes.len() <= 6 && codes.split(';').all(|code| code.parse::<u8>().is_ok())),
                "{context}: {style:?} in {text:?}"
            );
            rest = &rest[at + style.len()..];
        }
        assert!(!text.lines().any(|line| line.starts_with("error: FAKE")), "{context} fakes a line: {text}");
        assert!(!text.contains("s3cret"), "{context} repeats a token: {text}");
    }
}

#[test]
fn nothing_that_a_server_writes_is_obeyed_by_the_terminal() {
    let mut shown = 0;
    for part in 0..PARTS {
        let fake = Fake::start(Mood::Hostile { part, of: PARTS });
        for command in COMMANDS {
            let variables = [("DOWNBEAT_SERVER", &*fake.url), ("DOWNBEAT_TOKEN", TOKEN), ("CLICOLOR_FORCE", "1")];
            let printed = run(&[command, &["--timeout", "500ms"][..]].concat(), &variables);
            assert_tame(&printed, &format!("{} (part {part})", command.join(" ")));
            shown += usize::from((printed.out + &printed.err).contains("<U+202E>"));
        }
    }
    assert!(shown > 20, "only {shown} of the commands showed the text at all");
}

#[test]
fn json_has_the_text_exactly_and_nothing_that_a_terminal_obeys() {
    let mut exact = 0;
    for part in 0..PARTS {
        let fake = Fake::start(Mood::Hostile { part, of: PARTS });
        let variables = [("DOWNBEAT_SERVER", &*fake.url), ("DOWNBEAT_TOKEN", TOKEN)];
        for command in [&["status"][..], &["log"], &["pause", "--yes"]] {
            let printed = run(&[command, &["--json", "--timeout", "500ms"]].concat(), &variables);
            assert!(!printed.out.chars().any(|char| is_hidden(char) && char != '\n'), "{:?}", printed.out);
            exact += usize::from(has(&printed.json(), HOSTILE));
        }
    }
    assert!(exact > 3, "only {exact} answers had it");
}

fn has(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Array(values) => values.iter().any(|value| has(value, wanted)),
        Value::Object(members) => members.values().any(|value| has(value, wanted)),
        _ => false,
    }
}

#[test]
fn a_sheet_from_somebody_else_is_shown_and_not_obeyed() {
    let directory = Directory::new();
    let sheet = json!({ "id": "x", "title": HOSTILE, "acton": HOSTILE, "cues": [
        { "time": 1, "action": HOSTILE, "id": HOSTILE, HOSTILE: 1 }, { "time": HOSTILE, "action": "a" },
    ] });
    let raw = "[{ \"time\": 1, \"action\": \"\u{202e}a\u{9b}b\", \"\u{200b}id\": \"dbt_otto_s3cret\" }]";
    let good =
        json!({ "id": "x", "title": HOSTILE, "cues": [{ "time": 1, "action": "a\u{202e}", "id": "b\u{2066}" }] });
    for (name, text) in [("bad.json", sheet.to_string()), ("raw.json", raw.to_owned()), ("good.json", good.to_string())]
    {
        std::fs::write(directory.path(name), text).unwrap();
        for command in [
            &["cues", "check"][..],
            &["cues", "check", "--format", "github"],
            &["cues", "check", "--format", "sarif"],
            &["cues", "at", "1"],
            &["cues", "diff", "good.json"],
            &["cues", "preview", "--out", "out.html"],
        ] {
            let printed = run_in(&directory, &[command, &[name]].concat(), &[("CLICOLOR_FORCE", "1")], b"");
            assert_tame(&printed, &format!("{} {name}", command.join(" ")));
        }
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    const SECRET: &str = "dbt_otto_s3cretS3cret0123456789";
    const URL: &str = "https://maria:s3cret@downbeat.example.com";
    for arguments in [
        &["status", "--event", SECRET][..],
        &["status", "--server", SECRET],
        &["status", "--server", URL],
        &["status", "--server", "http://127.0.0.1:1/dbt_otto_s3cretS3cret0123456789"],
        &["status", "--profile", SECRET],
        &["status", SECRET],
        &[SECRET],
        &["pause", "--token-file", SECRET, "--server", "http://127.0.0.1:1"],
        &["pause", "--id", SECRET, "--at", SECRET],
        &["seek", SECRET],
        &["log", "--limit", SECRET],
        &["cues", "check", SECRET],
        &["cues", "check", "--explain", SECRET],
        &["cues", "publish", SECRET, "--target", "s3://maria:s3cret@bucket"],
        &["emergency", "deliver", "--target", URL],
        &["pause", "--break-glass", "--key-file", SECRET, "--server", "http://127.0.0.1:1"],
        &["load", SECRET],
        &["load", URL],
    ] {
        for json in [false, true] {
            let run = downbeat(&[arguments, if json { &["--json"][..] } else { &[] }].concat());
            assert_ne!(run.code, 0, "{arguments:?}");
            assert_tame(&run, &arguments.join(" "));
        }
    }
    for (name, value) in [
        ("DOWNBEAT_EVENT", SECRET),
        ("DOWNBEAT_SERVER", SECRET),
        ("DOWNBEAT_SERVER", URL),
        ("DOWNBEAT_TOKEN", "dbt_otto_s3cret with a space"),
        ("DOWNBEAT_TOKEN_FILE", SECRET),
        ("DOWNBEAT_PROFILE", SECRET),
        ("DOWNBEAT_TARGET", "s3://maria:s3cret@bucket"),
        ("DOWNBEAT_TIMEOUT", SECRET),
    ] {
        for command in [&["pause", "--yes"][..], &["cues", "history"], &["doctor"]] {
            assert_tame(&run(command, &[(name, value)]), name);
        }
    }
}

#[test]
fn a_token_goes_unencrypted_to_no_other_machine_unless_asked_to() {
    // An address of a network that is only for documentation: whoever connects to it waits in vain.
    let elsewhere = [("DOWNBEAT_SERVER", "http://192.0.2.7:1"), ("DOWNBEAT_TOKEN", TOKEN)];
    for command in [&["pause", "--yes"][..], &["log"], &["event", "list"], &["event", "set", "--title", "x", "--yes"]] {
        let refused = run(&[command, &["--json", "--timeout", "1s"]].concat(), &elsewhere);
        assert_eq!((refused.code, &refused.json()["error"]["code"]), (2, &json!("insecure")), "{}", refused.out);
    }
    let allowed = run(&["log", "--insecure", "--json", "--timeout", "300ms"], &elsewhere);
    assert_eq!(allowed.code, 8, "{}", allowed.out);
}
