//! What is signed, to the byte; whether the fixture's signature is right is judged by Node's crypto in `tests/edge`, and
//! that the terminal makes the same one is held in `cli`.

use downbeat_core::event::EmergencyState;
use downbeat_core::{Locale, Position, ServerTime, Status};
use downbeat_wire::emergency::{DOCUMENT_BYTES_MAX, known, signed_bytes};
use downbeat_wire::problem::Code;
use downbeat_wire::{EmergencyBody, EmergencyDocument, StateBody};
use serde_json::{Value, json};

use crate::evening::{at, begun, name, requests};
use crate::{assert_golden, assert_tolerant};

const FIXTURE: (&str, &str) = ("emergency", include_str!("../../fixtures/emergency.json"));

/// What maria signs at 20:00:00: the event as the server told it last, held, with the message of the other pause.
fn signed() -> EmergencyState {
    let told = StateBody::new(&name(), &begun(), at(19, 58, 0));
    let downbeat_core::Command::Pause { message: Some(draft) } = &requests()[0].command else { panic!("a pause") };
    let mut state = known(&told).unwrap();
    state.handle_pause(Some(draft.resolve(&Locale::default()).unwrap()), at(20, 0, 0)).unwrap();
    EmergencyState { actor: "maria".to_owned(), reason: Some("the worker is down".to_owned()), ..state }
}

fn document() -> EmergencyDocument {
    serde_json::from_str(FIXTURE.1).unwrap()
}

#[test]
fn the_signed_text_is_golden_to_the_byte() {
    let text = EmergencyBody::from(&signed()).to_json();
    assert_eq!(document().state, text);
    assert_golden(FIXTURE, &EmergencyDocument { state: text.clone(), ..document() });
    assert_tolerant::<EmergencyDocument>(FIXTURE);
    assert_eq!(document().to_json(), crate::compact(FIXTURE.1));
    let expected = concat!(
        "downbeat.emergency/1\n",
        r#"{"event":"main","epoch":"k3v9x2m4","rev":3,"timeline":[{"from":1704067200000,"position":0,"rate":1},"#,
        r#"{"from":1704070800500,"position":3600500,"rate":0}],"endedAt":null,"#,
        r#""rundown":"5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef","startsAt":1704067200000,"#,
        r#""messages":[{"from":1704070800500,"text":{"en":"Back in a minute","fr":"On revient tout de suite"},"#,
        r#""severity":"major"}],"signedAt":1704070800000,"actor":"maria","reason":"the worker is down"}"#,
    );
    assert_eq!(String::from_utf8(signed_bytes(&text)).unwrap(), expected);
}

#[test]
fn the_state_is_read_back_as_it_was_signed_and_the_event_becomes_it() {
    let state = document().state().unwrap();
    assert_eq!(state, signed());
    let mut event = begun();
    assert_eq!(event.handle_emergency(&state), Ok(true));
    assert_eq!(
        (event.status(at(21, 0, 0)), event.position(at(21, 0, 0))),
        (Status::Paused, Position::from_millis(3_600_500))
    );
}

#[test]
fn a_state_of_a_newer_signer_is_understood() {
    let mut value: Value = serde_json::from_str(&document().state).unwrap();
    value["fromTheFuture"] = json!({"deep": [true]});
    let newer = EmergencyDocument { state: value.to_string(), ..document() };
    assert_eq!(newer.state().unwrap(), signed());
}

#[test]
fn a_body_that_is_no_document_is_refused_with_its_place() {
    let pointer = |body: &[u8]| {
        let problem = EmergencyDocument::parse(body).unwrap_err();
        assert!(problem.is(Code::InvalidField), "{problem:?}");
        problem.more["pointer"].clone()
    };
    assert_eq!(EmergencyDocument::parse(FIXTURE.1.as_bytes()).unwrap(), document());
    assert_eq!(pointer(b"{}"), "/state");
    assert_eq!(pointer(br#"{"state":{}}"#), "/state");
    assert_eq!(pointer(br#"{"state":"{}"}"#), "/signature");
    assert_eq!(pointer(br#"{"state":"{}","signature":"abc"}"#), "/signature");
    assert!(EmergencyDocument::parse(b"{").unwrap_err().is(Code::MalformedJson));
    let long = vec![b' '; DOCUMENT_BYTES_MAX + 1];
    assert!(EmergencyDocument::parse(&long).unwrap_err().is(Code::TooLarge));
}

#[test]
fn a_text_that_is_no_state_is_refused_and_no_panic() {
    let good: Value = serde_json::from_str(&document().state).unwrap();
    let with = |name: &str, value: Value| {
        let mut state = good.clone();
        state[name] = value;
        state.to_string()
    };
    let empty_message = json!([{"from": 0, "text": {}}]);
    let unordered = json!([{"from": 2, "text": null}, {"from": 1, "text": null}]);
    for (bad, pointer) in [
        ("".to_owned(), "/state"),
        ("{".to_owned(), "/state"),
        ("[]".to_owned(), "/state"),
        (with("event", json!("Main")), "/state/event"),
        (with("epoch", json!(null)), "/state/epoch"),
        (with("rev", json!(-1)), "/state/rev"),
        (with("timeline", json!([])), "/state/timeline"),
        (with("timeline", json!([{"from": 0, "position": 0, "rate": 99}])), "/state/timeline"),
        (with("signedAt", json!(ServerTime::from_millis(0).as_millis() - 1)), "/state/signedAt"),
        (with("messages", empty_message), "/state/messages"),
        (with("messages", unordered), "/state/messages"),
        (with("messages", json!([7])), "/state/messages"),
        (with("actor", json!("x".repeat(101))), "/state/actor"),
    ] {
        let problem = EmergencyDocument { state: bad.clone(), ..document() }.state().expect_err(&bad);
        assert!(problem.is(Code::InvalidField) && problem.more["pointer"] == pointer, "{bad}: {problem:?}");
        assert!(problem.to_json().len() < 1_000, "{problem}");
    }
}
