//! What a sheet declares: its actions and its tracks.

use core::fmt::Display;
use core::ops::Range;
use std::collections::BTreeMap;

use super::fields::{self, Fields, duplicate_key, listed, wrong_type};
use super::json::Reader;
use super::nearest::nearest;
use super::quoted;
use super::schema::ParamsSchema;
use super::tree::{Field, Object, Shape};
use super::vars::Vars;
use crate::diagnostic::{At, Code, Report};
use crate::rundown::{Kind, NAME_CHARS_MAX, Track};

const ACTION_FIELDS: [&str; 4] = ["kind", "tolerance", "params", "maxPerSecond"];
const TRACK_FIELDS: [&str; 2] = ["exclusive", "priority"];

/// How messages name the sheet as a whole.
pub(super) const SHEET: &str = "the sheet";

/// What holds for an action.
#[derive(Default)]
pub(super) struct Action {
    pub(super) kind: Option<Kind>,
    /// People notice when it comes at different times.
    pub(super) tight: bool,
    pub(super) params: Option<ParamsSchema>,
    pub(super) per_second_max: Option<usize>,
}

/// The actions and tracks of a sheet and all it includes; nothing where none are declared and any will do.
#[derive(Default)]
pub(super) struct Declared {
    pub(super) actions: Option<BTreeMap<String, Action>>,
    pub(super) tracks: Option<BTreeMap<String, Track>>,
}

impl Declared {
    /// Adds the actions of a file.
    pub(super) fn read_actions(&mut self, object: Object<'_>, at: &At<'_>, report: &mut Report) {
        read_all(self.actions.get_or_insert_default(), object, "action", at, report, read_action);
    }

    /// Adds the tracks of a file.
    pub(super) fn read_tracks(&mut self, object: Object<'_>, at: &At<'_>, report: &mut Report) {
        read_all(self.tracks.get_or_insert_default(), object, "track", at, report, read_track);
    }
}

fn read_all<T>(
    all: &mut BTreeMap<String, T>,
    object: Object<'_>,
    what: &str,
    at: &At<'_>,
    report: &mut Report,
    read: fn(Object<'_>, &str, &At<'_>, &mut Report) -> T,
) {
    for (index, prop) in object.fields().enumerate() {
        let name = prop.name();
        check_name(name, what, &SHEET, &at.key(name), prop.key_span(), report);
        let Shape::Object(inner) = prop.value().shape() else {
            wrong_type(prop, "an object, {} where there is nothing to say", &SHEET, at, report);
            continue;
        };
        let whose = format!("{what} {}", quoted(name));
        let value = read(inner, &whose, &at.key(name), report);
        if all.insert(name.to_owned(), value).is_none() {
            continue;
        }
        if object.fields().take(index).any(|other| other.name() == name) {
            duplicate_key(prop, &SHEET, at, report);
        } else {
            let message = format!("{whose} is declared in another of the sheet's files too; keep one of the two");
            report.say(Code::DeclaredTwice, &at.key(name), prop.key_span(), message);
        }
    }
}

fn read_action(object: Object<'_>, whose: &str, at: &At<'_>, report: &mut Report) -> Action {
    let fields = Fields::of(object, &ACTION_FIELDS);
    fields.report(&whose, at, report);
    let [kind, tolerance, params, per_second] = fields.known;
    let mut action = Action::default();
    if let Some(word) = fields::text(kind, &whose, at, report) {
        action.kind = Kind::from_word(word);
        if let (None, Some(prop)) = (action.kind, kind) {
            let message = format!("{whose} is of kind {}; use \"state\" or \"moment\"", quoted(word));
            report.say(Code::UnknownKind, &at.key("kind"), prop.value().span(), message);
        }
    }
    if let Some((word, prop)) = fields::text(tolerance, &whose, at, report).zip(tolerance) {
        action.tight = word == "tight";
        if !["loose", "tight"].contains(&word) {
            unknown_word(word, &["loose", "tight"], prop, &whose, at, report);
        }
    }
    action.params = params.and_then(|prop| read_schema(prop, whose, at, report));
    let per_second = fields::integer(per_second, 1..=1_000, &whose, at, report);
    action.per_second_max = per_second.and_then(|number| usize::try_from(number).ok());
    action
}

fn read_schema(prop: Field<'_>, whose: &str, action: &At<'_>, report: &mut Report) -> Option<ParamsSchema> {
    let at = action.key("params");
    let said = report.len();
    let value = match prop.value().shape() {
        // A schema is not a text that is shown: ${…} may well be part of a pattern in it.
        Shape::Object(object) => {
            let reader = Reader { whose: &whose, what: "params", vars: &Vars::default() };
            reader.object(object, &at, report).into()
        }
        Shape::Boolean(boolean) => boolean.into(),
        _ => {
            wrong_type(prop, "a JSON Schema, which is an object", &whose, action, report);
            return None;
        }
    };
    if report.len() > said {
        // What could not be read is missing from the schema, and what that makes of it is not its author's doing.
        return None;
    }
    match ParamsSchema::new(&value) {
        Ok(schema) => Some(schema),
        Err(violation) => {
            let message = format!(
                "{whose} has \"params\" that are no JSON Schema{}: {}; mend them, or leave them out",
                violation.inside(),
                violation.problem
            );
            let (steps, span) = violation.locate(Some(prop), prop.value().span());
            let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
            action.below(&steps, &mut |at| report.say(Code::BadSchema, at, span.clone(), message.clone()));
            None
        }
    }
}

fn read_track(object: Object<'_>, whose: &str, at: &At<'_>, report: &mut Report) -> Track {
    let fields = Fields::of(object, &TRACK_FIELDS);
    fields.report(&whose, at, report);
    let [exclusive, priority] = fields.known;
    let priority = fields::integer(priority, -1_000..=1_000, &whose, at, report).unwrap_or(0);
    Track {
        exclusive: fields::is_true(exclusive, &whose, at, report),
        // The range above is far within what fits.
        priority: i32::try_from(priority).unwrap_or_default(),
    }
}

/// Reports a word that is none of those that belong here.
pub(super) fn unknown_word(
    word: &str,
    words: &[&str],
    prop: Field<'_>,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) {
    let name = prop.name();
    let message = format!("{whose} has {} for {}; use one of {}", quoted(word), quoted(name), listed(words));
    let hint = nearest(word, words.iter().copied()).map(|meant| format!("did you mean {meant:?}?"));
    report.suggest(Code::UnknownWord, &at.key(name), prop.value().span(), message, hint);
}

/// Returns whether a character may stand in an id.
pub(crate) fn is_id_char(char: char) -> bool {
    char.is_alphanumeric() || "_-.:/".contains(char)
}

/// Returns whether a text may be an id, and reports it if not.
pub(super) fn check_id(id: &str, whose: &dyn Display, at: &At<'_>, span: Range<usize>, report: &mut Report) -> bool {
    let good = id.chars().all(is_id_char) && (1..=NAME_CHARS_MAX).contains(&id.chars().count());
    if !good {
        let message = format!(
            "{whose} has the id {}; use 1 to {NAME_CHARS_MAX} letters, digits and _ - . : / without spaces",
            quoted(id)
        );
        report.say(Code::BadName, at, span, message);
    }
    good
}

/// Returns whether a text may be the name of an action or a track, and reports it if not.
pub(super) fn check_name(
    name: &str,
    what: &str,
    whose: &dyn Display,
    at: &At<'_>,
    span: Range<usize>,
    report: &mut Report,
) -> bool {
    let good = (1..=NAME_CHARS_MAX).contains(&name.chars().count());
    let good = good && name.trim() == name && !name.chars().any(char::is_control);
    if !good {
        let message = format!(
            "{whose} has the {what} {}; use 1 to {NAME_CHARS_MAX} characters on one line, without spaces at its ends",
            quoted(name)
        );
        report.say(Code::BadName, at, span, message);
    }
    good
}
