//! What version 1 stored, answered and was asked stays readable. The files of `fixtures/v1` were taken from a running worker
//! of that version, byte for byte, and are never made anew.
//!
//! | folder | contains | read by |
//! | --- | --- | --- |
//! | `stored` | state and log of an event, as its object stored them | the worker, after an update |
//! | `answers` | what the worker answered and pushed | clients with an older worker |
//! | `requests` | what clients sent | the worker with older clients |

#![expect(clippy::disallowed_methods, reason = "the fixtures are files, and as many as there are")]

use std::fs;
use std::path::Path;

use downbeat_core::{Command, EventState, Rev};
use downbeat_wire::log::first_broken;
use downbeat_wire::{
    Ack, Audience, CommandAnswer, EmergencyDocument, EventList, Grant, LogEntry, LogPage, Problem, RundownPointer,
    StateBody, StateFrame, TimeBody, command, configuration,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Returns the files of a folder of `fixtures`: name and text.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let read = |path: &Path| {
        (
            path.file_stem().unwrap().to_str().unwrap().to_owned(),
            fs::read_to_string(path).unwrap().trim_end().to_owned(),
        )
    };
    let mut files: Vec<_> = files.map(|path| read(&path)).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// Adds a member to every object but the texts per locale, as another version may have more.
fn extend(value: &mut Value) {
    match value {
        Value::Object(members) if !members.contains_key("en") => {
            members.values_mut().for_each(extend);
            members.insert("fromTheFuture".to_owned(), serde_json::json!({"deep": [1]}));
        }
        Value::Array(elements) => elements.iter_mut().for_each(extend),
        _ => {}
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn stored_events_are_read_and_lose_nothing() {
    for (name, text) in fixtures("v1/stored") {
        let event = parse(&text);
        let stored = event["state"].as_str().unwrap();
        let state = EventState::from_stored(stored).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(serde_json::to_value(&state).unwrap(), parse(stored), "{name}: nothing is lost or added");
        let mut extended = parse(stored);
        extend(&mut extended);
        assert_eq!(EventState::from_stored(&extended.to_string()), Ok(state.clone()), "{name}");
        assert_eq!(state.rev().is_valid(), !name.starts_with("absurd"), "{name}");

        let rows = event["log"].as_array().unwrap();
        let text = |row: &Value, column: &str| row[column].as_str().unwrap().to_owned();
        let mut entries: Vec<LogEntry> = Vec::new();
        for row in rows {
            let entry: LogEntry = serde_json::from_str(&text(row, "entry")).unwrap();
            assert_eq!(serde_json::to_string(&entry).unwrap(), text(row, "entry"), "{name}");
            assert_eq!(entry.hash, Some(entry.expected_hash()), "{name}");
            assert_eq!(text(row, "hash"), entry.hash.unwrap().to_string());
            match (&row["id"], &*entry.name) {
                (Value::String(id), _) => {
                    let request = command::parse(text(row, "body").as_bytes(), "").unwrap();
                    assert_eq!(request.id.as_str(), id);
                    assert_eq!(command::body(&request), parse(&text(row, "body")), "{name}");
                    assert!(serde_json::from_str::<CommandAnswer>(&text(row, "answer")).is_ok(), "{name}");
                }
                (_, "emergency") => assert!(serde_json::from_str::<StateBody>(&text(row, "answer")).is_ok(), "{name}"),
                _ => {
                    configuration::parse(text(row, "body").as_bytes()).unwrap();
                    assert!(serde_json::from_str::<StateBody>(&text(row, "answer")).is_ok(), "{name}");
                }
            }
            entries.push(entry);
        }
        // In the order of their making; revision 0 came after the greatest number there is.
        entries.sort_by_key(|entry| (entry.rev == Rev::new(0), entry.rev));
        entries.reverse();
        // After the greatest number version 1 went back to 0, and no longer found the last hash.
        let broken = (name == "absurd64").then_some(Rev::new(0));
        assert_eq!(first_broken(&entries), broken, "{name}");
    }
}

/// Checks that an answer of version 1 is read as `T`, written back as the same, and read with members that are not known.
fn assert_read<T: Serialize + DeserializeOwned + PartialEq>(name: &str, text: &str) {
    let read: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), parse(text), "{name}");
    let mut extended = parse(text);
    extend(&mut extended);
    // A problem, and the body of an entry in the log, keep what they do not know.
    if !name.starts_with("problem") && name != "log-page" {
        assert!(serde_json::from_value::<T>(extended).unwrap() == read, "{name}");
    }
}

#[test]
fn answers_and_frames_are_read() {
    for (name, text) in fixtures("v1/answers") {
        match &*name {
            "state" | "status" | "configured" | "emergency-answer" => assert_read::<StateBody>(&name, &text),
            "time-unknown" | "time-paused" | "time-ended" => assert_read::<TimeBody>(&name, &text),
            "live-state" => assert_read::<StateFrame>(&name, &text),
            "command-answer" => assert_read::<CommandAnswer>(&name, &text),
            "log-page" => assert_read::<LogPage>(&name, &text),
            "audience" => assert_read::<Audience>(&name, &text),
            "event-list" => assert_read::<EventList>(&name, &text),
            "grant" => assert_read::<Grant>(&name, &text),
            "rundown-pointer" => assert_read::<RundownPointer>(&name, &text),
            "emergency-document" => {
                assert_read::<EmergencyDocument>(&name, &text);
                EmergencyDocument::parse(text.as_bytes()).unwrap().state().unwrap();
            }
            "pong" => drop(serde_json::from_str::<String>(&text).unwrap().parse::<downbeat_core::Version>().unwrap()),
            problem => {
                assert!(problem.starts_with("problem-"), "{problem}");
                assert_read::<Problem>(problem, &text);
            }
        }
    }
}

#[test]
fn requests_of_older_clients_are_understood() {
    for (name, text) in fixtures("v1/requests") {
        let mut extended = parse(&text);
        // Not within: unknown members of a message are locales.
        extended["fromTheFuture"] = Value::Bool(true);
        for body in [text.clone(), extended.to_string()] {
            match &*name {
                "configuration" => {
                    drop(configuration::parse(body.as_bytes()).unwrap_or_else(|problem| panic!("{problem:?}")))
                }
                "live-ack" => assert!(Ack::parse(&body).is_some(), "{body}"),
                _ => {
                    let request = command::parse(body.as_bytes(), "").unwrap_or_else(|problem| panic!("{problem:?}"));
                    assert_eq!(Some(request.command.name()), name.strip_prefix("command-"));
                }
            }
        }
    }
    let names = fixtures("v1/requests").len();
    let later = ["redo"];
    assert_eq!(names, Command::NAMES.len() - later.len() + 2, "every command of version 1");
}

/// Checks that `now` has every member that `then` has, of the same kind: what an older client reads is still there.
fn assert_kept(place: &str, then: &Value, now: &Value) {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (name, then) in then {
                // Texts per locale, and what a problem of one code carries, differ from one to the other.
                if let Some(now) = now.get(name) {
                    assert_kept(&format!("{place}/{name}"), then, now);
                } else {
                    let varies = place.ends_with("/text")
                        || place.ends_with("/body")
                        || name == "origins"
                        || name == "receivedAt";
                    assert!(varies, "{place}/{name} is gone: an older client reads it");
                }
            }
        }
        (Value::Array(then), Value::Array(now)) => {
            if let (Some(then), Some(now)) = (then.first(), now.first()) {
                assert_kept(&format!("{place}/0"), then, now);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (then, now) => {
            let kind = |value: &Value| (value.is_number(), value.is_string(), value.is_boolean(), value.is_object());
            assert_eq!(kind(then), kind(now), "{place} is of another kind: {then} → {now}");
        }
    }
}

#[test]
fn what_is_answered_now_has_all_that_older_clients_read() {
    let now = fixtures("");
    let today = |name: &str| now.iter().find(|(known, _)| known == name).map(|(_, text)| parse(text));
    let mut compared = 0;
    for (name, text) in fixtures("v1/answers") {
        let now = match &*name {
            "status" | "configured" | "emergency-answer" => today("state"),
            "emergency-document" => today("emergency"),
            name => today(name),
        };
        if let Some(now) = now {
            assert_kept(&name, &parse(&text), &now);
            compared += 1;
        }
    }
    assert!(compared >= 15, "{compared}");
}
