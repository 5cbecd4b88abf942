//! What a cue does: its action, the track it is on, and the params of the action.

use serde_json::{Map, Value};

use super::undeclared::{Declaration, undeclared};
use crate::diagnostic::{Code, Message, pointer_step};
use crate::source::cursor::Cursor;
use crate::source::declare::Action;
use crate::source::header::Header;
use crate::source::json;
use crate::source::name::NameCheck;
use crate::source::nfc::nfc;
use crate::source::place::Place;
use crate::source::tree::Field;

/// Returns what the sheet declares about an action, if it does.
pub(super) fn declared_action<'h>(
    name: &str,
    field: Field<'_>,
    header: &'h Header,
    cursor: &mut Cursor<'_>,
) -> Option<&'h Action> {
    let (mut cursor, span) = (cursor.key("action"), field.value().span());
    if cursor.check_name(name, "action", span.clone()) == NameCheck::Invalid {
        return None;
    }
    let actions = header.declarations.actions.as_ref()?;
    let action = actions.get(&*nfc(name));
    if action.is_none() {
        let known = actions.keys().map(String::as_str);
        cursor.report(Code::UnknownAction, span, undeclared(name, Declaration::Action, known, &cursor));
    }
    action
}

/// Returns the name of a cue's track.
pub(super) fn track<'s>(field: Option<Field<'s>>, header: &Header, cursor: &mut Cursor<'_>) -> Option<&'s str> {
    let (name, field) = cursor.text_field(field)?;
    let (mut cursor, span) = (cursor.key("track"), field.value().span());
    if cursor.check_name(name, "track", span.clone()) == NameCheck::Invalid {
        return Some(name);
    }
    if let Some(tracks) = header.declarations.tracks.as_ref().filter(|tracks| !tracks.contains_key(&*nfc(name))) {
        let known = tracks.keys().map(String::as_str);
        cursor.report(Code::UnknownTrack, span, undeclared(name, Declaration::Track, known, &cursor));
    }
    Some(name)
}

/// Returns the params of a cue, checked against the schema that its action declares.
pub(super) fn params(
    field: Option<Field<'_>>,
    action: Option<&Action>,
    place: &Place<'_>,
    cursor: &mut Cursor<'_>,
) -> Option<Map<String, Value>> {
    let object = cursor.object(field);
    let params = object.map(|object| json::object(object, "params", &mut cursor.key("params")));
    let Some(schema) = action.and_then(|action| action.params.as_ref()) else { return params };
    if field.is_some() && params.is_none() {
        return None;
    }
    for violation in schema.violations(params.as_ref().unwrap_or(&Map::new())) {
        let (steps, span) = violation.locate(field, place.opening());
        let pointer = steps.iter().fold(cursor.at.pointer(), |pointer, step| pointer + &pointer_step(step));
        let (inside, problem) = (violation.inside(), violation.problem);
        let problem = format!("{}, in its params{inside}: {problem}", cursor.subject);
        let message = Message::new(problem, "change it, or the schema in the sheet's \"actions\"");
        cursor.report_at(Code::BadParams, pointer, span, message);
    }
    params
}
