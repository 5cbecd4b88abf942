//! The payload of a cue: a whole cue as JSON, params as JSON, or text.

use serde_json::{Map, Value};

use crate::interchange::row::Row;
use crate::rundown::Kind;

/// The members of a payload that is a whole cue; JSON with any other is params.
pub(super) const MEMBERS: [&str; 12] =
    ["action", "track", "kind", "end", "params", "late", "jitter", "needs", "preload", "message", "note", "owner"];

/// The action of a text.
const CAPTION: &str = "caption";

/// The character references of WebVTT.
const ENTITIES: [(&str, &str); 6] =
    [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u{a0}"), ("&lrm;", "\u{200e}"), ("&rlm;", "\u{200f}")];

/// What names the action of a cue.
pub(super) enum ActionName {
    /// The payload.
    Payload(String),
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
        Ok(Value::Object(object)) if is_cue(&object) => read_cue(object, row).map(ActionName::Payload),
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
            Ok(ActionName::Payload(CAPTION.to_owned()))
        }
    }
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

/// Returns a text without tags, and with characters for their references.
fn plain_text(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, after) = rest.split_at(at);
        plain.push_str(before);
        let entity = ENTITIES.iter().find(|(entity, _)| after.starts_with(entity));
        rest = match (entity, after.find('>').filter(|_| after.starts_with('<'))) {
            (Some((entity, character)), _) => {
                plain.push_str(character);
                &after[entity.len()..]
            }
            (None, Some(end)) => &after[end + 1..],
            (None, None) => {
                plain.push_str(&after[..1]);
                &after[1..]
            }
        };
    }
    plain.push_str(rest);
    plain.trim().to_owned()
}
