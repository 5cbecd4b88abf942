//! Reads a file in the object form, as far as its cues.

mod locales;

use downbeat_core::Span;
use std::collections::BTreeMap;

use super::cursor::Cursor;
use super::header::{Header, Part};
use super::json;
use super::name::NameCheck;
use super::nfc::nfc;
use super::time::FrameRate;
use super::tree::{Array, Field, Object, Shape, Value};
use super::vars::Vars;
use super::words::{describe, quoted};
use crate::diagnostic::{Code, Message};
use crate::rundown::TITLE_CHARS_MAX;

/// What messages call the sheet as a whole.
pub(super) const SUBJECT: &str = "the sheet";

/// The number of `vars` a file may have.
const VARS_MAX: usize = 1_000;

const FIELDS: [&str; 13] = [
    "$schema",
    "version",
    "id",
    "title",
    "duration",
    "locales",
    "frameRate",
    "expectedDrift",
    "vars",
    "include",
    "actions",
    "tracks",
    "cues",
];

/// Reads the sheet itself. `header` gets what it says for the whole sheet.
pub(super) fn read<'s>(object: Object<'s>, header: &mut Header, cursor: &mut Cursor<'_>) -> Part<'s> {
    let fields = cursor.fields(object, &FIELDS);
    let [_, _, id, title, duration, locales, frame_rate, drift, ..] = fields;
    // Lengths may be timecode at the sheet's rate.
    cursor.frame_rate = frame_rate.and_then(|field| read_frame_rate(field, cursor));
    read_title(id, title, header, cursor);
    read_lengths(duration, drift, header, cursor);
    header.locales = locales.and_then(|field| locales::read(field, cursor));
    if let Some(first) = header.locales.as_ref().and_then(|locales| locales.first()) {
        header.locale = first.clone();
    }
    read_shared(object, fields, header, cursor)
}

/// Reads an included file, which says less than the sheet itself.
pub(super) fn read_included<'s>(object: Object<'s>, header: &mut Header, cursor: &mut Cursor<'_>) -> Part<'s> {
    let fields = cursor.fields(object, &FIELDS);
    let [_, _, id, title, duration, locales, frame_rate, drift, ..] = fields;
    for field in [id, title, duration, locales, drift].into_iter().flatten() {
        let problem = format!("an included file has {}, which applies to the whole sheet", quoted(field.name()));
        let message = Message::new(problem, "move it to the sheet that includes the file");
        cursor.key(field.name()).report(Code::UnknownField, field.key_span(), message);
    }
    cursor.frame_rate = frame_rate.and_then(|field| read_frame_rate(field, cursor));
    read_shared(object, fields, header, cursor)
}

/// Reads the fields that every file may have.
fn read_shared<'s>(
    object: Object<'s>,
    fields: [Option<Field<'s>>; 13],
    header: &mut Header,
    cursor: &mut Cursor<'_>,
) -> Part<'s> {
    let [schema, version, .., vars, include, actions, tracks, cues] = fields;
    // It is for editors; the sheet itself means the same without it.
    cursor.text(schema);
    check_version(version, object, cursor);
    if let Some(object) = cursor.object(actions) {
        header.declarations.read_actions(object, &mut cursor.key("actions"));
    }
    if let Some(object) = cursor.object(tracks) {
        header.declarations.read_tracks(object, &mut cursor.key("tracks"));
    }
    let vars = read_vars(vars, cursor);
    let include = read_include(include, cursor);
    Part::object(cursor.frame_rate, vars, include, read_cues(cues, object, cursor))
}

fn check_version(field: Option<Field<'_>>, object: Object<'_>, cursor: &mut Cursor<'_>) {
    let Some(field) = field else {
        let problem = "the sheet has no \"version\"".to_owned();
        return cursor.missing_field(object, problem, "add \"version\": 1");
    };
    match field.value().shape() {
        Shape::Number("1") => {}
        Shape::Number(number) => {
            let written: String = number.chars().take(40).collect();
            let problem = format!("the sheet has version {written}, this compiler reads version 1");
            cursor.report_value(Code::Version, field, Message::new(problem, "use a newer compiler, or 1"));
        }
        _ => cursor.wrong_type(field, "the number 1"),
    }
}

fn read_title<'s>(id: Option<Field<'s>>, title: Option<Field<'s>>, header: &mut Header, cursor: &mut Cursor<'_>) {
    if let Some((text, field)) = cursor.text_field(id)
        && cursor.check_id(text, field) == NameCheck::Valid
    {
        header.id = nfc(text).into_owned();
    }
    header.title.clone_from(&header.id);
    let Some((text, field)) = cursor.text_field(title) else { return };
    let chars = text.chars().count();
    if text.trim().is_empty() || chars > TITLE_CHARS_MAX || text.chars().any(char::is_control) {
        let problem = format!("the sheet's title has {chars} characters");
        let remedy = format!("use 1 to {TITLE_CHARS_MAX} on one line, or leave it out");
        cursor.report_value(Code::BadText, field, Message::new(problem, remedy));
    }
    text.clone_into(&mut header.title);
}

fn read_lengths(duration: Option<Field<'_>>, drift: Option<Field<'_>>, header: &mut Header, cursor: &mut Cursor<'_>) {
    header.duration = cursor.length_ms(duration).map(Span::from_millis);
    if let (Some(Span::ZERO), Some(field)) = (header.duration, duration) {
        header.duration = None;
        let message = Message::new("the sheet's \"duration\" is zero", "give the event's length, or leave it out");
        cursor.report_value(Code::BadTime, field, message);
    }
    if let Some(ms) = cursor.length_ms(drift) {
        header.expected_drift = Span::from_millis(ms);
    }
}

fn read_frame_rate(field: Field<'_>, cursor: &mut Cursor<'_>) -> Option<FrameRate> {
    let (Shape::Text(name) | Shape::Number(name)) = field.value().shape() else {
        cursor.wrong_type(field, "frames per second, such as \"25\" or \"29.97\"");
        return None;
    };
    let rate = FrameRate::named(name);
    if rate.is_none() {
        let problem = format!("the sheet has {} for \"frameRate\"", quoted(name));
        let remedy = "use 23.976, 24, 25, 29.97, 30, 47.952, 48, 50, 59.94, 60, 100, 119.88 or 120";
        cursor.report_value(Code::BadFrameRate, field, Message::new(problem, remedy));
    }
    rate
}

/// Returns the vars of a file, together with those of the files that include it.
fn read_vars(field: Option<Field<'_>>, cursor: &mut Cursor<'_>) -> Vars {
    let outer = cursor.vars;
    let Some(object) = cursor.object(field) else { return outer.with(BTreeMap::new()) };
    let mut cursor = cursor.key("vars");
    let count = object.fields().count();
    if count > VARS_MAX {
        let problem = format!("the sheet has {count} vars, at most {VARS_MAX} are read");
        cursor.report(Code::TooLarge, object.span(), Message::new(problem, "use fewer"));
    }
    let mut vars = BTreeMap::new();
    for field in object.fields().take(VARS_MAX) {
        let name = field.name();
        if name.is_empty() || name.contains(['}', '{', '$']) || name.chars().any(char::is_control) {
            let problem = format!("the sheet has the var {}", quoted(name));
            let message = Message::new(problem, "use a name without {, } and $");
            cursor.key(name).report(Code::BadName, field.key_span(), message);
        }
        let value = match field.value().shape() {
            Shape::Object(_) | Shape::Array(_) | Shape::Null => {
                cursor.wrong_type(field, "a text, a number, true or false");
                // The name is defined all the same: texts that use it have no error.
                "".into()
            }
            _ => json::value(field.value(), "vars", &mut cursor.key(name)),
        };
        if vars.insert(name.to_owned(), value).is_some() {
            cursor.duplicate_key(field);
        }
    }
    outer.with(vars)
}

/// Returns the paths of the files that a file includes.
fn read_include<'s>(field: Option<Field<'s>>, cursor: &mut Cursor<'_>) -> Vec<Value<'s>> {
    let array = cursor.array(field, "an array of paths, such as [\"./songs.jsonc\"]");
    let mut cursor = cursor.key("include");
    let elements = array.into_iter().flat_map(Array::elements).enumerate();
    let paths = elements.filter(|&(index, element)| {
        let is_path = element.text().is_some();
        if !is_path {
            let problem = format!("the sheet includes {}", describe(element));
            let message = Message::new(problem, "it takes paths as texts");
            cursor.index(index).report(Code::WrongType, element.span(), message);
        }
        is_path
    });
    paths.map(|(_, element)| element).collect()
}

fn read_cues<'s>(field: Option<Field<'s>>, object: Object<'_>, cursor: &mut Cursor<'_>) -> Option<Array<'s>> {
    if field.is_none() {
        let problem = "the sheet has no \"cues\"".to_owned();
        cursor.missing_field(object, problem, "add them, or \"cues\": [] while there are none");
    }
    cursor.array(field, "an array of cues")
}
