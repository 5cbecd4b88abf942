//! Values that pass through a sheet as they are: the `params` of a cue.

use core::fmt::Display;
use jsonc_parser::ast::{NumberLit, Object, Value};
use serde_json::{Map, Number};

use super::fields::duplicate_key;
use super::span;
use crate::diagnostic::{At, Code, Report};
use crate::rundown::NUMBER_MAX;

/// Gives how deep `params` may be nested: 64 levels.
///
/// Reason: readers of JSON limit it too (serde_json at 128), and a browser's own at some depth nobody documents.
const DEPTH_MAX: usize = 64;

/// Gives an object as it will stand in the rundown; numbers in the form in which they are printed.
pub(super) fn object(
    object: &Object<'_>,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) -> Map<String, serde_json::Value> {
    nested_object(object, 1, whose, at, report)
}

fn nested_object(
    object: &Object<'_>,
    depth: usize,
    whose: &dyn Display,
    at: &At<'_>,
    report: &mut Report,
) -> Map<String, serde_json::Value> {
    let mut map = Map::new();
    for prop in &object.properties {
        let name = prop.name.as_str();
        let value = value(&prop.value, depth, whose, &at.key(name), report);
        if map.insert(name.to_owned(), value).is_some() {
            duplicate_key(prop, whose, at, report);
        }
    }
    map
}

fn value(any: &Value<'_>, depth: usize, whose: &dyn Display, at: &At<'_>, report: &mut Report) -> serde_json::Value {
    if depth > DEPTH_MAX {
        let message = format!("{whose} has params nested more than {DEPTH_MAX} deep; make them flatter");
        report.say(Code::TooLarge, at, span(any), message);
        return serde_json::Value::Null;
    }
    match any {
        Value::StringLit(text) => serde_json::Value::String(text.value.clone().into_owned()),
        Value::NumberLit(number) => self::number(number, whose, at, report),
        Value::BooleanLit(boolean) => serde_json::Value::Bool(boolean.value),
        Value::NullKeyword(_) => serde_json::Value::Null,
        Value::Object(object) => serde_json::Value::Object(nested_object(object, depth + 1, whose, at, report)),
        Value::Array(array) => {
            let items = array.elements.iter().enumerate();
            items.map(|(index, item)| value(item, depth + 1, whose, &at.index(index), report)).collect()
        }
    }
}

/// Gives a number, as an integer if it is one: `1.0` and `1` are the same number and print alike.
fn number(literal: &NumberLit<'_>, whose: &dyn Display, at: &At<'_>, report: &mut Report) -> serde_json::Value {
    let float: f64 = literal.value.parse().unwrap_or(f64::INFINITY);
    let whole = literal.value.parse::<i64>().ok().or({
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
    let written: String = literal.value.chars().take(40).collect();
    let message = format!(
        "{whose} has the number {written} in its params, beyond {NUMBER_MAX} (2^53 - 1), where browsers round; write it as a text"
    );
    report.say(Code::NumberTooLarge, at, span(literal), message);
    serde_json::Value::Null
}
