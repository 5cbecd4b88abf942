//! What happens to a cue when it is late, or when a viewer's clock is uncertain.

use downbeat_core::Span;

use crate::diagnostic::{Code, Message};
use crate::rundown::{BOUND_MAX, Late, Needs, Otherwise};
use crate::source::cursor::Cursor;
use crate::source::tree::{Field, Object, Shape};

const LATE_WORDS: [&str; 3] = ["skip", "resume", "latest"];

/// Reads what happens when a cue is late.
pub(super) fn late(field: Field<'_>, cursor: &mut Cursor<'_>) -> Option<Late> {
    match field.value().shape() {
        Shape::Text(word) => {
            let late = Late::from_word(word);
            if late.is_none() {
                cursor.unknown_word(word, &LATE_WORDS, field);
            }
            late
        }
        Shape::Object(object) => late_within(object, &mut cursor.key("late")),
        _ => {
            cursor.wrong_type(field, "\"skip\", \"resume\", \"latest\" or { \"within\": \"2s\" }");
            None
        }
    }
}

fn late_within(object: Object<'_>, cursor: &mut Cursor<'_>) -> Option<Late> {
    let [within] = cursor.fields(object, &["within"]);
    if within.is_none() {
        let problem = format!("{} has \"late\" without \"within\"", cursor.subject);
        cursor.missing_field(object, problem, "write { \"within\": \"2s\" }");
    }
    cursor.length_ms(within).map(|ms| Late::Within(Span::from_millis(ms)))
}

/// Reads how certain a viewer's clock has to be for a cue.
///
/// Unless the sheet says what happens otherwise, the cue is skipped: an author who asks for an exact clock prefers no
/// effect to one at the wrong time.
pub(super) fn needs(field: Field<'_>, cursor: &mut Cursor<'_>) -> Option<Needs> {
    let Shape::Object(object) = field.value().shape() else {
        cursor.wrong_type(field, "{ \"bound\": \"50ms\" }, perhaps with \"otherwise\"");
        return None;
    };
    let mut cursor = cursor.key("needs");
    let [bound, otherwise] = cursor.fields(object, &["bound", "otherwise"]);
    if bound.is_none() {
        let problem = format!("{} has \"needs\" without \"bound\"", cursor.subject);
        cursor.missing_field(object, problem, "write { \"bound\": \"50ms\" }");
    }
    let otherwise = read_otherwise(otherwise, &mut cursor);
    let ms = cursor.length_ms(bound)?;
    let most_ms = BOUND_MAX.as_millis();
    if !(1..=most_ms).contains(&ms) {
        let problem = format!("{} needs a clock that is wrong by at most {ms} ms", cursor.subject);
        let remedy = format!("use 1 to {most_ms} ms, or leave \"needs\" out");
        cursor.report_value(Code::BadBound, bound?, Message::new(problem, remedy));
        return None;
    }
    Some(Needs { bound: Span::from_millis(ms), otherwise })
}

fn read_otherwise(field: Option<Field<'_>>, cursor: &mut Cursor<'_>) -> Otherwise {
    let Some((word, field)) = cursor.text_field(field) else { return Otherwise::Skip };
    Otherwise::from_word(word).unwrap_or_else(|| {
        cursor.unknown_word(word, &Otherwise::ALL.map(Otherwise::as_str), field);
        Otherwise::Skip
    })
}
