//! The fields of a cue that are for the crew only and are not published.

use crate::diagnostic::{Code, Message};
use crate::source::cursor::Cursor;
use crate::source::tree::{Field, Shape};
use crate::source::words::describe;

/// Checks the fields `flags`, `note`, `owner` and `group`.
pub(super) fn check([flags, note, owner, group]: [Option<Field<'_>>; 4], cursor: &mut Cursor<'_>) {
    check_flags(flags, cursor);
    cursor.text(note);
    cursor.text(owner);
    if let Some((name, field)) = cursor.text_field(group) {
        cursor.key("group").check_name(name, "group", field.value().span());
    }
}

fn check_flags(field: Option<Field<'_>>, cursor: &mut Cursor<'_>) {
    let Some(array) = cursor.array(field, "an array of words, such as [\"rehearse\"]") else { return };
    let mut cursor = cursor.key("flags");
    for (index, element) in array.elements().enumerate() {
        let mut cursor = cursor.index(index);
        if let Shape::Text(word) = element.shape() {
            cursor.check_name(word, "flag", element.span());
        } else {
            let problem = format!("{} has {} among its flags", cursor.subject, describe(element));
            cursor.report(Code::WrongType, element.span(), Message::new(problem, "it takes words"));
        }
    }
}
