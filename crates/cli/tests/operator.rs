//! What the binary does with a server: looking, asking, sending, reading back, and every way that can go wrong.

mod harness;

use harness::{Directory, Fake, Mood, TOKEN, downbeat, operate, run, run_in};
use serde_json::{Value, json};

#[test]
fn status_shows_where_the_event_stands() {
    let fake = Fake::start(Mood::Honest);
    let status = run(&["status"], &[("DOWNBEAT_SERVER", &fake.url)]);
    assert_eq!((status.code, status.err.as_str()), (0, ""));
    // The server's clock goes on while this runs, so what is below a second is left out.
    assert!(status.out.contains("now           running 0:10:00."), "{}", status.out);
    assert!(status.out.contains("was to begin  2024-01-01T00:00:00+00:00 (10 min ago)"), "{}", status.out);
    let json = run(&["status", "--json"], &[("DOWNBEAT_SERVER", &fake.url)]).json();
    assert_eq!((&json["ok"], &json["now"]["status"]), (&json!(true), &json!("running")));
}

#[test]
fn without_a_yes_and_a_terminal_nothing_is_sent() {
    let fake = Fake::start(Mood::Honest);
    for arguments in [&["pause"][..], &["end"], &["event", "set", "--title", "Gala"]] {
        let run = operate(&fake, arguments);
        assert_eq!((run.code, run.out.as_str()), (6, ""), "{arguments:?}");
        assert!(run.err.contains("nothing was sent") && run.err.contains("--yes"), "{}", run.err);
    }
    assert_eq!(operate(&fake, &["pause", "--dry-run"]).code, 0);
    assert_eq!(fake.changes(), [] as [Value; 0]);
}

#[test]
fn a_pause_shows_one_screen_and_how_to_undo_it() {
    let fake = Fake::start(Mood::Honest);
    let run = operate(&fake, &["pause", "--yes", "--message", "Back soon", "--actor", "maria@phone"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    for line in [
        "now           running 0:10:00.",
        "then          paused at 0:10:00.",
        "viewers see   \"Back soon\" (en), info (now no message)",
        "pause: paused at 0:10:00.500 from 2024-01-01T00:10:00.500+00:00",
        "seen at the edge after ",
        // As it was called, so that it can be copied even where "downbeat" is not on the PATH.
        &format!("undo with: {} undo 2 --event main --server {}", env!("CARGO_BIN_EXE_downbeat"), fake.url),
    ] {
        assert!(run.out.contains(line), "{line} is not in\n{}", run.out);
    }
    let [sent] = &fake.changes()[..] else { panic!("one command is sent once") };
    assert_eq!(sent["command"], json!("pause"));
    assert_eq!(sent["actor"], json!("maria@phone"));
    assert_eq!(sent.get("ifRev"), None, "the emergency is never refused as stale");
}

#[test]
fn the_undo_that_is_printed_undoes() {
    let fake = Fake::start(Mood::Honest);
    let undo = operate(&fake, &["pause", "--yes", "--json"]).json()["undo"].as_str().unwrap().to_owned();
    let arguments: Vec<&str> = undo.split(' ').skip(1).chain(["--yes", "--json"]).collect();
    let undone = operate(&fake, &arguments);
    assert_eq!(undone.code, 0, "{}{}", undone.out, undone.err);
    assert_eq!(undone.json()["then"]["status"], json!("running"));
}

#[test]
fn everything_but_a_pause_is_sent_for_the_revision_that_was_shown() {
    let fake = Fake::start(Mood::Honest);
    assert_eq!(operate(&fake, &["seek", "12:30", "--yes"]).code, 0);
    assert_eq!(fake.changes()[0]["ifRev"], json!(1));
    assert_eq!(fake.changes()[0]["position"], json!(750_000));
    let stale = operate(&fake, &["seek", "0", "--if-rev", "1", "--yes", "--reason", "retry"]);
    assert_eq!(stale.code, 5);
    assert_eq!(fake.changes().len(), 1, "what is known to be stale is not sent");
}

#[test]
fn the_server_says_what_a_command_would_do() {
    let fake = Fake::start(Mood::HeldAndFaster);
    // Only the event itself knows the rate that was set while it was held.
    let shown = operate(&fake, &["resume", "--dry-run"]);
    assert!(shown.out.contains("then          running 0:01:00.500 at rate 1.25\n"), "{}{}", shown.out, shown.err);
    let json = operate(&fake, &["resume", "--dry-run", "--json"]).json();
    assert_eq!((&json["then"]["rate"], &json["replaced"]), (&json!(1.25), &json!(false)));
    assert_eq!(json["request"]["command"], json!("resume"));
    let undone = operate(&fake, &["undo", "--dry-run"]);
    assert!(undone.out.contains("then          paused at 0:01:00.500\n"), "{}{}", undone.out, undone.err);
    let refused = operate(&fake, &["reopen", "--dry-run"]);
    assert_eq!(refused.code, 5, "a refusal is refused beforehand, too: {}", refused.out);
    assert_eq!(fake.changes(), [] as [Value; 0]);
}

#[test]
fn without_the_servers_preview_the_same_rule_is_applied_to_the_last_state() {
    let fake = Fake::start(Mood::NeverPreviews);
    let timeout = ["--timeout", "1s"];
    let shown = operate(&fake, &[&["seek", "12:30", "--dry-run"], &timeout[..]].concat());
    assert!(shown.out.contains("then          running 0:12:30.000\n"), "{}{}", shown.out, shown.err);
    let undone = operate(&fake, &[&["undo", "--dry-run"], &timeout[..]].concat());
    assert!(undone.out.contains("not known beforehand: only the server knows"), "{}{}", undone.out, undone.err);
    let asked = fake.previews();
    let paused = operate(&fake, &["pause", "--yes"]);
    assert!(paused.out.contains("then          paused at 0:10:00."), "{}{}", paused.out, paused.err);
    assert_eq!(fake.previews(), asked, "the emergency does not wait for a preview");
}

#[test]
fn a_conflict_says_who_changed_what_when_and_why() {
    let fake = Fake::start(Mood::SomebodyElse);
    let run = operate(&fake, &["seek", "12:30", "--yes"]);
    assert_eq!(run.code, 5);
    for part in ["last change: configure by otto@desk at 2024-01-01T00:10:00+00:00, because: typo", "(rev 2)", "next: "]
    {
        assert!(run.err.contains(part), "{part} is not in\n{}", run.err);
    }
    let json = operate(&fake, &["seek", "12:30", "--yes", "--json"]).json();
    assert_eq!((&json["code"], &json["error"]["code"]), (&json!(5), &json!("stale")));
    assert_eq!(json["problem"]["lastChange"]["actor"], json!("otto@desk"));
    // A pause goes through all the same.
    assert_eq!(operate(&fake, &["pause", "--yes"]).code, 0);
}

#[test]
fn an_announcement_is_given_as_text_or_per_language() {
    let fake = Fake::start(Mood::Honest);
    for arguments in [&["announce", "Doors open"][..], &["announce", "-m", "Doors open"]] {
        let announced = operate(&fake, &[arguments, &["--yes"]].concat());
        assert_eq!(announced.code, 0, "{}", announced.err);
        assert_eq!(fake.changes().last().unwrap()["message"], json!("Doors open"));
    }
    let announced = operate(&fake, &["announce", "en=Doors open", "fr=Ouverture", "--severity", "minor", "--yes"]);
    assert!(announced.out.contains("\"Doors open\" (en), \"Ouverture\" (fr), minor"), "{}", announced.out);
    assert_eq!(fake.changes().last().unwrap()["message"], json!({ "en": "Doors open", "fr": "Ouverture" }));
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_id() {
    let fake = Fake::start(Mood::LosesFirstAnswer);
    let run = operate(&fake, &["pause", "--yes", "--json"]);
    assert_eq!((run.code, &run.json()["rev"]), (0, &json!(2)), "{}", run.out);
    let [first, second] = &fake.changes()[..] else { panic!("it is sent twice") };
    assert_eq!(first["id"], second["id"]);
}

#[test]
fn a_configuration_whose_answer_was_lost_is_no_conflict() {
    let fake = Fake::start(Mood::LosesFirstAnswer);
    let run = operate(&fake, &["event", "set", "--title", "Gala", "--yes", "--json"]);
    assert_eq!((run.code, &run.json()["rev"]), (0, &json!(2)), "{}", run.out);
}

#[test]
fn when_nobody_knows_whether_it_arrived_it_says_so_and_how_to_find_out() {
    let fake = Fake::start(Mood::NeverAnswersChanges);
    let run = operate(&fake, &["pause", "--yes", "--timeout", "1s", "--id", "p1"]);
    assert_eq!(run.code, 8);
    for part in ["may or may not have arrived", "downbeat status --event main", "--id p1", "rev 2 or higher"] {
        assert!(run.err.contains(part), "{part} is not in\n{}", run.err);
    }
    assert!(fake.changes().len() > 1, "it was tried again");
}

#[test]
fn a_change_that_the_edge_does_not_show_is_told_with_its_undo() {
    let fake = Fake::start(Mood::FrozenEdge);
    let run = operate(&fake, &["pause", "--yes", "--timeout", "1s"]);
    assert_eq!(run.code, 9);
    for part in ["written as rev 2", "it shows rev 1", "downbeat undo 2"] {
        assert!(run.err.contains(part), "{part} is not in\n{}", run.err);
    }
    let json = operate(&fake, &["resume", "--yes", "--timeout", "1s", "--json"]).json();
    assert_eq!((&json["ok"], &json["code"], &json["rev"]), (&json!(false), &json!(9), &json!(3)));
}

#[test]
fn a_pause_does_not_wait_for_a_server_that_cannot_read() {
    let fake = Fake::start(Mood::CannotRead);
    let paused = operate(&fake, &["pause", "--yes", "--timeout", "1s"]);
    assert_eq!(paused.code, 0, "{}", paused.err);
    assert!(paused.out.contains("now           unknown"), "{}", paused.out);
    assert_eq!(operate(&fake, &["end", "--yes", "--timeout", "1s"]).code, 8);
}

#[test]
fn what_is_not_downbeat_is_told_by_its_answer() {
    let fake = Fake::start(Mood::Elsewhere);
    let run = run(&["status"], &[("DOWNBEAT_SERVER", &fake.url)]);
    assert_eq!(run.code, 8);
    assert!(run.err.contains("not as Downbeat does") && run.err.contains("<html>"), "{}", run.err);
}

#[test]
fn a_token_the_server_does_not_know_is_an_auth_error() {
    let fake = Fake::start(Mood::Honest);
    let variables = [("DOWNBEAT_SERVER", fake.url.as_str()), ("DOWNBEAT_TOKEN", "dbt_otto_0123456789abcdef")];
    let paused = run(&["pause", "--yes"], &variables);
    assert_eq!(paused.code, 7, "{}", paused.err);
    let broken = run(&["pause", "--yes"], &[("DOWNBEAT_SERVER", &fake.url), ("DOWNBEAT_TOKEN", "hunter2")]);
    assert_eq!(broken.code, 7);
    assert!(!broken.err.contains("hunter2"), "what may be a secret is not shown: {}", broken.err);
}

#[test]
fn an_unknown_event_is_invalid_input_and_a_new_one_needs_a_start() {
    let fake = Fake::start(Mood::Honest);
    assert_eq!(operate(&fake, &["pause", "--yes", "--event", "gala"]).code, 3);
    let made = operate(&fake, &["event", "set", "--title", "Gala", "--yes", "--event", "gala"]);
    assert_eq!(made.code, 2);
    assert!(made.err.contains("--starts-at"), "{}", made.err);
}

#[test]
fn a_local_time_that_exists_twice_is_refused_with_both_instants() {
    let fake = Fake::start(Mood::Honest);
    let arguments = ["event", "set", "--starts-at", "2026-10-25 02:30", "--tz", "Europe/Berlin", "--yes"];
    let run = operate(&fake, &arguments);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"), "{}", run.err);
    let json = operate(&fake, &[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(json["meant"], json!(["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]));
    assert_eq!(fake.changes(), [] as [Value; 0]);
}

#[test]
fn the_log_is_shown_and_checked() {
    let fake = Fake::start(Mood::Honest);
    assert_eq!(operate(&fake, &["pause", "--yes", "--reason", "stream is down"]).code, 0);
    let log = operate(&fake, &["log"]);
    assert!(log.out.contains("maria@desk  paused the event, because: stream is down  rev 2"), "{}", log.out);
    assert!(log.out.starts_with("Monday 1 January 2024\n  00:10:00  "), "{}", log.out);
    let long = operate(&fake, &["log", "--long"]).out;
    assert!(long.contains("hash ") && long.contains("(token maria)"), "{long}");
    let verified = operate(&fake, &["log", "--verify"]);
    assert_eq!(verified.code, 0);
    assert!(
        verified.out.starts_with("intact: 2 changes, none of them altered or left out\nnot proven: "),
        "{}",
        verified.out
    );
}

#[test]
fn only_the_colour_goes_when_the_output_is_piped() {
    let fake = Fake::start(Mood::Honest);
    let environment = [("DOWNBEAT_SERVER", fake.url.as_str()), ("DOWNBEAT_TOKEN", TOKEN)];
    let coloured = run(&["log"], &[&environment[..], &[("CLICOLOR_FORCE", "1")]].concat()).out;
    let plain = run(&["log"], &environment).out;
    assert!(coloured.contains('\u{1b}') && !plain.contains('\u{1b}'));
    let mut stripped = coloured.clone();
    while let Some(escape) = stripped.find('\u{1b}') {
        let end = escape + stripped[escape..].find('m').unwrap();
        stripped.replace_range(escape..=end, "");
    }
    assert_eq!(stripped, plain);
    let without = run(&["log", "--no-color"], &[&environment[..], &[("CLICOLOR_FORCE", "1")]].concat()).out;
    assert_eq!(without, plain);
}

#[test]
fn a_profile_is_found_above_the_current_directory() {
    let fake = Fake::start(Mood::Honest);
    let above = Directory::new();
    let below = above.path("shows/gala");
    std::fs::create_dir_all(&below).unwrap();
    std::fs::write(above.path("maria.token"), format!("{TOKEN}\n")).unwrap();
    let toml = format!("[profile.production]\nserver = {:?}\ntokenFile = \"maria.token\"\n", fake.url);
    std::fs::write(above.path("downbeat.toml"), toml).unwrap();
    let paused = std::process::Command::new(env!("CARGO_BIN_EXE_downbeat"))
        .args(["pause", "--profile", "production", "--yes"])
        .current_dir(&below)
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(paused.status.code(), Some(0), "{}", String::from_utf8_lossy(&paused.stderr));

    let elsewhere = Directory::new();
    let file = above.path("downbeat.toml");
    let named = run_in(&elsewhere, &["resume", "--yes"], &[("DOWNBEAT_CONFIG", file.to_str().unwrap())], b"");
    assert_eq!(named.code, 0, "the profile in the file that DOWNBEAT_CONFIG names: {}", named.err);
    let missing = run_in(&elsewhere, &["status"], &[("DOWNBEAT_CONFIG", "other.toml")], b"");
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("other.toml cannot be read"), "{}", missing.err);

    let unknown = downbeat(&["status", "--profile", "production"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("no downbeat.toml in this directory or above it"), "{}", unknown.err);
}
