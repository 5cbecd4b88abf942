//! The locales that a sheet declares.

use downbeat_core::Locale;

use crate::diagnostic::{Code, Message};
use crate::source::cursor::Cursor;
use crate::source::tree::{Field, Shape, Value};
use crate::source::words::{describe, quoted};

/// Returns the locales; `None` if one of them cannot be read, since messages may be meant for it.
pub(super) fn read(field: Field<'_>, cursor: &mut Cursor<'_>) -> Option<Vec<Locale>> {
    let array = cursor.array(Some(field), "an array of language tags, the default one first")?;
    let mut cursor = cursor.key("locales");
    if array.len() == 0 {
        let message = Message::new("the sheet's \"locales\" are empty", "name one, or leave the field out");
        cursor.report(Code::UnknownLocale, array.span(), message);
        return None;
    }
    let mut locales = Vec::new();
    for (index, element) in array.elements().enumerate() {
        match read_locale(element) {
            Ok(locale) => locales.push(locale),
            Err((code, message)) => cursor.index(index).report(code, element.span(), message),
        }
    }
    (locales.len() == array.len()).then_some(locales)
}

fn read_locale(element: Value<'_>) -> Result<Locale, (Code, Message)> {
    let Shape::Text(tag) = element.shape() else {
        let problem = format!("the sheet's \"locales\" contain {}", describe(element));
        return Err((Code::WrongType, Message::new(problem, "they take language tags")));
    };
    tag.parse().map_err(|_| {
        let problem = format!("the sheet's \"locales\" contain {}, which is not a language tag", quoted(tag));
        (Code::UnknownLocale, Message::new(problem, "use one such as \"en\", \"fr-CA\" or \"zh-Hant\""))
    })
}
