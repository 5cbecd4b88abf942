//! A cue on its way into a sheet's text.

use downbeat_core::Span;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::ids::is_id;
use crate::rundown::{Cue, Kind, Late, Needs, Preload, clock};

/// The fields of a cue in the order in which they are written.
pub(super) const FIELDS: [&str; 17] = [
    "id", "time", "action", "track", "params", "until", "duration", "late", "jitter", "needs", "preload", "message",
    "disabled", "flags", "note", "owner", "group",
];

/// A cue as a sheet would write it.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// The line of the file that it came from.
    pub(super) line: usize,
    /// The name that its id is made from, if it has none.
    pub(super) name: Option<String>,
    /// Its kind, if that is given.
    pub(super) kind: Option<Kind>,
    fields: BTreeMap<&'static str, Value>,
}

impl Row {
    /// Creates a row without fields.
    pub(super) fn at_line(line: usize) -> Self {
        Self { line, ..Self::default() }
    }

    /// Returns all fields of a cue. An id that sheets cannot have becomes its name.
    pub(super) fn from_cue(cue: &Cue) -> Self {
        let mut row = Self { kind: Some(cue.kind), ..Self::default() };
        row.set("time", clock(cue.time));
        row.set("action", cue.action());
        row.set_some("track", cue.track());
        row.set_some("duration", cue.end.map(|end| length(end - cue.time)));
        row.set_some("params", cue.params());
        row.set_some("late", cue.late.map(late));
        row.set_some("jitter", cue.jitter.map(length));
        row.set_some("needs", cue.needs.map(needs));
        row.set_some("preload", cue.preload().map(preload));
        row.set_some("message", cue.message().map(|message| json!(message)));
        // The compiler generates its ids again.
        if is_id(cue.id()) {
            row.set("id", cue.id());
        } else if !cue.id().contains('@') {
            row.name = Some(cue.id().to_owned());
        }
        row
    }

    /// Returns a field.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// Returns a field that is a text; empty if it is missing or not a text.
    pub(super) fn text(&self, name: &str) -> &str {
        self.field(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Sets a field.
    pub(super) fn set(&mut self, field: &'static str, value: impl Into<Value>) {
        debug_assert!(FIELDS.contains(&field), "{field} would not be written");
        self.fields.insert(field, value.into());
    }

    /// Sets a field if it has a value.
    pub(super) fn set_some(&mut self, field: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(field, value);
        }
    }

    /// Removes a field.
    pub(super) fn unset(&mut self, field: &str) {
        self.fields.remove(field);
    }

    /// Returns the kind that the compiler assumes if that of its action is not declared.
    pub(super) fn implied_kind(&self) -> Kind {
        let ends = self.fields.contains_key("until") || self.fields.contains_key("duration");
        if ends { Kind::State } else { Kind::Moment }
    }

    /// Returns whether its kind is another than the compiler would assume.
    pub(super) fn kind_differs(&self) -> bool {
        self.kind.is_some_and(|kind| kind != self.implied_kind())
    }

    /// Returns its fields in the order in which they are written.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        FIELDS.into_iter().filter_map(|name| Some((name, self.fields.get(name)?)))
    }
}

/// Returns a length of time in its shortest exact form: `4m`, `1h2m3.5s`, `800ms`.
pub(crate) fn length(span: Span) -> String {
    let ms = span.as_millis();
    if ms < 1_000 {
        return format!("{ms}ms");
    }
    let (hours, minutes, seconds, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000);
    let mut text = String::new();
    for (number, unit) in [(hours, 'h'), (minutes, 'm')] {
        if number > 0 {
            text.push_str(&format!("{number}{unit}"));
        }
    }
    match (seconds, rest) {
        (0, 0) => {}
        (_, 0) => text.push_str(&format!("{seconds}s")),
        _ => text.push_str(&format!("{seconds}.{}s", format!("{rest:03}").trim_end_matches('0'))),
    }
    text
}

fn late(late: Late) -> Value {
    match late {
        Late::Skip => "skip".into(),
        Late::Resume => "resume".into(),
        Late::Latest => "latest".into(),
        Late::Within(window) => json!({ "within": length(window) }),
    }
}

fn needs(needs: Needs) -> Value {
    json!({ "bound": length(needs.bound), "otherwise": needs.otherwise.as_str() })
}

fn preload(preload: &Preload) -> Value {
    let mut fields = Map::new();
    fields.insert("assets".to_owned(), preload.assets.clone().into());
    fields.insert("lead".to_owned(), length(preload.lead).into());
    fields.insert("spread".to_owned(), length(preload.spread).into());
    fields.extend(preload.bytes.map(|bytes| ("bytes".to_owned(), bytes.into())));
    fields.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_short_and_exact() {
        for (ms, text) in [
            (0, "0ms"),
            (800, "800ms"),
            (1_000, "1s"),
            (3_500, "3.5s"),
            (240_000, "4m"),
            (3_723_045, "1h2m3.045s"),
            (3_600_005, "1h0.005s"),
            (86_400_000, "24h"),
        ] {
            assert_eq!(length(Span::from_millis(ms)), text);
        }
    }
}
