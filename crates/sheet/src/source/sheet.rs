//! What a sheet says beside its cues.

use downbeat_core::{Locale, Span};
use jsonc_parser::ast::{Object, ObjectProp, Value};
use std::collections::BTreeMap;

use super::fields::{self, Fields, duplicate_key, key_span, wrong_type};
use super::{opening, quoted, span};
use crate::diagnostic::{At, Code, Report};
use crate::rundown::{Kind, NAME_CHARS_MAX, TITLE_CHARS_MAX, Track};

/// Everything but the cues.
pub(super) struct Header {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) duration: Option<Span>,
    /// The locale of messages that are one text.
    pub(super) locale: Locale,
    /// The locales a message may have; nothing where any will do.
    pub(super) locales: Option<Vec<Locale>>,
    /// The actions there are, with their kinds where they say; nothing where any will do.
    pub(super) actions: Option<BTreeMap<String, Option<Kind>>>,
    /// The tracks there are; nothing where any will do.
    pub(super) tracks: Option<BTreeMap<String, Track>>,
}

/// The id of a sheet that gives none.
const ID_UNNAMED: &str = "sheet";

const FIELDS: [&str; 8] = ["version", "id", "title", "duration", "locales", "actions", "tracks", "cues"];
const FIELDS_LATER: [&str; 4] = ["frameRate", "expectedDrift", "vars", "include"];
const ACTION_FIELDS: [&str; 1] = ["kind"];
const ACTION_FIELDS_LATER: [&str; 3] = ["tolerance", "params", "maxPerSecond"];
const TRACK_FIELDS: [&str; 0] = [];
const TRACK_FIELDS_LATER: [&str; 2] = ["exclusive", "priority"];

/// How messages name the sheet as a whole.
const SHEET: &str = "the sheet";

impl Header {
    /// Gives what holds for a sheet that is a bare array of cues.
    pub(super) fn of_bare_array() -> Self {
        Self {
            id: ID_UNNAMED.to_owned(),
            title: ID_UNNAMED.to_owned(),
            duration: None,
            locale: Locale::default(),
            locales: None,
            actions: None,
            tracks: None,
        }
    }
}

/// Reads a sheet in the object form, as far as its cues.
pub(super) fn read<'s>(object: &'s Object<'s>, report: &mut Report) -> (Header, &'s [Value<'s>]) {
    let at = At::ROOT;
    let fields = Fields::of(object, &FIELDS);
    let [version, id, title, duration, locales, actions, tracks, cues] = fields.known;
    fields.report(&SHEET, &FIELDS_LATER, &at, report);
    check_version(version, object, &at, report);
    let mut header = Header::of_bare_array();
    if let Some(id) = fields::text(id, &SHEET, &at, report)
        .zip(id)
        .and_then(|(text, prop)| check_id(text, &SHEET, &at.key("id"), span(&prop.value), report).then_some(text))
    {
        header.id = id.to_owned();
    }
    header.title = fields::text(title, &SHEET, &at, report).zip(title).map_or_else(
        || header.id.clone(),
        |(text, prop)| {
            check_title(text, prop, &at, report);
            text.to_owned()
        },
    );
    header.duration = fields::time(duration, &SHEET, &at, report).map(Span::from_millis);
    if let (Some(Span::ZERO), Some(prop)) = (header.duration, duration) {
        header.duration = None;
        let message = "the sheet's \"duration\" is zero; say how long the event is, or leave it out".to_owned();
        report.say(Code::BadTime, &at.key("duration"), span(&prop.value), message);
    }
    header.locales = locales.and_then(|prop| read_locales(prop, &at, report));
    if let Some(first) = header.locales.as_ref().and_then(|locales| locales.first()) {
        header.locale = first.clone();
    }
    header.actions = fields::object(actions, &SHEET, &at, report)
        .map(|object| declared(object, "action", &at.key("actions"), report, read_action));
    header.tracks = fields::object(tracks, &SHEET, &at, report)
        .map(|object| declared(object, "track", &at.key("tracks"), report, read_track));
    (header, read_cues(cues, object, &at, report))
}

fn check_version(prop: Option<&ObjectProp<'_>>, object: &Object<'_>, at: &At<'_>, report: &mut Report) {
    match prop.map(|prop| (prop, &prop.value)) {
        None => {
            let message = "the sheet has no \"version\"; add \"version\": 1".to_owned();
            report.say(Code::MissingField, at, opening(object), message);
        }
        Some((_, Value::NumberLit(number))) if number.value == "1" => {}
        Some((_, Value::NumberLit(number))) => {
            let written: String = number.value.chars().take(40).collect();
            let message = format!("the sheet has version {written}, this compiler reads 1; use a newer compiler, or 1");
            report.say(Code::Version, &at.key("version"), span(number), message);
        }
        Some((prop, _)) => wrong_type(prop, "the number 1", &SHEET, at, report),
    }
}

fn check_title(title: &str, prop: &ObjectProp<'_>, at: &At<'_>, report: &mut Report) {
    let chars = title.chars().count();
    if title.trim().is_empty() || chars > TITLE_CHARS_MAX || title.chars().any(char::is_control) {
        let message = format!(
            "the sheet's title has {chars} characters; use 1 to {TITLE_CHARS_MAX} on one line, or leave it out"
        );
        report.say(Code::BadText, &at.key("title"), span(&prop.value), message);
    }
}

fn read_locales(prop: &ObjectProp<'_>, at: &At<'_>, report: &mut Report) -> Option<Vec<Locale>> {
    let at = at.key("locales");
    let Value::Array(array) = &prop.value else {
        wrong_type(prop, "an array of language tags, the default one first", &SHEET, &At::ROOT, report);
        return None;
    };
    if array.elements.is_empty() {
        let message = "the sheet's \"locales\" are empty; name one, or leave the field out".to_owned();
        report.say(Code::UnknownLocale, &at, span(array), message);
        return None;
    }
    let mut locales = Vec::new();
    for (index, element) in array.elements.iter().enumerate() {
        let problem = match element {
            Value::StringLit(tag) => match tag.value.parse::<Locale>() {
                Ok(locale) => {
                    locales.push(locale);
                    continue;
                }
                Err(error) => (Code::UnknownLocale, format!("the sheet's \"locales\": {error}")),
            },
            other => {
                let message =
                    format!("the sheet's \"locales\" have {}, they take language tags", fields::describe(other));
                (Code::WrongType, message)
            }
        };
        report.say(problem.0, &at.index(index), span(element), problem.1);
    }
    // Where one of them is unreadable nobody knows which messages are meant by it.
    (locales.len() == array.elements.len()).then_some(locales)
}

fn read_cues<'s>(
    prop: Option<&'s ObjectProp<'s>>,
    object: &Object<'_>,
    at: &At<'_>,
    report: &mut Report,
) -> &'s [Value<'s>] {
    match prop.map(|prop| (prop, &prop.value)) {
        Some((_, Value::Array(array))) => &array.elements,
        Some((prop, _)) => {
            wrong_type(prop, "an array of cues", &SHEET, at, report);
            &[]
        }
        None => {
            let message = "the sheet has no \"cues\"; add them, or \"cues\": [] while there are none".to_owned();
            report.say(Code::MissingField, at, opening(object), message);
            &[]
        }
    }
}

/// Reads the declarations of actions or tracks: names, each with an object.
fn declared<T>(
    object: &Object<'_>,
    what: &str,
    at: &At<'_>,
    report: &mut Report,
    read: fn(&Object<'_>, &str, &At<'_>, &mut Report) -> T,
) -> BTreeMap<String, T> {
    let mut all = BTreeMap::new();
    for prop in &object.properties {
        let name = prop.name.as_str();
        check_name(name, what, &SHEET, &at.key(name), key_span(prop), report);
        let Value::Object(inner) = &prop.value else {
            wrong_type(prop, "an object, {} where there is nothing to say", &SHEET, at, report);
            continue;
        };
        let whose = format!("{what} {}", quoted(name));
        let value = read(inner, &whose, &at.key(name), report);
        if all.insert(name.to_owned(), value).is_some() {
            duplicate_key(prop, &SHEET, at, report);
        }
    }
    all
}

fn read_action(object: &Object<'_>, whose: &str, at: &At<'_>, report: &mut Report) -> Option<Kind> {
    let fields = Fields::of(object, &ACTION_FIELDS);
    fields.report(&whose, &ACTION_FIELDS_LATER, at, report);
    let [kind] = fields.known;
    let word = fields::text(kind, &whose, at, report)?;
    let known = Kind::from_word(word);
    if let (None, Some(prop)) = (known, kind) {
        let message = format!("{whose} is of kind {}; use \"state\" or \"moment\"", quoted(word));
        report.say(Code::UnknownKind, &at.key("kind"), span(&prop.value), message);
    }
    known
}

fn read_track(object: &Object<'_>, whose: &str, at: &At<'_>, report: &mut Report) -> Track {
    Fields::of(object, &TRACK_FIELDS).report(&whose, &TRACK_FIELDS_LATER, at, report);
    Track::default()
}

/// Says whether a text may be an id, and reports it if not.
pub(super) fn check_id(
    id: &str,
    whose: &dyn core::fmt::Display,
    at: &At<'_>,
    span: core::ops::Range<usize>,
    report: &mut Report,
) -> bool {
    let good = id.chars().all(|char| char.is_alphanumeric() || "_-.:/".contains(char));
    let good = good && (1..=NAME_CHARS_MAX).contains(&id.chars().count());
    if !good {
        let message = format!(
            "{whose} has the id {}; use 1 to {NAME_CHARS_MAX} letters, digits and _ - . : / without spaces",
            quoted(id)
        );
        report.say(Code::BadName, at, span, message);
    }
    good
}

/// Says whether a text may be the name of an action or a track, and reports it if not.
pub(super) fn check_name(
    name: &str,
    what: &str,
    whose: &dyn core::fmt::Display,
    at: &At<'_>,
    span: core::ops::Range<usize>,
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
