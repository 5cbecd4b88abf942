//! Reads the actions and tracks that a sheet declares.

use std::collections::BTreeMap;

use super::cursor::Cursor;
use super::json;
use super::nfc::nfc;
use super::schema::ParamsSchema;
use super::tree::{Field, Object, Shape};
use super::vars::Vars;
use super::words::quoted;
use crate::diagnostic::{Code, Message, pointer_step};
use crate::rundown::{Kind, Track};

const ACTION_FIELDS: [&str; 4] = ["kind", "tolerance", "params", "maxPerSecond"];
const TRACK_FIELDS: [&str; 2] = ["exclusive", "priority"];
const TOLERANCES: [&str; 2] = ["loose", "tight"];

/// What a sheet declares about an action.
#[derive(Default)]
pub(super) struct Action {
    pub(super) kind: Option<Kind>,
    /// Whether people notice when it fires at different times.
    pub(super) tight: bool,
    pub(super) params: Option<ParamsSchema>,
    pub(super) per_second_max: Option<usize>,
}

/// The actions and tracks of a sheet and all it includes; `None` if none are declared and any will do.
#[derive(Default)]
pub(super) struct Declarations {
    pub(super) actions: Option<BTreeMap<String, Action>>,
    pub(super) tracks: Option<BTreeMap<String, Track>>,
}

impl Declarations {
    /// Adds the actions of a file.
    pub(super) fn read_actions(&mut self, object: Object<'_>, cursor: &mut Cursor<'_>) {
        read_all(self.actions.get_or_insert_default(), object, "action", cursor, read_action);
    }

    /// Adds the tracks of a file.
    pub(super) fn read_tracks(&mut self, object: Object<'_>, cursor: &mut Cursor<'_>) {
        read_all(self.tracks.get_or_insert_default(), object, "track", cursor, read_track);
    }
}

fn read_all<T>(
    all: &mut BTreeMap<String, T>,
    object: Object<'_>,
    what: &str,
    cursor: &mut Cursor<'_>,
    read: fn(Object<'_>, &mut Cursor<'_>) -> T,
) {
    for (index, field) in object.fields().enumerate() {
        let name = field.name();
        cursor.key(name).check_name(name, what, field.key_span());
        let Shape::Object(inner) = field.value().shape() else {
            cursor.wrong_type(field, "an object, {} where there is nothing to say");
            continue;
        };
        let subject = format!("{what} {}", quoted(name));
        let value = read(inner, &mut cursor.key(name).named(&subject));
        if all.insert(nfc(name).into_owned(), value).is_none() {
            continue;
        }
        if object.fields().take(index).any(|other| nfc(other.name()) == nfc(name)) {
            cursor.duplicate_key(field);
        } else {
            let problem = format!("{subject} is declared in another of the sheet's files too");
            let message = Message::new(problem, "keep one of the two");
            cursor.key(name).report(Code::DeclaredTwice, field.key_span(), message);
        }
    }
}

fn read_action(object: Object<'_>, cursor: &mut Cursor<'_>) -> Action {
    let [kind, tolerance, params, per_second] = cursor.fields(object, &ACTION_FIELDS);
    let mut action = Action::default();
    if let Some((word, field)) = cursor.text_field(kind) {
        action.kind = Kind::from_word(word);
        if action.kind.is_none() {
            let problem = format!("{} is of kind {}", cursor.subject, quoted(word));
            cursor.report_value(Code::UnknownKind, field, Message::new(problem, "use \"state\" or \"moment\""));
        }
    }
    if let Some((word, field)) = cursor.text_field(tolerance) {
        action.tight = word == "tight";
        if !TOLERANCES.contains(&word) {
            cursor.unknown_word(word, &TOLERANCES, field);
        }
    }
    action.params = params.and_then(|field| read_schema(field, cursor));
    let per_second = cursor.integer(per_second, 1..=1_000);
    action.per_second_max = per_second.and_then(|number| usize::try_from(number).ok());
    action
}

/// Reads the JSON Schema of an action's params.
fn read_schema(field: Field<'_>, cursor: &mut Cursor<'_>) -> Option<ParamsSchema> {
    let reported = cursor.report.len();
    let value = match field.value().shape() {
        // A schema is not a text that is shown: ${…} may well be part of a pattern in it.
        Shape::Object(object) => {
            json::object(object, "params", &mut cursor.key("params").with_vars(&Vars::default())).into()
        }
        Shape::Boolean(boolean) => boolean.into(),
        _ => {
            cursor.wrong_type(field, "a JSON Schema, which is an object");
            return None;
        }
    };
    if cursor.report.len() > reported {
        // The schema lacks what could not be read; what it says without that is not what its author wrote.
        return None;
    }
    let violation = match ParamsSchema::new(&value) {
        Ok(schema) => return Some(schema),
        Err(violation) => violation,
    };
    let problem = format!(
        "{} has \"params\" that are not a JSON Schema{}: {}",
        cursor.subject,
        violation.inside(),
        violation.problem
    );
    let (steps, span) = violation.locate(Some(field), field.value().span());
    let pointer = steps.iter().fold(cursor.at.pointer(), |pointer, step| pointer + &pointer_step(step));
    cursor.report_at(Code::BadSchema, pointer, span, Message::new(problem, "correct them, or leave them out"));
    None
}

fn read_track(object: Object<'_>, cursor: &mut Cursor<'_>) -> Track {
    let [exclusive, priority] = cursor.fields(object, &TRACK_FIELDS);
    let priority = cursor.integer(priority, -1_000..=1_000).unwrap_or(0);
    Track {
        exclusive: cursor.is_true(exclusive),
        // The range above fits easily.
        priority: i32::try_from(priority).unwrap_or_default(),
    }
}
