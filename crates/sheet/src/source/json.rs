//! Reads values that a sheet passes on as they are, except for `${name}` in texts: the `params` of a cue.
//!
//! `what` is the field they belong to, for messages.

use core::ops::Range;
use serde_json::{Map, Number};

use super::cursor::Cursor;
use super::nearest::nearest;
use super::tree::{Object, Shape, Value};
use super::words::{listed, quoted};
use crate::diagnostic::{Code, Message};
use crate::rundown::NUMBER_MAX;

/// How deep `params` may be nested: 64 levels.
///
/// Reason: readers of JSON limit it too (serde_json at 128), browsers at a depth that none of them documents.
const DEPTH_MAX: usize = 64;

/// Returns an object as it will be in the rundown, its numbers in the form in which they are printed.
pub(super) fn object(object: Object<'_>, what: &str, cursor: &mut Cursor<'_>) -> Map<String, serde_json::Value> {
    nested_object(object, 1, what, cursor)
}

/// Returns any value as it will be in the rundown.
pub(super) fn value(value: Value<'_>, what: &str, cursor: &mut Cursor<'_>) -> serde_json::Value {
    nested_value(value, 1, what, cursor)
}

/// Returns a text, which is at `span`, with its names filled in.
pub(super) fn text(text: &str, span: Range<usize>, what: &str, cursor: &mut Cursor<'_>) -> String {
    let (filled, unknown) = cursor.vars.fill(text);
    for unknown in unknown {
        let known: Vec<&str> = cursor.vars.names().collect();
        let name = quoted(&unknown.name);
        let problem = format!(
            "{} uses ${{{}}} in its {what}, but the sheet's \"vars\" have {}",
            cursor.subject,
            name.trim_matches('"'),
            listed(&known),
        );
        let hint = nearest(&unknown.name, known).map(|meant| format!("did you mean ${{{meant}}}?"));
        let message = Message::new(problem, "use one of them, or write $${ to mean the characters").with_hint(hint);
        cursor.report(Code::UnknownVar, span.clone(), message);
    }
    filled
}

fn nested_object(
    object: Object<'_>,
    depth: usize,
    what: &str,
    cursor: &mut Cursor<'_>,
) -> Map<String, serde_json::Value> {
    let mut map = Map::new();
    for field in object.fields() {
        let name = field.name();
        let value = nested_value(field.value(), depth, what, &mut cursor.key(name));
        if map.insert(name.to_owned(), value).is_some() {
            cursor.duplicate_key(field);
        }
    }
    map
}

fn nested_value(value: Value<'_>, depth: usize, what: &str, cursor: &mut Cursor<'_>) -> serde_json::Value {
    if depth > DEPTH_MAX {
        let problem = format!("{} has {what} nested more than {DEPTH_MAX} deep", cursor.subject);
        cursor.report(Code::TooLarge, value.span(), Message::new(problem, "make them flatter"));
        return serde_json::Value::Null;
    }
    match value.shape() {
        Shape::Text(written) => match cursor.vars.whole(written) {
            Some(value) => value.clone(),
            None => serde_json::Value::String(text(written, value.span(), what, cursor)),
        },
        Shape::Number(written) => number(written, value.span(), what, cursor),
        Shape::Boolean(boolean) => serde_json::Value::Bool(boolean),
        Shape::Null => serde_json::Value::Null,
        Shape::Object(object) => serde_json::Value::Object(nested_object(object, depth + 1, what, cursor)),
        Shape::Array(array) => {
            let items = array.elements().enumerate();
            items.map(|(index, item)| nested_value(item, depth + 1, what, &mut cursor.index(index))).collect()
        }
    }
}

/// Returns a number, as an integer if it is one: `1.0` and `1` are the same number and are printed alike.
fn number(written: &str, span: Range<usize>, what: &str, cursor: &mut Cursor<'_>) -> serde_json::Value {
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
    let problem = format!(
        "{} has the number {written} in its {what}, beyond {NUMBER_MAX} (2^53 - 1), where browsers round",
        cursor.subject
    );
    cursor.report(Code::NumberTooLarge, span, Message::new(problem, "write it as a text"));
    serde_json::Value::Null
}
