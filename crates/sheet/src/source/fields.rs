//! The fields of one object: the known ones by name, the others reported.

use core::fmt::Display;
use core::ops::RangeInclusive;

use super::nearest::nearest;
use super::quoted;
use super::time::{self, Problem, Reading, When};
use super::timecode::FrameRate;
use super::tree::{Array, Field, Object, Shape, Value};
use crate::diagnostic::{At, Code, Report};

/// The fields of an object that has `N` known ones.
pub(super) struct Fields<'s, const N: usize> {
    /// The known fields, in the order of their names.
    pub(super) known: [Option<Field<'s>>; N],
    names: &'static [&'static str; N],
    strangers: Vec<Field<'s>>,
    repeated: Vec<Field<'s>>,
}

impl<'s, const N: usize> Fields<'s, N> {
    pub(super) fn of(object: Object<'s>, names: &'static [&'static str; N]) -> Self {
        let mut fields = Self { known: [None; N], names, strangers: Vec::new(), repeated: Vec::new() };
        for prop in object.fields() {
            match names.iter().position(|name| *name == prop.name()) {
                None => fields.strangers.push(prop),
                Some(index) if fields.known[index].is_some() => fields.repeated.push(prop),
                Some(index) => fields.known[index] = Some(prop),
            }
        }
        fields
    }

    /// Reports what should not be there.
    pub(super) fn report(&self, whose: &dyn Display, at: &At<'_>, report: &mut Report) {
        for &prop in &self.repeated {
            duplicate_key(prop, whose, at, report);
        }
        for &prop in &self.strangers {
            let name = prop.name();
            let shown = quoted(name);
            let message = format!("{whose} has {shown}, which is no field here; it takes {}", listed(self.names));
            let hint = nearest(name, self.names.iter().copied()).map(|meant| format!("did you mean {meant:?}?"));
            report.suggest(Code::UnknownField, &at.key(name), prop.key_span(), message, hint);
        }
    }
}

/// Reports a key that an object already has.
pub(super) fn duplicate_key(prop: Field<'_>, whose: &dyn Display, at: &At<'_>, report: &mut Report) {
    let name = prop.name();
    let message = format!("{whose} has {} twice; keep one of them", quoted(name));
    report.say(Code::DuplicateKey, &at.key(name), prop.key_span(), message);
}

/// Reports a value of the wrong type.
pub(super) fn wrong_type(prop: Field<'_>, expected: &str, whose: &dyn Display, at: &At<'_>, report: &mut Report) {
    let name = prop.name();
    let message = format!("{whose} has {} for {}; it takes {expected}", describe(prop.value()), quoted(name));
    report.say(Code::WrongType, &at.key(name), prop.value().span(), message);
}

/// Returns the text of a field.
pub(super) fn text<'s>(
    prop: Option<Field<'s>>,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) -> Option<&'s str> {
    let prop = prop?;
    match prop.value().shape() {
        Shape::Text(text) => Some(text),
        _ => {
            wrong_type(prop, "a text", whose, at, report);
            None
        }
    }
}

/// Returns the object of a field.
pub(super) fn object<'s>(
    prop: Option<Field<'s>>,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) -> Option<Object<'s>> {
    let prop = prop?;
    match prop.value().shape() {
        Shape::Object(object) => Some(object),
        _ => {
            wrong_type(prop, "an object", whose, at, report);
            None
        }
    }
}

/// Returns the array of a field.
pub(super) fn array<'s>(
    prop: Option<Field<'s>>,
    expected: &str,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) -> Option<Array<'s>> {
    let prop = prop?;
    match prop.value().shape() {
        Shape::Array(array) => Some(array),
        _ => {
            wrong_type(prop, expected, whose, at, report);
            None
        }
    }
}

/// Returns whether a field is there and true.
pub(super) fn is_true(prop: Option<Field<'_>>, whose: &dyn Display, at: &At<'_>, report: &mut Report) -> bool {
    match prop.map(|prop| (prop, prop.value().shape())) {
        None => false,
        Some((_, Shape::Boolean(boolean))) => boolean,
        Some((prop, _)) => {
            wrong_type(prop, "true or false", whose, at, report);
            false
        }
    }
}

/// Returns the integer of a field, if it is one within `range`.
pub(super) fn integer(
    prop: Option<Field<'_>>,
    range: RangeInclusive<i64>,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) -> Option<i64> {
    let prop = prop?;
    let found = prop.value().number().and_then(|number| number.parse::<i64>().ok());
    let found = found.filter(|number| range.contains(number));
    if found.is_none() {
        wrong_type(prop, &format!("a whole number, {} to {}", range.start(), range.end()), whose, at, report);
    }
    found
}

/// Reads when something is without saying anything; the error is nothing where it is neither a number nor a text.
pub(super) fn read_when<'s>(value: Value<'s>, rate: Option<FrameRate>) -> Result<When<'s>, Option<Problem>> {
    match value.shape() {
        Shape::Number(number) => time::seconds(number).map(When::At).map_err(Some),
        Shape::Text(text) => time::when(text, rate).map_err(Some),
        _ => Err(None),
    }
}

/// Returns when something is, from a field that may refer to another cue.
pub(super) fn when<'s>(
    prop: Option<Field<'s>>,
    rate: Option<FrameRate>,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) -> Option<When<'s>> {
    let prop = prop?;
    tell_when(prop, read_when(prop.value(), rate), whose, at, report)
}

/// Returns when something is, as it was read from a field, and says what is wrong or unclear about it.
pub(super) fn tell_when<'s>(
    prop: Field<'_>,
    read: Result<When<'s>, Option<Problem>>,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) -> Option<When<'s>> {
    let name = prop.name();
    let written = || match prop.value().shape() {
        Shape::Text(text) => quoted(text),
        Shape::Number(number) => number.chars().take(60).collect(),
        _ => String::new(),
    };
    match read {
        Ok(when) => {
            if let When::At(Reading { ms, two_parts: true }) = when {
                let clear = crate::rundown::clock(downbeat_core::Position::from_millis(ms));
                let message = format!(
                    "{whose} has {} for {name:?}, which is taken as minutes and seconds, where others read hours and minutes; write {clear:?}",
                    written()
                );
                report.say(Code::TwoPartTime, &at.key(name), prop.value().span(), message);
            }
            Some(when)
        }
        Err(Some(problem)) => {
            let code = if problem == Problem::Negative { Code::BeforeZero } else { Code::BadTime };
            let message = format!("{whose}: {name:?} {} {}", written(), problem.remedy());
            report.say(code, &at.key(name), prop.value().span(), message);
            None
        }
        Err(None) => {
            let expected = "a time: seconds (560), \"00:09:20\", \"PT9M20S\" or \"9m20s\"";
            wrong_type(prop, expected, whose, at, report);
            None
        }
    }
}

/// Returns the milliseconds of a field that is a length of time.
pub(super) fn length(
    prop: Option<Field<'_>>,
    rate: Option<FrameRate>,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) -> Option<i64> {
    match when(prop, rate, whose, at, report)? {
        When::At(reading) => Some(reading.ms),
        When::From(_) => {
            let prop = prop?;
            let name = prop.name();
            let message = format!("{whose}: {name:?} {}", Problem::ReferenceHere.remedy());
            report.say(Code::BadTime, &at.key(name), prop.value().span(), message);
            None
        }
    }
}

/// Returns names for a message: `"a", "b" and "c"`.
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        [only] => quoted(only),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|name| quoted(name)).collect();
            format!("{} and {}", first.join(", "), quoted(last))
        }
    }
}

/// Returns the type of a value for a message.
pub(super) fn describe(value: Value<'_>) -> &'static str {
    match value.shape() {
        Shape::Text(_) => "a text",
        Shape::Number(_) => "a number",
        Shape::Boolean(_) => "true or false",
        Shape::Object(_) => "an object",
        Shape::Array(_) => "an array",
        Shape::Null => "null",
    }
}
