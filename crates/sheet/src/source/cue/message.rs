//! The message of a cue, in one or more languages.

use core::ops::Range;
use downbeat_core::Locale;
use downbeat_core::message::TEXT_CHARS_MAX;
use std::collections::BTreeMap;

use super::undeclared::{Declaration, undeclared};
use crate::diagnostic::{Code, Message};
use crate::rundown::Texts;
use crate::source::cursor::Cursor;
use crate::source::header::Header;
use crate::source::json;
use crate::source::tree::{Field, Object, Shape};
use crate::source::words::quoted;

/// Reads a message: one text, or one per locale.
pub(super) fn read(field: Field<'_>, header: &Header, cursor: &mut Cursor<'_>) -> Option<Texts> {
    match field.value().shape() {
        Shape::Text(written) => {
            let text = read_text(written, field.value().span(), &mut cursor.key("message"));
            Some([(header.locale.clone(), text)].into_iter().collect())
        }
        Shape::Object(object) => Some(read_texts(object, header, &mut cursor.key("message"))),
        _ => {
            cursor.wrong_type(field, "a text, or a text per language tag");
            None
        }
    }
}

fn read_texts(object: Object<'_>, header: &Header, cursor: &mut Cursor<'_>) -> Texts {
    if object.fields().next().is_none() {
        let problem = format!("{} has a message without text", cursor.subject);
        cursor.report(Code::BadText, object.span(), Message::new(problem, "give one, or leave it out"));
    }
    let mut texts = BTreeMap::new();
    for field in object.fields() {
        let Some((locale, text)) = read_translation(field, header, cursor) else { continue };
        if texts.insert(locale, text).is_some() {
            cursor.duplicate_key(field);
        }
    }
    texts.into_iter().collect()
}

/// Reads the text in one locale.
fn read_translation(field: Field<'_>, header: &Header, cursor: &mut Cursor<'_>) -> Option<(Locale, String)> {
    let locale = read_locale(field, header, &mut cursor.key(field.name()));
    let Shape::Text(written) = field.value().shape() else {
        cursor.wrong_type(field, "a text");
        return None;
    };
    let text = read_text(written, field.value().span(), &mut cursor.key(field.name()));
    Some((locale?, text))
}

/// Reads the locale of a text, which is the field's name.
fn read_locale(field: Field<'_>, header: &Header, cursor: &mut Cursor<'_>) -> Option<Locale> {
    let tag = field.name();
    let Ok(locale) = tag.parse::<Locale>() else {
        let problem = format!("{} has a message in {}, which is not a language tag", cursor.subject, quoted(tag));
        let message = Message::new(problem, "use one such as \"en\", \"fr-CA\" or \"zh-Hant\"");
        cursor.report(Code::UnknownLocale, field.key_span(), message);
        return None;
    };
    if let Some(locales) = header.locales.as_ref().filter(|locales| !locales.contains(&locale)) {
        let message = undeclared(tag, Declaration::Locale, locales.iter().map(Locale::as_str), cursor);
        cursor.report(Code::UnknownLocale, field.key_span(), message);
    }
    Some(locale)
}

/// Returns a text with its names filled in.
fn read_text(written: &str, span: Range<usize>, cursor: &mut Cursor<'_>) -> String {
    let text = json::text(written, span.clone(), "message", cursor);
    let chars = text.chars().count();
    if text.trim().is_empty() || chars > TEXT_CHARS_MAX {
        let problem = format!("{} has a message of {chars} characters", cursor.subject);
        let remedy = format!("use 1 to {TEXT_CHARS_MAX} that are not only spaces, or leave it out");
        cursor.report(Code::BadText, span, Message::new(problem, remedy));
    }
    text
}
