//! The cues of a sheet, one by one.

use core::num::NonZeroU32;
use core::ops::Range;
use downbeat_core::message::TEXT_CHARS_MAX;
use downbeat_core::{Locale, Position, Span};
use std::collections::BTreeMap;

use super::declare::{Action, check_id, check_name};
use super::dispatch;
use super::draft::{Draft, Place, Repeat, Time};
use super::fields::{self, Fields, duplicate_key, listed, wrong_type};
use super::include::File;
use super::json::Reader;
use super::label::Label;
use super::nearest::nearest;
use super::quoted;
use super::shared::Shared;
use super::sheet::Header;
use super::time::When;
use super::tree::{Field, Shape, Value};
use crate::diagnostic::{At, Code, Report};
use crate::rundown::{CUES_MAX, Cue, Kind, Params, Texts};

const FIELDS: [&str; 18] = [
    "id", "time", "action", "track", "params", "until", "duration", "late", "jitter", "needs", "preload", "message",
    "disabled", "repeat", "flags", "note", "owner", "group",
];

/// How messages name a cue, where it stands, and what holds for all of them.
pub(super) struct Whose<'a, 's> {
    pub(super) label: &'a Label<'a>,
    pub(super) at: &'a At<'a>,
    pub(super) header: &'a Header,
    pub(super) file: &'a File<'s>,
}

/// Reads the cue at `index` of a file: what is known of it so far, and all of it that is published but its id and times.
pub(super) fn read<'s>(
    value: Value<'s>,
    index: usize,
    file: &'s File<'s>,
    header: &Header,
    shared: &mut Shared,
    report: &mut Report,
) -> Option<(Draft<'s>, Cue)> {
    let cues = At::ROOT.key("cues");
    let array_at = if file.part.bare { At::ROOT } else { cues };
    let at = array_at.index(index);
    let Shape::Object(object) = value.shape() else {
        let message = format!(
            "cue number {} is {}; it must be an object such as {{ \"time\": 560, \"action\": \"startSong1\" }}",
            index + 1,
            fields::describe(value)
        );
        report.say(Code::WrongType, &at, value.span(), message);
        return None;
    };
    let rate = file.part.rate;
    let fields = Fields::of(object, &FIELDS);
    let [
        id,
        time,
        action,
        track,
        params,
        until,
        duration,
        late,
        jitter,
        needs,
        preload,
        message,
        disabled,
        repeat,
        flags,
        note,
        owner,
        group,
    ] = fields.known;
    // There are at most 200,000.
    let place = Place { file, index: u32::try_from(index).unwrap_or(u32::MAX), object: object.number() };
    let begin = time.map(|prop| (prop, fields::read_when(prop.value(), rate)));
    let label = place.label(match begin {
        Some((_, Ok(When::At(reading)))) => Some(Position::from_millis(reading.ms)),
        _ => None,
    });
    let whose = Whose { label: &label, at: &at, header, file };
    fields.report(&label, &at, report);
    for (name, prop, remedy) in [
        ("time", time, "say when it fires, such as 560 (seconds) or \"00:09:20\""),
        ("action", action, "say what it does, such as \"startSong1\""),
    ] {
        if prop.is_none() {
            report.say(Code::MissingField, &at, object.opening(), format!("{label} has no {name:?}; {remedy}"));
        }
    }
    let id = fields::text(id, &label, &at, report)
        .zip(id)
        .and_then(|(id, prop)| check_id(id, &label, &at.key("id"), prop.value().span(), report).then_some(id));
    let begin = begin.and_then(|(prop, read)| fields::tell_when(prop, read, &label, &at, report));
    let end = ending(until, duration, &whose, report);
    let action = fields::text(action, &label, &at, report).zip(action);
    let declared = action.and_then(|(name, prop)| self::action(name, prop, &whose, report));
    let track = fields::text(track, &label, &at, report).zip(track);
    if let Some((name, prop)) = track {
        check_track(name, prop, &whose, report);
    }
    let params = self::params(params, declared, &place, &whose, report);
    let late = late.and_then(|prop| dispatch::late(prop, &whose, report));
    let jitter = fields::length(jitter, rate, &label, &at, report).filter(|&ms| ms > 0).map(Span::from_millis);
    let needs = needs.and_then(|prop| dispatch::needs(prop, &whose, report));
    let preload = preload.and_then(|prop| dispatch::preload(prop, &whose, report));
    let message = message.and_then(|prop| self::message(prop, &whose, report));
    let repeat = repeat.and_then(|prop| self::repeat(prop, &whose, report));
    let disabled = fields::is_true(disabled, &label, &at, report);
    for prop in [note, owner] {
        fields::text(prop, &label, &at, report);
    }
    if let Some((name, prop)) = fields::text(group, &label, &at, report).zip(group) {
        check_name(name, "group", &label, &at.key("group"), prop.value().span(), report);
    }
    check_flags(flags, &whose, report);
    let kind = declared.and_then(|action| action.kind);
    let cue = Cue {
        id: Box::default(),
        time: Position::START,
        end: None,
        action: shared.name(action.map_or("", |(name, _)| name)),
        kind: kind.unwrap_or(Kind::Moment),
        track: track.map(|(name, _)| shared.name(name)),
        params: params.as_ref().map(Params::of),
        late,
        jitter,
        preload: preload.map(Box::new),
        message,
        needs,
    };
    let begin = begin.map_or(Time::Unknown, Time::of);
    let (named, whole, kind_is_declared) = (id.is_some(), action.is_some(), kind.is_some());
    Some((Draft { place, begin, end, repeat, named, disabled, whole, kind_is_declared }, cue))
}

impl Time {
    /// Returns what is kept of a time that was read; what it refers to is read again when it is followed.
    fn of(when: When<'_>) -> Self {
        match when {
            When::At(reading) => Self::At(reading.ms),
            When::From(_) => Self::Reference,
        }
    }
}

/// Returns when a cue ends, if it says so.
fn ending(until: Option<Field<'_>>, duration: Option<Field<'_>>, whose: &Whose<'_, '_>, report: &mut Report) -> Time {
    let Whose { label, at, .. } = *whose;
    let rate = whose.file.part.rate;
    let until_when = fields::when(until, rate, label, at, report);
    let duration_ms = fields::length(duration, rate, label, at, report);
    match (until, duration) {
        (Some(_), Some(second)) => {
            let message = format!("{label} has both \"until\" and \"duration\"; keep one of them");
            report.say(Code::TwoEnds, &at.key("duration"), second.key_span(), message);
            Time::Unknown
        }
        (Some(_), None) => until_when.map_or(Time::Unknown, Time::of),
        (None, Some(_)) => duration_ms.map_or(Time::Unknown, Time::After),
        (None, None) => Time::Open,
    }
}

/// Returns what the sheet declares for an action, if it does.
fn action<'h>(name: &str, prop: Field<'_>, whose: &Whose<'h, '_>, report: &mut Report) -> Option<&'h Action> {
    let at = whose.at.key("action");
    if !check_name(name, "action", whose.label, &at, prop.value().span(), report) {
        return None;
    }
    let actions = whose.header.declared.actions.as_ref()?;
    let action = actions.get(name);
    if action.is_none() {
        let known = actions.keys().map(String::as_str);
        let undeclared = Undeclared { code: Code::UnknownAction, what: "action", list: "actions" };
        undeclared.report(name, known, &at, prop.value().span(), whose, report);
    }
    action
}

fn check_track(name: &str, prop: Field<'_>, whose: &Whose<'_, '_>, report: &mut Report) {
    let at = whose.at.key("track");
    if !check_name(name, "track", whose.label, &at, prop.value().span(), report) {
        return;
    }
    if let Some(tracks) = whose.header.declared.tracks.as_ref().filter(|tracks| !tracks.contains_key(name)) {
        let known = tracks.keys().map(String::as_str);
        let undeclared = Undeclared { code: Code::UnknownTrack, what: "track", list: "tracks" };
        undeclared.report(name, known, &at, prop.value().span(), whose, report);
    }
}

/// Returns the params, held against the schema that their action declares.
fn params(
    prop: Option<Field<'_>>,
    action: Option<&Action>,
    place: &Place<'_>,
    whose: &Whose<'_, '_>,
    report: &mut Report,
) -> Option<serde_json::Map<String, serde_json::Value>> {
    let reader = Reader { whose: whose.label, what: "params", vars: &whose.file.part.vars };
    let object = fields::object(prop, whose.label, whose.at, report);
    let params = object.map(|object| reader.object(object, &whose.at.key("params"), report));
    if let Some(schema) = action.and_then(|action| action.params.as_ref())
        && (prop.is_none() || params.is_some())
    {
        let none = serde_json::Map::new();
        for violation in schema.violations(params.as_ref().unwrap_or(&none)) {
            let (steps, span) = violation.locate(prop, place.opening());
            let message = format!(
                "{}, in its params{}: {}; change it, or the schema that the sheet's \"actions\" give",
                whose.label,
                violation.inside(),
                violation.problem
            );
            let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
            place.say_at(Code::BadParams, &steps, span, message, report);
        }
    }
    params
}

fn message(prop: Field<'_>, whose: &Whose<'_, '_>, report: &mut Report) -> Option<Texts> {
    let at = whose.at.key("message");
    match prop.value().shape() {
        Shape::Text(words) => {
            let words = self::words(words, prop.value().span(), &at, whose, report);
            Some([(whose.header.locale.clone(), words)].into_iter().collect())
        }
        Shape::Object(object) => {
            let mut message = BTreeMap::new();
            if object.fields().next().is_none() {
                let text = format!("{} has a message without text; give one, or leave it out", whose.label);
                report.say(Code::BadText, &at, object.span(), text);
            }
            for prop in object.fields() {
                let Some((locale, words)) = translation(prop, &at, whose, report) else { continue };
                if message.insert(locale, words).is_some() {
                    duplicate_key(prop, whose.label, &at, report);
                }
            }
            Some(message.into_iter().collect())
        }
        _ => {
            wrong_type(prop, "a text, or a text per language tag", whose.label, whose.at, report);
            None
        }
    }
}

/// Reads the text of a message in one locale.
fn translation(prop: Field<'_>, at: &At<'_>, whose: &Whose<'_, '_>, report: &mut Report) -> Option<(Locale, String)> {
    let tag = prop.name();
    let locale = match tag.parse::<Locale>() {
        Ok(locale) => Some(locale),
        Err(_) => {
            let message = format!(
                "{} has a message in {}, which is no language tag; use one such as \"en\", \"fr-CA\" or \"zh-Hant\"",
                whose.label,
                quoted(tag)
            );
            report.say(Code::UnknownLocale, &at.key(tag), prop.key_span(), message);
            None
        }
    };
    if let (Some(locale), Some(locales)) = (&locale, &whose.header.locales)
        && !locales.contains(locale)
    {
        let known = locales.iter().map(Locale::as_str);
        let undeclared = Undeclared { code: Code::UnknownLocale, what: "locale", list: "locales" };
        undeclared.report(tag, known, &at.key(tag), prop.key_span(), whose, report);
    }
    let Shape::Text(words) = prop.value().shape() else {
        wrong_type(prop, "a text", whose.label, at, report);
        return None;
    };
    let words = self::words(words, prop.value().span(), &at.key(tag), whose, report);
    Some((locale?, words))
}

/// Returns the words of a message with their names filled in.
fn words(written: &str, span: Range<usize>, at: &At<'_>, whose: &Whose<'_, '_>, report: &mut Report) -> String {
    let reader = Reader { whose: whose.label, what: "message", vars: &whose.file.part.vars };
    let words = reader.text(written, span.clone(), at, report);
    let chars = words.chars().count();
    if words.trim().is_empty() || chars > TEXT_CHARS_MAX {
        let message = format!(
            "{} has a message of {chars} characters; use 1 to {TEXT_CHARS_MAX} that are not only spaces, or leave it out",
            whose.label
        );
        report.say(Code::BadText, at, span, message);
    }
    words
}

fn repeat(prop: Field<'_>, whose: &Whose<'_, '_>, report: &mut Report) -> Option<Repeat> {
    let object = fields::object(Some(prop), whose.label, whose.at, report)?;
    let at = whose.at.key("repeat");
    let fields = Fields::of(object, &["every", "count"]);
    fields.report(whose.label, &at, report);
    let [every, count] = fields.known;
    for (name, prop) in [("every", every), ("count", count)] {
        if prop.is_none() {
            let message =
                format!("{} has a repeat without {name:?}; write {{ \"every\": \"30s\", \"count\": 10 }}", whose.label);
            report.say(Code::MissingField, &at, object.opening(), message);
        }
    }
    let every_ms = fields::length(every, whose.file.part.rate, whose.label, &at, report);
    let most = i64::try_from(CUES_MAX).unwrap_or(i64::MAX);
    let number = count?.value().number().and_then(|number| number.parse::<i64>().ok());
    let number = number.filter(|number| (1..=most).contains(number)).and_then(|number| u32::try_from(number).ok());
    if number.is_none() {
        let message = format!("{} has a repeat whose \"count\" is no whole number; use 1 to {most}", whose.label);
        report.say(Code::BadRepeat, &at.key("count"), count?.value().span(), message);
    }
    if every_ms == Some(0) {
        let message = format!("{} is repeated every 0 ms, which is all at once; use a longer \"every\"", whose.label);
        report.say(Code::BadRepeat, &at.key("every"), every?.value().span(), message);
    }
    Some(Repeat { every_ms: every_ms?, count: NonZeroU32::new(number?)? })
}

fn check_flags(prop: Option<Field<'_>>, whose: &Whose<'_, '_>, report: &mut Report) {
    let expected = "an array of words, such as [\"rehearse\"]";
    let Some(array) = fields::array(prop, expected, whose.label, whose.at, report) else { return };
    let at = whose.at.key("flags");
    for (index, element) in array.elements().enumerate() {
        match element.shape() {
            Shape::Text(word) => {
                check_name(word, "flag", whose.label, &at.index(index), element.span(), report);
            }
            _ => {
                let message =
                    format!("{} has {} among its flags; it takes words", whose.label, fields::describe(element));
                report.say(Code::WrongType, &at.index(index), element.span(), message);
            }
        }
    }
}

/// A name that is not among those the sheet declares.
struct Undeclared {
    code: Code,
    what: &'static str,
    list: &'static str,
}

impl Undeclared {
    fn report<'k>(
        &self,
        name: &str,
        known: impl Iterator<Item = &'k str>,
        at: &At<'_>,
        span: Range<usize>,
        whose: &Whose<'_, '_>,
        report: &mut Report,
    ) {
        let known: Vec<&str> = known.collect();
        // A long list would bury the message.
        let listed = match known.len() {
            0..=12 => listed(&known),
            count => format!("{count} others"),
        };
        let message = format!(
            "{} has the {} {}, the sheet's {:?} declare {listed}; use one of them, or declare it",
            whose.label,
            self.what,
            quoted(name),
            self.list
        );
        let hint = nearest(name, known).map(|meant| format!("did you mean {meant:?}?"));
        report.suggest(self.code, at, span, message, hint);
    }
}
