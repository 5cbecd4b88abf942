//! What a sheet says beside its cues, and the text of the whole sheet.

use downbeat_core::Span;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::row::{Row, length};
use crate::rundown::{Kind, Rundown, Track};

/// What a sheet says beside its cues.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) schema: Option<String>,
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) duration: Option<Span>,
    pub(super) tracks: Option<BTreeMap<String, Track>>,
    /// The kinds of all actions; `None` if they follow from the ends of the cues.
    pub(super) actions: Option<BTreeMap<String, Option<Kind>>>,
}

impl Header {
    /// Returns what a rundown says beside its cues.
    pub(super) fn from_rundown(rundown: &Rundown) -> Self {
        Self {
            schema: None,
            id: Some(rundown.id.clone()),
            title: Some(rundown.title.clone()),
            duration: rundown.duration,
            tracks: Some(rundown.tracks.clone()),
            actions: None,
        }
    }

    /// Writes the sheet with these cues, without formatting it.
    pub(super) fn write(&self, rows: &[Row]) -> String {
        let mut out = match &self.schema {
            Some(schema) => format!("{{\"$schema\":{},\"version\":1", Value::from(schema.as_str())),
            None => String::from("{\"version\":1"),
        };
        let mut field = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                out.push_str(&format!(",{}:{value}", Value::from(name)));
            }
        };
        field("id", self.id.clone().map(Value::from));
        field("title", self.title.clone().map(Value::from));
        field("duration", self.duration.map(|duration| length(duration).into()));
        field("actions", self.actions.as_ref().map(|actions| actions.iter().map(action).collect()));
        field("tracks", self.tracks.as_ref().map(|tracks| tracks.iter().map(track).collect()));
        out.push_str(",\"cues\":[");
        for (index, row) in rows.iter().enumerate() {
            out.push_str(if index == 0 { "{" } else { ",{" });
            write_row(&mut out, row);
            out.push('}');
        }
        out.push_str("]}");
        out
    }
}

fn write_row(out: &mut String, row: &Row) {
    for (index, (name, value)) in row.fields().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // In all other fields `${` has no meaning.
        let has_vars = matches!(name, "params" | "preload" | "message");
        let value = if has_vars { &literal(value) } else { value };
        out.push_str(&format!("{comma}\"{name}\":{value}"));
    }
}

/// Returns a value in which `${`, which would begin the name of a var, means itself.
fn literal(value: &Value) -> Value {
    match value {
        Value::String(text) => text.replace("${", "$${").into(),
        Value::Array(values) => values.iter().map(literal).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), literal(value))).collect(),
        other => other.clone(),
    }
}

fn action((name, kind): (&String, &Option<Kind>)) -> (String, Value) {
    (name.clone(), kind.map_or_else(|| json!({}), |kind| json!({ "kind": kind.as_str() })))
}

fn track((name, track): (&String, &Track)) -> (String, Value) {
    let mut fields = Map::new();
    if track.exclusive {
        fields.insert("exclusive".to_owned(), true.into());
    }
    if track.priority != 0 {
        fields.insert("priority".to_owned(), track.priority.into());
    }
    (name.clone(), fields.into())
}
