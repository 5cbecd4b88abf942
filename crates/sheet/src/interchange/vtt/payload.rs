//! The payload of a cue: a whole cue as JSON, params as JSON, or text.

use serde_json::{Map, Value, json};

use crate::interchange::row::Row;
use crate::rundown::{Cue, Kind};

/// The members of a payload that is a whole cue; JSON with any other is params.
pub(super) const MEMBERS: [&str; 14] = [
    "action", "track", "kind", "end", "params", "late", "jitter", "needs", "preload", "message", "flags", "note",
    "owner", "group",
];

/// The action of a text.
pub(in crate::interchange) const CAPTION: &str = "caption";

/// What names the action of a cue.
pub(super) enum ActionName {
    /// The payload, which is a whole cue.
    Cue(String),
    /// The payload, which is a text.
    Text(String),
    /// The identifier, if the cue has one.
    Identifier,
    /// Neither.
    Missing,
}

/// Reads a payload into the fields of a row.
///
/// # Errors
/// What is wrong, and what to do about it.
pub(super) fn read(payload: &str, row: &mut Row) -> Result<ActionName, (String, &'static str)> {
    match serde_json::from_str::<Value>(payload) {
        Ok(Value::Object(object)) if is_cue(&object) => read_cue(object, row).map(ActionName::Cue),
        Ok(Value::Object(object)) => {
            row.set("params", object);
            Ok(ActionName::Identifier)
        }
        _ => {
            let text = plain_text(payload);
            if text.is_empty() {
                return Ok(ActionName::Missing);
            }
            row.set("message", text);
            Ok(ActionName::Text(CAPTION.to_owned()))
        }
    }
}

/// Returns the members of a payload that is a whole cue.
pub(in crate::interchange) fn whole_cue(cue: &Cue, row: &Row) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, value) in row.fields().filter(|(name, _)| MEMBERS.contains(name)) {
        members.insert(name.to_owned(), value.clone());
    }
    members.insert("kind".to_owned(), cue.kind().as_str().into());
    if cue.end().is_none() {
        members.insert("end".to_owned(), json!(null));
    }
    members
}

/// Adds where and how a text is shown to its cue's params, for pages that show it.
pub(super) fn keep_settings(settings: &str, row: &mut Row) {
    let settings: Map<String, Value> = settings
        .split_whitespace()
        .filter_map(|setting| setting.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    if settings.is_empty() {
        return;
    }
    let mut params = row.field("params").and_then(Value::as_object).cloned().unwrap_or_default();
    params.entry("settings").or_insert(settings.into());
    row.set("params", params);
}

/// Returns whether JSON is a whole cue, as an export writes it, rather than params.
fn is_cue(object: &Map<String, Value>) -> bool {
    object.get("action").is_some_and(Value::is_string) && object.keys().all(|key| MEMBERS.contains(&key.as_str()))
}

/// Reads a whole cue, and returns its action.
fn read_cue(object: Map<String, Value>, row: &mut Row) -> Result<String, (String, &'static str)> {
    let mut action = String::new();
    for (member, value) in object {
        match (&*member, value) {
            ("action", Value::String(name)) => action = name,
            ("kind", value) => {
                row.kind = value.as_str().and_then(Kind::from_word);
                if row.kind.is_none() {
                    return Err((format!("its kind is {value}"), "write \"state\" or \"moment\""));
                }
            }
            ("end", Value::Null) => row.unset("duration"),
            ("end", other) => {
                let remedy = "the times say when it ends, leave it out, or write null for none";
                return Err((format!("its end is {other}"), remedy));
            }
            (member, value) => {
                if let Some(field) = MEMBERS.into_iter().find(|known| *known == member) {
                    row.set(field, value);
                }
            }
        }
    }
    Ok(action)
}

/// Returns whether a text has a tag that is never closed; players show nothing after it.
pub(super) fn has_open_tag(text: &str) -> bool {
    text.rfind('<').is_some_and(|at| !text[at..].contains('>'))
}

/// Returns a text without tags, and with characters for their references.
fn plain_text(text: &str) -> String {
    let text = text.replace('\0', "\u{fffd}");
    let mut plain = String::new();
    let mut rest = &*text;
    while let Some(at) = rest.find('<') {
        let Some(length) = rest[at..].find('>') else { break };
        plain.push_str(&htmlize::unescape(&rest[..at]));
        rest = &rest[at + length + 1..];
    }
    plain.push_str(&htmlize::unescape(rest));
    plain.trim().to_owned()
}
