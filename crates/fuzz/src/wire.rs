//! What arrives from a network: frames, bodies, paths, pointers. The first byte says which.

use std::fmt::Debug;

use downbeat_core::{Digest, EventName, Version};
use downbeat_wire::{
    Ack, Audience, CommandAnswer, EmergencyDocument, EventList, LogPage, Publication, Route, RundownPage,
    RundownPointer, StateBody, StateFrame, TimeBody, Token, TokenEntry, log, pointer,
};
use serde_json::Value;

/// Reads the rest of the bytes as what the first one names.
///
/// # Panics
/// If what was read differs once it is written and read again.
pub fn run(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    if *first == b'P' {
        return split(rest);
    }
    let Ok(text) = core::str::from_utf8(rest) else { return };
    match first {
        b'r' => {
            if let Some(route) = Route::parse(text) {
                assert_eq!(route.path(), text, "a path has one spelling");
            }
        }
        b'v' => {
            if let Ok(version) = text.parse::<Version>() {
                assert_eq!(version.to_string().parse(), Ok(version));
            }
        }
        b'e' => parsed::<EventName>(text),
        b'd' => parsed::<Digest>(text),
        b'T' => {
            if let Ok(token) = text.parse::<Token>() {
                assert_eq!(token.expose(), text);
                let secret = &text[format!("dbt_{}_", token.id()).len()..];
                assert!(!format!("{token:?}").contains(secret), "no secret in what is printed for debugging");
            }
        }
        b'a' => {
            if let Some(ack) = Ack::parse(text) {
                let written = serde_json::to_string(&ack).expect("an ack is JSON");
                assert_eq!(Ack::parse(&written), Some(ack));
            }
        }
        b'f' => json::<StateFrame>(text),
        b's' => json::<StateBody>(text),
        b't' => json::<TimeBody>(text),
        b'c' => json::<CommandAnswer>(text),
        b'l' => {
            json::<LogPage>(text);
            if let Ok(page) = serde_json::from_str::<LogPage>(text) {
                let _ = log::first_broken(&page.entries);
            }
        }
        b'u' => json::<Audience>(text),
        b'p' => json::<Publication>(text),
        b'o' => json::<RundownPointer>(text),
        b'g' => json::<RundownPage>(text),
        b'k' => json::<TokenEntry>(text),
        b'L' => json::<EventList>(text),
        _ => {}
    }
}

fn parsed<T: core::str::FromStr + ToString>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text, "a name has one spelling");
    }
}

fn json<T: serde::de::DeserializeOwned + serde::Serialize + PartialEq + Debug>(text: &str) {
    let Ok(value) = serde_json::from_str::<T>(text) else { return };
    let written = serde_json::to_string(&value).expect("what crosses the network is JSON");
    let again: T = serde_json::from_str(&written).expect("what was written is read");
    assert_eq!(again, value);
    // What a newer version adds is tolerated.
    let Ok(Value::Object(mut members)) = serde_json::from_str::<Value>(&written) else { return };
    members.insert("fromTheFuture".to_owned(), Value::Array(vec![Value::Null]));
    let tolerant: T = serde_json::from_value(Value::Object(members)).expect("unknown fields are ignored");
    assert_eq!(tolerant, value);
}

fn split(bytes: &[u8]) {
    let (published, document) = pointer::split(bytes);
    let joined = pointer::join(&published, document.as_ref());
    assert_eq!(pointer::split(&joined), (published, document.clone()));
    if let Some(document) = document {
        let _ = EmergencyDocument::parse(document.to_json().as_bytes());
    }
}
