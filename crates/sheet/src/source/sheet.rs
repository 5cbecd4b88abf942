//! What a file of a sheet says beside its cues.

use downbeat_core::{Locale, Span};
use std::collections::BTreeMap;

use super::declare::{Declared, SHEET, check_id};
use super::fields::{self, Fields, duplicate_key, wrong_type};
use super::json::Reader;
use super::quoted;
use super::timecode::FrameRate;
use super::tree::{Array, Field, Object, Shape, Value};
use super::vars::Vars;
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
    pub(super) include: Vec<Value<'s>>,
    pub(super) cues: Option<Array<'s>>,
    /// The cues are all there is: a bare array.
    pub(super) bare: bool,
}

/// The id of a sheet that gives none.
pub(crate) const ID_UNNAMED: &str = "sheet";

/// How far viewers are expected to be apart where the sheet does not say: 500 ms.
///
/// Reason: what two clocks that were each estimated over a mobile network may differ by.
const EXPECTED_DRIFT: Span = Span::from_millis(500);

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
    /// Returns what holds for a file that is a bare array of cues.
    pub(super) fn bare(cues: Array<'s>, vars: &Vars) -> Self {
        Self { rate: None, vars: vars.clone(), include: Vec::new(), cues: Some(cues), bare: true }
    }
}

/// Reads a file in the object form, as far as its cues. `header` is what it says for the whole sheet; an included
/// file says less than the sheet itself.
pub(super) fn read<'s>(
    object: Object<'s>,
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
            let name = prop.name();
            let message = format!(
                "an included file has {}, which is said for the whole sheet; move it to the sheet that includes it",
                quoted(name)
            );
            report.say(Code::UnknownField, &at.key(name), prop.key_span(), message);
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

fn check_version(prop: Option<Field<'_>>, object: Object<'_>, at: &At<'_>, report: &mut Report) {
    match prop.map(|prop| (prop, prop.value().shape())) {
        None => {
            let message = "the sheet has no \"version\"; add \"version\": 1".to_owned();
            report.say(Code::MissingField, at, object.opening(), message);
        }
        Some((_, Shape::Number("1"))) => {}
        Some((prop, Shape::Number(number))) => {
            let written: String = number.chars().take(40).collect();
            let message = format!("the sheet has version {written}, this compiler reads 1; use a newer compiler, or 1");
            report.say(Code::Version, &at.key("version"), prop.value().span(), message);
        }
        Some((prop, _)) => wrong_type(prop, "the number 1", &SHEET, at, report),
    }
}

fn read_title<'s>(id: Option<Field<'s>>, title: Option<Field<'s>>, header: &mut Header, report: &mut Report) {
    let at = At::ROOT;
    if let Some((text, prop)) = fields::text(id, &SHEET, &at, report).zip(id)
        && check_id(text, &SHEET, &at.key("id"), prop.value().span(), report)
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
        report.say(Code::BadText, &at.key("title"), prop.value().span(), message);
    }
    text.clone_into(&mut header.title);
}

fn read_lengths(
    duration: Option<Field<'_>>,
    drift: Option<Field<'_>>,
    rate: Option<FrameRate>,
    header: &mut Header,
    report: &mut Report,
) {
    let at = At::ROOT;
    header.duration = fields::length(duration, rate, &SHEET, &at, report).map(Span::from_millis);
    if let (Some(Span::ZERO), Some(prop)) = (header.duration, duration) {
        header.duration = None;
        let message = "the sheet's \"duration\" is zero; say how long the event is, or leave it out".to_owned();
        report.say(Code::BadTime, &at.key("duration"), prop.value().span(), message);
    }
    if let Some(ms) = fields::length(drift, rate, &SHEET, &at, report) {
        header.expected_drift = Span::from_millis(ms);
    }
}

fn read_rate(prop: Field<'_>, at: &At<'_>, report: &mut Report) -> Option<FrameRate> {
    let name = match prop.value().shape() {
        Shape::Text(written) | Shape::Number(written) => written,
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
        report.say(Code::BadFrameRate, &at.key("frameRate"), prop.value().span(), message);
    }
    rate
}

fn read_vars<'s>(prop: Option<Field<'s>>, outer: &Vars, at: &At<'_>, report: &mut Report) -> Vars {
    let Some(object) = fields::object(prop, &SHEET, at, report) else { return outer.with(BTreeMap::new()) };
    let at = at.key("vars");
    let reader = Reader { whose: &SHEET, what: "vars", vars: outer };
    let mut vars = BTreeMap::new();
    let count = object.fields().count();
    if count > VARS_MAX {
        let message = format!("the sheet has {count} vars; at most {VARS_MAX} are read, use fewer");
        report.say(Code::TooLarge, &at, object.span(), message);
    }
    for prop in object.fields().take(VARS_MAX) {
        let name = prop.name();
        if name.is_empty() || name.contains(['}', '{', '$']) || name.chars().any(char::is_control) {
            let message = format!("the sheet has the var {}; use a name without {{ }} and $", quoted(name));
            report.say(Code::BadName, &at.key(name), prop.key_span(), message);
        }
        let value = match prop.value().shape() {
            Shape::Object(_) | Shape::Array(_) | Shape::Null => {
                wrong_type(prop, "a text, a number, true or false", &SHEET, &at, report);
                // The name is known all the same: what uses it is not at fault.
                "".into()
            }
            _ => reader.value(prop.value(), &at.key(name), report),
        };
        if vars.insert(name.to_owned(), value).is_some() {
            duplicate_key(prop, &SHEET, &at, report);
        }
    }
    outer.with(vars)
}

fn read_include<'s>(prop: Option<Field<'s>>, at: &At<'_>, report: &mut Report) -> Vec<Value<'s>> {
    let expected = "an array of paths, such as [\"./songs.jsonc\"]";
    let array = fields::array(prop, expected, &SHEET, at, report);
    let at = at.key("include");
    let elements = array.into_iter().flat_map(Array::elements).enumerate();
    let read = elements.filter_map(|(index, element)| {
        if element.text().is_none() {
            let message = format!("the sheet includes {}; it takes paths as texts", fields::describe(element));
            report.say(Code::WrongType, &at.index(index), element.span(), message);
            return None;
        }
        Some(element)
    });
    read.collect()
}

fn read_locales(prop: Field<'_>, at: &At<'_>, report: &mut Report) -> Option<Vec<Locale>> {
    let at = at.key("locales");
    let Shape::Array(array) = prop.value().shape() else {
        wrong_type(prop, "an array of language tags, the default one first", &SHEET, &At::ROOT, report);
        return None;
    };
    if array.len() == 0 {
        let message = "the sheet's \"locales\" are empty; name one, or leave the field out".to_owned();
        report.say(Code::UnknownLocale, &at, array.span(), message);
        return None;
    }
    let mut locales = Vec::new();
    for (index, element) in array.elements().enumerate() {
        let problem = match element.shape() {
            Shape::Text(tag) => match tag.parse::<Locale>() {
                Ok(locale) => {
                    locales.push(locale);
                    continue;
                }
                Err(_) => {
                    let message = format!(
                        "the sheet's \"locales\" have {}, which is no language tag; use one such as \"en\", \"fr-CA\" or \"zh-Hant\"",
                        quoted(tag)
                    );
                    (Code::UnknownLocale, message)
                }
            },
            _ => {
                let message =
                    format!("the sheet's \"locales\" have {}; they take language tags", fields::describe(element));
                (Code::WrongType, message)
            }
        };
        report.say(problem.0, &at.index(index), element.span(), problem.1);
    }
    // Where one of them is unreadable nobody knows which messages are meant by it.
    (locales.len() == array.len()).then_some(locales)
}

fn read_cues<'s>(prop: Option<Field<'s>>, object: Object<'_>, at: &At<'_>, report: &mut Report) -> Option<Array<'s>> {
    if prop.is_none() {
        let message = "the sheet has no \"cues\"; add them, or \"cues\": [] while there are none".to_owned();
        report.say(Code::MissingField, at, object.opening(), message);
    }
    fields::array(prop, "an array of cues", &SHEET, at, report)
}
