//! Values that pass through a sheet as they are but for their `${names}`: the `params` of a cue.

use core::fmt::Display;
use core::ops::Range;
use serde_json::{Map, Number};

use super::fields::{duplicate_key, listed};
use super::nearest::nearest;
use super::quoted;
use super::tree::{Object, Shape, Value};
use super::vars::Vars;
use crate::diagnostic::{At, Code, Report};
use crate::rundown::NUMBER_MAX;

/// How deep `params` may be nested: 64 levels.
///
/// Reason: readers of JSON limit it too (serde_json at 128), and a browser's own at some depth nobody documents.
const DEPTH_MAX: usize = 64;

/// Reads values for one field of one thing.
pub(super) struct Reader<'a> {
    /// Whose values they are.
    pub(super) whose: &'a dyn Display,
    /// What they are.
    pub(super) what: &'a str,
    pub(super) vars: &'a Vars,
}

impl Reader<'_> {
    /// Returns an object as it will stand in the rundown; numbers in the form in which they are printed.
    pub(super) fn object(
        &self,
        object: Object<'_>,
        at: &At<'_>,
        report: &mut Report,
    ) -> Map<String, serde_json::Value> {
        self.nested_object(object, 1, at, report)
    }

    /// Returns any value as it will stand in the rundown.
    pub(super) fn value(&self, value: Value<'_>, at: &At<'_>, report: &mut Report) -> serde_json::Value {
        self.nested_value(value, 1, at, report)
    }

    /// Returns a text with its names filled in.
    pub(super) fn text(&self, text: &str, span: Range<usize>, at: &At<'_>, report: &mut Report) -> String {
        let (filled, unknown) = self.vars.fill(text);
        for unknown in unknown {
            let known: Vec<&str> = self.vars.names().collect();
            let message = format!(
                "{} uses ${{{}}} in its {}, the sheet's \"vars\" have {}; use one of them, or write $${{ to mean the characters",
                self.whose,
                quoted(&unknown.name).trim_matches('"'),
                self.what,
                listed(&known),
            );
            let hint = nearest(&unknown.name, known).map(|meant| format!("did you mean ${{{meant}}}?"));
            report.suggest(Code::UnknownVar, at, span.clone(), message, hint);
        }
        filled
    }

    fn nested_object(
        &self,
        object: Object<'_>,
        depth: usize,
        at: &At<'_>,
        report: &mut Report,
    ) -> Map<String, serde_json::Value> {
        let mut map = Map::new();
        for prop in object.fields() {
            let name = prop.name();
            let value = self.nested_value(prop.value(), depth, &at.key(name), report);
            if map.insert(name.to_owned(), value).is_some() {
                duplicate_key(prop, self.whose, at, report);
            }
        }
        map
    }

    fn nested_value(&self, any: Value<'_>, depth: usize, at: &At<'_>, report: &mut Report) -> serde_json::Value {
        if depth > DEPTH_MAX {
            let message =
                format!("{} has {} nested more than {DEPTH_MAX} deep; make them flatter", self.whose, self.what);
            report.say(Code::TooLarge, at, any.span(), message);
            return serde_json::Value::Null;
        }
        match any.shape() {
            Shape::Text(text) => match self.vars.whole(text) {
                Some(value) => value.clone(),
                None => serde_json::Value::String(self.text(text, any.span(), at, report)),
            },
            Shape::Number(number) => self.number(number, any.span(), at, report),
            Shape::Boolean(boolean) => serde_json::Value::Bool(boolean),
            Shape::Null => serde_json::Value::Null,
            Shape::Object(object) => serde_json::Value::Object(self.nested_object(object, depth + 1, at, report)),
            Shape::Array(array) => {
                let items = array.elements().enumerate();
                items.map(|(index, item)| self.nested_value(item, depth + 1, &at.index(index), report)).collect()
            }
        }
    }

    /// Returns a number, as an integer if it is one: `1.0` and `1` are the same number and print alike.
    fn number(&self, written: &str, span: Range<usize>, at: &At<'_>, report: &mut Report) -> serde_json::Value {
        let float: f64 = written.parse().unwrap_or(f64::INFINITY);
        let whole = written.parse::<i64>().ok().or({
            // Below the limit every whole double is exactly an integer.
            if float.fract() == 0.0 && float.abs() <= NUMBER_MAX as f64 { Some(float as i64) } else { None }
        });
        match whole {
            Some(whole) if whole.unsigned_abs() <= NUMBER_MAX.unsigned_abs() => return whole.into(),
            None if float.abs() <= NUMBER_MAX as f64 => {
                return Number::from_f64(float).map_or(serde_json::Value::Null, serde_json::Value::Number);
            }
            _ => {}
        }
        let written: String = written.chars().take(40).collect();
        let message = format!(
            "{} has the number {written} in its {}, beyond {NUMBER_MAX} (2^53 - 1), where browsers round; write it as a text",
            self.whose, self.what
        );
        report.say(Code::NumberTooLarge, at, span, message);
        serde_json::Value::Null
    }
}
