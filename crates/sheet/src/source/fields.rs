//! The fields of an object: known ones by name and type, unknown and repeated ones reported.

use core::ops::RangeInclusive;

use super::cursor::Cursor;
use super::nearest::nearest;
use super::tree::{Array, Field, Object, Shape};
use super::words::{describe, did_you_mean, listed, quoted};
use crate::diagnostic::{Code, Message};

/// The fields of an object that has `N` known ones.
pub(super) struct Fields<'s, const N: usize> {
    /// The known fields, in the order of their names.
    pub(super) known: [Option<Field<'s>>; N],
    names: &'static [&'static str; N],
    unknown: Vec<Field<'s>>,
    repeated: Vec<Field<'s>>,
}

impl<'s, const N: usize> Fields<'s, N> {
    /// Finds the fields with these names, and the others.
    pub(super) fn find(object: Object<'s>, names: &'static [&'static str; N]) -> Self {
        let mut fields = Self { known: [None; N], names, unknown: Vec::new(), repeated: Vec::new() };
        for field in object.fields() {
            match names.iter().position(|name| *name == field.name()) {
                None => fields.unknown.push(field),
                Some(index) if fields.known[index].is_some() => fields.repeated.push(field),
                Some(index) => fields.known[index] = Some(field),
            }
        }
        fields
    }

    /// Reports the fields that should not be there.
    pub(super) fn report_others(&self, cursor: &mut Cursor<'_>) {
        for &field in &self.repeated {
            cursor.duplicate_key(field);
        }
        let subject = cursor.subject;
        for &field in &self.unknown {
            let name = field.name();
            let problem = format!("{subject} has {}, which is not a field here", quoted(name));
            let message = Message::new(problem, format!("it takes {}", listed(self.names)))
                .with_hint(did_you_mean(nearest(name, self.names.iter().copied())));
            cursor.key(name).report(Code::UnknownField, field.key_span(), message);
        }
    }
}

impl Cursor<'_> {
    /// Returns the fields with these names, and reports all others.
    pub(super) fn fields<'s, const N: usize>(
        &mut self,
        object: Object<'s>,
        names: &'static [&'static str; N],
    ) -> [Option<Field<'s>>; N] {
        let fields = Fields::find(object, names);
        fields.report_others(self);
        fields.known
    }

    /// Reports a key that the object already has.
    pub(super) fn duplicate_key(&mut self, field: Field<'_>) {
        let problem = format!("{} has {} twice", self.subject, quoted(field.name()));
        let message = Message::new(problem, "keep one of them");
        self.key(field.name()).report(Code::DuplicateKey, field.key_span(), message);
    }

    /// Reports a field that an object needs and does not have.
    pub(super) fn missing_field(&mut self, object: Object<'_>, problem: String, remedy: &str) {
        self.report(Code::MissingField, object.opening(), Message::new(problem, remedy));
    }

    /// Reports a field whose value has the wrong type.
    pub(super) fn wrong_type(&mut self, field: Field<'_>, expected: &str) {
        let problem = format!("{} has {} for {}", self.subject, describe(field.value()), quoted(field.name()));
        self.report_value(Code::WrongType, field, Message::new(problem, format!("it takes {expected}")));
    }

    /// Reports a problem of the value of a field.
    pub(super) fn report_value(&mut self, code: Code, field: Field<'_>, message: Message) {
        self.key(field.name()).report(code, field.value().span(), message);
    }

    /// Returns the text of a field.
    pub(super) fn text<'s>(&mut self, field: Option<Field<'s>>) -> Option<&'s str> {
        let field = field?;
        let text = field.value().text();
        if text.is_none() {
            self.wrong_type(field, "a text");
        }
        text
    }

    /// Returns a field whose value is a text, with that text.
    pub(super) fn text_field<'s>(&mut self, field: Option<Field<'s>>) -> Option<(&'s str, Field<'s>)> {
        self.text(field).zip(field)
    }

    /// Returns the object of a field.
    pub(super) fn object<'s>(&mut self, field: Option<Field<'s>>) -> Option<Object<'s>> {
        let field = field?;
        match field.value().shape() {
            Shape::Object(object) => Some(object),
            _ => {
                self.wrong_type(field, "an object");
                None
            }
        }
    }

    /// Returns the array of a field.
    pub(super) fn array<'s>(&mut self, field: Option<Field<'s>>, expected: &str) -> Option<Array<'s>> {
        let field = field?;
        match field.value().shape() {
            Shape::Array(array) => Some(array),
            _ => {
                self.wrong_type(field, expected);
                None
            }
        }
    }

    /// Returns whether a field is present and true.
    pub(super) fn is_true(&mut self, field: Option<Field<'_>>) -> bool {
        let Some(field) = field else { return false };
        if let Shape::Boolean(boolean) = field.value().shape() {
            return boolean;
        }
        self.wrong_type(field, "true or false");
        false
    }

    /// Returns the integer of a field, if it is within `range`.
    pub(super) fn integer(&mut self, field: Option<Field<'_>>, range: RangeInclusive<i64>) -> Option<i64> {
        let field = field?;
        let found = field.value().number().and_then(|number| number.parse::<i64>().ok());
        let found = found.filter(|number| range.contains(number));
        if found.is_none() {
            self.wrong_type(field, &format!("a whole number, {} to {}", range.start(), range.end()));
        }
        found
    }
}
