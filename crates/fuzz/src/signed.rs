//! A state signed in an emergency, as anybody may post one. Its signature is taken for valid.

use downbeat_core::event::EmergencyState;
use downbeat_core::{Configuration, EventState, ServerTime, Span};
use downbeat_wire::{EmergencyBody, EmergencyDocument};

use crate::commands;

/// Applies a signed state to an event. The bytes are that state, or a document that contains it.
///
/// # Panics
/// If a refusal changed something, or the event takes no command afterwards.
pub fn run(bytes: &[u8]) {
    let text = match EmergencyDocument::parse(bytes) {
        Ok(document) => document,
        Err(_) => {
            let Ok(state) = String::from_utf8(bytes.to_vec()) else { return };
            let signature = "A".repeat(86);
            let Ok(signature) = serde_json::from_value(signature.into()) else { return };
            EmergencyDocument { state, signature }
        }
    };
    let Ok(signed) = text.state() else { return };
    let body = EmergencyBody::from(&signed).to_json();
    let again = EmergencyDocument { state: body, ..text };
    assert_eq!(again.state().as_ref(), Ok(&signed), "a signed state is read back");
    accept(&signed);
}

fn accept(signed: &EmergencyState) {
    let now = signed.signed_at;
    let start = Configuration { starts_at: Some(now), ..Configuration::default() };
    let Ok(mut event) = EventState::create(start, signed.epoch.clone(), "maria", now) else { return };
    let before = event.clone();
    if event.handle_emergency(signed).is_err() {
        assert_eq!(event, before, "a refusal changes nothing");
        return;
    }
    assert_eq!(event.rev(), signed.rev);
    let later = ServerTime::from_millis(now.as_millis().clamp(-1 << 50, 1 << 50)) + Span::from_millis(1_000);
    commands::check(&event, later);
    let next = event.rev().next();
    assert!(next > event.rev(), "there is a revision after every accepted one");
}
