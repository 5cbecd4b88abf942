//! A cue on its way into a sheet's text.

use downbeat_core::Span;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

use super::Remark;
use super::label::is_id;
use crate::rundown::{Cue, Kind, Late, NAME_CHARS_MAX, Needs, Preload, Rundown, Track, clock};
use crate::source::is_id_char;

/// The fields of a cue in the order in which they are written.
const FIELDS: [&str; 17] = [
    "id", "time", "action", "track", "params", "until", "duration", "late", "jitter", "needs", "preload", "message",
    "disabled", "flags", "note", "owner", "group",
];

/// A cue as a sheet would write it.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// The line of the file that it came from.
    pub(super) line: usize,
    /// What its id is made from, where it has none.
    pub(super) name: Option<String>,
    /// Its kind, where that is said.
    pub(super) kind: Option<Kind>,
    fields: BTreeMap<&'static str, Value>,
}

/// What a sheet says beside its cues.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) duration: Option<Span>,
    pub(super) tracks: Option<BTreeMap<String, Track>>,
    /// The kinds of all actions; nothing where the ends of cues tell them.
    pub(super) actions: Option<BTreeMap<String, Option<Kind>>>,
}

impl Row {
    /// Returns a row of nothing but a line.
    pub(super) fn at_line(line: usize) -> Self {
        Self { line, ..Self::default() }
    }

    /// Returns all there is to a cue. An id that no sheet can give becomes its name.
    fn of(cue: &Cue) -> Self {
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
        // The ids that the compiler makes are made again.
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

    /// Returns a field that is a text; empty if it is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.field(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Says something about the cue.
    pub(super) fn set(&mut self, field: &'static str, value: impl Into<Value>) {
        debug_assert!(FIELDS.contains(&field), "{field} would not be written");
        self.fields.insert(field, value.into());
    }

    /// Says something about the cue if there is something to say.
    pub(super) fn set_some(&mut self, field: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(field, value);
        }
    }

    /// Takes back what was said about the cue.
    pub(super) fn unset(&mut self, field: &str) {
        self.fields.remove(field);
    }

    /// Returns the kind that the compiler takes it for where its action's is not declared.
    pub(super) fn implied_kind(&self) -> Kind {
        let ends = self.fields.contains_key("until") || self.fields.contains_key("duration");
        if ends { Kind::State } else { Kind::Moment }
    }

    /// Returns its fields in the order in which they are written.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        FIELDS.into_iter().filter_map(|name| Some((name, self.fields.get(name)?)))
    }
}

impl Header {
    /// Returns what a rundown says beside its cues.
    pub(super) fn of(rundown: &Rundown) -> Self {
        Self {
            id: Some(rundown.id.clone()),
            title: Some(rundown.title.clone()),
            duration: rundown.duration,
            tracks: Some(rundown.tracks.clone()),
            actions: None,
        }
    }

    /// Writes a sheet, which is laid out by [`crate::format()`].
    pub(super) fn write(&self, rows: &[Row]) -> String {
        let mut out = String::from("{\"version\":1");
        let mut field = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                out.push_str(&format!(",{}:{value}", Value::from(name)));
            }
        };
        field("id", self.id.clone().map(Value::from));
        field("title", self.title.clone().map(Value::from));
        field("duration", self.duration.map(|duration| length(duration).into()));
        field("actions", self.actions.as_ref().map(|actions| actions.iter().map(kind_of).collect()));
        field("tracks", self.tracks.as_ref().map(|tracks| tracks.iter().map(track).collect()));
        out.push_str(",\"cues\":[");
        for (index, row) in rows.iter().enumerate() {
            out.push_str(if index == 0 { "{" } else { ",{" });
            for (index, (name, value)) in row.fields().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                // Elsewhere nothing stands for a var.
                let filled = matches!(name, "params" | "preload" | "message");
                let value = if filled { &literal(value) } else { value };
                out.push_str(&format!("{comma}\"{name}\":{value}"));
            }
            out.push('}');
        }
        out.push_str("]}");
        out
    }
}

/// Returns the rows of a rundown's cues, each with an id but where the compiler made it.
pub(super) fn of_rundown(rundown: &Rundown) -> Vec<Row> {
    let mut rows: Vec<Row> = rundown.cues.iter().map(Row::of).collect();
    name_rows(&mut rows);
    rows
}

/// Returns the kinds of all actions, if one of them is not what the ends of its cues tell; nothing for those that need
/// no telling.
pub(super) fn kinds(rows: &[Row]) -> Option<BTreeMap<String, Option<Kind>>> {
    let differing: Vec<&Row> =
        rows.iter().filter(|row| row.kind.is_some_and(|kind| kind != row.implied_kind())).collect();
    if differing.is_empty() {
        return None;
    }
    let mut actions: BTreeMap<String, Option<Kind>> =
        rows.iter().map(|row| (row.text("action").to_owned(), None)).collect();
    actions.extend(differing.into_iter().map(|row| (row.text("action").to_owned(), row.kind)));
    Some(actions)
}

/// Says what of the cues a format cannot, given the fields that it can.
pub(super) fn unsaid(rows: &[Row], said: &[&str]) -> Vec<Remark> {
    let lost = FIELDS.into_iter().filter(|name| !said.contains(name)).filter_map(|name| {
        let count = rows.iter().filter(|row| row.field(name).is_some()).count();
        (count > 0).then(|| counted(name, count))
    });
    let mut lost: Vec<String> = lost.collect();
    let differing = rows.iter().filter(|row| row.kind.is_some_and(|kind| kind != row.implied_kind())).count();
    if differing > 0 {
        lost.push(counted("kind", differing));
    }
    if lost.is_empty() {
        return Vec::new();
    }
    let message = format!("the format has no place for these, keep the sheet: {}", lost.join(", "));
    vec![Remark::file(message)]
}

fn counted(field: &str, count: usize) -> String {
    format!("{field} ({count} {})", if count == 1 { "cue" } else { "cues" })
}

/// Returns rows the ids that are made from their names: unique, and none that was given.
pub(super) fn name_rows(rows: &mut [Row]) {
    let mut taken: BTreeSet<String> =
        rows.iter().filter_map(|row| row.field("id")?.as_str().map(str::to_owned)).collect();
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.iter_mut().filter(|row| row.field("id").is_none()) {
        let Some(stem) = row.name.as_deref().map(id_from).filter(|stem| !stem.is_empty()) else { continue };
        let number = next.entry(stem.clone()).or_insert(1);
        let id = loop {
            let id = match *number {
                1 => stem.clone(),
                number => {
                    let tail = format!("-{number}");
                    let room = NAME_CHARS_MAX - tail.len();
                    stem.chars().take(room).chain(tail.chars()).collect()
                }
            };
            *number += 1;
            if taken.insert(id.clone()) {
                break id;
            }
        };
        row.set("id", id);
    }
}

/// Returns a name as an id: what ids cannot have becomes a hyphen.
pub(super) fn id_from(name: &str) -> String {
    let mut id = String::new();
    for char in name.chars() {
        match is_id_char(char) {
            true => id.push(char),
            false if !id.ends_with('-') => id.push('-'),
            false => {}
        }
    }
    id.trim_matches('-').chars().take(NAME_CHARS_MAX).collect()
}

/// Writes a length of time as short as it can be said exactly: `4m`, `1h2m3.5s`, `800ms`.
pub(super) fn length(span: Span) -> String {
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

/// Returns a value in which `${`, which would stand for one of the sheet's vars, means itself.
fn literal(value: &Value) -> Value {
    match value {
        Value::String(text) => text.replace("${", "$${").into(),
        Value::Array(values) => values.iter().map(literal).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), literal(value))).collect(),
        other => other.clone(),
    }
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

fn kind_of((name, kind): (&String, &Option<Kind>)) -> (String, Value) {
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

    #[test]
    fn ids_come_from_names_and_stay_apart() {
        let mut rows: Vec<Row> = ["Take 1!", "take #1", "a", "a", "♪", "a"]
            .map(|name| Row { name: Some(name.to_owned()), ..Row::default() })
            .into();
        rows[5].set("id", "a-2");
        name_rows(&mut rows);
        let ids: Vec<&str> = rows.iter().map(|row| row.text("id")).collect();
        assert_eq!(ids, ["Take-1", "take-1", "a", "a-3", "", "a-2"]);
    }
}
