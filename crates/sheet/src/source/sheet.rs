//! What a file of a sheet says beside its cues.

use downbeat_core::{Locale, Span};
use jsonc_parser::ast::{Object, ObjectProp, StringLit, Value};
use std::collections::BTreeMap;

use super::declare::{Declared, SHEET, check_id};
use super::fields::{self, Fields, duplicate_key, key_span, wrong_type};
use super::json::Reader;
use super::timecode::FrameRate;
use super::vars::Vars;
use super::{opening, quoted, span};
use crate::diagnostic::{At, Code, Report};
use crate::rundown::TITLE_CHARS_MAX;

/// What holds for a sheet as a whole, whatever file it stands in.
pub(super) struct Header {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) duration: Option<Span>,
    /// The locale of messages that are one text.
    pub(super) locale: Locale,
    /// The locales a message may have; nothing where any will do.
    pub(super) locales: Option<Vec<Locale>>,
    /// How far viewers may be apart.
    pub(super) expected_drift: Span,
    pub(super) declared: Declared,
}

/// What holds within one file.
pub(super) struct Part<'s> {
    /// The rate of frames that do not name theirs.
    pub(super) rate: Option<FrameRate>,
    pub(super) vars: Vars,
    /// The files it includes.
    pub(super) include: Vec<&'s StringLit<'s>>,
    pub(super) cues: &'s [Value<'s>],
    /// The cues are all there is: a bare array.
    pub(super) bare: bool,
}

/// The id of a sheet that gives none.
pub(crate) const ID_UNNAMED: &str = "sheet";

/// Gives how far viewers are expected to be apart where the sheet does not say: 500 ms.
///
/// Reason: what two clocks that were each estimated over a mobile network may differ by.
const EXPECTED_DRIFT: Span = Span::from_millis(500);

/// Gives the number of `vars` a file may have.
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

impl Default for Header {
    fn default() -> Self {
        Self {
            id: ID_UNNAMED.to_owned(),
            title: ID_UNNAMED.to_owned(),
            duration: None,
            locale: Locale::default(),
            locales: None,
            expected_drift: EXPECTED_DRIFT,
            declared: Declared::default(),
        }
    }
}

impl<'s> Part<'s> {
    /// Gives what holds for a file that is a bare array of cues.
    pub(super) fn bare(cues: &'s [Value<'s>], vars: &Vars) -> Self {
        Self { rate: None, vars: vars.clone(), include: Vec::new(), cues, bare: true }
    }
}

/// Reads a file in the object form, as far as its cues. `header` is what it says for the whole sheet; an included
/// file says less than the sheet itself.
pub(super) fn read<'s>(
    object: &'s Object<'s>,
    included: bool,
    outer: &Vars,
    header: &mut Header,
    report: &mut Report,
) -> Part<'s> {
    let at = At::ROOT;
    let fields = Fields::of(object, &FIELDS);
    let [schema, version, id, title, duration, locales, rate, drift, vars, include, actions, tracks, cues] =
        fields.known;
    fields.report(&SHEET, &at, report);
    // Editors look there; to the sheet itself it says nothing.
    fields::text(schema, &SHEET, &at, report);
    check_version(version, object, &at, report);
    let rate = rate.and_then(|prop| read_rate(prop, &at, report));
    if included {
        for prop in [id, title, duration, locales, drift].into_iter().flatten() {
            let name = prop.name.as_str();
            let message = format!(
                "an included file has {}, which is said for the whole sheet; move it to the sheet that includes it",
                quoted(name)
            );
            report.say(Code::UnknownField, &at.key(name), key_span(prop), message);
        }
    } else {
        read_title(id, title, header, report);
        read_lengths(duration, drift, rate, header, report);
        header.locales = locales.and_then(|prop| read_locales(prop, &at, report));
        if let Some(first) = header.locales.as_ref().and_then(|locales| locales.first()) {
            header.locale = first.clone();
        }
    }
    if let Some(object) = fields::object(actions, &SHEET, &at, report) {
        header.declared.read_actions(object, &at.key("actions"), report);
    }
    if let Some(object) = fields::object(tracks, &SHEET, &at, report) {
        header.declared.read_tracks(object, &at.key("tracks"), report);
    }
    Part {
        rate,
        vars: read_vars(vars, outer, &at, report),
        include: read_include(include, &at, report),
        cues: read_cues(cues, object, &at, report),
        bare: false,
    }
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

fn read_title<'s>(
    id: Option<&'s ObjectProp<'s>>,
    title: Option<&'s ObjectProp<'s>>,
    header: &mut Header,
    report: &mut Report,
) {
    let at = At::ROOT;
    if let Some((text, prop)) = fields::text(id, &SHEET, &at, report).zip(id)
        && check_id(text, &SHEET, &at.key("id"), span(&prop.value), report)
    {
        text.clone_into(&mut header.id);
    }
    header.title.clone_from(&header.id);
    let Some((text, prop)) = fields::text(title, &SHEET, &at, report).zip(title) else { return };
    let chars = text.chars().count();
    if text.trim().is_empty() || chars > TITLE_CHARS_MAX || text.chars().any(char::is_control) {
        let message = format!(
            "the sheet's title has {chars} characters; use 1 to {TITLE_CHARS_MAX} on one line, or leave it out"
        );
        report.say(Code::BadText, &at.key("title"), span(&prop.value), message);
    }
    text.clone_into(&mut header.title);
}

fn read_lengths(
    duration: Option<&ObjectProp<'_>>,
    drift: Option<&ObjectProp<'_>>,
    rate: Option<FrameRate>,
    header: &mut Header,
    report: &mut Report,
) {
    let at = At::ROOT;
    header.duration = fields::length(duration, rate, &SHEET, &at, report).map(Span::from_millis);
    if let (Some(Span::ZERO), Some(prop)) = (header.duration, duration) {
        header.duration = None;
        let message = "the sheet's \"duration\" is zero; say how long the event is, or leave it out".to_owned();
        report.say(Code::BadTime, &at.key("duration"), span(&prop.value), message);
    }
    if let Some(ms) = fields::length(drift, rate, &SHEET, &at, report) {
        header.expected_drift = Span::from_millis(ms);
    }
}

fn read_rate(prop: &ObjectProp<'_>, at: &At<'_>, report: &mut Report) -> Option<FrameRate> {
    let name = match &prop.value {
        Value::StringLit(text) => &*text.value,
        Value::NumberLit(number) => number.value,
        _ => {
            wrong_type(prop, "frames per second, such as \"25\" or \"29.97\"", &SHEET, at, report);
            return None;
        }
    };
    let rate = FrameRate::named(name);
    if rate.is_none() {
        let message = format!(
            "the sheet has {} for \"frameRate\"; use 23.976, 24, 25, 29.97, 30, 47.952, 48, 50, 59.94, 60, 100, 119.88 or 120",
            quoted(name)
        );
        report.say(Code::BadFrameRate, &at.key("frameRate"), span(&prop.value), message);
    }
    rate
}

fn read_vars<'s>(prop: Option<&'s ObjectProp<'s>>, outer: &Vars, at: &At<'_>, report: &mut Report) -> Vars {
    let Some(object) = fields::object(prop, &SHEET, at, report) else { return outer.with(BTreeMap::new()) };
    let at = at.key("vars");
    let reader = Reader { whose: &SHEET, what: "vars", vars: outer };
    let mut vars = BTreeMap::new();
    if object.properties.len() > VARS_MAX {
        let message = format!("the sheet has {} vars; at most {VARS_MAX} are read, use fewer", object.properties.len());
        report.say(Code::TooLarge, &at, span(object), message);
    }
    for prop in object.properties.iter().take(VARS_MAX) {
        let name = prop.name.as_str();
        if name.is_empty() || name.contains(['}', '{', '$']) || name.chars().any(char::is_control) {
            let message = format!("the sheet has the var {}; use a name without {{ }} and $", quoted(name));
            report.say(Code::BadName, &at.key(name), key_span(prop), message);
        }
        let value = match &prop.value {
            Value::Object(_) | Value::Array(_) | Value::NullKeyword(_) => {
                wrong_type(prop, "a text, a number, true or false", &SHEET, &at, report);
                // The name is known all the same: what uses it is not at fault.
                "".into()
            }
            value => reader.value(value, &at.key(name), report),
        };
        if vars.insert(name.to_owned(), value).is_some() {
            duplicate_key(prop, &SHEET, &at, report);
        }
    }
    outer.with(vars)
}

fn read_include<'s>(prop: Option<&'s ObjectProp<'s>>, at: &At<'_>, report: &mut Report) -> Vec<&'s StringLit<'s>> {
    let expected = "an array of paths, such as [\"./songs.jsonc\"]";
    let elements = fields::array(prop, expected, &SHEET, at, report).unwrap_or_default();
    let at = at.key("include");
    let read = elements.iter().enumerate().filter_map(|(index, element)| match element {
        Value::StringLit(path) => Some(path),
        other => {
            let message = format!("the sheet includes {}, it takes paths as texts", fields::describe(other));
            report.say(Code::WrongType, &at.index(index), span(other), message);
            None
        }
    });
    read.collect()
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
    if prop.is_none() {
        let message = "the sheet has no \"cues\"; add them, or \"cues\": [] while there are none".to_owned();
        report.say(Code::MissingField, at, opening(object), message);
    }
    fields::array(prop, "an array of cues", &SHEET, at, report).unwrap_or_default()
}
